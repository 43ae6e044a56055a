"""One contact of the shoe: what tells strike from toe-off and running from walking."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.history import History
from dsp.shoe.channels import FORCE, RATE_X, RATE_Y, RATE_Z, SHOCK, TURN, T

RISE_BACK_S: Final = 0.06
ONSET_SHARE: Final = 0.3
IMPACT_S: Final = 0.06
RINGS_S: Final = 0.02
"""A shock this much later is another one: impacts are 8 to 20 ms wide (science 2.3)."""
APPROACH_S: Final = 0.2
TOE_OFF_WITHIN: Final = (0.15, 0.8)
"""Of the stride: the loading of a heel strike turns the foot the same way before it."""
STILL_G: Final = 0.35
STILL_RAD_S: Final = math.radians(100.0)
STILL_G_S: Final = 5.0
"""0.08 g at 10 Hz: what rings on through the filter after a contact."""

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
        confidence: 0 to 1, of the strike that ends it.
    """

    strike: Stance
    following: Stance
    strike_t: float
    t_decision: float
    confidence: float = 1.0


def stance_at(history: History, peak: int, since: int, t_decision: float, rate_hz: float) -> Stance:
    """The contact whose shock peaked at sample `peak`; it began after `since`."""
    shock = history.at(SHOCK, peak)
    begin = max(since, peak - round(RISE_BACK_S * rate_hz))
    rise = history.view(SHOCK, begin, peak + 1) >= ONSET_SHARE * shock
    strike = begin + int(np.argmax(rise))
    t = reached(history, strike, ONSET_SHARE * shock, rate_hz)
    approach = approach_to(history, strike, rate_hz)
    return Stance(strike, t, t_decision, shock, approach)


def as_triggered(history: History, strike: Stance, known: float, rate_hz: float) -> Stance:
    """A strike that only the trigger saw, with its shock; `known`: when it is taken for sure, s."""
    after = strike.number + round(IMPACT_S * rate_hz)
    shock = float(history.view(SHOCK, strike.number, after + 1).max())
    return Stance(
        strike.number, strike.t, known, shock, approach_to(history, strike.number, rate_hz)
    )


def harder(history: History, triggered: Stance, stance: Stance, rate_hz: float) -> Stance:
    """The strike as triggered, where the shock that the rest points to is only its ringing."""
    if stance.t - triggered.t <= RINGS_S:
        return stance
    struck = as_triggered(history, triggered, stance.t_decision, rate_hz)
    return struck if struck.shock_g >= stance.shock_g else stance


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


def toe_off_share(history: History, strike: Stance, following: Stance) -> float:
    """About where in a stride the toes leave the ground, 0 to 1.

    There the foot turns fastest against the way it turns when it comes down.
    """
    first, last = strike.number, following.number
    x, y, z = following.approach
    turn = history.view(RATE_X, first, last) * x
    turn = turn + history.view(RATE_Y, first, last) * y + history.view(RATE_Z, first, last) * z
    a, b = (round(share * len(turn)) for share in TOE_OFF_WITHIN)
    return (a + int(np.argmin(turn[a:b]))) / len(turn) if b > a else 0.0


def stillness(history: History, first: int, last: int, blind_hz: float | None = None) -> float:
    """Share of samples at which the foot neither turns nor accelerates: large only in walking.

    Args:
        blind_hz: the rate, Hz, where there is no gyro: then the force must not change instead.
    """
    force = history.view(FORCE, first, last)
    if blind_hz is None:
        quiet = history.view(TURN, first, last) < STILL_RAD_S
    else:
        x, y, z = (np.diff(history.view(k, first - 1, last)) for k in (RATE_X, RATE_Y, RATE_Z))
        quiet = (np.sqrt(x * x + y * y + z * z) * blind_hz < STILL_G_S)[-len(force) :]
    still = (np.abs(force[-len(quiet) :] - 1.0) < STILL_G) & quiet
    return float(np.count_nonzero(still)) / max(len(still), 1)
