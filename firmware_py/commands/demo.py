"""`gaitcoach demo`: the main job with no hardware, on a synthetic runner or on your recording."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dsp.errors import GaitCoachError
from dsp.synth import Motion, Phase, Runner, synthesize
from firmware_py.commands.numbers import positive
from firmware_py.commands.replay import ReplayOptions, show
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.output import write_recording
from firmware_py.importer.recording import read_recording
from firmware_py.results import check_result
from firmware_py.synthetic import write_synthetic

HELP = """Show the main job with no hardware: a run goes in, cues and a summary come out."""

PACE: Final = 60.0
"""Seconds of the run per second: the cues fall as one watches."""

SESSION: Final = (
    Phase(Motion.STAND, 5.0),
    Phase(Motion.WALK, 25.0, 110.0, speed=1.4),
    Phase(Motion.RUN, 201.0, 160.0, speed=2.8),
    Phase(Motion.RUN, 4.0, 160.0, 169.0, speed=2.8),
    Phase(Motion.RUN, 170.0, 169.0, speed=2.8),
    Phase(Motion.STAND, 15.0),
    Phase(Motion.RUN, 90.0, 169.0, speed=2.8),
    Phase(Motion.WALK, 25.0, 108.0, speed=1.3),
    Phase(Motion.STAND, 5.0),
)
"""A runner at 160 steps/min who quickens when the first cue is due (the script knows when), stops
at a light, and walks home."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--trace", type=Path, metavar="FILE", help="a recording (CSV or .mcap)")
    source.add_argument(
        "--keep", type=Path, metavar="OUT.mcap", help="keep the synthetic run's trace here"
    )
    parser.add_argument(
        "--pace",
        type=positive,
        default=PACE,
        metavar="X",
        help="seconds of the run per second (60)",
    )


def run(args: argparse.Namespace) -> int:
    with TemporaryDirectory(prefix="gaitcoach-") as folder:
        path = Path(folder) / "synthetic-run.mcap"
        if args.trace is None:
            if args.keep is not None:
                check_result("--keep", args.keep, ())
                if args.keep.exists():
                    raise GaitCoachError(f"--keep {args.keep}: exists; name a new file")
            print("A synthetic runner (not a person), waist sensor, 416 Hz, seed 11:")
            path = args.keep or path
            write_synthetic(path, synthesize(SESSION, runner=Runner(), seed=11))
        elif args.trace.suffix == ".mcap" or args.trace.is_dir():
            path = args.trace
        else:
            path = Path(folder) / "recording.mcap"
            write_recording(path, read_recording(args.trace, ImportOptions()))
            print(f"{args.trace.name}:")
        return show(ReplayOptions((path,), pace=args.pace))
