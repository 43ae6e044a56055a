"""What a metronome needs to know of the runner: when steps are due, and how quick they are."""

from collections import deque
from math import exp
from typing import Final

from dsp.events import FootStrike
from feedback.settings import PLAUSIBLE_SPM
from feedback.steadier import Steadier

BREAK_S: Final = 2.0
"""A longer time without a seen strike is no missed one, as in the cadence that is judged."""
SLOW_S: Final = 30.0
"""Time constant of the slow mean: 80 steps of 12 ms each leave 0.3 % of noise."""
BEGIN: Final = 8
"""Intervals before there is a mean."""
RECENT_STEPS: Final = 16
"""Of the tempo of late: 12 ms of noise in each step leave 0.8 %."""


class Footfalls:
    """The seen strikes of one runner, their tempo, and the steps that come next."""

    def __init__(self) -> None:
        self._shoe = False
        self._last: FootStrike | None = None
        self._slow_s: float | None = None
        self._intervals = 0
        self._count = 0
        self._recent: deque[tuple[float, int]] = deque()
        self._expected: tuple[float, ...] = ()
        self._steadier = Steadier(feet=2)

    def inferred(self) -> None:
        """There was a strike that only a sensor on one shoe infers."""
        if not self._shoe:
            self._shoe, self._steadier = True, Steadier(feet=1)

    def push(self, strike: FootStrike) -> bool:
        """Takes a seen strike; False if it begins anew, after a break or for the first time."""
        last, self._last = self._last, strike
        follows = last is not None and 0.0 < strike.t - last.t <= BREAK_S
        if not follows:
            self._steadier.restart()
            self._slow_s, self._intervals = None, 0
            self._recent.clear()
        elif last is not None and last.next_t is not None and last.next_t > last.t:
            self._measure(strike.t - last.t, last.next_t - last.t)
        else:
            # How many steps that was is not known.
            self._recent.clear()
        self._recent.append((strike.t, self._count))
        while len(self._recent) > 2 and self._count - self._recent[1][1] >= RECENT_STEPS:
            self._recent.popleft()
        self._expect(strike)
        return follows

    @property
    def expected(self) -> tuple[float, ...]:
        """When the steps up to the next seen strike are due, s; empty without a rhythm."""
        return self._expected

    @property
    def slow_s(self) -> float | None:
        """Slow mean of the time of a step, s; None in the first steps after a break."""
        return self._slow_s if self._intervals >= BEGIN else None

    @property
    def recent_s(self) -> float | None:
        """Mean time of a step over the last ones, s."""
        if not self._recent:
            return None
        (first_t, first), (last_t, last) = self._recent[0], self._recent[-1]
        return (last_t - first_t) / (last - first) if last - first >= RECENT_STEPS else None

    def _steps(self, to_next_s: float) -> int:
        # Slower than any running step it must be a stride, even if no other foot was inferred yet.
        return 2 if self._shoe or to_next_s > 60.0 / PLAUSIBLE_SPM[0] else 1

    def _measure(self, interval_s: float, predicted_s: float) -> None:
        steps = self._steps(predicted_s) * max(1, round(interval_s / predicted_s))
        step_s = interval_s / steps
        self._count += steps
        if not PLAUSIBLE_SPM[0] <= 60.0 / step_s <= PLAUSIBLE_SPM[1]:
            return
        self._intervals += 1
        before = step_s if self._slow_s is None else self._slow_s
        share = max(1.0 / self._intervals, 1.0 - exp(-interval_s / SLOW_S))
        self._slow_s = before + share * (step_s - before)

    def _expect(self, strike: FootStrike) -> None:
        if strike.next_t is None or strike.next_t <= strike.t:
            self._expected = ()
            return
        to_next_s = self._steadier.next_t(strike.t, strike.next_t) - strike.t
        steps = self._steps(to_next_s)
        self._expected = tuple(strike.t + to_next_s * (i + 1) / steps for i in range(steps))
