"""The slow, sure path at the shoe: after a swing the foot comes to rest, or at least slows on a
shock.

Most feet lie flat for 40 ms and more; what shook them in the 0.3 s before was the strike. A
forefoot runner's never does: there the shock must stand out from all around it, and the foot slow
after it.
"""

import math
from typing import Final

import numpy as np

from dsp.history import History
from dsp.shoe.channels import KNOWN, SHOCK, TURN
from dsp.shoe.stance import Stance, stance_at

SWING_RAD_S: Final = math.radians(200.0)
"""Mid-swing turning of any running or walking foot exceeds it (science 8b: gyro peak rule)."""
SWING_G: Final = 0.8
"""The same without a gyro: departure of the 10 Hz force from 1 g."""
SWING_SHARE: Final = 0.5
REST_SHARE: Final = 0.22
"""Of the usual swing: below it the foot is flat on the ground."""
REST_S: Final = 0.04
SLOW_SHARE: Final = 0.45
SWING_BACK_S: Final = 2.0
"""No swing lasts longer; also keeps the look-back within the history."""
LOOK_BACK_S: Final = 0.30
"""Foot flat comes 0.1–0.2 s after the strike (measured against marked mid-stances). Looking back
further finds toe-offs; the trigger stands in for the heel strikers who take longer."""
SETTLED_S: Final = 0.10
"""A foot can stop turning before it lands: then a harder shock follows within this time."""
ALONE_BEFORE_S: Final = 0.22
ALONE_AFTER_S: Final = 0.16
UNRESTED_S: Final = 0.45
"""A toe-off follows a rest sooner than this; the next strike does not."""
LEAST_SHOCK_G: Final = 0.3


class Contacts:
    """Finds contacts one after another.

    `find` looks ahead without changing anything, `advance` says how far the stream has been dealt
    with, `take` turns what was found into a contact.
    """

    def __init__(self, rate_hz: float, *, has_gyro: bool) -> None:
        self._rate = rate_hz
        self._least = SWING_RAD_S if has_gyro else SWING_G
        self._usual_swing = 1.5 * self._least
        self._dwell = max(2, round(REST_S * rate_hz))
        self._swing_from: int | None = None
        self._first = 0
        self._next = 0
        self._peak = -1

    def restart(self, number: int) -> None:
        """Begins anew at sample `number`."""
        self._swing_from = None
        self._first = self._next = number

    def relearn(self) -> None:
        """The swings of a run say nothing of what comes after it."""
        self._usual_swing = 1.5 * self._least

    def find(self, history: History) -> int | None:
        """Number of the sample at which the next contact is certain, or None up to now."""
        rest, alone = self._rest(history), self._alone(history)
        found = [n for n in (rest, alone and alone[0]) if n is not None]
        return min(found) if found else None

    def advance(self, history: History, number: int) -> None:
        """Samples before `number` have been dealt with."""
        if self._swing_from is None:
            self._swing_from = self._swing(history, number)
        self._next = max(self._next, number)

    def take(self, history: History, number: int) -> Stance:
        """The contact that is certain at sample `number`, as found."""
        if self._rest(history) == number and self._swing_from is not None:
            rest = number - self._samples(SETTLED_S)
            since = self._shaken_since(self._swing_from, rest)
            peak = since + int(np.argmax(history.view(SHOCK, since, rest)))
            swung = max(self._swing_from, rest - self._samples(SWING_BACK_S))
            self._swung(history, swung, rest)
            self._swing_from = None
            self._next = number + 1
        else:
            peak = number - self._samples(ALONE_AFTER_S)
            since = max(self._first, peak - self._samples(LOOK_BACK_S))
            self._swung(history, since, peak + 1)
        self._peak = max(self._peak, peak)
        return stance_at(history, peak, since, history.at(KNOWN, number), self._rate)

    def _samples(self, seconds: float) -> int:
        return round(seconds * self._rate)

    def _swung(self, history: History, first: int, last: int) -> None:
        swing = float(history.view(TURN, first, last).max())
        # A stumble must not make the next strides look slow, nor a sprint the next jog.
        swing = min(swing, 2.0 * self._usual_swing)
        self._usual_swing += 0.3 * (swing - self._usual_swing)

    def _swing(self, history: History, last: int) -> int | None:
        """Number of the first sample before `last` at which the foot swings."""
        over = history.view(TURN, self._next, last) > self._swing_level
        k = int(np.argmax(over)) if len(over) else 0
        return self._next + k if len(over) and over[k] else None

    @property
    def _swing_level(self) -> float:
        return max(self._least, SWING_SHARE * self._usual_swing)

    def _shaken_since(self, swing: int, rest: int) -> int:
        """Where the shock of the strike before a rest is looked for."""
        return max(swing, rest - self._samples(LOOK_BACK_S))

    def _rest(self, history: History) -> int | None:
        """First sample, after a swing, at which a whole rest was followed by no harder shock."""
        swing, settle = self._swing_from, self._samples(SETTLED_S)
        if swing is None:
            swing = self._swing(history, history.end)
        if swing is None:
            return None
        first = max(swing, self._next - settle - self._dwell + 1)
        turn = history.view(TURN, first, history.end - settle)
        moving = turn >= REST_SHARE * self._usual_swing
        index = np.arange(len(moving))
        last_moving = np.maximum.accumulate(np.where(moving, index, -1))
        for k in np.flatnonzero(index - last_moving >= self._dwell):
            rest = first + int(k)
            if rest + settle < self._next:
                continue
            shock = history.view(SHOCK, self._shaken_since(swing, rest), rest).max()
            if history.view(SHOCK, rest, rest + settle + 1).max() <= shock:
                return rest + settle
        return None

    def _alone(self, history: History) -> tuple[int, int] | None:
        """(deciding sample, peak) of the next shock that stands alone between swing and slowing."""
        before, after = self._samples(ALONE_BEFORE_S), self._samples(ALONE_AFTER_S)
        first = max(self._next - after, self._peak + 1, self._first)
        if history.end - after <= first:
            return None
        shock = history.view(SHOCK, first, history.end - after + 1)
        # Cheap first: the shock's own maxima; then those that nothing around them exceeds.
        top = (shock[:-1] >= LEAST_SHOCK_G) & (shock[:-1] >= shock[1:])
        top[1:] &= shock[1:-1] >= shock[:-2]
        for peak in (int(k) + first for k in np.flatnonzero(top)):
            around = history.view(SHOCK, max(peak - before, self._first), peak + after + 1)
            if around.max() > history.at(SHOCK, peak):
                continue
            if self._slows(history, peak, after):
                return peak + after, peak
        return None

    def _slows(self, history: History, peak: int, after: int) -> bool:
        swung = history.view(TURN, max(self._first, peak - self._samples(LOOK_BACK_S)), peak + 1)
        if swung.max() <= self._swing_level:
            return False
        if history.view(TURN, peak, peak + after).min() >= SLOW_SHARE * self._usual_swing:
            return False
        first = max(self._first, peak - self._samples(UNRESTED_S))
        turn = history.view(TURN, first, peak + after + 1)
        if len(turn) < self._dwell:
            return False
        whole = np.lib.stride_tricks.sliding_window_view(turn, self._dwell).max(axis=1)
        rested = np.flatnonzero(whole < REST_SHARE * self._usual_swing) + self._dwell - 1
        if not len(rested):
            return True
        if rested[-1] > peak - first:
            return False
        # A foot that turned hard since it rested is leaving the ground, not landing flat.
        return bool(turn[rested[-1] : peak - first + 1].max() <= self._swing_level)
