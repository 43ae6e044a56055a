"""What a run, or pain after it, makes of a runner's state in a programme. Pure."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from feedback.plan import SessionPlan
from feedback.programmes.planning import aim_of, listed, needs_baseline
from feedback.programmes.prescription import (
    BAND_PERCENT,
    CAP_PERCENT,
    IMPACT_CAP_PERCENT,
    RAMP_PERCENT,
    Programme,
)
from feedback.programmes.state import (
    SORE,
    Done,
    Held,
    Kind,
    Pain,
    ProgrammeState,
    SetBack,
    Where,
)
from feedback.tables import SettingError, from_table

ENOUGH: Final = 0.6
"""Of the planned running, for a session to count."""
ENOUGH_S: Final = 180.0
"""Running that makes a session where none was planned: as much as a baseline takes."""
IMPACT_BACK_PERCENT: Final = 5.0
"""Points a session by which an impact limit falls again after a set-back."""
_EPS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Result:
    """What one run came to; what is not known is None, and what cannot be is dropped.

    Args:
        running_s: s. source: the session's folder; a second result from it changes nothing.
        day: counted from 0001-01-01 as 1. mount: waist or shoe.
        baseline_cadence_spm, baseline_impact_g: medians of its first uncued steady minutes, if
            they were complete; the impact that is judged at this mount.
        cadence_spm: median. in_band: share of the time with a known target.
        cues: coaching cues. probe: share in the band while cues were withheld.
    """

    running_s: float
    source: str | None = None
    day: int | None = None
    mount: str | None = None
    baseline_cadence_spm: float | None = None
    baseline_impact_g: float | None = None
    cadence_spm: float | None = None
    in_band: float | None = None
    cues: int | None = None
    probe: float | None = None


def record(
    programme: Programme, state: ProgrammeState, plan: SessionPlan, result: Result
) -> ProgrammeState:
    """The state after a run.

    It counts when at least 60 % of the planned running was done and it is the one that is due;
    otherwise it is kept in the log and comes again.

    Args:
        plan: what the run was to be.

    Raises:
        ValueError: `running_s` is no time.
    """
    if result.source is not None and any(d.source == result.source for d in state.log):
        return state
    done = _done(programme, state, plan, result)
    after = _with_baseline(replace(state, log=(*state.log, done)), done)
    if done.cadence_percent is None:
        done = replace(done, cadence_percent=_percent(plan, after))
        after = replace(after, log=(*state.log, done))
    after = replace(after, held=_held(programme, state, after, done))
    base, spm = after.baseline_cadence_spm, done.cadence_spm
    limit = max(programme.change_limit_percent, _band_top(plan, done))
    if plan.coached and base is not None and spm is not None:
        more = 100.0 * (spm / base - 1.0)
        if more > limit + _EPS:
            why = f"cadence was {more:.1f} % above the baseline, more than {limit:.3g} %"
            return _set_back(programme, after, why)
    return after


def pain(
    programme: Programme,
    state: ProgrammeState,
    score: int,
    where: Where | None = None,
    *,
    later: bool = False,
) -> ProgrammeState:
    """The state after the runner told of pain in or after the newest run.

    Args:
        score: 0 to 10. later: it is new, and came within a day after the run.

    Raises:
        ValueError: the score is none.
    """
    if not 0 <= score <= 10:
        raise ValueError(f"pain {score}: must be 0 to 10")
    told = Pain(len(state.log), score, where, later)
    after = replace(state, pains=(*state.pains, told))
    place = f" ({where})" if where is not None else ""
    if score >= programme.pain_limit:
        return _set_back(programme, after, f"pain {score} of 10{place}")
    if later and score > 0:
        return _set_back(programme, after, f"new pain within a day{place}")
    if _sore(after, programme.sore_sessions):
        n = programme.sore_sessions
        runs = "a run" if n == 1 else f"{n} runs running"
        return _set_back(programme, after, f"calf or Achilles tendon sore in {runs}")
    return after


def _band_top(plan: SessionPlan, done: Done) -> float:
    """The upper end of the band that was asked for, percent above the baseline; 0: none was.

    Who is inside it did as he was told: that is no reason to go back (docs/programmes.md).
    """
    if done.cadence_percent is None or plan.cadence is None:
        return 0.0
    half = BAND_PERCENT if plan.band_percent is None else plan.band_percent
    return 100.0 * ((1.0 + done.cadence_percent / 100.0) * (1.0 + half / 100.0) - 1.0)


def _done(programme: Programme, state: ProgrammeState, plan: SessionPlan, result: Result) -> Done:
    kind = _kind(programme, state, plan)
    needed = ENOUGH_S if plan.run_s is None else ENOUGH * plan.run_s
    due = plan.programme == programme.name and (
        kind is not Kind.SESSION or plan.session == len(state.done) + 1
    )
    known = kind is not Kind.BASELINE or result.baseline_cadence_spm is not None
    enough = result.running_s >= needed - _EPS
    table: dict[str, Any] = {k: v for k, v in asdict(result).items() if v is not None}
    table |= {
        "kind": kind.value,
        "session": plan.session,
        "counted": due and known and enough,
    }
    if plan.run_s is not None:
        table["planned_s"] = plan.run_s
    for key in ("cadence_percent", "impact_percent"):
        if getattr(plan, key) is not None:
            table[key] = getattr(plan, key)
    return _plausible(table)


def _kind(programme: Programme, state: ProgrammeState, plan: SessionPlan) -> Kind:
    if plan.session > 0:
        return Kind.SESSION
    if plan.coached:
        return Kind.RECALL
    return Kind.BASELINE if needs_baseline(programme, state) else Kind.RETEST


def _plausible(table: dict[str, Any]) -> Done:
    """Without the figures that no run can have: a state must stay readable."""
    while True:
        try:
            return from_table(Done, table)
        except SettingError as e:
            key = e.at[0] if e.at else ""
            if key in ("running_s", "kind", "session", "counted") or key not in table:
                raise
            table = {k: v for k, v in table.items() if k != key}


def _with_baseline(state: ProgrammeState, done: Done) -> ProgrammeState:
    """What no earlier run gave."""
    if not done.counted or done.kind not in (Kind.BASELINE, Kind.SESSION):
        return state
    if state.baseline_cadence_spm is None:
        state = replace(state, baseline_cadence_spm=done.baseline_cadence_spm)
    if done.mount == "waist" and state.baseline_waist_g is None:
        state = replace(state, baseline_waist_g=done.baseline_impact_g)
    if done.mount == "shoe" and state.baseline_shoe_g is None:
        state = replace(state, baseline_shoe_g=done.baseline_impact_g)
    return state


def _percent(plan: SessionPlan, state: ProgrammeState) -> float | None:
    """The share of the baseline that a given target came to."""
    target, base = plan.cadence_target_spm, state.baseline_cadence_spm
    if target is None or base is None or plan.cadence is None:
        return None
    return min(max(0.0, 100.0 * (target / base - 1.0)), CAP_PERCENT)


def _held(
    programme: Programme, before: ProgrammeState, after: ProgrammeState, done: Done
) -> Held | None:
    """A set-back's limits after one more run: they grow until the plan is below them."""
    held = before.held
    if held is None or not done.counted:
        return held
    wanted = listed(programme, after, len(after.done))
    if done.kind in (Kind.SESSION, Kind.RECALL) and _kept_to(held, done):
        ramp = programme.ramp_percent or RAMP_PERCENT
        held = Held(
            _grown(held.cadence_percent, ramp, CAP_PERCENT),
            _grown(held.impact_percent, IMPACT_BACK_PERCENT, IMPACT_CAP_PERCENT),
        )
    # A target that could not be halved before its baseline was known is halved now.
    held = Held(
        _half(wanted.cadence_percent) if held.cadence_percent is None else held.cadence_percent,
        _half(wanted.softest) if held.impact_percent is None else held.impact_percent,
    )
    over = _reached(held.cadence_percent, wanted.cadence_percent) and _reached(
        held.impact_percent, wanted.softest
    )
    return None if over and done.kind is not Kind.BASELINE else held


