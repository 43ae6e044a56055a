"""Writes a synthetic run as a device would record it: raw counts in FIFO chunks."""

from pathlib import Path
from typing import Final

import numpy as np

from drivers.chunk import Chunk
from dsp.block import Mount
from dsp.synth import SynthRun, chunks
from dsp.units import STANDARD_GRAVITY
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.writer import TraceWriter

ACC_SCALE: Final = {
    Mount.WAIST: 0.488e-3 * STANDARD_GRAVITY,
    Mount.SHOE: 0.976e-3 * STANDARD_GRAVITY,
}
"""m/s² per count, LSM6DSO32 at ±16 g and ±32 g (DS: sensitivity 0.488 and 0.976 mg/LSB)."""
GYR_SCALE: Final = float(np.radians(70.0e-3))
"""rad/s per count, LSM6DSO32 at ±2000 deg/s (DS: 70 mdps/LSB)."""


def write_synthetic(path: Path, run: SynthRun, chunk_s: float = 0.01) -> None:
    """Records a synthetic run to a new trace.

    Raises:
        FileExistsError: there is a file at `path`.
    """
    stream = run.stream
    header = TraceHeader(
        stream.mount,
        run.sensor.rate_hz,
        "synthetic",
        side=stream.side,
        gyr_axes="xyz" if stream.has_gyro else "",
        acc_scale=ACC_SCALE[stream.mount],
        gyr_scale=GYR_SCALE if stream.has_gyro else None,
        notes=("a synthetic runner, not a person",),
    )
    next_sync = 1.0
    with TraceWriter(path, header) as writer:
        for counts, t, lost in chunks(run, ACC_SCALE[stream.mount], GYR_SCALE, chunk_s):
            writer.write_chunk(Chunk(counts, t, lost))
            if t >= next_sync:
                writer.sync()
                next_sync = t + 1.0
