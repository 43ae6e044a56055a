"""Writes a synthetic run as a device would record it: raw counts in FIFO chunks."""

from pathlib import Path
from typing import Any

from drivers.chips.lsm6dso import LSM6DSO32
from drivers.chunk import Chunk
from drivers.part import setup_for
from dsp.synth import SynthRun, chunks
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.writer import TraceWriter


def write_synthetic(
    path: Path,
    run: SynthRun,
    chunk_s: float = 0.01,
    *,
    range_share: float = 1.0,
    runner: dict[str, Any] | None = None,
) -> None:
    """Records a synthetic run to a new trace, in the counts of an LSM6DSO32.

    Args:
        range_share: of the mount's accelerometer range, e.g. 0.5: ±8 g at the waist.
        runner: what was set, as `RunnerSettings.as_dict` gives it.

    Raises:
        FileExistsError: there is a file at `path`.
    """
    stream = run.stream
    setup = setup_for(LSM6DSO32, stream.mount)
    acc_scale = range_share * setup.acc_scale
    header = TraceHeader(
        stream.mount,
        run.sensor.rate_hz,
        "synthetic",
        side=stream.side,
        gyr_axes="xyz" if stream.has_gyro else "",
        acc_scale=acc_scale,
        gyr_scale=setup.gyr_scale if stream.has_gyro else None,
        runner=runner,
        notes=("a synthetic runner, not a person",),
    )
    next_sync = 1.0
    with TraceWriter(path, header) as writer:
        for counts, t, lost in chunks(run, acc_scale, setup.gyr_scale, chunk_s):
            writer.write_chunk(Chunk(counts, t, lost))
            if t >= next_sync:
                writer.sync()
                next_sync = t + 1.0
