"""Metric tier at the shoe: what a stride was like, once the foot has come to rest again."""

from typing import Final

import numpy as np

from dsp.block import Stream
from dsp.events import Step
from dsp.history import History
from dsp.shoe.channels import CLIPPED, FORCE, UNSURE, T
from dsp.shoe.stance import StrideWindow
from dsp.wearer import Wearer

IMPACT_WINDOW_S: Final = 0.080
IMPACT_LEAD_S: Final = 0.020
"""The shock filter's trigger can come this late into the rise of a soft strike."""


class ShoeMetrics:
    """Measures one whole stride after another.

    Args:
        history: holds every stride, and the rest that confirmed it, when it is measured.
    """

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._side = stream.side
        self._history = history

    def stride(self, window: StrideWindow) -> Step:
        """The stride from one strike to the next of the same foot."""
        history, strike = self._history, window.strike
        duration = window.following.t - strike.t
        t = history.view(T, history.start, history.end)
        a, b = np.searchsorted(
            t, [strike.t - IMPACT_LEAD_S, strike.t + IMPACT_WINDOW_S], side="left"
        )
        first, last = history.start + int(a), history.start + int(b)
        clipped = bool(history.view(CLIPPED, first, last).any())
        unsure = bool(history.view(UNSURE, first, last).any())
        return Step(
            t=strike.t,
            t_decision=window.t_decision,
            strike_t=window.strike_t,
            side=self._side,
            steps=2,
            duration_s=duration,
            cadence_spm=120.0 / duration,
            impact_g=None if unsure else float(history.view(FORCE, first, last).max()),
            clipped=clipped,
        )
