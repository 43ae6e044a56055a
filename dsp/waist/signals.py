"""From three arbitrarily mounted axes to the vertical, in units of the runner's own mean."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray, Stream
from dsp.filters import Average, Filter, bessel_lowpass, lowpass
from dsp.grid import Piece
from dsp.units import STANDARD_GRAVITY

GRAVITY_TAU_S: Final = 1.5
"""The mean specific force over strides is gravity (science 2.4); this follows a slipping belt."""
LEAST_GRAVITY: Final = 0.6 * STANDARD_GRAVITY
TRIGGER_HZ: Final = 60.0
"""The band of the impact definition (science 2.2); delays the crossing by about 4 ms."""
ACTIVE_HZ: Final = 10.0
SWAY_HZ: Final = 3.0


@dataclass(frozen=True, slots=True)
class Vertical:
    """Vertical specific force, (n,) each, g; the mean over strides is 1.

    Args:
        trigger: 60 Hz Bessel. active: 10 Hz Butterworth. sway: 3 Hz Butterworth.
    """

    trigger: FloatArray
    active: FloatArray
    sway: FloatArray


class WaistSignals:
    """Finds the vertical from the running mean of the specific force, whatever the mounting.

    Scaling by that mean's own length makes thresholds independent of the sensor's scale error.
    """

    def __init__(self, stream: Stream) -> None:
        rate = stream.rate_hz
        self._gravity = Average(GRAVITY_TAU_S, rate)
        self._trigger = Filter(bessel_lowpass(TRIGGER_HZ, rate))
        self._active = Filter(lowpass(ACTIVE_HZ, rate))
        self._sway = Filter(lowpass(SWAY_HZ, rate))

    def push(self, piece: Piece) -> Vertical:
        """The vertical of the new samples."""
        if piece.restart:
            # Gravity stays: over a hole a belt hardly moves, and a second later it is followed.
            for stage in (self._trigger, self._active, self._sway):
                stage.restart()
        acc = piece.acc
        mean = self._gravity.push(acc)
        # Written out: a matrix product may round differently for another block length.
        dot = acc[:, 0] * mean[:, 0] + acc[:, 1] * mean[:, 1] + acc[:, 2] * mean[:, 2]
        square = mean[:, 0] ** 2 + mean[:, 1] ** 2 + mean[:, 2] ** 2
        # Without a vertical axis there is nothing to see: 1 g throughout.
        seen = square >= LEAST_GRAVITY**2
        vertical = np.where(seen, dot / np.where(seen, square, 1.0), 1.0)
        return Vertical(
            self._trigger.push(vertical), self._active.push(vertical), self._sway.push(vertical)
        )
