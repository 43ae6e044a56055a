"""Whether a gyro that is there says anything: a dead one never changes while all else moves."""

from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.units import STANDARD_GRAVITY

WINDOW_S: Final = 0.5
WINDOWS: Final = 2
MOVES: Final = 0.5 * STANDARD_GRAVITY
"""The range of some accelerometer axis within a window, m/s²: a step or a shake. Standing sways by
a tenth of it. Any gyro's own noise changes its last digit many times in 0.5 s, moving or not."""


class GyroWatch:
    """Told every sample, says when the gyro is known to be dead: after two windows in which the
    sensor plainly moved, and none since the first of them in which every axis of the gyro changed.

    Windows are a fixed number of samples, counted from the first one.
    """

    def __init__(self, rate_hz: float) -> None:
        self._size = max(2, round(WINDOW_S * rate_hz))
        self._seen = self._silent = 0
        self._changed = np.zeros(3, dtype=bool)
        self._gyr: FloatArray | None = None
        self._low = self._high = np.zeros(3)

    def push(self, acc: FloatArray, gyr: FloatArray) -> int | None:
        """Number of these samples up to which the gyro was not known to be dead; None: all of them.

        Args:
            acc: (n, 3) m/s². gyr: (n, 3) rad/s; an axis of NaN was never there and is no fault.
        """
        done = 0
        while done < len(acc):
            take = min(self._size - self._seen, len(acc) - done)
            self._add(acc[done : done + take], gyr[done : done + take])
            done += take
            if self._seen == self._size and self._is_dead():
                return done
        return None

    def _add(self, acc: FloatArray, gyr: FloatArray) -> None:
        if self._gyr is None:
            self._gyr, self._low, self._high = gyr[0], acc[0], acc[0]
            self._changed = np.isnan(gyr[0])
        self._seen += len(acc)
        # Nearly always settled by a window's first samples.
        if self._changed.all():
            return
        self._changed = self._changed | (gyr != self._gyr).any(axis=0)
        self._low = np.fmin(self._low, acc.min(axis=0))
        self._high = np.fmax(self._high, acc.max(axis=0))

    def _is_dead(self) -> bool:
        """At the end of a window."""
        moved = bool((self._high - self._low > MOVES).any())
        self._silent = 0 if self._changed.all() else self._silent + moved
        self._seen, self._gyr = 0, None
        return self._silent >= WINDOWS
