"""The upward 1 g crossing: the falling pelvis begins to be slowed; when the foot struck."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.history import History
from dsp.waist.channels import ACTIVE, KNOWN, TRIGGER, T

RISE_S: Final = 0.010
UNLOADED_S: Final = 0.25
"""The flight before a strike lies within this time."""
SWING_S: Final = 0.6
"""The step before a crossing is not longer; also keeps the look-back within the history."""
LATEST_S: Final = 0.040
"""No crossing comes later after its contact (science 1.3: p95 37 ms behind the slowest filter)."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A candidate contact.

    Args:
        number: sample number of the crossing.
        t: estimated initial contact, s.
        t_decision: when the crossing sample was known, s.
        low_g: least vertical in the unloading before it, g.
        swing_g: peak to peak of the 10 Hz vertical since the contact before it, g.
    """

    number: int
    t: float
    t_decision: float
    low_g: float
    swing_g: float


@dataclass(frozen=True, slots=True)
class StepWindow:
    """A whole step for the metric tier, known at `t_decision`, s.

    Args:
        strike, following: the contacts that begin and end it.
    """

    strike: Crossing
    following: Crossing
    t_decision: float


def crossing_at(history: History, number: int, after: int, stance: int, rate_hz: float) -> Crossing:
    """Describes the crossing at sample `number`.

    `after` is the number of the contact before it, whose stance lasts `stance` samples at least:
    the dip behind its impact can be as deep as a flight, and is none.

    The time of contact is where the rise, taken as straight over the last 10 ms, left the unloaded
    level: the tangent's foot. On a force treadmill this needs no fitted constant
    (docs/accuracy.md).
    """
    since = max(min(after + stance, number - 1), number - round(UNLOADED_S * rate_hz))
    low_g = float(history.view(TRIGGER, since, number).min())
    back = min(max(1, round(RISE_S * rate_hz)), number - after)
    v1, v0 = history.at(TRIGGER, number), history.at(TRIGGER, number - 1)
    t1, t0 = history.at(T, number), history.at(T, number - 1)
    crossed = t0 + (1.0 - v0) / (v1 - v0) * (t1 - t0)
    slope = (v1 - history.at(TRIGGER, number - back)) / (t1 - history.at(T, number - back))
    rise = (1.0 - low_g) / slope if slope > 0.0 else LATEST_S
    active = history.view(ACTIVE, max(after, number - round(SWING_S * rate_hz)), number)
    return Crossing(
        number,
        crossed - min(rise, LATEST_S),
        history.at(KNOWN, number),
        low_g,
        float(active.max() - active.min()),
    )


def upward(history: History, first: int) -> list[int]:
    """Numbers of the samples from `first` on that cross 1 g upward."""
    v = history.view(TRIGGER, first - 1, history.end)
    return [int(k) + first for k in np.flatnonzero((v[:-1] < 1.0) & (v[1:] >= 1.0))]
