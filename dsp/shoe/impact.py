"""The shock of a strike: its peak and how fast it rises."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.filters import Filter, bessel_lowpass
from dsp.history import History
from dsp.shoe.channels import CLIPPED, FORCE, UNSURE, T

WINDOW_S: Final = 0.080
RISE_S: Final = 0.060
LEAD_S: Final = 0.020
"""The shock filter's trigger can come this late into the rise of a soft strike."""
RISE_HZ: Final = 60.0
"""Loading-rate proxies use 50 to 60 Hz (science 2.1)."""
SETTLE_S: Final = 0.02
LEAST_HZ: Final = 190.0
"""Below this rate (200 Hz, a sensor being off by some percent) the peak is not measured: a pulse
of 8 ms loses half of it at 100 Hz, and any step may lose it all (science 2.3)."""
SURE_HZ: Final = 475.0
"""Below this rate (500 Hz likewise, Mitschke 2017) a peak is at least what it reads, and a rise is
not measured: 8 ms lose 14 % of the peak at 208 Hz, and 30 % of its rise."""
HOLE: Final = 1.6
"""Sample periods without a sample: one is missing."""


@dataclass(frozen=True, slots=True)
class Impact:
    """g and g/s; None where a sample is missing, bridged or clipped, or the rate is too low.

    Args:
        peak_g: largest resultant. rise_g_s: steepest rise of the 60 Hz resultant.
        clipped: a sample was at the sensor's limit.
    """

    peak_g: float | None
    rise_g_s: float | None
    clipped: bool


class Impacts:
    """Measures the shock of one strike after another."""

    def __init__(self, rate_hz: float, history: History) -> None:
        self._rate_hz = rate_hz
        self._history = history
        self._smooth = Filter(bessel_lowpass(RISE_HZ, rate_hz))

    def of(self, strike_t: float, number: int) -> Impact:
        """The strike at `strike_t`, sample `number`."""
        history, rate = self._history, self._rate_hz
        # A fixed number of samples around it: how far the history reaches must not matter.
        around = round((WINDOW_S + LEAD_S + SETTLE_S) * rate) + 2
        start = max(number - around, history.start)
        t = history.view(T, start, number + around)
        edges = [strike_t + x for x in (-LEAD_S, RISE_S, WINDOW_S)]
        a, rise, b = (start + int(k) for k in np.searchsorted(t, edges))
        clipped = bool(history.view(CLIPPED, a, b).any())
        if rate < LEAST_HZ or a == b or bool(history.view(UNSURE, a, b).any()):
            return Impact(None, None, clipped)
        # A hole too long to bridge leaves no trace but in the times.
        times = np.array([edges[0], *history.view(T, a, b), edges[2]])
        if float(np.diff(times).max()) * rate > HOLE:
            return Impact(None, None, clipped)
        before = max(a - round(SETTLE_S * rate), start)
        self._smooth.restart()
        smooth = self._smooth.push(history.view(FORCE, before, rise))
        steps = np.diff(smooth[a - before :])
        steepest = float(steps.max()) * rate if len(steps) and rate >= SURE_HZ else None
        return Impact(float(history.view(FORCE, a, b).max()), steepest, clipped)
