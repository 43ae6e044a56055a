"""`gaitcoach replay`: a recorded run through the very same line that runs on the device."""

import argparse
import json
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TextIO

from tqdm import tqdm

from dsp.block import SampleBlock
from dsp.errors import GaitCoachError
from feedback.console import cue_line
from feedback.cue import Cue
from firmware_py.config import Config, load_config
from firmware_py.line import Line
from firmware_py.session.files import write_summary
from firmware_py.session.text import describe
from firmware_py.trace.reader import Trace, open_trace

HELP = """Replay recorded runs: strikes, cues and a summary, exactly as on the device."""

PACED_BLOCK_S: Final = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("traces", nargs="+", type=Path, metavar="TRACE", help="trace (.mcap)")
    parser.add_argument(
        "--events",
        type=Path,
        metavar="FILE",
        help="write one JSON object per event and cue; with several traces a folder",
    )
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write summary.json here")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (TOML)")
    parser.add_argument(
        "--pace",
        type=float,
        metavar="X",
        help="as in life: X seconds of the run per second (default: as fast as possible)",
    )
    parser.add_argument("--json", action="store_true", help="print the summaries as JSON")
    parser.add_argument("--quiet", action="store_true", help="print no cues while replaying")


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config) if args.config else Config()
    if args.pace is not None and not (args.pace > 0 and math.isfinite(args.pace)):
        raise GaitCoachError(f"--pace {args.pace:g}: must be above 0, for example 1 for real time")
    if len(args.traces) > 1:
        if args.summary:
            raise GaitCoachError("--summary FILE: give one trace, or use --json for several")
        if args.events:
            args.events.mkdir(parents=True, exist_ok=True)
    summaries = [_replay(path, args, config) for path in args.traces]
    if args.json:
        print(json.dumps(summaries if len(summaries) > 1 else summaries[0], indent=1))
    return 0


def _replay(path: Path, args: argparse.Namespace, config: Config) -> dict[str, Any]:
    trace = open_trace(path)
    line = Line(trace.header, config)
    show_cues = not (args.json or args.quiet)
    with ExitStack() as stack:
        events = None
        if args.events:
            several = len(args.traces) > 1
            target = args.events / f"{path.stem}.jsonl" if several else args.events
            events = stack.enter_context(target.open("w"))
        bar = stack.enter_context(
            tqdm(total=100, desc=path.name, unit="%", delay=1.0, leave=False, disable=None)
        )
        start_t: float | None = None
        for block in _blocks(trace, args.pace):
            start_t = float(block.t[0]) if start_t is None else start_t
            for happened in line.push(block):
                _put(happened, events, start_t if show_cues else None)
            bar.update(100.0 * trace.fraction_read - bar.n)
        for happened in line.finish():
            _put(happened, events, start_t if show_cues else None)
    summary = line.summary(trace.damage)
    if args.summary:
        write_summary(args.summary, summary)
    if not args.json:
        if len(args.traces) > 1:
            print(f"== {path.name}")
        print(describe(summary))
    return summary


def _put(happened: Any, events: TextIO | None, start_t: float | None) -> None:
    if events is not None:
        events.write(json.dumps(happened.as_dict()) + "\n")
    if start_t is not None and isinstance(happened, Cue):
        tqdm.write(cue_line(happened, start_t), file=sys.stdout)
        sys.stdout.flush()


def _blocks(trace: Trace, pace: float | None) -> Iterator[SampleBlock]:
    """The trace's samples, held back until their time has come where a pace is given."""
    if pace is None:
        yield from trace.blocks()
        return
    never = threading.Event()
    began: float | None = None
    for block in trace.blocks(PACED_BLOCK_S):
        if began is None:
            began = time.monotonic() - float(block.t[0]) / pace
        never.wait(max(0.0, began + float(block.t[-1]) / pace - time.monotonic()))
        yield block
