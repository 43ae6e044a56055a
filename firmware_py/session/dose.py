"""How much a session coached, and what stayed while it did not: dose and retention."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from dsp.block import BoolArray
from feedback.cue import Cue, Pattern
from feedback.plan import SessionPlan, Window
from feedback.target import Target
from firmware_py.session.cues import trains
from firmware_py.session.steps import Steps, mean_cadence

LEAST_S: Final = 20.0
"""Of running in a window: less says nothing about a habit."""


def dose_figures(
    plan: SessionPlan | None, cues: Sequence[Cue], steps: Steps, target: Target
) -> dict[str, Any]:
    """Cues and minutes of coaching; running with and without it against the band.

    `retained` is the share of the asked-for rise in cadence that was there while no cues could
    come (probe windows, and outside the feedback windows): 0 as at the baseline, 1 at the target.
    `*_in_band` are shares of the running time with the coach's own smoothed cadence in the band.
    Running time counts as the policy counts it: the sum of the steps so far.
    """
    run_s = np.cumsum(steps["duration_s"])
    coached = _coached(plan, steps)
    probed = _within(run_s, plan.probes) if plan is not None else np.zeros(len(steps), dtype=bool)
    with_cues, without = _cadence(steps, coached), _cadence(steps, ~coached)
    total = float(run_s[-1]) if len(run_s) else 0.0
    planned = None if plan is None else plan.run_s
    return {
        "programme": None if plan is None else plan.programme,
        "session": None if plan is None else plan.session,
        "of": None if plan is None else plan.of,
        "planned_s": planned,
        "done_share": None if not planned else total / planned,
        "feedback_s": float(steps["duration_s"][coached].sum()),
        "probe_s": float(steps["duration_s"][probed].sum()),
        "cues": len(trains(cues)),
        "beats": sum(c.pattern is Pattern.BEAT for c in cues),
        "cues_per_hour": 3600.0 * len(trains(cues)) / total if total else None,
        "coached_in_band": _in_band(steps, coached, target),
        "uncoached_in_band": _in_band(steps, ~coached, target),
        "coached_spm": with_cues,
        "uncoached_spm": without,
        "retained": _retained(without, target),
    }


def _coached(plan: SessionPlan | None, steps: Steps) -> BoolArray:
    """(n,) whether cues could come when a step ended."""
    n = len(steps)
    if plan is None:
        return np.ones(n, dtype=np.bool_)
    if not plan.coached:
        return np.zeros(n, dtype=np.bool_)
    run_s = np.cumsum(steps["duration_s"])
    some = np.ones(n, dtype=bool) if plan.feedback is None else _within(run_s, plan.feedback)
    return np.asarray(some & ~_within(run_s, plan.probes))


def _within(run_s: np.ndarray[Any, Any], windows: Sequence[Window]) -> BoolArray:
    inside = np.zeros(len(run_s), dtype=np.bool_)
    for window in windows:
        inside |= (run_s >= window.start_s) & (run_s < window.end_s)
    return inside


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
    return (spm - target.baseline_spm) / asked if asked > 0 else None
