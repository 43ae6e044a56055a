"""Metric tier at the waist: what a step was like, once the next strike has come."""

from typing import Final

import numpy as np

from dsp.block import Side, Stream
from dsp.events import Foot, Step
from dsp.history import History
from dsp.waist.channels import ACTIVE, CLIPPED, TRIGGER, UNSURE, T
from dsp.waist.crossing import Crossing, StepWindow
from dsp.wearer import Wearer

IMPACT_WINDOW_S: Final = 0.080
"""Impact g is the peak vertical in this time after initial contact (science 2.2)."""


class WaistMetrics:
    """Measures one whole step after another.

    Args:
        history: holds every step when it is measured.
    """

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._history = history

    def step(self, window: StepWindow, side: Side, foot: Foot | None) -> Step:
        """The step; `side` and `foot` as its strike was told."""
        strike, following = window.strike, window.following
        duration = following.t - strike.t
        impact, clipped = _impact(self._history, strike)
        active = float(self._history.view(ACTIVE, strike.number, following.number).max())
        return Step(
            t=strike.t,
            t_decision=window.t_decision,
            strike_t=strike.t,
            side=side,
            steps=1,
            duration_s=duration,
            cadence_spm=60.0 / duration,
            impact_g=impact,
            active_g=active,
            impact_excess_g=None if impact is None else impact - active,
            clipped=clipped,
            foot=foot,
        )


def _impact(history: History, strike: Crossing) -> tuple[float | None, bool]:
    """Peak of the 60 Hz vertical in the impact window, g, or None; whether a sample was clipped."""
    t = history.view(T, history.start, history.end)
    a, b = np.searchsorted(t, [strike.t, strike.t + IMPACT_WINDOW_S], side="left")
    first, last = history.start + int(a), history.start + int(b)
    clipped = bool(history.view(CLIPPED, first, last).any())
    if history.view(UNSURE, first, last).any():
        return None, clipped
    return float(history.view(TRIGGER, first, last).max()), clipped
