"""Samples onto an even grid: short holes bridged and marked, long ones a restart, all reported."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from dsp.block import FEW, BoolArray, FloatArray, IntArray, SampleBlock, Stream
from dsp.errors import StreamError
from dsp.events import Gap

BRIDGE_S: Final = 0.1
"""A longer hole restarts the filters: it can hide a whole foot strike (contact ≥ 95 ms)."""


EVEN_PERIODS: Final = 1.4
"""Times closer than this hold no hole: from 1.5 periods on a sample counts as missing, and between
the two the exact way decides."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Evenly spaced samples without a long hole.

    Args:
        restart: the samples do not continue the piece before.
        hole_s: length of the hole before a restart, s; infinite at the start of the stream.
        t: (n,) s. known: (n,) s, the recorded sample that each needed: a bridged one needs its
        next.
        acc: (n, 3) m/s², 0 where an axis is absent. gyr: (n, 3) rad/s or None.
        unsure: (n,) bridged (linear between its neighbors) or clipped acceleration: never feeds
            an impact figure.
        clipped: (n,) accelerometer at its limit. gyr_clipped: (n,) gyro at its limit.
    """

    restart: bool
    hole_s: float
    t: FloatArray
    known: FloatArray
    acc: FloatArray
    gyr: FloatArray | None
    unsure: BoolArray
    clipped: BoolArray
    gyr_clipped: BoolArray

    def cut(self, number: int) -> "tuple[Piece, Piece]":
        """The samples before `number`, and the rest."""
        return self._part(slice(None, number)), replace(
            self._part(slice(number, None)), restart=False, hole_s=0.0
        )

    def _part(self, s: slice) -> "Piece":
        return replace(
            self,
            t=self.t[s],
            known=self.known[s],
            acc=self.acc[s],
            gyr=None if self.gyr is None else self.gyr[s],
            unsure=self.unsure[s],
            clipped=self.clipped[s],
            gyr_clipped=self.gyr_clipped[s],
        )


class Grid:
    """Holes are found from the times and from what the source declares lost.

    Nothing is resampled: recorded samples keep their times and values. What is put into a hole is
    only for the filters, which need even spacing, and is marked.
    """

    def __init__(self, stream: Stream) -> None:
        self._period = 1.0 / stream.rate_hz
        self._before: SampleBlock | None = None
        self._before_t = -np.inf
        self._is_whole = False
        self._absent: tuple[BoolArray, BoolArray] | None = None

    def push(self, block: SampleBlock) -> tuple[list[Piece], list[Gap]]:
        """Pieces in order, and a Gap for every hole (t: the first sample after it).

        Raises:
            StreamError: times do not increase, or a sample of a long block is not a number.
        """
        block = self._without_absent_axes(block)
        if self._is_even(block):
            self._before, self._before_t = block, float(block.t[-1])
            clipped, turned = block.acc_clipped, block.gyr_clipped
            acc, gyr = block.acc, block.gyr
            return [Piece(False, 0.0, block.t, block.t, acc, gyr, clipped, clipped, turned)], []
        if not (block.t[0] > self._before_t and np.all(block.t[1:] > block.t[:-1])):
            raise StreamError(f"times must increase; they do not near {block.t[0]:.3f} s")
        first = self._before is None
        whole = block if self._before is None else _with_last(self._before[-1:], block)
        self._before, self._before_t = block, float(block.t[-1])
        dt = np.diff(whole.t)
        absent = np.maximum(np.rint(dt / self._period).astype(np.int64) - 1, 0)
        # Declared lost but no room in time (jitter): still reported, nothing to bridge.
        holes = np.flatnonzero((absent > 0) | (whole.lost[1:] > 0)) + 1
        gaps = [
            Gap(
                t=float(whole.t[i]),
                t_decision=float(whole.t[i]),
                lost=int(whole.lost[i]) or int(absent[i - 1]),
                duration_s=float(dt[i - 1] - self._period),
            )
            for i in holes
        ]
        if first and whole.lost[0] > 0:
            t, lost = float(whole.t[0]), int(whole.lost[0])
            gaps.insert(0, Gap(t=t, t_decision=t, lost=lost, duration_s=lost * self._period))
        # The sample carried over from the last push only bridges a hole; it is not pushed again.
        start = 0 if first else 1
        breaks = [int(i) for i in np.flatnonzero(dt > BRIDGE_S) + 1]
        edges = sorted({start, *breaks, len(whole)})
        pieces = []
        for a, b in pairwise(edges):
            fresh = a in breaks or (first and a == 0)
            hole_s = float(dt[a - 1]) if a > 0 else np.inf
            pieces.append(_bridged(whole, a, b, absent, hole_s if fresh else None))
        return pieces, gaps

    def _is_even(self, block: SampleBlock) -> bool:
        """Whether nothing is missing anywhere: the common case, told at a tenth of the cost."""
        longest, t, before = EVEN_PERIODS * self._period, block.t, self._before_t
        if len(t) > FEW:
            steps = t[1:] - t[:-1]
            even = 0.0 < float(t[0]) - before < longest and float(steps.max()) < longest
            return even and float(steps.min()) > 0.0 and not block.lost.any()
        for now in t.tolist():
            if not 0.0 < now - before < longest:
                return False
            before = now
        return not any(block.lost.tolist())

    def _without_absent_axes(self, block: SampleBlock) -> SampleBlock:
        """Axes that were not recorded (all NaN) become 0; the first sample tells which."""
        if self._absent is None:
            turning = np.zeros(3) if block.gyr is None else block.gyr[0]
            self._absent = np.isnan(block.acc[0]), np.isnan(turning)
            self._is_whole = not (self._absent[0].any() or self._absent[1].any())
        if not self._is_whole:
            no_acc, no_gyr = self._absent
            gyr = block.gyr if block.gyr is None else np.where(no_gyr, 0.0, block.gyr)
            block = replace(block, acc=np.where(no_acc, 0.0, block.acc), gyr=gyr)
        # What a driver hands over in short blocks were whole numbers.
        if len(block) > FEW:
            _demand_numbers(block)
        return block


def _demand_numbers(block: SampleBlock) -> None:
    for name, x in (("acc", block.acc), ("gyr", block.gyr)):
        if x is not None and not np.isfinite(x).all():
            at = int(np.argmin(np.isfinite(x).all(axis=1)))
            raise StreamError(
                f"{name} at {block.t[at]:.3f} s is not a number in an axis that was recorded "
                "before: leave such samples out and count them in `lost`"
            )


def _with_last(last: SampleBlock, block: SampleBlock) -> SampleBlock:
    return SampleBlock(
        np.concatenate([last.t, block.t]),
        np.concatenate([last.acc, block.acc]),
        None if last.gyr is None or block.gyr is None else np.concatenate([last.gyr, block.gyr]),
        np.concatenate([last.lost, block.lost]),
        np.concatenate([last.acc_clipped, block.acc_clipped]),
        np.concatenate([last.gyr_clipped, block.gyr_clipped]),
    )


def _bridged(whole: SampleBlock, a: int, b: int, absent: IntArray, hole_s: float | None) -> Piece:
    """Samples a..b of `whole`, linear ones in the holes before each but a restart's first."""
    missing = np.zeros(b - a, dtype=np.int64)
    if hole_s is not None:
        missing[1:] = absent[a : b - 1]
    else:
        missing[:] = absent[a - 1 : b - 1]
    t, acc, gyr = whole.t[a:b], whole.acc[a:b], None if whole.gyr is None else whole.gyr[a:b]
    clipped, gyr_clipped = whole.acc_clipped[a:b], whole.gyr_clipped[a:b]
    unsure = clipped
    known = t
    if missing.any():
        before = np.arange(a, b) - 1
        source = np.repeat(np.arange(b - a), (missing + 1).astype(np.intp))
        # 1 … missing + 1 within each run; the last one is the recorded sample itself.
        ends = np.cumsum(missing + 1)
        step = np.arange(ends[-1]) - (ends - missing - 1)[source] + 1
        share = step / (missing + 1)[source]
        real = share == 1.0
        known = t[source]
        t = _between(whole.t, before, a, source, share, real)
        acc = _between(whole.acc, before, a, source, share, real)
        if whole.gyr is not None:
            gyr = _between(whole.gyr, before, a, source, share, real)
        clipped, gyr_clipped = clipped[source], gyr_clipped[source]
        unsure = clipped | ~real
    return Piece(
        hole_s is not None,
        0.0 if hole_s is None else hole_s,
        t,
        known,
        acc,
        gyr,
        unsure,
        clipped,
        gyr_clipped,
    )


def _between(
    x: FloatArray,
    before: np.ndarray,
    a: int,
    source: np.ndarray,
    share: FloatArray,
    real: BoolArray,
) -> FloatArray:
    low, high = x[np.maximum(before, 0)[source]], x[source + a]
    weight = share if x.ndim == 1 else share[:, np.newaxis]
    keep = real if x.ndim == 1 else real[:, np.newaxis]
    # The recorded sample is taken as it is: low + 1.0 * (high - low) can differ in the last bit.
    filled: FloatArray = np.where(keep, high, low + weight * (high - low))
    return filled
