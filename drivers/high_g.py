"""The coarse accelerometer beside the fine one: takes over where the fine one is at its limit.

A high-g channel is off by up to a g. By how much is learned from samples that both channels feel
alike, in sums of counts: whole numbers add up to the same however the stream is cut.
"""

from typing import Final

import numpy as np

from drivers.chunk import CountArray
from dsp.block import BoolArray, FloatArray, IntArray
from dsp.units import STANDARD_GRAVITY

WINDOW: Final = 64
"""Samples that are averaged before the offset moves."""
TAU_S: Final = 20.0
"""The offset follows temperature, which is slower still."""
FINE_G: Final = 4.0
"""Learned from samples below this on every axis: little of a wrong sensitivity shows there."""
COARSE_G: Final = 8.0
"""The same for the coarse channel: FINE_G, its offset and noise, not the flank of an impact."""
CLIPPED_COUNTS: Final = 32760
_FULL: Final = 65535


class HighG:
    """Puts the coarse channel's samples where the fine one is clipped.

    Args:
        rate_hz: of the samples.
        acc_scale: m/s² per count of the fine accelerometer.
        high_g_scale: the same of the coarse one.
        clip_counts: |counts| from which the coarse one is clipped itself.
    """

    def __init__(
        self, rate_hz: float, acc_scale: float, high_g_scale: float, clip_counts: int
    ) -> None:
        self._acc_scale = acc_scale
        self._scale = high_g_scale
        self._clip = clip_counts
        self._slowest = min(1.0, WINDOW / (TAU_S * rate_hz))
        # An unsigned compare of (counts + bias) looks at both sides at once; the gyro always fits.
        fine = min(CLIPPED_COUNTS, int(FINE_G * STANDARD_GRAVITY / acc_scale))
        coarse = min(CLIPPED_COUNTS, int(COARSE_G * STANDARD_GRAVITY / high_g_scale))
        bias = np.repeat([fine, 0, coarse], 3)
        self._bias = bias.astype(np.int16)
        self._span = np.where(bias > 0, 2 * bias, _FULL).astype(np.uint16)
        self._sums: IntArray = np.zeros(9, dtype=np.int64)
        self._n = 0
        self._windows = 0
        self._offset: FloatArray = np.zeros(3)

    @property
    def offset(self) -> FloatArray | None:
        """(3,) what the coarse channel reads too much, m/s²; None: not known yet."""
        return self._offset if self._windows else None

    def push(self, counts: CountArray, acc: FloatArray, clipped: BoolArray) -> None:
        """Takes consecutive samples in and mends them in place; recutting changes nothing.

        Until the offset is known a clipped sample stays as it is.

        Args:
            counts: (n, 9) acc, gyr, coarse acc.
            acc: (n, 3) m/s² of the fine accelerometer.
            clipped: (n,) where that is clipped; afterwards, where the sample still is.
        """
        shifted = (counts + self._bias).view(np.uint16)
        alike: BoolArray = np.asarray((shifted <= self._span).all(axis=1))
        before, some = self.offset, bool(clipped.any())
        if some:
            # With a range below FINE_G.
            alike &= ~clipped
        ends, offsets = self._learn(counts, alike)
        if not some:
            return
        rows = np.flatnonzero(clipped)
        known = [np.zeros(3) if before is None else before, *offsets]
        which = np.searchsorted(ends, rows)
        if before is None:
            rows, which = rows[which > 0], which[which > 0]
        coarse = counts[rows, 6:]
        acc[rows] = coarse * self._scale - np.array(known)[which]
        clipped[rows] = ((coarse >= self._clip) | (coarse <= -self._clip)).any(axis=1)

    def _learn(self, counts: CountArray, alike: BoolArray) -> tuple[IntArray, list[FloatArray]]:
        """The samples at which the offset moved, and what it was from then on."""
        n = int(np.count_nonzero(alike))
        if self._n + n < WINDOW:
            self._sums += counts[alike].sum(axis=0, dtype=np.int64)
            self._n += n
            return np.empty(0, dtype=np.int64), []
        rows = np.flatnonzero(alike)
        sums = counts[rows].cumsum(axis=0, dtype=np.int64)
        last = np.arange(WINDOW - self._n - 1, n, WINDOW)
        whole = np.diff(sums[last], axis=0, prepend=-self._sums[np.newaxis])
        self._sums = sums[-1] - sums[last[-1]]
        self._n = n - 1 - int(last[-1])
        means = (whole[:, 6:] * self._scale - whole[:, :3] * self._acc_scale) / WINDOW
        offsets = []
        for mean in means:
            self._windows += 1
            share = max(1.0 / self._windows, self._slowest)
            self._offset = self._offset + (mean - self._offset) * share
            offsets.append(self._offset)
        return rows[last], offsets
