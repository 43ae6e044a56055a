"""The slow, sure path at the shoe: a swing that came to rest was a step, its shock was the strike."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.history import History

T, KNOWN, SHOCK, TURN, FORCE, UNSURE, CLIPPED, RATE_X, RATE_Y, RATE_Z = range(10)
"""Channels of the history: s, s (see `dsp.grid.Piece`), g, rad/s (or g), g, 0/1, 0/1, 3 × rad/s."""
CHANNELS: Final = 10

SWING_RAD_S: Final = math.radians(200.0)
"""Mid-swing turning of any running or walking foot exceeds it (science 8b: gyro peak rule)."""
SWING_G: Final = 0.8
"""The same without a gyro: departure of the 10 Hz force from 1 g."""
SWING_SHARE: Final = 0.5
REST_SHARE: Final = 0.22
"""Of the usual swing: below it the foot is flat on the ground."""
REST_S: Final = 0.04
SWING_BACK_S: Final = 2.0
"""No swing lasts longer; also keeps the look-back within the history."""
LOOK_BACK_S: Final = 0.30
"""Foot flat comes 0.1–0.2 s after the strike (measured against marked mid-stances)."""
RISE_BACK_S: Final = 0.06
ONSET_SHARE: Final = 0.3
APPROACH_S: Final = 0.2
STILL_G: Final = 0.35
STILL_RAD_S: Final = math.radians(100.0)


Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stance:
    """A foot that came to rest.

    Args:
        number: sample number of the strike. t: initial contact, s. t_decision: s.
        shock_g: peak of the strike's shock, g.
        approach: sum of the turning vector in the 0.2 s before the strike: the foot comes down turning
            one way, and leaves the ground turning the other.
    """

    number: int
    t: float
    t_decision: float
    shock_g: float
    approach: Vector

    def like(self, other: "Stance") -> bool:
        """Whether both feet were turning the same way; True without a gyro."""
        return same_way(self.approach, other.approach)


class StanceFinder:
    """Alternates between waiting for a swing and waiting for rest."""

    def __init__(self, rate_hz: float, *, has_gyro: bool) -> None:
        self._rate = rate_hz
        self._least = SWING_RAD_S if has_gyro else SWING_G
        self.usual_swing = 1.5 * self._least
        self._swinging = False
        self._swing_from = 0
        self._next = 0

    def restart(self, number: int) -> None:
        """Begins anew at sample `number`."""
        self._swinging = False
        self._next = number

    def find(self, history: History) -> int | None:
        """Number of the next sample at which a foot is found at rest, or None up to now."""
        turn = history.view(TURN, self._next, history.end)
        if not self._swinging:
            over = turn > max(self._least, SWING_SHARE * self.usual_swing)
            k = int(np.argmax(over)) if len(over) else 0
            if not len(over) or not over[k]:
                self._next = history.end
                return None
            self._swinging = True
            self._swing_from = self._next = self._next + k
            turn = turn[k:]
        dwell = max(2, round(REST_S * self._rate))
        first = max(self._swing_from, self._next - dwell)
        moving = history.view(TURN, first, history.end) >= REST_SHARE * self.usual_swing
        index = np.arange(len(moving))
        last_moving = np.maximum.accumulate(np.where(moving, index, -1))
        rested = np.flatnonzero(index - last_moving >= dwell)
        if not len(rested):
            self._next = history.end
            return None
        return first + int(rested[0])

    def take(self, history: History, number: int) -> Stance:
        """The stance whose rest was found at sample `number`; goes on from there."""
        swung = max(self._swing_from, number - round(SWING_BACK_S * self._rate))
        swing = float(history.view(TURN, swung, number).max())
        # A stumble must not make the next strides look slow, nor a sprint the next jog.
        self.usual_swing += 0.3 * (min(swing, 2.0 * self.usual_swing) - self.usual_swing)
        self._swinging = False
        self._next = number + 1
        since = max(self._swing_from, number - round(LOOK_BACK_S * self._rate))
        peak = since + int(np.argmax(history.view(SHOCK, since, number)))
        shock = history.at(SHOCK, peak)
        begin = max(since, peak - round(RISE_BACK_S * self._rate))
        rise = history.view(SHOCK, begin, peak + 1) >= ONSET_SHARE * shock
        strike = begin + int(np.argmax(rise))
        approach = approach_to(history, strike, self._rate)
        return Stance(strike, history.at(T, strike), history.at(KNOWN, number), shock, approach)


def approach_to(history: History, number: int, rate_hz: float) -> Vector:
    """Sum of the turning vector in the 0.2 s before a sample."""
    before = number - round(APPROACH_S * rate_hz)
    # fsum: exact, so that the sign cannot depend on where the history begins.
    x, y, z = (math.fsum(history.view(axis, before, number)) for axis in (RATE_X, RATE_Y, RATE_Z))
    return x, y, z


def same_way(a: Vector, b: Vector) -> bool:
    """Whether two turning vectors point to the same half of space."""
    return math.fsum(p * q for p, q in zip(a, b, strict=True)) >= 0.0


def stillness(history: History, first: int, last: int) -> float:
    """Share of the samples at which the foot neither turns nor accelerates: large only in walking."""
    force, turn = history.view(FORCE, first, last), history.view(TURN, first, last)
    still = (np.abs(force - 1.0) < STILL_G) & (turn < STILL_RAD_S)
    return float(np.count_nonzero(still)) / max(len(still), 1)
