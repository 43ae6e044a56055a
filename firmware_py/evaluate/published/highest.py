"""Van den Berghe 2021: the real-time rule of the overground biofeedback system."""

from typing import Final

import numpy as np

from firmware_py.evaluate.published.found import Found, Signals, samples

LEAST_G: Final = 3.0
AHEAD_S: Final = 0.375


def highest(signals: Signals) -> Found:
    """A sample above 3 g with no higher one in the next 375 ms (S20).

    Made for the axial acceleration of one tibia. At the waist it reads the vertical, whose peaks
    of two feet lie within its window, and often below 3 g; at the shoe the resultant. Of equal
    samples the first counts. Causal: decides 375 ms after the peak. No toe-off.
    """
    v, t = signals.vertical_g, signals.t
    ahead = samples(AHEAD_S, signals.rate_hz)
    kept: list[int] = []
    for k in np.flatnonzero(v[: max(0, len(v) - ahead)] > LEAST_G):
        # A sample within the wait of one that was kept is not higher than it: not a new peak.
        if kept and k - kept[-1] <= ahead:
            continue
        if v[k + 1 : k + 1 + ahead].max() <= v[k]:
            kept.append(int(k))
    at = np.array(kept, dtype=np.intp)
    return Found("no higher in 375 ms, 3 g", t[at], t[at + ahead], None, causal=True)
