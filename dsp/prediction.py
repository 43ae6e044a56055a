"""When the next foot strike is due, and how far off such predictions have been.

A steady-state Kalman (alpha-beta) filter of the strikes' phase and period, with what alternates
between two feet as a third state (science 1.3: left/right alternation matters, too slow loops are
far worse than quick ones).
"""

import math
from typing import Final

FOLLOW_PHASE: Final = 0.6
FOLLOW_PERIOD: Final = 0.25
FOLLOW_FEET: Final = 0.1
"""Of an error into the phase, the period and the alternation: the best compromise of 64 settings
over force-plate contacts, detected ones and synthetic runners (docs/detection.md)."""
BEGIN: Final = 3
"""Strikes that make two intervals, before anything is predicted."""
SPREAD_STEPS: Final = 12.0
LEAST_SD_S: Final = 0.004
"""No runner and no detection is steadier (science 1.3: 8.6 ms from step to step)."""
FIRST_SHARE: Final = 0.04
"""Of the period: the spread before there is experience (science 1.3: SD 13 ms of 0.33 s)."""
ALIKE: Final = 1.35
LOST: Final = 3.5
"""Periods without a strike after which nothing can be predicted."""


class Prediction:
    """Of the next strike and its spread.

    Args:
        feet: how many feet strike in turn: 2 at the waist, 1 at the shoe.
        gains: of an error into the phase, the period and the alternation; None: the best ones.
    """

    def __init__(self, feet: int, gains: tuple[float, float, float] | None = None) -> None:
        self._feet = feet
        self._follow_phase, self._follow_period, self._follow_feet = gains or (
            FOLLOW_PHASE,
            FOLLOW_PERIOD,
            FOLLOW_FEET,
        )
        self._t: list[float] = []
        self._phase_t = self._period_s = self._uneven_s = 0.0
        self._sign = 1.0
        self._square: float = 0.0
        self._known = 0

    def strike(self, t: float) -> tuple[float | None, float | None]:
        """Takes a strike; when the next one is expected and the standard deviation of that, s."""
        if self._known:
            self._follow(t)
        if not self._known:
            self._begin(t)
        if not self._known:
            return None, None
        expected = self._phase_t + self._period_s + self._sign * self._uneven_s
        return expected, max(LEAST_SD_S, math.sqrt(self._square))

    def stop(self) -> None:
        """The run is over."""
        self._t.clear()
        self._known = 0

    def _begin(self, t: float) -> None:
        self._t = [*self._t[1 - BEGIN :], t]
        if len(self._t) < BEGIN:
            return
        first, second = self._t[1] - self._t[0], self._t[2] - self._t[1]
        if not 1.0 / ALIKE < second / first < ALIKE:
            return
        self._period_s = (first + second) / 2.0
        self._phase_t, self._uneven_s, self._sign = t, 0.0, 1.0
        self._square = (FIRST_SHARE * self._period_s) ** 2
        self._known = 1

    def _follow(self, t: float) -> None:
        # Strikes that were not seen still took their time.
        missed = round((t - self._phase_t) / self._period_s) - 1
        if missed < 0 or missed + 1 > LOST:
            self.stop()
            return
        for _ in range(missed):
            self._advance()
        expected = self._phase_t + self._period_s + self._sign * self._uneven_s
        error = t - expected
        if abs(error) > (ALIKE - 1.0) * self._period_s:
            self.stop()
            return
        if not missed:
            self._known += 1
            share = 1.0 / min(self._known + 2.0, SPREAD_STEPS)
            self._square += share * (error**2 - self._square)
        self._phase_t = expected + self._follow_phase * error
        self._period_s += self._follow_period * error
        if self._feet == 2:
            self._uneven_s += self._sign * self._follow_feet * error
            self._sign = -self._sign

    def _advance(self) -> None:
        self._phase_t += self._period_s + self._sign * self._uneven_s
        self._sign = -self._sign if self._feet == 2 else self._sign
