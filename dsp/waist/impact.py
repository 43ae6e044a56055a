"""The impact of a strike at the waist (science 2.2)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.history import History
from dsp.waist.channels import ACTIVE, CLIPPED, TRIGGER, UNSURE, T
from dsp.waist.crossing import StepWindow
from dsp.waist.sound import is_sound
from dsp.waist.stride import WholeStride

IMPACT_WINDOW_S: Final = 0.080
"""Impact g is the peak vertical in this time after initial contact (science 2.2)."""
BEFORE_S: Final = 0.2
"""A contact lies less than this before its crossing, grounded running included."""
LEAST_HZ: Final = 90.0
"""Below this rate samples fall beside the peak: a pulse of 40 ms loses 7 % at 100 Hz (science 2.3),
and what is filtered to 60 Hz is no more."""
RISE_WINDOW_S: Final = 0.060
"""The steepest rise is looked for in this time after initial contact (science 2.1)."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What one strike did to the waist.

    Args:
        impact_g: peak of the 60 Hz vertical 0 to 80 ms after the strike, g; None if samples of it
            were lost or clipped, or the rate is below 90 Hz. clipped: one of them was at the
            sensor's limit.
        active_g: peak of the 10 Hz vertical in the step, g; None where `is_sound` says no.
        excess_g: `impact_g - active_g`.
    """

    impact_g: float | None
    active_g: float | None
    clipped: bool

    @property
    def excess_g(self) -> float | None:
        if self.impact_g is None or self.active_g is None:
            return None
        return self.impact_g - self.active_g


def impact_of(history: History, step: StepWindow, rate_hz: float) -> Impact:
    """Measures the strike that began a step."""
    strike, following = step.strike, step.following
    first = max(strike.number - round(BEFORE_S * rate_hz), history.start)
    t = history.view(T, first, following.number)
    a, b = np.searchsorted(t, [strike.t, strike.t + IMPACT_WINDOW_S], side="left")
    begin, end = first + int(a), first + int(b)
    clipped = bool(history.view(CLIPPED, begin, end).any())
    sure = rate_hz >= LEAST_HZ and end > begin and not history.view(UNSURE, begin, end).any()
    whole = is_sound(history, strike.number, following.number)
    return Impact(
        float(history.view(TRIGGER, begin, end).max()) if sure else None,
        float(history.view(ACTIVE, strike.number, following.number).max()) if whole else None,
        clipped,
    )


def impact_rise_g_s(stride: WholeStride) -> float | None:
    """Steepest rise of the 30 Hz vertical 0 to 60 ms after the second step's strike, g/s."""
    until = stride.strike_t + RISE_WINDOW_S
    trace = stride.quick_g[stride.point(stride.strike_t) : stride.point(until)]
    if len(trace) < 2:
        return None
    return float((trace[1:] - trace[:-1]).max()) / stride.spacing_s
