"""What makes the strides of a shoe a run, and not a walk."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from dsp.history import History
from dsp.rhythm import Tempo
from dsp.shoe.channels import SHOCK, TURN, T
from dsp.shoe.stance import Stance, stance_at, stillness, toe_off_share

STRIDE: Final = Tempo(shortest_s=0.48, longest_s=0.95)
"""126–250 steps/min."""
RUN_STILL: Final = 0.29
"""A foot is flat and still for more than this share of a walking stride (measured: running 0–0.28,
walking 0.31–0.48)."""
WALK_SHORTEST_S: Final = 0.79
"""A stride as short as this, 152 steps/min, is walked by racers only; above it the two meet."""
BOTH_FEET: Final = 0.53
"""Of the stride: a contact of over half of it leaves no flight. Walking, by definition (measured:
0.62–0.70, running 0.29–0.43). 0.03 is the delay of the 10 Hz filter."""
NO_FLIGHT_STILL: Final = 0.17
"""A jog may have no flight, too, but then the foot hardly rests; brisk walking rests 0.2."""
HARD_G_S: Final = 0.55
"""Shock for the speed of the swing before it, g per rad/s (measured: walking 0.17–0.27, running
0.42–0.54): so hard lands only a foot that fell. Asked only where the others leave it open."""
JOG_LONGEST_S: Final = 0.87
"""138 steps/min: below it who has no flight may as well walk briskly with a hard heel (as at the
waist)."""
SLOW_STRIDE_S: Final = 0.84
"""Without a gyro the length of the stride must stand in for that of the contact."""
LEAST_SHOCK_G: Final = 0.8
"""A third of the softest running stride's (measured at 100 Hz), and no pedal's, 0.2."""
CREST: Final = 3.0
"""Peak over root mean square: a running stride's 3.7 and more (measured), a rough road's 2.4 (the
largest of 600 normal vectors)."""
LEAD_IN_S: Final = 1.05
"""Longer strides than this do not lead into a run."""
RUN_UP_S: Final = 3.0
"""From standing speed is gathered at about 1 m/s²: who runs so soon did not walk in between."""
SOONEST: Final = 0.8
"""Of the period: the first stride is hardly shorter than the next; its toe-off comes after this."""
FIRST_SHARE: Final = 0.5
"""Of the next shocks: what a first step's shock reaches and a heel that is lifted does not."""
STOOD_S: Final = (1.7, 0.7)
"""Before the first strike: the foot was still on the ground. No stance of a walk lasts 1 s, and the
first swing, from heel-off, is over in 0.7 s."""
STOOD_SHARE: Final = 0.9


class Gait:
    """Tells running strides from walking ones.

    Args:
        history: holds the strides that are asked about.
    """

    def __init__(self, history: History, rate_hz: float, *, has_gyro: bool) -> None:
        self._history = history
        self._rate = rate_hz
        self._has_gyro = has_gyro

    def runs(self, *strikes: Stance) -> bool:
        """Whether the strides between some strikes in a row, together, are running ones."""
        first, last = strikes[0], strikes[-1]
        return self._still(first.number, last.number) <= self._most_still(strikes)

    def shocks_stand_out(self, *strikes: Stance) -> bool:
        """Whether the shocks of strikes in a row are far above what else shakes the foot."""
        shock = self._history.view(SHOCK, strikes[0].number, strikes[-1].number)
        mean_square = math.fsum(shock * shock) / len(shock)
        mean = math.fsum(s.shock_g for s in strikes) / len(strikes)
        return mean >= LEAST_SHOCK_G and mean >= CREST * math.sqrt(mean_square)

    def _still(self, first: int, last: int) -> float:
        blind_hz = None if self._has_gyro else self._rate
        return stillness(self._history, first, last, blind_hz)

    def _most_still(self, strikes: Sequence[Stance]) -> float:
        strides = len(strikes) - 1
        mean_s = (strikes[-1].t - strikes[0].t) / strides
        if not self._has_gyro:
            return NO_FLIGHT_STILL if mean_s > SLOW_STRIDE_S else RUN_STILL
        if mean_s < WALK_SHORTEST_S:
            return RUN_STILL
        shares = [toe_off_share(self._history, a, b) for a, b in pairwise(strikes)]
        if math.fsum(shares) / strides <= BOTH_FEET:
            return RUN_STILL
        jogs = mean_s <= JOG_LONGEST_S and self._lands_hard(strikes)
        return RUN_STILL if jogs else NO_FLIGHT_STILL

    def _lands_hard(self, strikes: Sequence[Stance]) -> bool:
        swing = self._history.view(TURN, strikes[0].number, strikes[-1].number).max()
        shock_g = math.fsum(s.shock_g for s in strikes[1:]) / (len(strikes) - 1)
        return bool(shock_g >= HARD_G_S * swing)

    def led_in(self, row: list[Stance]) -> list[Stance]:
        """The last three strikes of a row, and before them those of strides that led into the run:
        slower ones, and any that began from standing."""
        first = len(row) - 3
        while first > 0 and self._leads(row[first - 1], row[first]):
            if not self.runs(row[first - 1], row[first]):
                break
            first -= 1
        start = first
        while start > 0 and self._leads(row[start - 1], row[start]):
            start -= 1
        if row[first].t - row[start].t > RUN_UP_S:
            return row[first:]
        step = self._first_step(row[start], row) if start == 0 else None
        led = [*([step] if step else []), *row[start:]]
        return led if self._stood_before(led[0], row[-1]) else row[first:]

    def _first_step(self, strike: Stance, row: list[Stance]) -> Stance | None:
        """The strike before the first of a row that was one stride long when it began.

        From standing the foot hardly swings to its first step, which only its shock shows then.
        """
        a, c = row[-3], row[-1]
        period_s = (c.t - a.t) / 2.0
        oldest = strike.number - round(LEAD_IN_S * self._rate)
        newest = strike.number - round(SOONEST * period_s * self._rate)
        shock = self._history.view(SHOCK, max(oldest, 0), newest)
        if not len(shock) or shock.max() < FIRST_SHARE * min(s.shock_g for s in row[-3:]):
            return None
        peak = newest - len(shock) + int(np.argmax(shock))
        return stance_at(self._history, peak, max(oldest, 0), c.t_decision, self._rate)

    @staticmethod
    def _leads(before: Stance, strike: Stance) -> bool:
        return strike.t - before.t <= LEAD_IN_S

    def _stood_before(self, strike: Stance, newest: Stance) -> bool:
        first, last = (max(strike.number - round(s * self._rate), 0) for s in STOOD_S)
        if last - first < round(0.25 * self._rate):
            return False
        # No further back than the history is sure to hold, and not across a hole.
        if newest.number - first > round(9.0 * self._rate):
            return False
        if strike.t - self._history.at(T, first) > STOOD_S[0] + 0.1:
            return False
        return self._still(first, last) >= STOOD_SHARE
