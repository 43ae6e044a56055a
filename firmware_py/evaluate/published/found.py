"""What a published rule is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.block import FloatArray

Indices = npt.NDArray[np.intp]

STEP_S: Final = 1.0 / 4.75
"""Shortest step, s: the prior that Kiernan 2023 gives to every method (science 1.1)."""
SHORTEST_CONTACT_S: Final = 0.095
LONGEST_CONTACT_S: Final = 0.270
"""Shortest and longest contact, s; the same prior."""


@dataclass(frozen=True, slots=True)
class Signals:
    """One whole recording in the axes that the papers ask for; (n,) each, samples as recorded.

    Args:
        t: s. rate_hz: samples per second.
        vertical_g: specific force upward, g; 1 at rest. At the shoe the resultant: no axis of a
            foot stays upright.
        forward_g: specific force forward, g, mean removed; braking is negative. None: unknown.
        lateral_g: the other horizontal axis, g, mean removed, sign unknown. None: not recorded.
        pitch_rate: angular rate about the foot's pitch axis, rad/s, positive in mid-swing; shoe
            only.
    """

    t: FloatArray
    rate_hz: float
    vertical_g: FloatArray
    forward_g: FloatArray | None = None
    lateral_g: FloatArray | None = None
    pitch_rate: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule found in one recording; k strikes in order of time.

    Args:
        name: of the rule.
        strike_t: (k,) initial contact, s.
        decision_t: (k,) the last sample that the rule looks at, s; NaN: it needs the recording.
        toe_off_t: (k,) end of contact, s, NaN where none was found; None: the rule has none.
        causal: whether nothing after `decision_t` is used, not even by a filter.
    """

    name: str
    strike_t: FloatArray
    decision_t: FloatArray
    toe_off_t: FloatArray | None
    causal: bool


Rule = Callable[[Signals], Found]


def samples(seconds: float, rate_hz: float) -> int:
    """How many sample intervals that is, at least one."""
    return max(1, round(seconds * rate_hz))


def upward(x: FloatArray, level: float) -> Indices:
    """Numbers of the samples that are the first at or above a level."""
    return np.flatnonzero((x[:-1] < level) & (x[1:] >= level)) + 1


def downward(x: FloatArray, level: float) -> Indices:
    """Numbers of the samples that are the first at or below a level."""
    return np.flatnonzero((x[:-1] > level) & (x[1:] <= level)) + 1


def crossed_t(t: FloatArray, x: FloatArray, level: float, at: Indices) -> FloatArray:
    """(k,) s when the straight line between the samples before and at `at` meets the level."""
    share = (level - x[at - 1]) / (x[at] - x[at - 1])
    crossed: FloatArray = t[at - 1] + share * (t[at] - t[at - 1])
    return crossed


def minima(x: FloatArray) -> Indices:
    """Numbers of the samples lower than the one before and not higher than the next."""
    return np.flatnonzero((x[1:-1] < x[:-2]) & (x[1:-1] <= x[2:])) + 1


def zero_phase(x: FloatArray, cutoff_hz: float, rate_hz: float) -> FloatArray:
    """Second-order Butterworth low-pass there and back; `x` itself if too short or too slow."""
    if len(x) <= 12 or cutoff_hz >= 0.45 * rate_hz:
        return x
    smooth: FloatArray = signal.sosfiltfilt(
        signal.butter(2, cutoff_hz, fs=rate_hz, output="sos"), x
    )
    return smooth


def next_after(events_t: FloatArray, t: FloatArray, least_s: float) -> FloatArray:
    """For each `t` the first event at least so much later, before the next `t`; NaN without."""
    place = np.searchsorted(events_t, t + least_s, "left")
    padded = np.append(events_t, np.nan)
    found: FloatArray = padded[place]
    until = np.append(t[1:], np.inf)
    return np.where(found < until, found, np.nan)
