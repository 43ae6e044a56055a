"""Small traces whose every sample says which one it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from drivers.chunk import Chunk
from dsp.block import Mount, SampleBlock, Side, plain_block
from dsp.events import FootStrike, Step
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.writer import TraceWriter

RATE_HZ = 100.0
ACC_SCALE = 0.5
GYR_SCALE = 0.25

COUNT_HEADER = TraceHeader(
    Mount.WAIST, RATE_HZ, "synthetic", acc_scale=ACC_SCALE, gyr_scale=GYR_SCALE, notes=("made up",)
)
SI_HEADER = TraceHeader(Mount.SHOE, RATE_HZ, "import", side=Side.LEFT, acc_axes="xz", gyr_axes="y")


def numbered_counts(first: int, n: int) -> Any:
    """(n, 6) int16: columns 0 and 1 hold the sample's number, the others noise of that number."""
    k = np.arange(first, first + n)
    rest = [(k * m) % 4001 - 2000 for m in (7919, 104729, 1299709, 15485863)]
    return np.stack([k % 10_000, k // 10_000, *rest], axis=1).astype(np.int16)


def numbers(block: SampleBlock) -> Any:
    """The numbers of `numbered_counts`, from decoded samples."""
    return np.rint((block.acc[:, 0] + 10_000 * block.acc[:, 1]) / ACC_SCALE).astype(int)


def numbered_chunks(seconds: int, n: int = 5) -> Iterator[Chunk]:
    """Chunks of a chip with an even clock; sample k is read out at 100 + k / RATE_HZ s."""
    for first in range(0, int(seconds * RATE_HZ), n):
        yield Chunk(numbered_counts(first, n), 100.0 + (first + n - 1) / RATE_HZ)


def numbered_samples(seconds: int) -> SampleBlock:
    """SI samples without acc y, gyr x and gyr z; sample k is at 3 + k / RATE_HZ s."""
    n = int(seconds * RATE_HZ)
    k = np.arange(n)
    values = numbered_counts(0, n).astype(np.float64)
    values[:, [1, 3, 5]] = np.nan
    return plain_block(3.0 + k / RATE_HZ, values[:, :3] / 7, values[:, 3:] / 7)


def event_at(t: float) -> dict[str, Any]:
    return FootStrike(t, t + 0.05, Side.RIGHT, 0.9).as_dict()


def step_at(t: float) -> dict[str, Any]:
    return Step(t, t + 0.36, t, Side.LEFT, 1, 0.36, 60 / 0.36, impact_g=1.5).as_dict()


def write_counts(path: Path, seconds: int) -> list[tuple[int, int, int]]:
    """A trace synced every second; after each sync: bytes of the file, samples, events so far."""
    synced = []
    samples = events = 0
    with TraceWriter(path, COUNT_HEADER) as w:
        for chunk in numbered_chunks(seconds):
            w.write_chunk(chunk)
            samples += len(chunk.counts)
            if samples % 50 == 0:
                w.write_event(event_at(chunk.host_time))
                events += 1
            if samples % 100 == 0:
                w.sync()
                synced.append((path.stat().st_size, samples, events))
    return synced


def write_samples(path: Path, seconds: int) -> SampleBlock:
    """A trace of an imported recording with a chunk every second."""
    block = numbered_samples(seconds)
    with TraceWriter(path, SI_HEADER) as w:
        for a in range(0, len(block), 100):
            w.write_samples(block[a : a + 100])
            w.sync()
    return block
