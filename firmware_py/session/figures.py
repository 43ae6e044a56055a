"""The summary's figures about cadence, impact and cues, computed from the session's steps."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dsp.block import BoolArray, FloatArray
from feedback.baseline import Baseline
from feedback.cue import Cue
from feedback.target import HARD_WAIST_G, Source, Target
from firmware_py.session.steps import Steps, mean_cadence

BIN_SPM: Final = 2.0
PERCENTILES: Final = (5, 25, 50, 75, 95)
STEPS_BEFORE: Final = 10
STEPS_AFTER: Final = 20
WINDOW_S: Final = 30.0
"""Steps further away from a cue than this say nothing about it."""
CLIPPED_MOST: Final = 0.2
"""Of the impacts. The clipped ones are the hard ones: a median of the others is too low."""


def cadence_figures(
    steps: Steps, target: Target, baseline: Baseline, start_t: float
) -> dict[str, Any]:
    """Mean, spread, distribution and share in the band of the plausible steps.

    `in_band_share` takes the coach's own smoothed cadence: a single step varies by about as much
    as the band is wide. It counts from `in_band_from_t` on, when there was a target: `start_t`, the
    session's first time, or the end of the baseline that the target was made of.
    `steps_implausible` are left out of all of it.
    """
    use = steps.plausible
    spm, seconds = steps["cadence_spm"][use], steps["duration_s"][use]
    out: dict[str, Any] = {
        "mean_spm": mean_cadence(seconds, steps["steps"][use]),
        "sd_spm": None,
        "percentiles_spm": None,
        "histogram": [],
        "in_band_share": None,
        "in_band_from_t": None,
        "steps_implausible": int(steps["steps"][~use].sum()),
    }
    if not len(spm):
        return out
    out["sd_spm"] = float(spm.std())
    values = np.percentile(spm, PERCENTILES)
    out["percentiles_spm"] = {f"p{p}": float(v) for p, v in zip(PERCENTILES, values, strict=True)}
    low = np.floor(spm / BIN_SPM).astype(np.int64)
    in_bin = np.bincount(low - low.min(), weights=seconds)
    out["histogram"] = [
        {"low_spm": BIN_SPM * float(low.min() + k), "seconds": float(s)}
        for k, s in enumerate(in_bin)
    ]
    smooth = steps["smooth_spm"]
    from_t = _target_t(target, baseline, start_t)
    known = ~np.isnan(smooth) & (steps["t"] >= from_t)
    if target.low_spm is not None and target.high_spm is not None and known.any():
        within = known & (smooth >= target.low_spm) & (smooth <= target.high_spm)
        all_s = steps["duration_s"]
        out["in_band_share"] = float(all_s[within].sum() / all_s[known].sum())
        out["in_band_from_t"] = from_t
    return out


def _target_t(target: Target, baseline: Baseline, start_t: float) -> float:
    """When the coach first had its target, s."""
    of_this_run = target.baseline_source is Source.THIS_RUN and target.source in (
        Source.THIS_RUN,
        # A programme's percentage; of its fixed target this is all that can be told from here.
        Source.PROGRAMME,
    )
    # A cue ended the baseline early: there was a target before it was complete.
    if of_this_run and baseline.complete and baseline.end_t is not None:
        return baseline.end_t
    return start_t


def impact_figures(steps: Steps, baseline: Baseline, *, shoe: bool, cut: bool) -> dict[str, Any]:
    """Peak and, at the waist, excess over the active peak: median, p90, change from baseline.

    The change leaves steps out whose slope or speed was another than in the baseline. `cut`: the
    sensor cannot follow the shock to its peak.
    """
    clipped = steps["clipped"] > 0
    missing = np.isnan(steps.judged(shoe=shoe)) & ~clipped
    after = np.zeros(len(steps), dtype=np.bool_)
    if baseline.end_t is not None:
        after = np.asarray(steps["t"] >= baseline.end_t)
    elsewhere = ~steps.level
    after &= ~elsewhere
    used = int(steps["steps"][~missing & ~clipped].sum())
    lost = int(steps["steps"][clipped].sum())
    return {
        "steps_used": used,
        "steps_clipped": lost,
        "steps_incomplete": int(steps["steps"][missing].sum()),
        "steps_other_ground": int(steps["steps"][elsewhere].sum()),
        "at_least": cut or lost > CLIPPED_MOST * (used + lost),
        "peak": _spread(steps.unclipped("impact_g"), after, baseline.peak_g),
        "excess": None
        if shoe
        else _spread(steps.unclipped("impact_excess_g"), after, baseline.impact_g),
    }


def _spread(values: FloatArray, after: BoolArray, baseline: float | None) -> dict[str, Any] | None:
    whole = ~np.isnan(values)
    if not whole.any():
        return None
    later = values[whole & after]
    now = float(np.median(later)) if len(later) else None
    return {
        "median_g": float(np.median(values[whole])),
        "p90_g": float(np.percentile(values[whole], 90)),
        "baseline_g": baseline,
        "change_g": _difference(baseline, now),
        "change_percent": _percent(baseline, now, HARD_WAIST_G),
    }


def cue_figures(cues: Sequence[Cue], steps: Steps, *, shoe: bool) -> list[dict[str, Any]]:
    """Each coaching cue with cadence and impact of the 10 steps before and the 20 after it."""
    t, seconds, count = steps["t"], steps["duration_s"], steps["steps"]
    end, use, impact = t + seconds, steps.plausible, steps.judged(shoe=shoe)

    def means(k: npt.NDArray[np.intp], wanted: int) -> dict[str, float | None]:
        # Half of the steps must be there: fewer do not resolve a change of some percent.
        cadence = mean_cadence(seconds[k], count[k]) if count[k].sum() >= wanted / 2 else None
        whole = impact[k][~np.isnan(impact[k])] if cadence is not None else np.empty(0)
        return {"cadence_spm": cadence, "impact_g": float(whole.mean()) if len(whole) else None}

    out = []
    for cue in cues:
        at = cue.t_decision
        ended = np.flatnonzero(use & (end <= at) & (t >= at - WINDOW_S))[::-1]
        later = np.flatnonzero(use & (t >= at) & (end <= at + WINDOW_S))
        before = means(ended[np.cumsum(count[ended]) <= STEPS_BEFORE], STEPS_BEFORE)
        after = means(later[np.cumsum(count[later]) <= STEPS_AFTER], STEPS_AFTER)
        out.append(
            {
                "t": at,
                "pattern": cue.pattern.value,
                "because": cue.because,
                "before": before,
                "after": after,
                "change": {
                    "cadence_percent": _percent(before["cadence_spm"], after["cadence_spm"]),
                    "impact_g": _difference(before["impact_g"], after["impact_g"]),
                    "impact_percent": _percent(before["impact_g"], after["impact_g"], HARD_WAIST_G),
                },
            }
        )
    return out


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _percent(before: float | None, after: float | None, least: float = 0.0) -> float | None:
    """The change, unless `before` is `least` or less: of next to nothing it says nothing."""
    if before is None or after is None or before <= least:
        return None
    return 100.0 * (after / before - 1.0)
