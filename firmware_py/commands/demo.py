"""`gaitcoach demo`: the main job with no hardware, on a synthetic runner or on your recording."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from firmware_py.commands.numbers import positive

HELP = """Show the main job with no hardware: a run goes in, cues and a summary come out."""

PACE: Final = 60.0
"""Seconds of the run per second: the cues fall as one watches."""

POLL_S: Final = 0.05
"""A simulated sensor drained five times less often than a real one: a minute a second must go."""
SCENARIO: Final = "city-run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--trace", type=Path, metavar="FILE", help="a recording (CSV or .mcap)")
    source.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the simulated session below this folder"
    )
    parser.add_argument(
        "--pace",
        type=positive,
        default=PACE,
        metavar="X",
        help="seconds of the run per second (60)",
    )


def run(args: argparse.Namespace) -> int:
    return _simulated(args) if args.trace is None else _recorded(args)


def _simulated(args: argparse.Namespace) -> int:
    from firmware_py.commands.run import coach
    from firmware_py.commands.run_session import RunOptions
    from firmware_py.config import Config

    return coach(RunOptions(Config(), SCENARIO, pace=args.pace, out=args.keep, poll_s=POLL_S))


def _recorded(args: argparse.Namespace) -> int:
    from firmware_py.commands.replay import ReplayOptions, show

    if args.trace.suffix == ".mcap" or args.trace.is_dir():
        return show(ReplayOptions((args.trace,), pace=args.pace))
    from firmware_py.importer.options import ImportOptions
    from firmware_py.importer.output import write_recording
    from firmware_py.importer.recording import read_recording

    with TemporaryDirectory(prefix="gaitcoach-") as folder:
        path = Path(folder) / "recording.mcap"
        write_recording(path, read_recording(args.trace, ImportOptions()))
        print(f"{args.trace.name}:")
        return show(ReplayOptions((path,), pace=args.pace))
