"""One contact of the shoe: what tells strike from toe-off and running from walking."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.history import History
from dsp.shoe.channels import FORCE, KNOWN, RATE_X, RATE_Y, RATE_Z, SHOCK, TURN, T

RISE_BACK_S: Final = 0.06
ONSET_SHARE: Final = 0.3
APPROACH_S: Final = 0.2
STILL_G: Final = 0.35
STILL_RAD_S: Final = math.radians(100.0)

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stance:
    """A foot that came to the ground (or, taken for it at first, left it).

    Args:
        number: sample number of the strike. t: initial contact, s. t_decision: s.
        shock_g: peak of the strike's shock, g.
        approach: sum of the turning vector in the 0.2 s before the strike: the foot comes down
            turning one way, and leaves the ground turning the other.
    """

    number: int
    t: float
    t_decision: float
    shock_g: float
    approach: Vector

    def like(self, other: "Stance") -> bool:
        """Whether both feet were turning the same way; True without a gyro."""
        return same_way(self.approach, other.approach)


@dataclass(frozen=True, slots=True)
class StrideWindow:
    """A whole stride for the metric tier, known at `t_decision`, s.

    Args:
        strike, following: the contacts that begin and end it, as confirmed.
        strike_t: `t` of the foot_strike event that began it, s.
    """

    strike: Stance
    following: Stance
    strike_t: float
    t_decision: float


def stance_at(history: History, peak: int, since: int, decided: int, rate_hz: float) -> Stance:
    """The contact whose shock peaked at sample `peak`; it began after `since`."""
    shock = history.at(SHOCK, peak)
    begin = max(since, peak - round(RISE_BACK_S * rate_hz))
    rise = history.view(SHOCK, begin, peak + 1) >= ONSET_SHARE * shock
    strike = begin + int(np.argmax(rise))
    t = reached(history, strike, ONSET_SHARE * shock, rate_hz)
    approach = approach_to(history, strike, rate_hz)
    return Stance(strike, t, history.at(KNOWN, decided), shock, approach)


def reached(history: History, number: int, shock_g: float, rate_hz: float) -> float:
    """When the shock rose to `shock_g`, s: on the line from the sample before to this one."""
    t1 = history.at(T, number)
    if number - 1 < history.start:
        return t1
    t0 = history.at(T, number - 1)
    before, after = history.at(SHOCK, number - 1), history.at(SHOCK, number)
    # Across a hole there is no line.
    if not before < shock_g <= after or (t1 - t0) * rate_hz > 1.5:
        return t1
    return t0 + (shock_g - before) / (after - before) * (t1 - t0)


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
    """Share of samples at which the foot neither turns nor accelerates: large only in walking."""
    force, turn = history.view(FORCE, first, last), history.view(TURN, first, last)
    still = (np.abs(force - 1.0) < STILL_G) & (turn < STILL_RAD_S)
    return float(np.count_nonzero(still)) / max(len(still), 1)
