"""Which foot struck, at the waist: what alternates from step to step, accumulated.

Around a contact the pelvis drops and turns towards the free side and is pushed off the standing
one (science 2.4): roll rate, yaw rate and medio-lateral force change sign from foot to foot. Which
way they lie in the sensor's axes is learned from the run itself, so the mounting does not matter;
which of the two feet is the left one, only hops can tell.
"""

import math
from collections import deque
from typing import Final

import numpy as np

from dsp.block import FloatArray, Side, Stream
from dsp.events import Foot
from dsp.history import History
from dsp.units import STANDARD_GRAVITY
from dsp.waist.channels import ACC_X, ACC_Y, ACC_Z, GYR_X, GYR_Y, GYR_Z, UNSURE, T
from dsp.waist.crossing import StepWindow
from dsp.wearer import FootSigns, Wearer

AROUND_S: Final = (-0.010, 0.120)
"""What around the contact is averaged: as for the hops that are compared with it."""
CHANNELS_READ: Final = (ACC_X, ACC_Y, ACC_Z, GYR_X, GYR_Y, GYR_Z)
FLOOR: Final = np.array([0.02 * STANDARD_GRAVITY] * 3 + [0.05] * 3)
"""m/s² and rad/s: less spread than this from step to step is not believed."""
MEMORY_STEPS: Final = 40.0
LEARNED_STEPS: Final = 6
"""Of each foot, before the feet are told apart at all."""
APART: Final = 1.2
"""Distance of the two feet's means in standard deviations of a step (d'), beyond what
`CHANCE` times its expectation is for steps that do not alternate at all."""
CHANCE: Final = 3.0
MOST: Final = 3.0
"""What one step can say at most, in log-odds: a stumble must not turn the feet around."""
CERTAIN: Final = 4.6
"""Log-odds of 99 %."""
KEPT: Final = 12.0
"""Certainty does not grow beyond this: four contrary steps turn it."""
LONGEST: Final = 3.4
"""Periods without a strike over which the steps can still be counted."""
NAMED: Final = 4.0
"""Standard errors by which the feet must differ along the hops' direction to be named."""


