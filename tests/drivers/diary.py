"""A motion that numbers the samples, so that the truth about each can be looked up."""

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.units import STANDARD_GRAVITY

_TURN = 20_000
_HALF = _TURN // 2


class Diary:
    """Every sample says in its counts which it is; when it was taken is written down.

    Args:
        g_per_count: of the accelerometer's range, from the datasheet.
    """

    def __init__(self, g_per_count: float) -> None:
        self._scale = g_per_count * STANDARD_GRAVITY
        self._t: list[FloatArray] = []
        self._made = 0

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `drivers.sim.motion.SensorMotion`."""
        number = np.arange(self._made, self._made + len(t))
        self._made += len(t)
        self._t.append(t)
        acc = np.stack([number % _TURN - _HALF, number // _TURN, 0 * number], axis=1)
        return np.asarray(acc * self._scale), np.zeros((len(t), 3))

    @property
    def t(self) -> FloatArray:
        """(n,) s, host times of all samples by number."""
        return np.concatenate(self._t)

    @staticmethod
    def numbers(counts: np.ndarray) -> IntArray:
        """(n,) numbers of the samples with these counts, (n, 6)."""
        wide = counts.astype(np.int64)
        return np.asarray(wide[:, 0] + _HALF + _TURN * wide[:, 1])
