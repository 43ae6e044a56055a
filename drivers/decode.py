"""From raw counts to samples: the sample clock, the scales, what was lost and what was clipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.calibration import Calibration
from drivers.chunk import Chunk, CountArray
from drivers.clock import SampleClock
from drivers.high_g import CLIPPED_COUNTS, HighG
from dsp.block import BoolArray, FloatArray, IntArray, SampleBlock

FEW: Final = 16
"""Samples of a drain or two."""


@dataclass(frozen=True, slots=True)
class ChunkBatch:
    """Consecutive chunks as arrays.

    Args:
        n: (m,) samples in each chunk.
        lost: (m,) samples lost just before each chunk.
        host_time: (m,) s, see `Chunk`.
        counts: (sum(n), 3, 6 or 9) int16, see `Chunk`.
    """

    n: IntArray
    lost: IntArray
    host_time: FloatArray
    counts: CountArray


def gather(chunks: Sequence[Chunk]) -> ChunkBatch:
    """A batch of chunks (at least one)."""
    return ChunkBatch(
        np.array([len(c.counts) for c in chunks], dtype=np.int64),
        np.array([c.lost for c in chunks], dtype=np.int64),
        np.array([c.host_time for c in chunks], dtype=np.float64),
        np.concatenate([c.counts for c in chunks]),
    )


def at_limit(values: npt.NDArray[np.float32], limit: float | None) -> BoolArray:
    """(n,) whether some axis of (n, k) float32 values is at or above `limit`; NaN never is."""
    if limit is None:
        return np.zeros(len(values), dtype=bool)
    # Both sides rounded alike: a limit of 16 g in float64 may lie above its own float32.
    return np.asarray((np.abs(values) >= np.float32(limit)).any(axis=1))


class ChunkDecoder:
    """Turns the chunks of one stream into samples, live and in replay alike.

    Args:
        rate_hz: nominal rate of the chip.
        acc_scale: m/s² per count.
        gyr_scale: rad/s per count; None without a gyro.
        acc_limit, gyr_limit: |axis| at or above which the sensor counts as clipped, m/s² and rad/s.
        high_g_scale: m/s² per count of the coarse accelerometer; None: there is none.
        high_g_limit: as `acc_limit`, of the coarse accelerometer.
        calibration: corrects and turns the samples; None: they stay in the sensor's axes.
    """

    def __init__(
        self,
        rate_hz: float,
        acc_scale: float,
        gyr_scale: float | None = None,
        acc_limit: float | None = None,
        gyr_limit: float | None = None,
        high_g_scale: float | None = None,
        high_g_limit: float | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self._clock = SampleClock(rate_hz)
        self._has_gyro = gyr_scale is not None
        self._columns = 6 if self._has_gyro else 3
        # As arrays: old numpy would make int16 times a plain number a float32.
        self._acc_scale = np.full(3, acc_scale)
        self._gyr_scale = np.full(3, gyr_scale or 0.0)
        self._acc_clip = _clip_counts(acc_limit, acc_scale)
        self._gyr_clip = 0 if gyr_scale is None else _clip_counts(gyr_limit, gyr_scale)
        self._clip = min(self._acc_clip, self._gyr_clip) if self._has_gyro else self._acc_clip
        self._high_g = None
        if high_g_scale is not None:
            clip = _clip_counts(high_g_limit, high_g_scale)
            self._high_g = HighG(rate_hz, acc_scale, high_g_scale, clip)
        self._calibration = calibration
        self._lost = 0

    def push(self, batch: ChunkBatch) -> SampleBlock:
        """The samples of consecutive chunks; recutting the batches changes nothing.

        Where the accelerometer is at its limit, a sample comes from the coarse one if there is one;
        it is clipped where that is, too.

        Returns:
            A block of sum(n) samples, times on the host's time base.

        Raises:
            ValueError: counts without the coarse accelerometer that there should be.
        """
        n, lost, host_time = batch.n, batch.lost.copy(), batch.host_time
        if len(n):
            lost[0] += self._lost
            self._lost = 0
        if not n.all():
            n, lost, host_time = self._without_empty(n, lost, host_time)
        t = self._clock.stamp(n, lost, host_time)
        lost_before = np.zeros(len(t), dtype=np.int64)
        lost_before[np.cumsum(n) - n] = lost
        return self._block(t, batch.counts, lost_before)

    def push_chunk(self, chunk: Chunk) -> SampleBlock:
        """`push` of one chunk, as it comes live: the same to the last bit, at a third of the cost.

        Raises:
            ValueError: see `push`.
        """
        n = len(chunk.counts)
        lost, self._lost = chunk.lost + self._lost, 0
        if not n:
            self._lost = lost
            return self._block(np.empty(0), chunk.counts, np.empty(0, dtype=np.int64))
        lost_before = np.zeros(n, dtype=np.int64)
        lost_before[0] = lost
        t = self._clock.stamp_one(n, lost, chunk.host_time)
        return self._block(t, chunk.counts, lost_before)

    def _block(self, t: FloatArray, counts: CountArray, lost: IntArray) -> SampleBlock:
        # Each sensor's rows lie together, live and in bulk: BLAS rounds by layout.
        acc = counts[:, :3] * self._acc_scale
        gyr = counts[:, 3:6] * self._gyr_scale if self._has_gyro else None
        clipped, gyr_clipped = self._clipped(counts)
        if self._high_g is not None:
            self._high_g.push(counts, acc, clipped)
        if self._calibration is not None:
            # After the clip flags: where an axis ends is a matter of its own counts.
            acc, gyr = self._calibration.apply(acc, gyr)
        return SampleBlock(t, acc, gyr, lost, clipped, gyr_clipped)

    def _clipped(self, counts: CountArray) -> tuple[BoolArray, BoolArray]:
        """(n,) whether the accelerometer, and whether the gyro is at its limit."""
        n = len(counts)
        if n <= FEW:
            # A drain's few samples are mostly all inside, which the two ends of them tell; for so
            # few a list is quicker than an array.
            few = counts[:, : self._columns].ravel().tolist()
            if not few or (-self._clip < min(few) and max(few) < self._clip):
                return np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        gyr = _beyond(counts[:, 3:6], self._gyr_clip) if self._has_gyro else np.zeros(n, dtype=bool)
        return _beyond(counts[:, :3], self._acc_clip), gyr

    def _without_empty(
        self, n: IntArray, lost: IntArray, host_time: FloatArray
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Leaves chunks without samples out; what they lost is lost before the next sample."""
        kept = np.flatnonzero(n)
        total = np.cumsum(lost)
        self._lost = int(total[-1] - (total[kept[-1]] if len(kept) else 0))
        return n[kept], np.diff(total[kept], prepend=0), host_time[kept]


def _clip_counts(limit: float | None, scale: float) -> int:
    if limit is None:
        return CLIPPED_COUNTS
    # A limit is often a product of the scale; it must not slip one count up by rounding.
    return min(CLIPPED_COUNTS, max(1, ceil(limit / scale * (1.0 - 1e-9))))


def _beyond(counts: CountArray, clip: int) -> BoolArray:
    # Not abs(): |-32768| is no int16. Whole columns at a time: ten times faster than row by row.
    beyond = np.zeros(len(counts), dtype=bool)
    for column in counts.T:
        beyond |= (column >= clip) | (column <= -clip)
    return beyond
