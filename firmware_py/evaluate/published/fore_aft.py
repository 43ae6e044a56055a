"""The braking spike: rules on the fore-aft acceleration of the sacrum."""

from typing import Final

import numpy as np

from dsp.block import FloatArray
from firmware_py.evaluate.published.found import (
    LONGEST_CONTACT_S,
    SHORTEST_CONTACT_S,
    STEP_S,
    Found,
    Signals,
    crossed_t,
    downward,
    minima,
    samples,
    zero_phase,
)

CONFIRM_S: Final = 0.010
"""A spike is one when it has turned for this long (science 1.1: the peak and 5–15 ms)."""
SPIKE_G: Final = 0.3
"""Walking brakes less; of 0.1–0.5 g the value with fewest false steps that loses no true one."""
SECOND_S: Final = 0.085
LEE_TOE_OFF_HZ: Final = 7.0


def wixted(signals: Signals) -> Found:
    """Wixted 2010: fore-aft braking spike; toe-off where the vertical falls through 1 g.

    (0 with gravity removed), at least 95 ms later. Left open: what is a spike. In favor of the
    rule: a minimum below -0.3 g that stays the lowest for 10 ms and by then finds the body carried
    (vertical above 1 g), not before the toe-off of the contact before it, spaced by the shortest
    step. Without the vertical's help it locks on the swing of the free leg in a third of the
    treadmill trials. Unfiltered: filters only delayed it. Causal: decides 10 ms after the spike.
    """
    x, t = _forward(signals), signals.t
    wait = samples(CONFIRM_S, signals.rate_hz)
    falls = downward(signals.vertical_g, 1.0)
    falls_t = crossed_t(t, signals.vertical_g, 1.0, falls)
    kept: list[int] = []
    toe_off: list[float] = []
    for k in minima(x):
        if x[k] > -SPIKE_G or k + wait >= len(x):
            continue
        turned = x[k + 1 : k + wait + 1].min() >= x[k]
        if not turned or signals.vertical_g[k + wait] < 1.0:
            continue
        if kept and (t[k] - t[kept[-1]] < STEP_S or t[k] < toe_off[-1]):
            continue
        kept.append(int(k))
        later = np.searchsorted(falls_t, t[k] + SHORTEST_CONTACT_S)
        toe_off.append(float(falls_t[later]) if later < len(falls_t) else np.nan)
    at = np.array(kept, dtype=np.intp)
    return Found("Wixted 2010", t[at], t[at + wait], np.array(toe_off), causal=True)


def lee(signals: Signals) -> Found:
    """Lee 2010: fore-aft minimum, the deepest within 1/4.75 s; toe-off: a second, smaller one.

    The second is 85 to 270 ms later, before the next strike. Left open: filters. In favor of the
    rule: none for the strike; for the toe-off the deepest minimum below 7 Hz (zero-phase), of
    7–30 Hz the cutoff with the least contact-time error on the treadmill; a strike is at least
    0.3 g deep. The strike decides when 1/4.75 s has passed without a deeper minimum; it is causal,
    the toe-off is not.
    """
    x, t = _forward(signals), signals.t
    wait = samples(STEP_S, signals.rate_hz)
    spikes = minima(x)
    kept = [
        int(k)
        for k in spikes[x[spikes] <= -SPIKE_G]
        if k + wait < len(x) and x[max(0, k - wait) : k + wait + 1].min() >= x[k]
    ]
    at = np.array(kept, dtype=np.intp)
    smooth = zero_phase(x, LEE_TOE_OFF_HZ, signals.rate_hz)
    toe_off = np.full(len(at), np.nan)
    candidates = minima(smooth)
    for i, k in enumerate(at):
        until = t[k] + LONGEST_CONTACT_S
        if i + 1 < len(at):
            until = min(until, t[at[i + 1]] - CONFIRM_S)
        inside = candidates[slice(*np.searchsorted(t[candidates], (t[k] + SECOND_S, until)))]
        if len(inside):
            toe_off[i] = t[inside[np.argmin(smooth[inside])]]
    return Found("Lee 2010", t[at], t[at + wait], toe_off, causal=True)


def _forward(signals: Signals) -> FloatArray:
    if signals.forward_g is None:
        raise ValueError("needs the fore-aft acceleration")
    return signals.forward_g
