"""The decoder that a trace's header describes; live, in replay and in simulation the same."""

from drivers.calibration import from_dict
from drivers.decode import ChunkDecoder
from dsp.errors import TraceError
from firmware_py.trace.header import TraceHeader


def make_decoder(header: TraceHeader, source: str = "trace") -> ChunkDecoder:
    """From chunks to samples.

    Args:
        source: the file, for error messages.

    Raises:
        TraceError: the header has no `acc_scale`: its samples are SI already.
        CalibrationError: its calibration cannot be.
    """
    if header.acc_scale is None:
        raise TraceError("the header has no acc_scale: there are no counts to decode")
    return ChunkDecoder(
        header.rate_hz,
        header.acc_scale,
        header.gyr_scale,
        header.acc_limit,
        header.gyr_limit,
        header.high_g_scale,
        header.high_g_limit,
        None if header.calibration is None else from_dict(header.calibration, source),
    )