def _kept_to(held: Held, done: Done) -> bool:
    """Whether the run was planned with the set-back, and not before it."""
    pairs = (
        (done.cadence_percent, held.cadence_percent),
        (done.impact_percent, held.impact_percent),
    )
    return all(x is None or h is None or x <= h + _EPS for x, h in pairs)


def _grown(held: float | None, by: float, most: float) -> float | None:
    return None if held is None else min(held + by, most)


def _reached(held: float | None, wanted: float | None) -> bool:
    return held is None or wanted is None or held >= wanted - _EPS


def _half(percent: float | None) -> float | None:
    return None if percent is None else percent / 2.0


def _sore(state: ProgrammeState, sessions: int) -> bool:
    sore = {p.run for p in state.pains if p.where in SORE and p.score > 0}
    newest = len(state.log)
    return all(run in sore and run > 0 for run in range(newest, newest - sessions, -1))


def _set_back(programme: Programme, state: ProgrammeState, because: str) -> ProgrammeState:
    """The change against the baseline goes back by half: once for a run, whatever else is told."""
    run = len(state.log)
    if programme.silent or any(s.run == run for s in state.set_backs):
        return state
    now = aim_of(programme, state, len(state.done))
    last = next(
        (d for d in reversed(state.log) if d.counted and d.kind in (Kind.SESSION, Kind.RECALL)),
        None,
    )
    cadence, impact = now.cadence_percent, now.softest
    if last is not None:
        cadence = _smaller(cadence, last.cadence_percent)
        impact = _smaller(impact, last.impact_percent)
    held = Held(_half(cadence), _half(impact))
    told = SetBack(run, because, held.cadence_percent, held.impact_percent)
    return replace(state, held=held, set_backs=(*state.set_backs, told))


def _smaller(now: float | None, last: float | None) -> float | None:
    return now if now is None or last is None else min(now, last)
