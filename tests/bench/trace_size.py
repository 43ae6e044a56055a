"""Measures the trace format: `python -m tests.bench.trace_size [--minutes N] [--dump]`.

The figures and the dump in docs/trace-format.md are this script's output.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard
from mcap.reader import make_reader
from scipy.signal import butter, lfilter

from drivers.chunk import Chunk, CountArray
from drivers.decode import ChunkBatch
from dsp.block import Mount, Side
from dsp.events import FootStrike, Step
from dsp.units import STANDARD_GRAVITY
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.packing import pack_counts
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter
from tests.drivers.scheduler import Drains, drains

RATE_HZ = 416.0
STEP_S = 0.36
# ±16 g and ±2000 °/s of an LSM6DS chip, with its noise.
ACC_SCALE = 0.488e-3 * STANDARD_GRAVITY
GYR_SCALE = float(np.radians(70e-3))
ACC_NOISE = 1.3e-3 * STANDARD_GRAVITY
GYR_NOISE = float(np.radians(0.06))


def running(d: Drains, seed: int = 1) -> CountArray:
    """(n, 6) counts as of a runner's waist: stance, impact, swing, shaking of mount and tissue."""
    rng = np.random.default_rng(seed)
    t = d.true_t - d.true_t[0]
    step, f = np.divmod((t + 0.004 * np.sin(0.7 * t)) / STEP_S, 1.0)
    size = 1 + 0.08 * rng.standard_normal(int(step[-1]) + 2)[step.astype(int)]
    band = butter(2, [0.05, 0.35], "band")
    shake = lfilter(*band, rng.standard_normal((len(t), 6)), axis=0)
    shake *= (0.3 + 3 * np.exp(-f / 0.25))[:, np.newaxis]
    stance = np.where(f < 0.65, 2.3 * np.sin(np.pi * np.minimum(f / 0.65, 1)), 0)
    side, sway = np.sin(np.pi * t / STEP_S), np.sin(2 * np.pi * t / STEP_S)
    acc = [
        size * 3 * np.sin(2 * np.pi * f) + 6 * np.exp(-(((f - 0.07) / 0.025) ** 2)),
        2.5 * side + 4 * np.exp(-(((f - 0.09) / 0.02) ** 2)),
        size * (STANDARD_GRAVITY * stance + 12 * np.exp(-(((f - 0.08) / 0.03) ** 2))),
    ]
    gyr = [size * 2 * sway, size * 1.2 * side, size * 0.8 * side]
    values = np.stack(acc + gyr, axis=1) + shake * ([1.5] * 3 + [0.3] * 3)
    values += rng.standard_normal(values.shape) * ([ACC_NOISE] * 3 + [GYR_NOISE] * 3)
    counts = np.rint(values / ([ACC_SCALE] * 3 + [GYR_SCALE] * 3)).clip(-32768, 32767)
    return np.asarray(counts, dtype=np.int16)


def chunks(d: Drains, counts: CountArray) -> Iterator[Chunk]:
    first = 0
    for n, host_time in zip(d.n.tolist(), d.host_time.tolist(), strict=True):
        yield Chunk(counts[first : first + n], host_time)
        first += n


def write(path: Path, d: Drains, counts: CountArray) -> None:
    """As the device does: events as they come, a sync every second of the stream."""
    header = TraceHeader(
        Mount.WAIST,
        RATE_HZ,
        "synthetic",
        acc_scale=ACC_SCALE,
        gyr_scale=GYR_SCALE,
        software="0.1.0",
    )
    synced = strike = float(d.host_time[0])
    side = Side.LEFT
    with TraceWriter(path, header) as w:
        for chunk in chunks(d, counts):
            w.write_chunk(chunk)
            if chunk.host_time - strike >= STEP_S:
                step = Step(
                    strike, chunk.host_time, strike, side, 1, STEP_S, 60 / STEP_S, 2.31, 2.05, 0.26
                )
                w.write_event(step.as_dict())
                side, strike = side.other, strike + STEP_S
                w.write_event(FootStrike(strike, strike + 0.03, side, 0.97).as_dict())
            if chunk.host_time - synced >= 1.0:
                w.sync()
                synced = chunk.host_time


def shuffled(a: npt.NDArray[Any]) -> bytes:
    return a.ravel().view(np.uint8).reshape(-1, a.itemsize).T.tobytes()


