"""`gaitcoach replay`: a recorded run through the very same line that runs on the device."""

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dsp.errors import GaitCoachError
from dsp.events import Event
from feedback.console import CueLines, clock
from feedback.cue import Cue
from firmware_py.commands.numbers import positive
from firmware_py.commands.screen import SIGNALED, Screen, ctrl_c
from firmware_py.config import Config, load_config
from firmware_py.replay import Replayed, open_recorded, replay
from firmware_py.results import (
    check_result,
    events_paths,
    make_folder,
    whole_file,
    write_summary_to,
)
from firmware_py.session.folder import PART
from firmware_py.session.text import describe
from firmware_py.trace.joined import JoinedTrace, Recorded

HELP = """Replay recorded runs: strikes, cues, a summary; as on the device with the same --config.

A session's folder is one recording: trace.mcap, and trace-2.mcap, ... where it was interrupted.
Ctrl-C ends the replay with a summary of what was replayed (exit code 130); the files of
--events and --summary appear only when a replay is complete."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What to replay and what to make of it.

    Args:
        traces: files, or folders of sessions.
        config: as on the device.
        events: file of the events; with several traces a folder.
        summary: file of the summary, for one trace.
        pace: seconds of the run per second; None: as fast as possible.
        as_json: print the summaries as JSON.
        quiet: print no cues.
        inputs: other files that are read and must not be replaced.
    """

    traces: tuple[Path, ...]
    config: Config = field(default_factory=Config)
    events: Path | None = None
    summary: Path | None = None
    pace: float | None = None
    as_json: bool = False
    quiet: bool = False
    inputs: tuple[Path, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "traces",
        nargs="+",
        type=Path,
        metavar="TRACE",
        help="trace (.mcap), or a session's folder",
    )
    parser.add_argument(
        "--events",
        type=Path,
        metavar="FILE",
        help="write one JSON object per event and cue; with several traces a folder, in it NAME."
        "jsonl per trace (a session goes by its folder's name)",
    )
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write summary.json here")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (TOML)")
    parser.add_argument(
        "--pace",
        type=positive,
        metavar="X",
        help="as in life: X seconds of the run per second (default: as fast as possible)",
    )
    parser.add_argument("--json", action="store_true", help="print the summaries as JSON")
    parser.add_argument("--quiet", action="store_true", help="print no cues while replaying")


def run(args: argparse.Namespace) -> int:
    return show(
        ReplayOptions(
            traces=tuple(args.traces),
            config=load_config(args.config) if args.config else Config(),
            events=args.events,
            summary=args.summary,
            pace=args.pace,
            as_json=args.json,
            quiet=args.quiet,
            inputs=(args.config,) if args.config else (),
        )
    )


def show(options: ReplayOptions) -> int:
    """Replays, prints and writes; returns the exit code.

    Raises:
        GaitCoachError: a trace cannot be read, or a result not be written; found before anything
            is replayed wherever it can be.
    """
    traces = [open_recorded(path) for path in options.traces]
    several = len(traces) > 1
    events = _checked(options, traces)
    screen = Screen(tqdm.write)
    summaries: list[dict[str, Any]] = []
    stopped = False
    with ctrl_c() as asked:
        for trace, target in zip(traces, events, strict=True):
            done = _one(trace, target, options, screen, asked)
            stopped = done.stopped_s is not None
            summaries.append(done.summary)
            if stopped:
                note = f"stopped by you at {clock(done.stopped_s or 0.0)} of the recording"
                left = " and ".join(
                    f"--{name}" for name in ("events", "summary") if getattr(options, name)
                )
                note += f"; {left}: nothing written for it" if left else ""
                screen.say(note, to_err=options.as_json)
            elif options.summary:
                write_summary_to("--summary", options.summary, done.summary)
            if not options.as_json:
                title = f"== {_title(trace.path)}\n" if several else ""
                screen.say(title + describe(done.summary))
            if stopped:
                break
    if options.as_json:
        screen.say(json.dumps(summaries if several else summaries[0], indent=1))
    screen.close()
    return SIGNALED + (asked.signal or 0) if stopped else 0


def _checked(options: ReplayOptions, traces: list[Recorded]) -> list[Path | None]:
    """Where each trace's events go; refuses what would destroy a recording or cannot be written."""
    files = [p.path for t in traces for p in (t.parts if isinstance(t, JoinedTrace) else (t,))]
    inputs = [*files, *options.inputs]
    several = len(traces) > 1
    if options.summary:
        if several:
            raise GaitCoachError("--summary FILE: give one trace, or use --json for several")
        check_result("--summary", options.summary, inputs)
        if options.summary.exists() and not options.summary.is_file():
            raise GaitCoachError(
                f"--summary {options.summary}: is a device; use --json to print the summary"
            )
    if options.events is None:
        return [None] * len(traces)
    if options.summary and options.summary.resolve() == options.events.resolve():
        raise GaitCoachError(f"--events {options.events}: is the summary's file; name another")
    if not several:
        check_result("--events", options.events, inputs)
        return [options.events]
    paths = events_paths([t.path for t in traces], options.events)
    make_folder(options.events)
    for path in paths:
        check_result("--events", path, inputs)
    return list(paths)


def _one(
    trace: Recorded,
    target: Path | None,
    options: ReplayOptions,
    screen: Screen,
    asked: Callable[[], bool],
) -> Replayed:
    cues = not (options.as_json or options.quiet)
    try:
        with ExitStack() as stack:
            write = stack.enter_context(whole_file("--events", target)) if target else None
            bar = stack.enter_context(
                tqdm(
                    total=100,
                    desc=trace.path.name,
                    bar_format="{desc}: {percentage:3.0f}% |{bar}| {remaining} left",
                    delay=1.0,
                    leave=False,
                    disable=None,
                )
            )

            lines = CueLines()

            def seen(happened: Event | Cue, start_t: float) -> None:
                if write is not None:
                    write(json.dumps(happened.as_dict()) + "\n")
                line = lines.line(happened, start_t) if isinstance(happened, Cue) else None
                if cues and line is not None:
                    screen.say(line)

            done = replay(
                trace,
                options.config,
                pace=options.pace,
                seen=seen,
                advanced=lambda share: bar.update(100.0 * share - bar.n),
                stopped=asked,
            )
            if done.stopped_s is not None:
                raise _IncompleteError
    except _IncompleteError:
        pass
    return done


class _IncompleteError(Exception):
    """Tells the file of the events that it is not to appear."""


def _title(trace: Path) -> str:
    """A session's traces all go by the same names: the folder tells them apart."""
    if PART.fullmatch(trace.name):
        return f"{trace.resolve().parent.name}/{trace.name}"
    return trace.resolve().name if trace.is_dir() else trace.name
