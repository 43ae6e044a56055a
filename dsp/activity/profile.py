"""How hard a session was, a few seconds at a time, and where its hard and easy stretches lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, nan
from typing import Final

import numpy as np

from dsp.block import BoolArray, FloatArray, IntArray
from dsp.events import Activity, Segment, Step

BIN_S: Final = 3.0
"""Some 8 steps: their mean effort is good to 1 to 2 %."""
FORCE_SHARE: Final = 0.2
"""Of the logarithm of the active peak. From jog to fast (2.4 to 4.6 m/s) cadence rises by some 15 %
and that peak by 40 to 60 %."""
CADENCE_ONLY: Final = 1.5
"""What the cadence counts at the shoe, where the peak is left out: a slope of ±5 degrees moves it
as much as a sprint does. Nor is speed asked: uphill it falls while the effort rises."""
CLEAR: Final = 0.12
"""Levels closer than this (8 % of cadence at the shoe) are one: cadence wanders by 2 to 4 % in a
steady run, and differs by 3 to 6 % between up and down a hill."""
TIGHT: Final = 0.2
"""A level's spread may be this share of the distance to the other, or there are no two levels:
efforts spread evenly have 0.25, two levels 0.15 at most."""
SHORTEST_S: Final = 15.0
"""A stretch with less walking or running in it belongs to what surrounds it: a kerb, a corner, a
traffic light."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `t` to `t_end`, s, at one level; seen to be so in `seen_s` of them, s."""

    t: float
    t_end: float
    hard: bool
    seen_s: float

    @property
    def duration_s(self) -> float:
        return self.t_end - self.t


class Effort:
    """Mean effort of the steps in every few seconds."""

    def __init__(self) -> None:
        self._sums: dict[int, tuple[int, float]] = {}

    def push(self, step: Step) -> None:
        """Takes one step or stride."""
        pace = log(step.cadence_spm)
        if step.steps > 1:
            effort = CADENCE_ONLY * pace
        elif step.active_g is not None and step.active_g > 0.0:
            effort = pace + FORCE_SHARE * log(step.active_g)
        else:
            return
        number = int(step.t // BIN_S)
        n, total = self._sums.get(number, (0, 0.0))
        self._sums[number] = n + 1, total + effort

    def clear(self) -> None:
        """Forgets everything."""
        self._sums.clear()

    def over(self, numbers: IntArray) -> FloatArray:
        """(n,) effort in the bins of these numbers, NaN where nothing was measured."""
        bins = [self._sums.get(int(i), (0, nan)) for i in numbers]
        return np.array([total / max(n, 1) for n, total in bins])


def stretches(segments: Sequence[Segment], end: float, effort: Effort) -> list[Stretch]:
    """Hard and easy ones in turn, from the first step to the last; none if nobody ran.

    Walking is easy. Running is hard, or of two levels where two are clear. Whatever is neither goes
    on as what was before it.

    Args:
        segments: of activity, in order. end: of the last one, s.
    """
    moved = [s.kind in (Activity.RUN, Activity.WALK) for s in segments]
    if Activity.RUN not in [s.kind for s in segments]:
        return []
    edges = np.array([*(s.t for s in segments), end])
    first = float(edges[moved.index(True)])
    last = float(edges[len(moved) - moved[::-1].index(True)])
    numbers = np.arange(int(first // BIN_S), int(last // BIN_S) + 1)
    middle = (numbers + 0.5) * BIN_S
    at = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, len(segments) - 1)
    runs = np.array([s.kind is Activity.RUN for s in segments])[at]
    walks = np.array([s.kind is Activity.WALK for s in segments])[at]
    # Getting up to speed and braking beside a stop are no level.
    off = ~(runs | walks)
    away = off | np.append(off[1:], False) | np.insert(off[:-1], 0, False)
    hard = _hard(effort.over(numbers), runs & ~away)
    state = np.where(walks, 0, np.where(runs & (hard >= 0), hard, -1))
    bounds = np.clip(np.append(numbers, numbers[-1] + 1) * BIN_S, first, last)
    return _merged(_levels(state, bounds), edges)


def _hard(effort: FloatArray, runs: BoolArray) -> IntArray:
    """(n,) 1 hard, 0 easy, -1 not known, of running."""
    known = runs & ~np.isnan(effort)
    out = np.where(known, 1, -1)
    values = np.sort(effort[known])
    n = len(values)
    if n < 4:
        return out
    # The split that leaves the least spread within the two classes (Otsu).
    total, count = np.cumsum(values)[:-1], np.arange(1, n)
    low, high = total / count, (values.sum() - total) / (n - count)
    k = int(np.argmax(count * (n - count) * (high - low) ** 2))
    a, b = values[: k + 1], values[k + 1 :]
    apart = float(np.median(b) - np.median(a))
    if apart < CLEAR or max(_spread(a), _spread(b)) > TIGHT * apart:
        return out
    return np.where(known, (effort > (values[k] + values[k + 1]) / 2.0).astype(np.int64), -1)


def _spread(values: FloatArray) -> float:
    """Median distance from the median: a few bins in between two levels do not widen one."""
    return float(np.median(np.abs(values - np.median(values))))


def _filled(state: IntArray) -> IntArray:
    """What is not known goes on as before, at the beginning as what comes first."""
    known = np.flatnonzero(state >= 0)
    if not len(known):
        return np.ones_like(state)
    before = np.searchsorted(known, np.arange(len(state)), side="right") - 1
    return np.asarray(state[known[np.maximum(before, 0)]])


def _levels(state: IntArray, bounds: FloatArray) -> list[Stretch]:
    filled = _filled(state)
    change = np.flatnonzero(np.diff(filled)) + 1
    starts = np.concatenate([[0], change]).tolist()
    ends = np.concatenate([change, [len(state)]]).tolist()
    seen = np.cumsum(np.insert(state >= 0, 0, False)) * BIN_S
    return [
        Stretch(float(bounds[a]), float(bounds[b]), bool(filled[a]), float(seen[b] - seen[a]))
        for a, b in zip(starts, ends, strict=True)
    ]


def _merged(found: list[Stretch], edges: FloatArray) -> list[Stretch]:
    """The shortest that is too short becomes part of its neighbors, until none is."""
    while len(found) > 1:
        k = min(range(len(found)), key=lambda i: found[i].seen_s)
        if found[k].seen_s >= SHORTEST_S:
            break
        a, b = max(k - 1, 0), min(k + 1, len(found) - 1)
        hard = found[a].hard if a < k else found[b].hard
        seen_s = sum(s.seen_s for s in found[a : b + 1])
        found[a : b + 1] = [Stretch(found[a].t, found[b].t_end, hard, seen_s)]
    # A bound within a bin of a segment's is that.
    near = [float(edges[np.argmin(np.abs(edges - s.t))]) for s in found]
    t = [x if abs(x - s.t) <= BIN_S else s.t for x, s in zip(near, found, strict=True)]
    ends = [*t[1:], found[-1].t_end]
    return [replace(s, t=a, t_end=b) for a, b, s in zip(t, ends, found, strict=True)]
