"""Speed, as ratios taken in one run: `make bench`.

1. One synthetic hour at 416 Hz, recorded in 10 ms chunks: the whole `gaitcoach replay` on one
   core against real time, and its events against those of the same samples in 10 ms blocks.
2. The whole pipeline in 10 ms blocks against one bare `scipy.signal.sosfilt` pass (one second-order
   section, (n, 6) float64, axis 0, zi carried) over the same blocks: the hour, and five minutes at
   the shoe. Then the same samples in blocks as a replay makes them, against real time.
3. Draining and decoding an LSM6DSO32 against reading and scaling the same bytes.
4. Import time and peak memory of the commands beside `import numpy, scipy.signal`.

What 2 costs on the device's own processor: `make arm`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import numpy as np
from scipy import signal

from dsp.block import FloatArray, Mount, SampleBlock, join, recut
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, Sensor, SynthRun, synthesize
from firmware_py.config import Config
from firmware_py.line import Line
from firmware_py.trace.reader import BLOCK_S, open_trace
from tests.bench.drain import print_drains
from tests.bench.startup import print_starts
from tests.synthetic import write_synthetic

HOUR_S: Final = 3600.0
SHOE_S: Final = 300.0
BATCH_S: Final = 0.010
MOST_PASSES: Final = 12.0
LEAST_SPEED: Final = 500.0
_SPAN_S: Final = 60.0
T = TypeVar("T")


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


def replay_speed(run: SynthRun, folder: Path) -> None:
    path, events = folder / "hour.mcap", folder / "hour.jsonl"
    write_synthetic(path, run, BATCH_S)
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
        f"{HOUR_S / best:.0f} times real time (aim: {LEAST_SPEED:.0f})"
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


class BarePass:
    """One second-order section over all six axes, its state carried: the least a pipeline does."""

    def __init__(self, rate_hz: float) -> None:
        self._sos = signal.butter(2, 30.0, fs=rate_hz, output="sos")
        self._zi = np.zeros((1, 2, 6))

    def push(self, x: FloatArray) -> None:
        _, self._zi = signal.sosfilt(self._sos, x, axis=0, zi=self._zi)


def cpu_s(push: Callable[[T], object], blocks: Iterable[T]) -> float:
    """What pushing all blocks takes, s of this process: others on the machine do not count."""
    began = time.process_time()
    for block in blocks:
        push(block)
    return time.process_time() - began


def streaming(run: SynthRun) -> None:
    rate, mount = run.stream.rate_hz, run.stream.mount.value
    pipeline, bare = Pipeline(run.stream), BarePass(rate)
    ours = passes = 0.0
    # Minute by minute, so that both meet the same machine; blocks are cut and laid out beforehand.
    for minute in recut(run.block, range(0, len(run.block), round(_SPAN_S * rate))):
        blocks = list(batches(minute, rate))
        inputs = [np.concatenate([b.acc, b.gyr], axis=1) for b in blocks if b.gyr is not None]
        ours += cpu_s(pipeline.push, blocks)
        passes += cpu_s(bare.push, inputs)
    seconds = len(run.block) / rate
    print(
        f"{mount}, {seconds:.0f} s at {rate:.0f} Hz in 10 ms blocks: pipeline "
        f"{1e3 * ours / seconds:.1f} ms per second of signal, {ours / passes:.1f} times one bare "
        f"sosfilt pass (aim: {MOST_PASSES:.0f})"
    )
    whole = list(recut(run.block, range(0, len(run.block), round(BLOCK_S * rate))))
    took = cpu_s(Pipeline(run.stream).push, whole)
    print(
        f"{mount}, the same in blocks of {BLOCK_S:g} s: {seconds / took:.0f} times real time "
        f"(aim: {LEAST_SPEED:.0f})"
    )


def main() -> None:
    print(pin())
    waist = hour(Mount.WAIST)
    with TemporaryDirectory() as folder:
        replay_speed(waist, Path(folder))
    streaming(waist)
    streaming(hour(Mount.SHOE, SHOE_S))
    print_drains()
    print_starts()


if __name__ == "__main__":
    main()