class Feet:
    """Tells the feet apart, and names them where hops have shown how.

    Args:
        history: holds every step when it is taken.
    """

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._history = history
        self._use = 6 if stream.has_gyro else 3
        self._means = np.zeros((2, self._use))
        self._square = np.zeros(self._use)
        self._weight = [0.0, 0.0]
        self._odds = 0.0
        """Log-odds that the parity counted now is the one that was learned."""
        self._parity = 0
        self._last_t = -math.inf
        self._period_s: float | None = None
        self._told: deque[tuple[float, Foot | None, Side]] = deque(maxlen=8)
        self._signs = wearer.foot_signs
        self._a_is: Side = Side.UNKNOWN

    def strike(self, t: float) -> tuple[Side, Foot | None]:
        """The foot of a strike at `t`, s, from what was seen before it."""
        interval = t - self._last_t
        self._last_t = t
        if self._period_s is None or interval > LONGEST * self._period_s:
            # Nobody counted: the evidence has to find the parity again.
            self._odds = 0.0
            self._parity ^= 1
        else:
            self._parity ^= round(interval / self._period_s) & 1
        foot = self._foot()
        side = Side.UNKNOWN
        if foot is not None and self._a_is is not Side.UNKNOWN:
            side = self._a_is if foot is Foot.A else self._a_is.other
        self._told.append((t, foot, side))
        return side, foot

    def step(self, window: StepWindow) -> tuple[Side, Foot | None]:
        """Takes the evidence of a whole step; the foot as it was told for its strike."""
        strike, following = window.strike, window.following
        self._period_s = following.t - strike.t
        parity = self._parity_at(following.t) ^ 1
        seen = self._around(strike.t)
        if seen is not None:
            self._weigh(seen, parity)
            self._learn(seen, parity ^ int(self._odds < 0.0))
            if self._odds < -CERTAIN:
                # The learned feet are right, the count was not.
                self._parity ^= 1
                self._odds = -self._odds
            if self._signs is not None:
                self._name(self._signs)
        for t, foot, side in self._told:
            if t == strike.t:
                return side, foot
        return Side.UNKNOWN, None

    def stop(self) -> None:
        """The run is over: the next one may begin with either foot."""
        self._last_t, self._odds, self._period_s = -math.inf, 0.0, None

    def _parity_at(self, t: float) -> int:
        # Strikes that begin a run are told together before their steps come.
        later = sum(told[0] > t for told in self._told)
        return self._parity ^ (later & 1)

    def _foot(self) -> Foot | None:
        if not self._learned or self._odds < CERTAIN:
            return None
        return Foot.B if self._parity else Foot.A

    @property
    def _learned(self) -> bool:
        if min(self._weight) < LEARNED_STEPS:
            return False
        by_chance = self._use * (1.0 / self._weight[0] + 1.0 / self._weight[1])
        return self._distance() ** 2 >= APART**2 + CHANCE * by_chance

    def _spread(self) -> FloatArray:
        """(k,) standard deviation of a step around its foot's mean."""
        return np.asarray(np.sqrt(np.maximum(self._square, FLOOR[: self._use] ** 2)))

    def _distance(self) -> float:
        apart = (self._means[0] - self._means[1]) / self._spread()
        return math.sqrt(math.fsum(float(x) ** 2 for x in apart))

    def _weigh(self, seen: FloatArray, parity: int) -> None:
        """Adds what a step says about the parity."""
        if min(self._weight) < 2.0:
            self._odds = 0.0
            return
        spread = self._spread()
        apart = (self._means[0] - self._means[1]) / spread
        off = (seen - (self._means[0] + self._means[1]) / 2.0) / spread
        says = math.fsum(float(a) * float(b) for a, b in zip(apart, off, strict=True))
        says = max(-MOST, min(MOST, says))
        self._odds += -says if parity else says
        self._odds = max(-KEPT, min(KEPT, self._odds))

    def _learn(self, seen: FloatArray, parity: int) -> None:
        weight = min(self._weight[parity] + 1.0, MEMORY_STEPS / 2.0)
        off = seen - self._means[parity]
        self._means[parity] += off / weight
        if self._weight[parity] >= 1.0:
            share = 1.0 / min(sum(self._weight), MEMORY_STEPS)
            self._square += share * (off**2 * (1.0 - 1.0 / weight) - self._square)
        self._weight[parity] = weight

    def _around(self, t: float) -> FloatArray | None:
        """(k,) mean specific force (m/s²) and angular rate (rad/s) around a contact, or None."""
        history = self._history
        times = history.view(T, history.start, history.end)
        a, b = np.searchsorted(times, [t + AROUND_S[0], t + AROUND_S[1]])
        first, last = history.start + int(a), history.start + int(b)
        if first == last or history.view(UNSURE, first, last).any():
            return None
        # fsum: exact, whatever the alignment of the view.
        return np.array(
            [math.fsum(history.view(c, first, last).tolist()) for c in CHANNELS_READ[: self._use]]
        ) / (last - first)

    def _name(self, signs: FootSigns) -> None:
        """Compares the feet with the hops, along the hops' direction."""
        if signs.gyro and self._use < 6:
            return
        if not self._learned or self._odds < CERTAIN:
            return
        at = slice(3, 6) if signs.gyro else slice(0, 3)
        along = np.array(signs.direction)
        apart = float(np.sum((self._means[0] - self._means[1])[at] * along))
        spread = float(np.sqrt(np.sum(self._square[at] * along**2)))
        error = spread * math.sqrt(1.0 / self._weight[0] + 1.0 / self._weight[1])
        if abs(apart) < NAMED * error:
            return
        a_left = (apart > 0.0) == (signs.left > signs.right)
        self._a_is = Side.LEFT if a_left else Side.RIGHT
