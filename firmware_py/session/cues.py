"""Every coaching cue of a session: why, how late, when heard, and what the runner did then."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from feedback.actuators.played import Played
from feedback.cue import TRAIN_S, Cue, Pattern
from feedback.target import HARD_WAIST_G
from firmware_py.session.numbers import difference, percent
from firmware_py.session.steps import Steps, mean_cadence

STEPS_BEFORE: Final = 10
AFTER: Final = (10, 20)
"""Steps after a cue in which an answer is looked for."""
WINDOW_S: Final = 30.0
"""Steps further away from a cue than this say nothing about it."""

Reports = Mapping[tuple[float, Pattern], Played]


def by_cue(played: Sequence[Played]) -> Reports:
    """The reports by what a cue is known by: when it was decided, or is due, and its pattern."""
    return {(p.t, p.pattern): p for p in played}


def cue_figures(
    cues: Sequence[Cue], steps: Steps, reports: Reports, *, shoe: bool
) -> list[dict[str, Any]]:
    """Each coaching cue with cadence and impact of the 10 steps before and the 10 and 20 after it.

    Beats in a row are one cue: `beats` says how many, and the steps after it are counted from the
    last one's.

    Args:
        reports: what became of the cues at the actuators, as `by_cue` gives it.
    """
    t, seconds, count = steps["t"], steps["duration_s"], steps["steps"]
    end, use, impact = t + seconds, steps.plausible, steps.judged(shoe=shoe)

    def means(k: npt.NDArray[np.intp], wanted: int) -> dict[str, float | None]:
        k = k[np.cumsum(count[k]) <= wanted]
        # Half of the steps must be there: fewer do not resolve a change of some percent.
        cadence = mean_cadence(seconds[k], count[k]) if count[k].sum() >= wanted / 2 else None
        whole = impact[k][~np.isnan(impact[k])] if cadence is not None else np.empty(0)
        return {"cadence_spm": cadence, "impact_g": float(whole.mean()) if len(whole) else None}

    out = []
    for train in trains(cues):
        first, last = train[0], train[-1]
        at, until = first.t_decision, last.t
        ended = np.flatnonzero(use & (end <= at) & (t >= at - WINDOW_S))[::-1]
        later = np.flatnonzero(use & (t >= until) & (end <= until + WINDOW_S))
        before = means(ended, STEPS_BEFORE)
        soon, after = (means(later, n) for n in AFTER)
        told = [r for c in train if (r := reports.get((c.t, c.pattern))) is not None]
        # Of a train the first beat that was heard; if none was, why not the first.
        report = next((r for r in told if r.edge_t is not None), told[0] if told else None)
        out.append(
            {
                "t": at,
                "pattern": first.pattern.value,
                "because": first.because,
                "beats": len(train) if first.pattern is Pattern.BEAT else 0,
                "strike_t": first.strike_t,
                "latency_s": None if first.strike_t is None else at - first.strike_t,
                "onset_s": _onset_s(report),
                "played_by": [] if report is None else [s.name for s in report.actuators],
                "not_played": _why_not(report),
                "before": before,
                "after_10": soon,
                "after": after,
                "change_10": _change(before, soon),
                "change": _change(before, after),
            }
        )
    return out


def trains(cues: Sequence[Cue]) -> list[list[Cue]]:
    """The cues in order, beats in a row together."""
    out: list[list[Cue]] = []
    for cue in cues:
        beats = cue.pattern is Pattern.BEAT and bool(out) and out[-1][-1].pattern is Pattern.BEAT
        if beats and cue.t - out[-1][-1].t < TRAIN_S:
            out[-1].append(cue)
        else:
            out.append([cue])
    return out


def _onset_s(report: Played | None) -> float | None:
    """From when it was to be played to when it was heard or felt, s."""
    if report is None or report.onset_t is None:
        return None
    return report.onset_t - max(report.t, report.t_decision)


def _why_not(report: Played | None) -> str:
    if report is None or report.not_played is None:
        return ""
    return report.not_played.value


def _change(before: dict[str, float | None], after: dict[str, float | None]) -> dict[str, Any]:
    return {
        "cadence_percent": percent(before["cadence_spm"], after["cadence_spm"]),
        "impact_g": difference(before["impact_g"], after["impact_g"]),
        "impact_percent": percent(before["impact_g"], after["impact_g"], HARD_WAIST_G),
    }
