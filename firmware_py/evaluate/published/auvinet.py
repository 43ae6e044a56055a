"""Auvinet 2002: vertical and fore-aft acceleration of the lower back together."""

from typing import Final

import numpy as np
from scipy import signal

from firmware_py.evaluate.published.found import STEP_S, Found, Signals, samples, zero_phase

VERTICAL_HZ: Final = 10.0
PEAK_HZ: Final = 5.0
PEAK_G: Final = 1.2
BEFORE_S: Final = 0.25
"""The vertical minimum lies within this before the peak: flight and half of the contact."""
AFTER_S: Final = 0.05
"""The fore-aft minimum comes no later than this after the peak."""
FREE_FALL_G: Final = 0.05
"""-1 g with gravity removed, less the noise of a sensor."""


def auvinet(signals: Signals) -> Found:
    """Strike: the mean of two times; toe-off: free fall after the vertical peak.

    The two are the vertical minimum before the vertical peak, and the start of the fore-aft fall
    before the fore-aft minimum. Left open: the filters, and what is a peak. In favor of the rule:
    steps are peaks of the vertical below 5 Hz above 1.2 g, at least 1/4.75 s apart; the minimum is
    that of the vertical below 10 Hz, for without a filter it is anywhere in the flight (treadmill
    F1 .48 instead of .93); where the free fall does not reach -1 g, the lowest sample is the
    toe-off. Zero-phase, so not causal; `decision_t` is the end of the window: the peak and 1/4.75 s
    without a higher one.
    """
    if signals.forward_g is None:
        raise ValueError("needs the fore-aft acceleration")
    t, rate_hz, raw, forward = signals.t, signals.rate_hz, signals.vertical_g, signals.forward_g
    vertical = zero_phase(raw, VERTICAL_HZ, rate_hz)
    peaks, _ = signal.find_peaks(
        zero_phase(raw, PEAK_HZ, rate_hz), height=PEAK_G, distance=samples(STEP_S, rate_hz)
    )
    rows = []
    for i, peak in enumerate(peaks):
        before = int(peaks[i - 1]) if i else 0
        first = max(before, peak - samples(BEFORE_S, rate_hz))
        lowest = first + int(np.argmin(vertical[first : peak + 1]))
        spike = lowest + int(np.argmin(forward[lowest : peak + samples(AFTER_S, rate_hz)]))
        start = spike
        while start > first and forward[start - 1] >= forward[start]:
            start -= 1
        end = (
            int(peaks[i + 1])
            if i + 1 < len(peaks)
            else min(len(t), peak + samples(STEP_S, rate_hz))
        )
        falling = np.flatnonzero(raw[peak:end] <= FREE_FALL_G)
        toe_off = peak + (int(falling[0]) if len(falling) else int(np.argmin(raw[peak:end])))
        rows.append(((t[lowest] + t[start]) / 2.0, t[peak] + STEP_S, t[toe_off]))
    strike_t, decision_t, toe_off_t = np.array(sorted(rows)).reshape(-1, 3).T
    return Found("Auvinet 2002", strike_t, decision_t, toe_off_t, causal=False)
