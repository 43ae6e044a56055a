"""What every session of every programme must keep to; a sentence for each time that one does not.

Written from docs/policy.md, docs/programmes.md and the dosing table (Crowell & Davis 2011), not
from the code: the fade stands here a second time.
"""

from itertools import pairwise
from typing import Final

from feedback.cue import Pattern
from feedback.plan import SessionPlan
from feedback.settings import FeedbackSettings
from tests.closed_loop.programme import Went
from tests.closed_loop.session import Ran

CAP: Final = 1.10
RAMP_POINTS: Final = 3.0
EPS: Final = 1e-9
ALL: Final = None
Windows = tuple[tuple[float, float], ...]

FADE: Final[dict[int, tuple[float, float, Windows | None]]] = {
    1: (15, 15, ALL),
    2: (18, 18, ALL),
    3: (21, 21, ALL),
    4: (24, 24, ALL),
    5: (26, 14, ((0, 5), (10, 14), (21, 26))),
    6: (28, 10, ((0, 3), (12, 16), (25, 28))),
    7: (30, 6, ((0, 2), (14, 16), (28, 30))),
    8: (30, 3, ((0, 1), (14, 15), (29, 30))),
}
"""Session: minutes of running, minutes with feedback, and where."""
RECALL: Final = FADE[8]
COMFORT: Final = {n + 1: FADE[k] for n, k in enumerate((1, 2, 4, 5, 7, 8))}
BOTH: Final[dict[int, tuple[float, float, Windows | None]]] = {
    1: (12, 10, ((0, 6), (8, 12))),
    2: (15, 12, ((0, 5), (7, 10), (11, 15))),
    3: (15, 8, ((0, 5), (8, 9), (10, 12))),
}
BOTH_RECALL: Final = (15.0, 3.0, ((0.0, 1.0), (6.5, 7.5), (14.0, 15.0)))
TABLES: Final = {
    **dict.fromkeys(
        ("cadence-easy", "cadence-standard", "soft-waist", "soft-shoe", "haptic"), FADE
    ),
    "back-comfort": COMFORT,
    "both": BOTH,
}
OPEN: Final = ("metronome-only",)


def faults(went: Went, settings: FeedbackSettings | None = None) -> list[str]:
    """All of them, of all runs of a programme."""
    coach = settings or FeedbackSettings()
    out = _ramp(went)
    for n, (run, whole) in enumerate(zip(went.runs, went.whole, strict=True)):
        found = [*_cap(run), *_chatter(run, coach), *_windows(went.name, run, whole=whole)]
        out += [f"{went.name}, runner {went.person.seed}, run {n + 1}: {f}" for f in found]
    return out


def dose(name: str, plan: SessionPlan) -> tuple[float, float, Windows | None] | None:
    """Minutes of running, minutes with feedback, and where, by the table; None: an open one."""
    if not plan.coached:
        return (0.0, 0.0, ())
    if name in OPEN:
        return None
    if plan.session == 0:
        return BOTH_RECALL if name == "both" else RECALL
    return TABLES[name][plan.session]


def fastest_beat(run: Ran) -> float:
    """The quickest tempo of two beats over the baseline; 0 without beats."""
    beats = [s for s in run.said if s.cue.pattern is Pattern.BEAT]
    return max(
        (60.0 / (b.cue.t - a.cue.t) / (b.target.baseline_spm or 1.0) for a, b in pairwise(beats)),
        default=0.0,
    )


def _cap(run: Ran) -> list[str]:
    out = []
    if run.highest > CAP * (1.0 + EPS):
        out.append(f"a target {run.highest:.4f} of the baseline")
    if fastest_beat(run) > CAP * (1.0 + EPS):
        out.append(f"beats at {fastest_beat(run):.4f} of the baseline")
    return out


def _ramp(went: Went) -> list[str]:
    if went.state is None:
        return []
    asked = 0.0
    out = []
    for n, (run, done) in enumerate(zip(went.runs, went.state.log, strict=True)):
        percent = None if run.plan is None else run.plan.cadence_percent
        if percent is None:
            continue
        if percent > asked + RAMP_POINTS + EPS:
            out.append(f"{went.name}, run {n + 1}: from +{asked:g} % to +{percent:g} %")
        asked = percent if done.counted else asked
    return out


def _chatter(run: Ran, settings: FeedbackSettings) -> list[str]:
    """A session's metronome is one cue that pauses where nobody runs; nothing else chatters."""
    told = run.told()
    if run.always:
        return [f"{t.pattern} beside the metronome" for t in told if t.pattern is not Pattern.BEAT]
    return [
        f"{b.pattern} at {b.start_t:.2f} s, {b.start_t - a.end_t:.2f} s after {a.pattern}"
        for a, b in pairwise(told)
        if b.start_t - a.end_t < settings.cooldown_s - EPS
    ]


def _windows(name: str, run: Ran, *, whole: bool) -> list[str]:
    plan = run.plan
    said = [(s.cue.pattern, s.run_s) for s in run.said]
    early = [f"{p} after {t:.1f} s of running" for p, t in said if t < FeedbackSettings().warm_up_s]
    table = None if plan is None else dose(name, plan)
    if plan is None or table is None:
        return early
    run_min, open_min, windows = table
    spans = ((0.0, run_min),) if windows is ALL else windows
    # The running ends with a step, and that may be one more than was planned.
    spans = tuple((60.0 * a, 60.0 * b if b < run_min else float("inf")) for a, b in spans)
    out = [
        f"{p} after {t:.2f} s of running, outside {spans}"
        for p, t in said
        if not any(a <= t < b for a, b in spans)
    ]
    if whole and plan.coached:
        longest = max(m.lasted_s for m in run.moments)
        open_s = sum(m.lasted_s for m in run.moments if m.open)
        if abs(open_s - 60.0 * open_min) > 2 * longest * max(1, len(spans)):
            out.append(f"feedback in {open_s / 60.0:.2f} min, not in {open_min:g}")
        if plan.run_s != 60.0 * run_min:
            out.append(f"planned {plan.run_s} s, not {run_min:g} min")
    return [*early, *out]
