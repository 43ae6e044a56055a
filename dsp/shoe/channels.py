"""The channels of the shoe's history."""

from typing import Final

import numpy as np

from dsp.block import Stream
from dsp.grid import Piece
from dsp.history import History
from dsp.shoe.signals import ShoeMotion

(
    T,
    KNOWN,
    SHOCK,
    TURN,
    FORCE,
    UNSURE,
    CLIPPED,
    RATE_X,
    RATE_Y,
    RATE_Z,
    GYR_CLIPPED,
    ACC_X,
    ACC_Y,
    ACC_Z,
    GYR_X,
    GYR_Y,
    GYR_Z,
) = range(17)
"""s, s (see `dsp.grid.Piece`); g, rad/s (or g), g (see `ShoeMotion`); 0/1, 0/1; 10 Hz rate, rad/s;
0/1; specific force, m/s², and angular rate, rad/s, the sensor's axes, 0 where absent."""
CHANNELS: Final = 17
KEPT_S: Final = 10.0
"""Holds a row of six strides that lead into a run, and what decided them. Looking further back than
this would depend on how the stream is cut."""


def shoe_history(stream: Stream) -> History:
    """An empty one."""
    return History(CHANNELS, keep=int(KEPT_S * stream.rate_hz))


def remember(history: History, piece: Piece, motion: ShoeMotion) -> None:
    """Appends a piece and its motion."""
    turning = np.zeros_like(piece.acc) if piece.gyr is None else piece.gyr
    history.push(
        piece.t,
        piece.known,
        motion.shock_g,
        motion.turn,
        motion.force_g,
        piece.unsure,
        piece.clipped,
        motion.rate.T,
        piece.gyr_clipped,
        piece.acc.T,
        turning.T,
    )
