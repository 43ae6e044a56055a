"""How much a session coached, and what stayed while it did not: dose and retention."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from dsp.block import BoolArray
from feedback.cue import Cue, Pattern
from feedback.plan import SessionPlan
from feedback.target import Target
from firmware_py.session.cues import trains
from firmware_py.session.steps import Steps, mean_cadence

LEAST_S: Final = 20.0
"""Of running in a window: less says nothing about a habit."""
LEAST_RISE: Final = 0.01
"""Of the cadence: what the coach's estimate is good to."""


def dose_figures(
    plan: SessionPlan | None, cues: Sequence[Cue], steps: Steps, target: Target
) -> dict[str, Any]:
    """Cues and minutes of coaching; running with and without it against the band.

    `feedback_s` is the running in which cues could come, `withheld_s` that in which the plan alone
    withheld them (probe windows, and outside the feedback windows). `*_in_band` are shares of that
    time with the coach's own smoothed cadence in the band. `retained` is the share of the asked-for
    rise in cadence that was there while cues were withheld: 0 as at the baseline, 1 at the target.
    """
    seconds = steps["duration_s"]
    coached, withheld = steps["coached"] == 1.0, steps["coached"] == 0.0
    without = _cadence(steps, withheld)
    total = float(seconds.sum())
    planned = None if plan is None else plan.run_s
    return {
        "programme": None if plan is None else plan.programme,
        "session": None if plan is None else plan.session,
        "of": None if plan is None else plan.of or None,
        "planned_s": planned,
        "done_share": None if not planned else total / planned,
        "feedback_s": float(seconds[coached].sum()),
        "withheld_s": float(seconds[withheld].sum()),
        "cues": len(trains(cues)),
        "beats": sum(c.pattern is Pattern.BEAT for c in cues),
        "cues_per_hour": 3600.0 * len(trains(cues)) / total if total else None,
        "coached_in_band": _in_band(steps, coached, target),
        "uncoached_in_band": _in_band(steps, withheld, target),
        "coached_spm": _cadence(steps, coached),
        "uncoached_spm": without,
        "retained": _retained(without, target),
    }


def _in_band(steps: Steps, where: BoolArray, target: Target) -> float | None:
    smooth, seconds = steps["smooth_spm"], steps["duration_s"]
    known = where & ~np.isnan(smooth)
    if target.low_spm is None or target.high_spm is None or seconds[known].sum() < LEAST_S:
        return None
    within = known & (smooth >= target.low_spm) & (smooth <= target.high_spm)
    return float(seconds[within].sum() / seconds[known].sum())


def _cadence(steps: Steps, where: BoolArray) -> float | None:
    use = where & steps.plausible
    seconds = steps["duration_s"][use]
    return mean_cadence(seconds, steps["steps"][use]) if seconds.sum() >= LEAST_S else None


def _retained(spm: float | None, target: Target) -> float | None:
    if spm is None or target.cadence_spm is None or target.baseline_spm is None:
        return None
    asked = target.cadence_spm - target.baseline_spm
    # A share of next to nothing says nothing.
    return (spm - target.baseline_spm) / asked if asked >= LEAST_RISE * spm else None
