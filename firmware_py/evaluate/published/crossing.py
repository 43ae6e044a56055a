"""Upward crossings of 1 g: the falling pelvis begins to be slowed."""

from typing import Final

import numpy as np
from scipy import signal

from dsp.block import FloatArray
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.published.found import (
    STEP_S,
    Found,
    Indices,
    Signals,
    crossed_t,
    upward,
)

REFRACTORY_S: Final = 0.25
ARMED_G: Final = 0.6
PEAK_G: Final = 1.8
PEAK_S: Final = 0.150
INTERVALS: Final = 4
ALIKE: Final = 1.3
LONGEST_S: Final = 0.5
LEAK_HZ: Final = 0.25
"""Of the velocity; a step lasts 0.2–0.5 s and must pass unhurt."""


def bare_crossing(signals: Signals) -> Found:
    """Upward 1 g crossing, 250 ms refractory (science 8b). Causal: the crossing sample decides."""
    at = upward(signals.vertical_g, 1.0)
    return _found("upward 1 g crossing, 250 ms", signals, _spaced(signals, at, REFRACTORY_S))


def armed_crossing(signals: Signals) -> Found:
    """The same, only after the vertical was below 0.6 g since the last strike (science 8b)."""
    return _found("1 g crossing armed below 0.6 g", signals, _armed(signals))


def confirmed_crossing(signals: Signals) -> Found:
    """An armed crossing that the vertical follows to 1.8 g within 150 ms (science 8b).

    Causal: the sample that reaches 1.8 g decides.
    """
    at, peak = _confirmed(signals)
    return _found("confirmed by 1.8 g in 150 ms", signals, at, peak)


def regular_crossing(signals: Signals) -> Found:
    """A confirmed crossing that ends four regular intervals (science 8b).

    Left open: what is regular. In favor of the rule: intervals up to 0.5 s (120 steps/min), the
    longest at most 1.3 times the shortest, as our own search wants them. Those before the fifth
    crossing are not reported later, or F1 on the treadmill would not be .831.
    """
    at, peak = _confirmed(signals)
    between = np.diff(signals.t[at])
    kept = np.zeros(len(at), dtype=np.bool_)
    for k in range(INTERVALS, len(at)):
        last = between[k - INTERVALS : k]
        kept[k] = last.max() <= min(LONGEST_S, ALIKE * last.min())
    name = f"strictest: {INTERVALS} regular intervals first"
    return _found(name, signals, at[kept], peak[kept])


def reenalda(signals: Signals) -> Found:
    """Reenalda 2021: peak downward velocity of the pelvis, which is an upward 1 g crossing.

    Left open: drift, and what is a peak. In favor of the rule: the specific force less its mean
    over the recording is integrated (leak 0.25 Hz); a crossing is the peak if the pelvis sinks,
    faster than at those of half a shortest step before, and strikes are 1/4.75 s apart. But for
    that mean causal: the crossing sample decides. No toe-off.
    """
    v, t = signals.vertical_g, signals.t
    leak = float(np.exp(-2.0 * np.pi * LEAK_HZ / signals.rate_hz))
    velocity: FloatArray = signal.lfilter(
        [STANDARD_GRAVITY / signals.rate_hz], [1.0, -leak], v - v.mean()
    )
    crossings = upward(v, 1.0)
    sinking = velocity[crossings - 1]
    first = np.searchsorted(t[crossings], t[crossings] - STEP_S / 2.0, "right")
    kept = [
        int(k)
        for i, k in enumerate(crossings)
        if sinking[i] < 0.0 and sinking[i] <= sinking[first[i] : i + 1].min()
    ]
    at = _spaced(signals, np.array(kept, dtype=np.intp), STEP_S)
    return _found("Reenalda 2021", signals, at)


def _armed(signals: Signals) -> Indices:
    v = signals.vertical_g
    kept: list[int] = []
    last_t, seen, low_g = -np.inf, 0, np.inf
    for k in upward(v, 1.0):
        # A crossing that was refused keeps what it was armed by, or a ringing belt would disarm it.
        low_g = min(low_g, float(v[seen:k].min()))
        seen = int(k)
        if signals.t[k] - last_t >= REFRACTORY_S and low_g < ARMED_G:
            kept.append(seen)
            last_t, low_g = float(signals.t[k]), np.inf
    return np.array(kept, dtype=np.intp)


def _confirmed(signals: Signals) -> tuple[Indices, Indices]:
    """Armed crossings that reach the peak in time, and the samples that do."""
    at = _armed(signals)
    high = np.flatnonzero(signals.vertical_g >= PEAK_G)
    place = np.searchsorted(high, at)
    at, place = at[place < len(high)], place[place < len(high)]
    peak = high[place]
    soon = signals.t[peak] - signals.t[at] <= PEAK_S
    return at[soon], peak[soon]


def _spaced(signals: Signals, at: Indices, least_s: float) -> Indices:
    """Those at least so far from the last one kept."""
    kept: list[int] = []
    for k in at:
        if not kept or signals.t[k] - signals.t[kept[-1]] >= least_s:
            kept.append(int(k))
    return np.array(kept, dtype=np.intp)


def _found(name: str, signals: Signals, at: Indices, decided: Indices | None = None) -> Found:
    strike_t = crossed_t(signals.t, signals.vertical_g, 1.0, at)
    return Found(name, strike_t, signals.t[at if decided is None else decided], None, causal=True)
