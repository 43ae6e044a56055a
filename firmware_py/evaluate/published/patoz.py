"""Patoz 2022: contact is while the low-passed vertical acceleration is above a threshold."""

from typing import Final

import numpy as np

from firmware_py.evaluate.published.found import (
    SHORTEST_CONTACT_S,
    Found,
    Signals,
    crossed_t,
    downward,
    next_after,
    upward,
    zero_phase,
)

CUTOFF_HZ: Final = 10.0
THRESHOLD_G: Final = 0.4


def patoz(signals: Signals) -> Found:
    """Strike and toe-off where the vertical rises and falls through the threshold.

    Left open in what we could read: the filter's cutoff and the threshold. In favor of the rule:
    10 Hz zero-phase and 0.4 g, which of a grid (5–20 Hz and none; 0–1 g) gave the least
    contact-time error on the very treadmill trials where it is scored. At least 95 ms of contact.
    The filter needs the recording: no `decision_t`.
    """
    v = zero_phase(signals.vertical_g, CUTOFF_HZ, signals.rate_hz)
    rises_t = crossed_t(signals.t, v, THRESHOLD_G, upward(v, THRESHOLD_G))
    falls_t = crossed_t(signals.t, v, THRESHOLD_G, downward(v, THRESHOLD_G))
    toe_off_t = next_after(falls_t, rises_t, 0.0)
    whole = ~(toe_off_t - rises_t < SHORTEST_CONTACT_S)
    strike_t = rises_t[whole]
    return Found(
        "Patoz 2022", strike_t, np.full(len(strike_t), np.nan), toe_off_t[whole], causal=False
    )
