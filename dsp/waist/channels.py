"""The channels of the waist's history."""

from typing import Final

from dsp.block import Stream
from dsp.history import History

(
    T,
    KNOWN,
    VERTICAL,
    TRIGGER,
    UNSURE,
    CLIPPED,
    ACC_X,
    ACC_Y,
    ACC_Z,
    GYR_X,
    GYR_Y,
    GYR_Z,
    ACTIVE,
    SWAY,
) = range(14)
"""s, s (see `dsp.grid.Piece`); vertical as it is and below 60 Hz, g, mean 1; 0/1, 0/1; specific
force, m/s², the sensor's axes, 0 where absent; angular rate, rad/s, likewise; vertical below 10 and
3 Hz, g, only where somebody has looked (`dsp.deferred`)."""
CHANNELS: Final = 14
LATER: Final = 2
KEPT_S: Final = 7.0
"""Looking further back than this would depend on how the stream is cut."""


def waist_history(stream: Stream) -> History:
    """An empty one."""
    return History(CHANNELS, int(KEPT_S * stream.rate_hz), LATER)
