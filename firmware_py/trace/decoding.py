"""The decoder that a trace's header describes; live, in replay and in simulation the same."""

from drivers.decode import ChunkDecoder
from dsp.errors import TraceError
from firmware_py.trace.header import TraceHeader


def make_decoder(header: TraceHeader) -> ChunkDecoder:
    """From chunks to samples.

    Raises:
        TraceError: the header has no `acc_scale`: its samples are SI already.
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
    )
