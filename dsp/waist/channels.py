"""The channels of the waist's history."""

from typing import Final

import numpy as np

from dsp.block import Stream
from dsp.grid import Piece
from dsp.history import History
from dsp.waist.signals import Vertical

(
    T,
    KNOWN,
    TRIGGER,
    ACTIVE,
    UNSURE,
    CLIPPED,
    ACC_X,
    ACC_Y,
    ACC_Z,
    GYR_X,
    GYR_Y,
    GYR_Z,
) = range(12)
"""s, s (see `dsp.grid.Piece`); vertical, g, g (see `Vertical`); 0/1, 0/1; specific force, m/s²,
the sensor's axes, 0 where absent; angular rate, rad/s, likewise."""
CHANNELS: Final = 12
KEPT_S: Final = 4.0
"""Looking further back than this would depend on how the stream is cut."""


def waist_history(stream: Stream) -> History:
    """An empty one."""
    return History(CHANNELS, keep=int(KEPT_S * stream.rate_hz))


def remember(history: History, piece: Piece, vertical: Vertical) -> None:
    """Appends a piece and its vertical."""
    turning = np.zeros_like(piece.acc) if piece.gyr is None else piece.gyr
    history.push(
        piece.t,
        piece.known,
        vertical.trigger,
        vertical.active,
        piece.unsure,
        piece.clipped,
        piece.acc.T,
        turning.T,
    )
