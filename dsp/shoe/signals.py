"""What a shoe shows without knowing how the sensor sits on it: shock, turning, stillness."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray, Stream
from dsp.filters import Average, Filter, highpass, lowpass
from dsp.grid import Piece
from dsp.units import STANDARD_GRAVITY

SHOCK_HZ: Final = 20.0
"""Swing and stance move below it, an impact (8–20 ms wide, science 2.3) lies above."""
TURN_HZ: Final = 10.0
MEAN_S: Final = 1.5
"""About two strides (as at the waist, science 1.3)."""


@dataclass(frozen=True, slots=True)
class ShoeMotion:
    """(n,) each, independent of the mounting.

    Args:
        shock_g: resultant of the acceleration above 20 Hz, g.
        turn: resultant of the angular rate below 10 Hz, rad/s; without a gyro the acceleration's
            departure from 1 g below 10 Hz, g.
        force_g: resultant specific force, g.
        rate: (n, 3) angular rate below 10 Hz, rad/s, sensor axes; without a gyro the acceleration
            below 10 Hz less its mean over the last strides, g: it, too, points one way before a
            strike (measured: in 9 of 9 runs on real shoes) and the other before a toe-off.
    """

    shock_g: FloatArray
    turn: FloatArray
    force_g: FloatArray
    rate: FloatArray


class ShoeSignals:
    """Causal, resultant signals from sensor axes."""

    def __init__(self, stream: Stream) -> None:
        rate = stream.rate_hz
        self._shock = Filter(highpass(SHOCK_HZ, rate))
        self._turn = Filter(lowpass(TURN_HZ, rate))
        self._mean = Average(MEAN_S, rate)

    def push(self, piece: Piece) -> ShoeMotion:
        """The motion of the new samples."""
        if piece.restart:
            self._shock.restart()
            self._turn.restart()
            self._mean.restart()
        force = piece.acc / STANDARD_GRAVITY
        shock = _length(self._shock.push(force))
        if piece.gyr is None:
            slow = self._turn.push(force)
            turn, rate = np.abs(_length(slow) - 1.0), slow - self._mean.push(force)
        else:
            rate = self._turn.push(piece.gyr)
            turn = _length(rate)
        return ShoeMotion(shock, turn, _length(force), rate)


def _length(x: FloatArray) -> FloatArray:
    length: FloatArray = np.sqrt(x[:, 0] ** 2 + x[:, 1] ** 2 + x[:, 2] ** 2)
    return length
