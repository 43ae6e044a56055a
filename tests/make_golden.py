"""Writes the golden traces and what the pipeline makes of them: `python -m tests.make_golden`.

Run it when a change of the detection is meant, and read the diff of tests/traces/*.jsonl: it is
what the change did. With `--events` the traces stay as they are.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from dsp.block import Mount, Side
from dsp.synth import SHOE_SENSOR, Loss, Motion, Phase, Runner, Sensor, SynthRun, synthesize, tilted
from firmware_py.commands.run import coach
from firmware_py.commands.run_session import RunOptions
from firmware_py.config import Config
from firmware_py.replay import replay
from firmware_py.sensor.settings import SensorSettings
from firmware_py.trace.reader import open_trace
from tests.synthetic import write_synthetic

FOLDER: Final = Path(__file__).parent / "traces"


def waist_run() -> SynthRun:
    """Walking, running with a lost half second, a burst and single losses, a stop, running."""
    return synthesize(
        [
            Phase(Motion.STAND, 1.0),
            Phase(Motion.WALK, 5.0),
            Phase(Motion.RUN, 10.0, 166.0),
            Phase(Motion.STAND, 4.5),
            Phase(Motion.RUN, 5.0, 174.0),
        ],
        # Hard of foot, so that z reaches the end of its ±8 g counts.
        runner=Runner(impact_g=9.0, softness=0.0),
        sensor=Sensor(
            mounting=tilted(8.0, -80.0, 15.0),
            gyr_scale=None,
            gyr_limit=34.0,
            loss=Loss(single=0.001, bursts_per_min=4.0, gaps=((11.0, 0.5),)),
        ),
        seed=21,
    )


def shoe_run() -> SynthRun:
    """A left foot that walks, runs with a few losses, and stops."""
    return synthesize(
        [Phase(Motion.WALK, 3.5), Phase(Motion.RUN, 6.0, 170.0), Phase(Motion.STAND, 4.0)],
        sensor=replace(SHOE_SENSOR, loss=Loss(single=0.0005, gaps=((7.0, 0.05),))),
        mount=Mount.SHOE,
        side=Side.LEFT,
        seed=22,
    )


RUNS: Final = {"waist-run": waist_run, "shoe-run": shoe_run}
RANGES: Final = {"waist-run": 0.5, "shoe-run": 1.0}
CHIPS: Final = {
    "chip-lsm6dso": SensorSettings(part="LSM6DSO32"),
    "chip-lsm6dsv": SensorSettings(part="LSM6DSV320X", mount="shoe", side="left"),
    "chip-mpu6050": SensorSettings(part="MPU-6500"),
    "chip-icm20948": SensorSettings(part="ICM-20649", mount="shoe", side="right"),
    "chip-icm42688": SensorSettings(part="ICM-42688-P"),
    "chip-bmi270": SensorSettings(part="BMI270"),
}
"""One family each, by `run --simulate short-run`."""
NAMES: Final = sorted({**RUNS, **CHIPS})


def trace_of(name: str) -> Path:
    return FOLDER / f"{name}.mcap"


def golden_of(name: str) -> Path:
    return FOLDER / f"{name}.events.jsonl"


def simulate(path: Path, sensor: SensorSettings) -> None:
    """Records a simulated run with that sensor at `path`."""
    with TemporaryDirectory() as folder:
        options = RunOptions(
            Config(sensor=sensor), "short-run", pace=None, out=Path(folder), quiet=True
        )
        coach(options)
        path.write_bytes((Path(folder) / "session-0001" / "trace.mcap").read_bytes())


def happened(path: Path, block_s: float = 4.0) -> list[dict[str, Any]]:
    """Events and cues of a trace through the whole line, JSON-ready."""
    out: list[dict[str, Any]] = []
    replay(
        open_trace(path),
        Config(),
        block_s=block_s,
        seen=lambda happened, start_t: out.append(happened.as_dict()),
    )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", action="store_true", help="leave the traces as they are")
    only_events = parser.parse_args().events
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        if not only_events and name in CHIPS:
            simulate(trace_of(name), CHIPS[name])
        elif not only_events:
            trace_of(name).unlink(missing_ok=True)
            write_synthetic(trace_of(name), RUNS[name](), range_share=RANGES[name])
        rows = happened(trace_of(name))
        golden_of(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
