"""Speed, as ratios taken in one run: `make bench`.

1. One synthetic hour at 416 Hz, recorded in 10 ms chunks: the whole `gaitcoach replay` on one
   core against real time, and its events against those of the same samples in 10 ms blocks.
2. The streamed pipeline against one bare `scipy.signal.sosfilt` pass (one second-order section,
   (n, 6) float64, axis 0, zi carried) over the same 10 ms blocks, for both mounts.
3. Draining and decoding an LSM6DSO32 against reading and scaling the same bytes.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from scipy import signal

from dsp.block import Mount, SampleBlock, join, recut
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, Sensor, SynthRun, synthesize
from firmware_py.config import Config
from firmware_py.line import Line
from firmware_py.synthetic import write_synthetic
from firmware_py.trace.reader import open_trace
from tests.bench.drain import print_drains

HOUR_S: Final = 3600.0
BATCH_S: Final = 0.010


def hour(mount: Mount, duration_s: float = HOUR_S) -> SynthRun:
    """Stand, walk, then run for the rest of the hour."""
    phases = (
        Phase(Motion.STAND, 5.0),
        Phase(Motion.WALK, 25.0, 110.0, speed=1.4),
        Phase(Motion.RUN, duration_s - 30.0, 160.0, 172.0, speed=2.8),
    )
    sensor = SHOE_SENSOR if mount is Mount.SHOE else Sensor()
    return synthesize(phases, runner=Runner(), sensor=sensor, mount=mount, seed=5)


def batches(block: SampleBlock, rate_hz: float) -> Iterator[SampleBlock]:
    """The same samples as FIFO batches of about 10 ms."""
    return recut(block, range(0, len(block), max(1, round(BATCH_S * rate_hz))))


def pin() -> str:
    """Keeps this process and its children on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"pinned to core {core}"


def replay_speed(folder: Path) -> None:
    path, events = folder / "hour.mcap", folder / "hour.jsonl"
    write_synthetic(path, hour(Mount.WAIST), BATCH_S)
    command = [
        sys.executable,
        "-c",
        "import sys; from firmware_py.cli import main; sys.exit(main())",
        "replay",
        str(path),
        "--events",
        str(events),
        "--quiet",
    ]
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - began)
    print(
        f"replay of one hour, 416 Hz, {path.stat().st_size / 1e6:.1f} MB: {best:.2f} s, "
        f"{HOUR_S / best:.0f} times real time (aim: 500)"
    )
    trace = open_trace(path)
    samples = join(trace.blocks())
    line = Line(trace.header, Config())
    streamed = [
        json.dumps(e.as_dict())
        for b in batches(samples, trace.header.rate_hz)
        for e in line.push(b)
    ]
    streamed += [json.dumps(e.as_dict()) for e in line.finish()]
    same = streamed == events.read_text().splitlines()
    print(
        f"its {len(streamed)} events and cues in 10 ms blocks: {'the same' if same else 'DIFFER'}"
    )
    if not same:
        raise SystemExit(1)


def streaming(mount: Mount) -> None:
    run = hour(mount, 300.0)
    rate = run.stream.rate_hz
    blocks = list(batches(run.block, rate))
    pipeline = Pipeline(run.stream)
    began = time.perf_counter()
    for block in blocks:
        pipeline.push(block)
    ours = time.perf_counter() - began
    # The inputs are laid out beforehand: the pass itself is what is timed.
    inputs = [np.concatenate([b.acc, b.gyr], axis=1) for b in blocks if b.gyr is not None]
    sos = signal.butter(2, 30.0, fs=rate, output="sos")
    zi = np.zeros((1, 2, 6))
    began = time.perf_counter()
    for x in inputs:
        _, zi = signal.sosfilt(sos, x, axis=0, zi=zi)
    bare = time.perf_counter() - began
    print(
        f"{mount.value}, {rate:.0f} Hz in 10 ms blocks: pipeline {1e3 * ours / 300.0:.1f} ms per "
        f"second of signal, {ours / bare:.1f} times one bare sosfilt pass"
    )


def main() -> None:
    print(pin())
    with TemporaryDirectory() as folder:
        replay_speed(Path(folder))
    for mount in Mount:
        streaming(mount)
    print_drains()


if __name__ == "__main__":
    main()
