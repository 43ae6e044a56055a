"""The upward 1 g crossing: the falling pelvis begins to be slowed; when the foot struck."""

import cmath
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dsp.block import FEW
from dsp.history import History
from dsp.waist.channels import ACTIVE, KNOWN, TRIGGER, T

RISE_S: Final = 0.006
"""The rise is taken as straight for so long back. Not critical: 4 to 8 ms give an SD of 6.8 to 7.5
ms on the treadmill."""
UNLOADED_S: Final = 0.25
"""The flight before a strike lies within this time."""
SWING_S: Final = 0.6
"""The step before a crossing is not longer; also keeps the look-back within the history."""
LEAD_S: Final = 0.002
"""The rise is taken as straight for so long ahead: about half of what the trigger's filter delays
it by, so that the decision comes no later than from the signal as recorded."""
LATEST_S: Final = 0.040
"""No crossing comes later after a contact out of flight (science 1.3: p95 37 ms behind the slowest
filter)."""
LEFT: Final = 0.2
"""Share of the rise at which the vertical has left its lowest level."""
SLOW_S: Final = 0.025
"""A tangent this long can be a rise without flight: a steep one out of flight takes 8 to 25 ms."""
FLIGHT_G: Final = 0.15
"""Free fall is 0 g; what never falls near it has no flight (treadmill, with flight: 0.07 at most).
"""
OVERLAP: Final = 0.85
"""Contact over step time, by the model, below which there was a flight all the same."""
TRIGGER_DELAY_S: Final = 0.0046
"""Of the second-order 60 Hz Bessel low-pass: sqrt(3) / (2π · 60 Hz); 2 ms less at 100 Hz."""
CONTACT_PEAK_G: Final = 1.733
"""Contact time times active peak over step time (measured on a force treadmill, science 1.3)."""
PUSH_AT: Final = 0.44
"""Of the contact, where the push peaks: its rise is a little steeper than its fall."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A candidate contact.

    Args:
        number: sample number of the crossing.
        t: estimated initial contact, s.
        t_decision: when the crossing sample was known, s.
        low_g: least vertical in the unloading before it, g.
        swing_g: peak to peak of the 10 Hz vertical since the contact before it, g.
        slow: no flight before it, the other foot still stood: `t` is too late; see `landed`.
    """

    number: int
    t: float
    t_decision: float
    low_g: float
    swing_g: float
    slow: bool


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

    The time of contact is where the rise, taken as straight over the last 6 ms, left the unloaded
    level: the tangent's foot. On a force treadmill this needs no fitted constant
    (docs/accuracy.md). A `slow` one needs `landed` to find its time.
    """
    since = max(min(after + stance, number - 1), number - round(UNLOADED_S * rate_hz))
    vertical = history.view(TRIGGER, since, number)
    low_g = float(vertical.min())
    back = min(max(1, round(RISE_S * rate_hz)), number - after)
    now, t = history.at(TRIGGER, number), history.at(T, number)
    slope = (now - history.at(TRIGGER, number - back)) / (t - history.at(T, number - back))
    rise = (now - low_g) / slope if slope > 0.0 else LATEST_S
    # Not only the tangent: this may be the second rise, behind a shock that did not reach 1 g.
    level = max(low_g, 0.0)
    left = since + int(np.flatnonzero(vertical <= level + LEFT * (1.0 - level))[-1])
    active = history.view(ACTIVE, max(after, number - round(SWING_S * rate_hz)), number)
    return Crossing(
        number,
        t - min(rise, LATEST_S),
        history.at(KNOWN, number),
        low_g,
        float(active.max() - active.min()),
        low_g > FLIGHT_G or (rise > SLOW_S and t - history.at(T, left) > LATEST_S),
    )


def landed(history: History, crossing: Crossing, step: int, begin: int) -> Crossing:
    """The crossing with its time from the phase of the step, if it is slow.

    Where a foot lands while the other still stands nothing is unloaded and no rise is steep. The
    step's sinusoid is highest where the push peaks, at a known share of the contact, and its height
    tells how long the contact is.

    Args:
        step: its length, samples.
        begin: number of the first sample of two steps at or before the crossing.
    """
    if not crossing.slow:
        return crossing
    turn = 2.0 * math.pi / step
    wave = np.exp(-1j * turn * np.arange(2 * step))
    beat = complex((history.view(TRIGGER, begin, begin + 2 * step) * wave).mean())
    # The lowest point of the sinusoid before the crossing is half a step before its peak.
    lowest = begin + (math.pi - cmath.phase(beat)) / turn
    since = (crossing.number - lowest) % step
    contact = CONTACT_PEAK_G / (1.0 + 2.0 * abs(beat))
    if contact < OVERLAP:
        return replace(crossing, slow=False)
    step_s = (history.at(T, begin + 2 * step - 1) - history.at(T, begin)) / (2.0 - 1.0 / step)
    t = (
        history.at(T, crossing.number)
        + (0.5 - PUSH_AT * contact - since / step) * step_s
        - TRIGGER_DELAY_S
    )
    return replace(crossing, t=min(t, crossing.t))


def upward(history: History, first: int, rate_hz: float) -> list[int]:
    """Numbers of the samples from `first` on at which 1 g is crossed upward, `LEAD_S` from now.

    The two samples before `first` must not be from before a hole.
    """
    v = history.view(TRIGGER, first - 2, history.end)
    lead = LEAD_S * rate_hz
    if len(v) <= FEW:
        three = zip(v.tolist(), v[1:].tolist(), v[2:].tolist(), strict=False)
        begin = history.end - len(v) + 2
        return [
            begin + k
            for k, (a, b, c) in enumerate(three)
            if b < 1.0 and b + lead * (b - a) < 1.0 <= c + lead * (c - b)
        ]
    ahead = v[1:] + lead * (v[1:] - v[:-1])
    begin = history.end - len(ahead) + 1
    crosses = (ahead[:-1] < 1.0) & (ahead[1:] >= 1.0) & (v[1:-1] < 1.0)
    return [int(k) + begin for k in np.flatnonzero(crosses)]
