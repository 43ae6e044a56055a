"""`gaitcoach run`: coaches a run, live; or a simulated one, with no hardware."""

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.part import Setup
from drivers.reader import POLL_S
from dsp.block import Mount, Side
from dsp.errors import ConfigError, UsageError
from feedback.programmes.state import programme_of
from firmware_py.coaching import Coaching, configured
from firmware_py.commands.numbers import positive
from firmware_py.commands.run_session import RunOptions, RunSession
from firmware_py.commands.screen import SIGNALED, Screen, ctrl_c, undisturbed
from firmware_py.config import Config, load_config
from firmware_py.ear.hearing import Hearing
from firmware_py.live import SIMULATED, Live
from firmware_py.programme.due import claimed, due, today, usual
from firmware_py.programme.text import after_run, session_line
from firmware_py.sensor.attached import attach
from firmware_py.sensor.settings import SensorSettings
from firmware_py.session.folder import default_folder
from firmware_py.session.text import describe
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import WallClock

if TYPE_CHECKING:
    # A real run starts without any simulation.
    from firmware_py.simulate.world import World

HELP = """Coach a run: reads the sensor, gives cues, keeps the session; Ctrl-C ends it.

With --simulate a simulated runner wears a simulated chip: the same program, no hardware. Every
session is kept in a numbered folder below --out (default: gaitcoach in your home), a simulated one
only if --out is given."""

AS_FAST_AS_POSSIBLE: Final = "max"


def add_arguments(parser: argparse.ArgumentParser) -> None:
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

    def with_scenarios(prog: str) -> argparse.HelpFormatter:
        from firmware_py.simulate.scenarios import SCENARIOS

        lines = (f"  {name:<12} {scenario.help}" for name, scenario in SCENARIOS.items())
        parser.epilog = "scenarios:\n" + "\n".join(lines)
        return argparse.RawDescriptionHelpFormatter(prog)

    # Last: argparse asks for it with every argument too, and only help is to load the scenarios.
    parser.formatter_class = with_scenarios


def run(args: argparse.Namespace) -> int:
    if args.pace != 1.0 and not args.simulate:
        raise UsageError("--pace is for --simulate: a real run takes its time")
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
        world = world_of(options.simulate, sensor, options.pace)
        attached = world.attached
    _check_poll(options.poll_s, attached.chip.setup)
    screen = Screen()
    if options.out is not None and options.out.is_dir():
        # What a power cut has left is first made whole: this run may be the session after it.
        for line in Shelf(options.out, WallClock(options.out)).close_unfinished():
            print(f"gaitcoach: {line}", file=sys.stderr)
    # A simulated run is never a session of whoever runs on this device.
    own = options.out if world is None or options.out != default_folder() else None
    config = options.config
    session_due = due(config.programme, own, today(), usual(config), attached.mount.value)
    if config.feedback is not None and not config.feedback.coaching:
        # Without cues it is no session of a programme.
        session_due = replace(session_due, file=None)
    with ExitStack() as stack:
        stack.callback(attached.close)
        session_due = claimed(session_due, stack)
        coaching = configured(config, session_due.plan)
        asked = stack.enter_context(ctrl_c())
        session = RunSession(options, world, screen, asked, session_due)
        stack.callback(session.close)
        live = Live(
            attached,
            options.config,
            coaching,
            "device" if world is None else SIMULATED,
            session.hooks(),
            options.poll_s,
            () if world is None else (world.note,),
        )
        hearing = Hearing(options.config.cues, attached, world, options.pins)
        stack.callback(hearing.close)
        try:
            session.listen(hearing.begin(live))
        except BaseException:
            live.abandon()
            raise
        for problem in (*session_due.told, *hearing.problems):
            print(f"gaitcoach: {problem}", file=sys.stderr)
        if not options.as_json:
            who = "" if world is None else f" ({world.note})"
            rate = f"{attached.chip.rate_hz:.0f} Hz"
            screen.say(f"{attached.name}, {rate}, {attached.mount}{who}")
            screen.say(_announced(coaching))
        lived = live.run()
        with undisturbed():
            kept = session.keep(lived.summary)
            problems = [*session.close(), *kept.problems]
    # First what the runner wants to know, then what may fail.
    if options.as_json:
        screen.say(json.dumps({**lived.summary, "sensor": lived.sensor}, indent=1))
    else:
        screen.say(describe(lived.summary))
    if lived.recording_error:
        problems.append(f"the recording is cut: {lived.recording_error}")
    if session.opened is not None and not options.as_json:
        screen.say(f"kept in {session.opened.folder}")
        if kept.programme is not None:
            state = kept.programme
            screen.say(after_run(programme_of(state), state, today()))
    for problem in problems:
        print(f"gaitcoach: {problem}", file=sys.stderr)
    if problems:
        return 1
    screen.close()
    # A real run is ended by Ctrl-C; a simulated one has an end of its own.
    return 0 if world is None or asked.signal is None else SIGNALED + asked.signal


def _announced(coaching: Coaching) -> str:
    """How the run is coached, in a line."""
    said, plan = coaching.settings, coaching.plan
    if not said.coaching:
        return "no cues: feedback.coaching = false"
    if said.cadence_target_spm is not None:
        return f"target {said.cadence_target_spm:g} steps per minute, as configured"
    if plan is None:
        return f"target {said.cadence_percent:g} % above your first steady minutes"
    return session_line(plan)


def _check_poll(poll_s: float, setup: Setup) -> None:
    longest = setup.fifo_s / 2
    if poll_s > longest:
        raise UsageError(
            f"--poll {poll_s:g}: the FIFO of an {setup.part.name} at {setup.rate_hz:.0f} Hz holds "
            f"{2 * longest:.2g} s, and the host may be late: at most {longest:.2g}"
        )


def world_of(
    simulate: str, sensor: SensorSettings, pace: float | None, start: float | None = None
) -> "World":
    """A scenario by its name, or a recording by its path.

    Args:
        pace: seconds of the run per second; None: as fast as possible.
        start: when it begins, s; None: whenever simulations do.

    Raises:
        UsageError, TraceError: there is none of that name.
    """
    from firmware_py.simulate.scenarios import recorded, scenario_named
    from firmware_py.simulate.world import START, make_world

    mount, side = sensor.worn, Side.RIGHT if sensor.side is None else sensor.foot
    path = Path(simulate)
    if path.suffix == ".mcap" or path.is_dir():
        scenario, mount, side = recorded(path)
    else:
        scenario = scenario_named(simulate, mount)
    begins = START if start is None else start
    return make_world(scenario, mount, side, sensor.part, sensor.address, pace, begins)


def _config(args: argparse.Namespace) -> Config:
    """The file's configuration, with what the command line says instead."""
    config = load_config(args.config) if args.config else Config()
    said = {"part": args.sensor, "mount": args.mount, "side": args.side}
    try:
        sensor = replace(config.sensor, **{k: v for k, v in said.items() if v is not None})
    except ConfigError as e:
        words = " ".join(f"--{'sensor' if k == 'part' else k} {v}" for k, v in said.items() if v)
        raise UsageError(f"{words}: {e}") from e
    return replace(config, sensor=sensor)


def _pace(text: str) -> float | None:
    return None if text == AS_FAST_AS_POSSIBLE else positive(text)