def folded(a: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    return np.ascontiguousarray((a << 1) ^ (a >> 15))


def delta(c: CountArray, order: int = 1) -> CountArray:
    return np.diff(c.T, order, axis=1, prepend=np.zeros((c.shape[1], order), np.int16))


CODINGS: dict[str, Callable[[CountArray], bytes]] = {
    "as read (sample by sample)": lambda c: c.tobytes(),
    "axis by axis": lambda c: c.T.tobytes(),
    "axis, bytes regrouped": lambda c: shuffled(np.ascontiguousarray(c.T)),
    "difference": lambda c: delta(c).tobytes(),
    "difference, regrouped": lambda c: shuffled(delta(c)),
    "difference, sign folded, regrouped (used)": lambda c: shuffled(folded(delta(c))),
    "second difference, folded, regrouped": lambda c: shuffled(folded(delta(c, 2))),
}


def compare(counts: CountArray) -> None:
    """Counts alone, a second at a time, without container, host times and events."""
    second = int(RATE_HZ)
    hours = len(counts) / RATE_HZ / 3600
    print(
        "\n| coding of the counts | zstd 1 | zstd 3 | zstd 9 | CPU at 3 | CPU at 9 |"
        "\n|---|---|---|---|---|---|"
    )
    for name, code in CODINGS.items():
        sizes, shares = [], []
        for level in (1, 3, 9):
            z = zstandard.ZstdCompressor(level=level)
            start = time.process_time()
            size = sum(
                len(z.compress(code(counts[a : a + second]))) for a in range(0, len(counts), second)
            )
            if level > 1:
                shares.append(f"{(time.process_time() - start) / hours / 3600 * 1e6:.0f} µs/s")
            sizes.append(f"{size / hours / 1e6:.1f} MB/h")
        print(f"| {name} | {' | '.join(sizes + shares)} |")


def host_times(d: Drains) -> None:
    """What exact host times add: whole ns as a clock gives them, and 64 bits of anything."""
    n = np.ones(100, dtype=np.int64)
    z = zstandard.ZstdCompressor(level=3)
    hours = (d.host_time[-1] - d.host_time[0]) / 3600
    for name, t in (("whole ns", d.host_time), ("any 64 bits", np.nextafter(d.host_time, 0))):
        size = 0
        for a in range(0, len(t) - 100, 100):
            none = np.zeros((100, 3), dtype=np.int16)
            size += len(z.compress(pack_counts(0, ChunkBatch(n, n * 0, t[a : a + 100], none))))
        print(
            f"host times, {name}: {size / hours / 1e6:.1f} MB/h (chunk lengths and lost included)"
        )


def dump(path: Path) -> None:
    """The first messages as a reader that knows nothing of gaitcoach sees them."""
    with path.open("rb") as file:
        reader = make_reader(file)
        for record in reader.iter_metadata():
            print(f"metadata {record.name}: {record.metadata}")
        for schema, channel, message in list(reader.iter_messages())[:6]:
            data = message.data.decode() if schema else f"{len(message.data)} bytes"
            kind = schema.name if schema else channel.message_encoding
            print(f"{message.log_time / 1e9:.6f} {channel.topic} [{kind}] {data}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--dump", action="store_true", help="print what a viewer sees instead")
    args = parser.parse_args()
    seconds = 5.0 if args.dump else args.minutes * 60
    d = drains(1, seconds * 1.03, batch=4)
    counts = running(d)
    span_s = d.true_t[-1] - d.true_t[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.mcap"
        cpu, wall = time.process_time(), time.perf_counter()
        write(path, d, counts)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if args.dump:
            return dump(path)
        hours = span_s / 3600
        print(f"{span_s:.0f} s of running, {len(counts)} samples in {len(d.n)} chunks")
        print(f"size: {path.stat().st_size / hours / 1e6:.1f} MB/h")
        print(f"writer: {cpu / span_s * 100:.3f} % of one CPU ({wall:.2f} s wall with fsync)")
        start = time.perf_counter()
        trace = open_trace(path)
        n = sum(len(block) for block in trace.blocks())
        took = time.perf_counter() - start
        print(f"read and decode: {took / hours:.2f} s/h ({n} samples, damage: {trace.damage})")
        start = time.perf_counter()
        events = sum(1 for _ in trace.events())
        print(f"events: {(time.perf_counter() - start) / hours:.2f} s/h ({events})")
    host_times(d)
    return compare(counts[: int(300 * RATE_HZ)])


if __name__ == "__main__":
    main()
