"""The vertical, however the sensor is mounted: along the mean specific force, which is gravity."""

from typing import Final

import numpy as np

from dsp.block import FEW, FloatArray
from dsp.filters import Average
from dsp.units import STANDARD_GRAVITY

GRAVITY_TAU_S: Final = 1.5
"""The mean specific force over strides is gravity (science 2.4); this follows a slipping belt."""
HELD_S: Final = 0.04
"""The direction is taken anew so often: in that time the mean moves by 3 % at most, and a live
block needs no filter call for it."""
LEAST_GRAVITY: Final = 0.6 * STANDARD_GRAVITY
NOWHERE: Final = (0.0, 0.0, 0.0)


class Upright:
    """Projects specific force on the vertical, in units of its own mean length.

    Scaling by that length makes thresholds independent of the sensor's scale error.
    """

    def __init__(self, rate_hz: float) -> None:
        self._mean = Average(GRAVITY_TAU_S, rate_hz)
        self._held = max(1, round(HELD_S * rate_hz))
        self._up: tuple[float, float, float] = NOWHERE
        """Unit vector over the mean's length, s²/m."""
        self._waiting: list[FloatArray] = []
        self._count = 0

    def push(self, acc: FloatArray) -> FloatArray:
        """(n,) vertical specific force, g, mean 1; 1 where there is no vertical axis to see.

        Args:
            acc: (n, 3) specific force, m/s².
        """
        out: list[FloatArray] = []
        while self._count + len(acc) >= self._held:
            room = self._held - self._count
            whole = (len(acc) - room) // self._held
            if not self._waiting and room == self._held and whole > 0:
                out.append(self._frames(acc[: (whole + 1) * self._held]))
                acc = acc[(whole + 1) * self._held :]
                continue
            out.append(self._along(acc[:room]))
            self._waiting.append(acc[:room])
            self._turn(self._mean.push(np.concatenate(self._waiting))[-1])
            self._waiting, self._count = [], 0
            acc = acc[room:]
        if len(acc):
            out.append(self._along(acc))
            self._waiting.append(acc)
            self._count += len(acc)
        return out[0] if len(out) == 1 else np.concatenate(out)

    def _frames(self, acc: FloatArray) -> FloatArray:
        """The same for whole frames at once."""
        means = self._mean.push(acc)[self._held - 1 :: self._held]
        ups = [self._up]
        for mean in means:
            self._turn(mean)
            ups.append(self._up)
        up = np.repeat(np.array(ups[:-1]), self._held, axis=0)
        seen = up.any(axis=1)
        along = acc[:, 0] * up[:, 0] + acc[:, 1] * up[:, 1] + acc[:, 2] * up[:, 2]
        return np.asarray(np.where(seen, along, 1.0))

    def _turn(self, mean: FloatArray) -> None:
        x, y, z = mean.tolist()
        square = x * x + y * y + z * z
        seen = square >= LEAST_GRAVITY**2
        self._up = (x / square, y / square, z / square) if seen else NOWHERE

    def _along(self, acc: FloatArray) -> FloatArray:
        a, b, c = self._up
        if self._up == NOWHERE:
            return np.ones(len(acc))
        if len(acc) <= FEW:
            return np.array([x * a + y * b + z * c for x, y, z in acc.tolist()])
        # Written out: a matrix product may round differently for another block length.
        return np.asarray(acc[:, 0] * a + acc[:, 1] * b + acc[:, 2] * c)
