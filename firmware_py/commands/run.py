"""`gaitcoach run`: coaches a run, live; or a simulated one, with no hardware."""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from drivers.calibration import Calibration
from drivers.reader import POLL_S
from dsp.block import Mount, Side
from dsp.errors import ConfigError, GaitCoachError
from feedback.console import clock, cue_line
from feedback.cue import Cue
from firmware_py.calibrate.files import calibration_path, identity_of, load
from firmware_py.commands.numbers import positive
from firmware_py.commands.screen import INTERRUPTED, Screen, ctrl_c
from firmware_py.config import Config, load_config
from firmware_py.live import Happened, Hooks, Live
from firmware_py.recorder import Recorder
from firmware_py.results import check_result, whole_file
from firmware_py.sensor.attached import Attached, attach
from firmware_py.sensor.settings import SensorSettings
from firmware_py.session.files import write_summary
from firmware_py.session.folder import SUMMARY, TRACE, default_folder, new_session
from firmware_py.session.text import describe
from firmware_py.simulate.scenarios import SCENARIOS, recorded, scenario_named
from firmware_py.simulate.world import World, make_world
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.writer import TraceWriter

HELP = """Coach a run: reads the sensor, gives cues, keeps the session; Ctrl-C ends it.

With --simulate a simulated runner wears a simulated chip: the same program, no hardware. Every
session is kept in a numbered folder below --out (default: gaitcoach in your home), a simulated one
only if --out is given."""

