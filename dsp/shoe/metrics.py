"""Metric tier at the shoe: what a stride was like, once the foot has come to rest again."""

from typing import Final

import numpy as np

from dsp.block import Side
from dsp.events import Step
from dsp.history import History
from dsp.shoe.stance import CLIPPED, FORCE, UNSURE, Stance, T

IMPACT_WINDOW_S: Final = 0.080
IMPACT_LEAD_S: Final = 0.020
"""The shock filter's trigger can come this late into the rise of a soft strike."""


def whole_stride(
    history: History,
    strike: Stance,
    following: Stance,
    strike_t: float,
    side: Side,
    t_decision: float | None = None,
) -> Step:
    """The stride from one strike to the next of the same foot.

    Args:
        strike, following: as confirmed. strike_t: `t` reported for `strike`, s.
        t_decision: where later than the rest of `following`, s.
    """
    duration = following.t - strike.t
    t = history.view(T, history.start, history.end)
    a, b = np.searchsorted(t, [strike.t - IMPACT_LEAD_S, strike.t + IMPACT_WINDOW_S], side="left")
    first, last = history.start + int(a), history.start + int(b)
    clipped = bool(history.view(CLIPPED, first, last).any())
    unsure = bool(history.view(UNSURE, first, last).any())
    return Step(
        t=strike.t,
        t_decision=following.t_decision if t_decision is None else t_decision,
        strike_t=strike_t,
        side=side,
        steps=2,
        duration_s=duration,
        cadence_spm=120.0 / duration,
        impact_g=None if unsure else float(history.view(FORCE, first, last).max()),
        clipped=clipped,
    )
