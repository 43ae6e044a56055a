"""Rules on the pitch rate of a foot: Falbriard 2018, and the bare swing peak."""

from itertools import pairwise
from math import radians
from typing import Final

import numpy as np
from scipy import signal

from dsp.block import FloatArray
from firmware_py.evaluate.published.found import Found, Signals, samples, zero_phase

RATE_HZ: Final = 30.0
SWING_HZ: Final = 5.0
SWING: Final = radians(100.0)
STRIDE_S: Final = (0.48, 1.6)
"""250 steps/min, and slow walking; a longer pause between two swings is a stand."""
PEAK: Final = radians(200.0)
SPACING_S: Final = 0.45


def falbriard(signals: Signals) -> Found:
    """Falbriard 2018: minima of the pitch rate in the halves of mid-swing to mid-swing.

    The lowest of the first half is the initial contact, that of the second the terminal contact.
    Left open: how mid-swing is found. In favor of the rule: peaks of the rate below 5 Hz above
    100 deg/s, at least 0.48 s apart, the sign of the axis taken from the whole recording. Rate
    below 30 Hz, zero-phase; so not causal. `decision_t`: the mid-swing that ends the cycle.
    """
    rate, t = _pitch(signals), signals.t
    smooth = zero_phase(rate, RATE_HZ, signals.rate_hz)
    swings, _ = signal.find_peaks(
        zero_phase(rate, SWING_HZ, signals.rate_hz),
        height=SWING,
        distance=samples(STRIDE_S[0], signals.rate_hz),
    )
    rows = []
    for a, b in pairwise(swings.tolist()):
        if t[b] - t[a] > STRIDE_S[1] or b - a < 4:
            continue
        half = (a + b) // 2
        strike = a + int(np.argmin(smooth[a:half]))
        toe_off = half + int(np.argmin(smooth[half:b]))
        rows.append((t[strike], t[b], t[toe_off]))
    strike_t, decision_t, toe_off_t = np.array(rows).reshape(-1, 3).T
    return Found("Falbriard 2018", strike_t, decision_t, toe_off_t, causal=False)


def swing_peak(signals: Signals) -> Found:
    """Swing peak of the gyro above 200 deg/s, the highest within 0.45 s (science 8b).

    It counts strides; a mid-swing is no contact, and its time says nothing of one. Causal: decides
    when 0.45 s has passed without a higher peak.
    """
    rate, t = _pitch(signals), signals.t
    wait = samples(SPACING_S, signals.rate_hz)
    peaks = np.flatnonzero((rate[1:-1] > rate[:-2]) & (rate[1:-1] >= rate[2:])) + 1
    kept = [
        int(k)
        for k in peaks[rate[peaks] > PEAK]
        if k + wait < len(rate) and rate[max(0, k - wait) : k + wait + 1].max() <= rate[k]
    ]
    at = np.array(kept, dtype=np.intp)
    return Found("swing peak > 200 deg/s", t[at], t[at + wait], None, causal=True)


def _pitch(signals: Signals) -> FloatArray:
    if signals.pitch_rate is None:
        raise ValueError("needs the pitch rate of a foot")
    return signals.pitch_rate