AS_FAST_AS_POSSIBLE: Final = "max"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to run.

    Args:
        config: how to coach, and which sensor.
        simulate: name of a scenario; None: the real sensor.
        pace: of a simulation, seconds of the run per second; None: as fast as possible.
        duration_s: ends the session after so long; None: when told to.
        out: folder of the sessions; None: nothing is kept.
        events: file for events and cues.
        as_json: print the summary as JSON.
        quiet: print no cues.
        poll_s: from one drain of the sensor to the next.
    """

    config: Config
    simulate: str | None = None
    pace: float | None = 1.0
    duration_s: float | None = None
    out: Path | None = None
    events: Path | None = None
    as_json: bool = False
    quiet: bool = False
    poll_s: float = POLL_S


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "scenarios:\n" + "\n".join(
        f"  {name:<12} {scenario.help}" for name, scenario in SCENARIOS.items()
    )
    parser.add_argument(
        "--simulate",
        metavar="SCENARIO",
        help="no hardware: one of those below, or a recorded trace (.mcap) to be felt again",
    )
    parser.add_argument(
        "--pace",
        type=_pace,
        default=1.0,
        metavar="X",
        help="of a simulation: seconds of the run per second, or max (default 1: as in life)",
    )
    parser.add_argument("--sensor", metavar="PART", help="the sensor's part number")
    parser.add_argument("--mount", choices=[m.value for m in Mount], help="where it is worn")
    parser.add_argument("--side", choices=["left", "right"], help="foot of a shoe sensor")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (TOML)")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="keep the session in a folder below this one"
    )
    parser.add_argument(
        "--duration", type=positive, metavar="S", help="end the session after S seconds"
    )
    parser.add_argument(
        "--poll",
        type=positive,
        default=POLL_S,
        metavar="S",
        help="drain the sensor every S seconds (default 0.01); longer saves work, cues come later",
    )
    parser.add_argument(
        "--events", type=Path, metavar="FILE", help="write one JSON object per event and cue"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.add_argument("--quiet", action="store_true", help="print no cues while running")


def run(args: argparse.Namespace) -> int:
    if args.pace != 1.0 and not args.simulate:
        raise GaitCoachError("--pace is for --simulate: a real run takes its time")
    return coach(
        RunOptions(
            config=_config(args),
            simulate=args.simulate,
            pace=args.pace,
            duration_s=args.duration,
            out=args.out if args.simulate or args.out else default_folder(),
            events=args.events,
            as_json=args.json,
            quiet=args.quiet,
            poll_s=args.poll,
        )
    )


def coach(options: RunOptions) -> int:
    """Runs one session, prints and keeps it; returns the exit code.

    Raises:
        GaitCoachError: no sensor, or the session cannot be kept; found before it begins.
    """
    sensor = options.config.sensor
    world: World | None = None
    if options.simulate is None:
        attached = attach(sensor)
    else:
        world = _world(options.simulate, sensor, options.pace)
        attached = world.attached
    if options.events is not None:
        check_result("--events", options.events, ())
    screen = Screen()
    with ExitStack() as stack:
        write = (
            stack.enter_context(whole_file("--events", options.events)) if options.events else None
        )
        asked = stack.enter_context(ctrl_c())
        session = _Session(options, attached, world, screen, write, asked)
        notes = () if world is None else (world.note,)
        live = Live(
            attached, options.config, session.source, session.hooks(), options.poll_s, notes
        )
        if not options.as_json:
            who = "" if world is None else f" ({world.note})"
            rate = f"{attached.chip.rate_hz:.0f} Hz"
            screen.say(f"{attached.name}, {rate}, {attached.mount}{who}")
        lived = live.run()
        stopped = asked() and options.simulate is not None
    if session.folder is not None:
        write_summary(session.folder / SUMMARY, lived.summary)
    if options.as_json:
        screen.say(json.dumps({**lived.summary, "sensor": lived.sensor}, indent=1))
    else:
        screen.say(describe(lived.summary))
        if session.folder is not None:
            screen.say(f"kept in {session.folder}")
    if lived.recording_error:
        print(f"gaitcoach: the recording is cut: {lived.recording_error}", file=sys.stderr)
    screen.close()
    if lived.recording_error:
        return 1
    return INTERRUPTED if stopped else 0


def _world(simulate: str, sensor: SensorSettings, pace: float | None) -> World:
    """A scenario by its name, or a recording by its path."""
    mount, side = sensor.worn, Side.RIGHT if sensor.side is None else sensor.foot
    path = Path(simulate)
    if path.suffix == ".mcap" or path.is_dir():
        scenario, mount, side = recorded(path)
    else:
        scenario = scenario_named(simulate, mount)
    return make_world(scenario, mount, side, sensor.part, sensor.address, pace)


class _Session:
    """The hooks of one run."""

    def __init__(
        self,
        options: RunOptions,
        attached: Attached,
        world: World | None,
        screen: Screen,
        write: Callable[[str], object] | None,
        asked: Callable[[], bool],
    ) -> None:
        self.folder: Path | None = None
        self.source = "device" if world is None else "simulated"
        self._options = options
        self._attached = attached
        self._world = world
        self._screen = screen
        self._write = write
        self._asked = asked
        self._start: float | None = None

    def hooks(self) -> Hooks:
        hooks = Hooks(
            seen=self._seen,
            told=self._told,
            stopped=self._asked,
            ends=self._ends,
            calibration=self._calibration,
            recorder=self._recorder,
        )
        if self._world is not None:
            hooks.worked_off = self._world.pacing.follow
            hooks.leaving = self._world.pacing.stop
        return hooks

    def _seen(self, happened: Happened, start_t: float) -> None:
        if self._write is not None:
            self._write(json.dumps(happened.as_dict()) + "\n")
        if not isinstance(happened, Cue):
            return
        if self._world is not None:
            self._world.runner.hear(happened)
        if not (self._options.quiet or self._options.as_json):
            self._screen.say(cue_line(happened, start_t))

    def _told(self, text: str, t: float) -> None:
        if not self._options.as_json:
            since = 0.0 if self._start is None else t - self._start
            self._screen.say(f"{clock(since)}  {text}")

    def _ends(self, t: float) -> bool:
        if self._start is None:
            self._start = t
        duration = self._options.duration_s
        if duration is not None and t - self._start >= duration:
            return True
        return self._world is not None and t >= self._world.runner.end

    def _calibration(self, attached: Attached) -> Calibration | None:
        """The specimen's; a simulated one's only where the configuration names it."""
        named = self._options.config.sensor.calibration
        if named is None and self._world is not None:
            return None
        identity = identity_of(attached.chip, attached.address)
        path = calibration_path(named, Path(), identity)
        found = load(path, identity)
        if found is None and named is not None:
            raise ConfigError(f"{path}: no such file, but sensor.calibration names it")
        return found

    def _recorder(self, header: TraceHeader) -> Recorder | None:
        if self._options.out is None:
            return None
        self.folder = new_session(self._options.out)
        return Recorder(TraceWriter(self.folder / TRACE, header))


def _config(args: argparse.Namespace) -> Config:
    """The file's configuration, with what the command line says instead."""
    config = load_config(args.config) if args.config else Config()
    said = {"part": args.sensor, "mount": args.mount, "side": args.side}
    sensor = replace(config.sensor, **{k: v for k, v in said.items() if v is not None})
    return replace(config, sensor=sensor)


def _pace(text: str) -> float | None:
    return None if text == AS_FAST_AS_POSSIBLE else positive(text)
