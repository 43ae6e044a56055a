"""Which sample is the newest at a host time, for chips that stamp nothing.

Every look at the FIFO says how many samples existed at some instant between two host times. With
sample number N at T_N (the first is number 1) that is two bounds: T_N <= after, T_(N+1) > before.
A chip's samples are even, T_N is a line but for the drift of its oscillator; the lines that keep
all bounds of the last seconds are a narrow bundle, and what all of them say of a later time is
certain. Where a count was a guess the numbers begin anew, but the bundle's slopes still hold: the
rate is learned from stretches however short.
"""

from collections import deque
from math import floor, inf
from typing import Final

import numpy as np

from dsp.block import FloatArray

BLOCK_S: Final = 0.25
"""Of the bounds of so many seconds only the tightest are kept."""
BLOCKS: Final = 20
"""Older ones are forgotten: 5 s."""
MAX_RATE_ERROR: Final = 0.12
"""No chip is further off its nominal rate."""
RESTART_RATE_ERROR: Final = 2e-3
"""Across a restart the rate is known so well: warming up moves it."""
DRIFT_PER_S: Final = 20e-6
"""A chip's rate changes by so much a second, relative, at most."""
_Bound = tuple[int, float]
"""(sample number, s)"""


class SampleTrack:
    """The line that samples lie on.

    Args:
        rate_hz: nominal.
    """

    def __init__(self, rate_hz: float) -> None:
        self._block = max(1, round(BLOCK_S * rate_hz))
        self._limits = (1.0 - MAX_RATE_ERROR) / rate_hz, (1.0 + MAX_RATE_ERROR) / rate_hz
        # The period, s, lies between these, or did at host time _known, s; limits do not age.
        self._low, self._high = self._limits
        self._known = inf
        self._period = 1.0 / rate_hz
        self._blocks: deque[tuple[_Bound, _Bound]] = deque(maxlen=BLOCKS)
        self._last: tuple[int, float, float] | None = None
        # Of the open block: where it ends, its tightest bounds, and how tight they are.
        self._end = 0
        self._upper: _Bound | None = None
        self._lower: _Bound | None = None
        self._least_late, self._most_early = inf, -inf
        self.restart()

    @property
    def rate_hz(self) -> float:
        """As learned so far, else nominal."""
        return 1.0 / self._period

    @property
    def rate_error(self) -> float:
        """How far off, relative, `rate_hz` may have been when it was learned."""
        return (self._high - self._low) / (2.0 * self._period)

    def restart(self) -> None:
        """The chip was set up anew: samples are numbered from 0; the learned rate stays."""
        self.renumber()
        self._low, self._high = self._widened(RESTART_RATE_ERROR)

    def renumber(self) -> None:
        """Numbers may be off from here on; the rate is as good as before."""
        self._learn()
        self._forget()

    def seen(self, produced: int, before: float, after: float) -> None:
        """At some instant between host times `before` and `after`, s, `produced` samples existed.

        Args:
            produced: never falls.
        """
        if produced >= self._end:
            self._close()
            # The very first is a block of its own: nothing is further away from what comes.
            self._open(produced + (self._block if self._blocks else 1))
        period = self._period
        late = after - produced * period
        if late < self._least_late:
            self._least_late, self._upper = late, (produced, after)
        early = before - (produced + 1) * period
        if early > self._most_early:
            self._most_early, self._lower = early, (produced + 1, before)
        self._last = (produced, before, after)

    def about(self, t: float) -> float:
        """Samples produced at host time `t`, roughly, from the last look on; 0.0 before it."""
        if self._last is None:
            return 0.0
        produced, _, then = self._last
        return produced + (t - then) / self._period

    def produced_at(self, before: float, after: float) -> tuple[int, int]:
        """How many samples existed at an instant between `before` and `after`, s.

        Returns:
            The fewest and the most; equal when certain.
        """
        bend = self._bend(after)
        most = floor(self._numbers(after + bend, earliest=True))
        fewest = floor(self._numbers(before - bend, earliest=False))
        return min(fewest, most), max(fewest, most)

    def likely_at(self, t: float) -> int:
        """How many samples most likely existed at `t`, s."""
        earliest, latest = (self._numbers(t, earliest=e) for e in (True, False))
        return floor((earliest + latest) / 2)

    def quiet_from(self, t: float) -> float:
        """The next host time, at `t` or later, s, that is the least likely to meet a sample.

        The middle between the latest that one sample may come and the earliest of the next.
        """
        n = floor(self._numbers(t, earliest=True))
        for k in (n - 1, n, n + 1):
            middle = (self._time_of(k, earliest=False) + self._time_of(k + 1, earliest=True)) / 2
            if t <= middle < inf:
                return middle
        return t

    def _forget(self) -> None:
        self._blocks.clear()
        self._last = None
        self._open(0)

    def _open(self, end: int) -> None:
        self._end = end
        self._least_late, self._most_early = inf, -inf
        self._upper = self._lower = None

    def _close(self) -> None:
        if self._upper is None or self._lower is None:
            return
        self._blocks.append((self._upper, self._lower))
        self._learn()

    def _learn(self) -> None:
        """Leaves of the periods those that keep all bounds."""
        upper, lower = self._bounds()
        if not len(upper):
            return
        now = float(upper[-1, 1])
        apart = upper[:, np.newaxis, 0] - lower[np.newaxis, :, 0]
        took = upper[:, np.newaxis, 1] - lower[np.newaxis, :, 1]
        later, sooner = apart > 0, apart < 0
        low, high = self._periods(now)
        low = max(low, float((took[sooner] / apart[sooner]).max(initial=-inf)))
        high = min(high, float((took[later] / apart[later]).min(initial=inf)))
        if low >= high:
            # No even samples: the chip or a level cannot be trusted, and nothing learned from it.
            self._low, self._high = self._limits
            self._known = inf
            self._forget()
            return
        self._low, self._high, self._known = low, high, now
        self._period = (low + high) / 2

    def _periods(self, now: float) -> tuple[float, float]:
        """The shortest and the longest that the period may be at host time `now`, s."""
        return self._widened(DRIFT_PER_S * max(0.0, now - self._known))

    def _widened(self, error: float) -> tuple[float, float]:
        shortest, longest = self._limits
        return (
            max(shortest, self._low * (1.0 - error)),
            min(longest, self._high * (1.0 + error)),
        )

    def _bounds(self) -> tuple[FloatArray, FloatArray]:
        """(k, 2) upper and lower bounds (number, s), wide enough for the drift since."""
        blocks = list(self._blocks)
        if self._upper is not None and self._lower is not None:
            blocks.append((self._upper, self._lower))
        if self._last is not None:
            # Not the tightest, but nothing is nearer to what comes.
            produced, before, after = self._last
            blocks.append(((produced, after), (produced + 1, before)))
        upper = np.array([b[0] for b in blocks], dtype=np.float64).reshape(-1, 2)
        lower = np.array([b[1] for b in blocks], dtype=np.float64).reshape(-1, 2)
        if len(blocks):
            now = upper[-1, 1]
            upper[:, 1] += 0.5 * DRIFT_PER_S * (now - upper[:, 1]) ** 2
            lower[:, 1] -= 0.5 * DRIFT_PER_S * (now - lower[:, 1]) ** 2
        return upper, lower

    def _rays(self, *, earliest: bool) -> tuple[FloatArray, FloatArray]:
        """Rays (number, s, s per number) that bound when later samples come.

        Returns:
            (k, 2) points and (k,) slopes; the earliest that a sample may come is the greatest of
            the rays at its number, the latest the least of them.
        """
        upper, lower = self._bounds()
        points, others = (lower, upper) if earliest else (upper, lower)
        # A line is bent the furthest by a bound at its near end and an opposite one at its far end.
        apart = points[:, np.newaxis, 0] - others[np.newaxis, :, 0]
        near, far = np.nonzero(apart > 0)
        slopes = (points[near, 1] - others[far, 1]) / apart[near, far]
        limit = self._low if earliest else self._high
        if self._last is not None:
            low, high = self._periods(self._last[2])
            limit = low if earliest else high
        all_points = np.concatenate([points[near], points])
        all_slopes = np.concatenate([slopes, np.full(len(points), limit)])
        return all_points, all_slopes

    def _numbers(self, t: float, *, earliest: bool) -> float:
        """The number that is due at `t` if all samples came as early, or as late, as they can."""
        points, slopes = self._rays(earliest=earliest)
        fine = slopes > 0
        if not fine.any():
            return max(0.0, self.about(t))
        numbers = points[fine, 0] + (t - points[fine, 1]) / slopes[fine]
        return max(0.0, float(numbers.min() if earliest else numbers.max()))

    def _bend(self, t: float) -> float:
        """What the drift may have done since the last look, s."""
        since = 0.0 if self._last is None else max(0.0, t - self._last[2])
        return 0.5 * DRIFT_PER_S * since**2

    def _time_of(self, number: int, *, earliest: bool) -> float:
        points, slopes = self._rays(earliest=earliest)
        if not len(points):
            return -inf if earliest else inf
        times = points[:, 1] + slopes * (number - points[:, 0])
        return float(times.max() if earliest else times.min())
