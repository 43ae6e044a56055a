"""The summary's figures about cadence and impact, computed from the session's steps."""

from typing import Any, Final

import numpy as np

from dsp.block import BoolArray, FloatArray
from feedback.baseline import Baseline
from feedback.target import HARD_WAIST_G, Source, Target
from firmware_py.session.numbers import difference, percent
from firmware_py.session.steps import Steps, mean_cadence

BIN_SPM: Final = 2.0
PERCENTILES: Final = (5, 25, 50, 75, 95)
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
        "change_g": difference(baseline, now),
        "change_percent": percent(baseline, now, HARD_WAIST_G),
    }
