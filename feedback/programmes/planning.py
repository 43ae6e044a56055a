"""What the next run of a programme is to be. Pure: equal state, equal plan."""

from dataclasses import dataclass, replace
from typing import Final

from feedback.plan import CadenceCue, SessionPlan, Window
from feedback.programmes.fade import Spans, reminder
from feedback.programmes.prescription import (
    CAP_PERCENT,
    IMPACT_CAP_PERCENT,
    OWN_RUN,
    Dose,
    Programme,
)
from feedback.programmes.state import Held, Kind, ProgrammeState

DAYS: Final = 7
HARD_WAIST_G: Final = 0.3
"""As in feedback.target: a smaller excess leaves nothing to soften."""


@dataclass(frozen=True, slots=True)
class Aim:
    """How much is asked for, before and after what a set-back leaves of it; None: not in percent.

    Args:
        cadence_percent: above the baseline. impact_percent: below it.
        waist_percent, shoe_percent: the same where the limit is given in g.
    """

    cadence_percent: float | None = None
    impact_percent: float | None = None
    waist_percent: float | None = None
    shoe_percent: float | None = None

    @property
    def softest(self) -> float | None:
        """The most that is asked for of impact, percent."""
        known = [
            x for x in (self.impact_percent, self.waist_percent, self.shoe_percent) if x is not None
        ]
        return max(known, default=None)


def kind_next(programme: Programme, state: ProgrammeState, day: int | None = None) -> Kind:
    """What the next run is for.

    Args:
        day: today, counted from 0001-01-01 as 1; None: nobody knows.
    """
    if needs_baseline(programme, state):
        return Kind.BASELINE
    if _retest_due(programme, state, day):
        return Kind.RETEST
    if not programme.sessions or len(state.done) < len(programme.sessions):
        return Kind.SESSION
    return Kind.RECALL


def plan_next(programme: Programme, state: ProgrammeState, day: int | None = None) -> SessionPlan:
    """The next run's plan.

    No target in percent is above +10 % of the baseline, nor more than 3 points above that of the
    session before; every window lies inside the run.

    Args:
        day: as in `kind_next`.
    """
    kind = kind_next(programme, state, day)
    if kind in (Kind.BASELINE, Kind.RETEST):
        return _silent_run(programme, state)
    # In a recall, and at the end of an open programme, the last session's.
    index = len(state.done)
    dose = _dose(programme, index)
    plan = _coached(programme, state, aim_of(programme, state, index))
    if dose is None:
        return replace(plan, session=index + 1)
    if kind is Kind.RECALL:
        return replace(plan, run_s=60.0 * dose.run_min, feedback=_windows(reminder(dose.run_min)))
    return replace(
        plan,
        session=index + 1,
        run_s=60.0 * dose.run_min,
        feedback=None if dose.feedback_min is None else _windows(dose.feedback_min),
        probes=_windows(dose.probe_min),
    )


def aim_of(programme: Programme, state: ProgrammeState, index: int) -> Aim:
    """What the session after `index` done ones asks for, as far as a set-back allows."""
    wanted = listed(programme, state, index)
    held = state.held
    if held is None:
        return wanted
    return Aim(
        _least(wanted.cadence_percent, held.cadence_percent),
        _least(wanted.impact_percent, held.impact_percent),
        _least(wanted.waist_percent, held.impact_percent),
        _least(wanted.shoe_percent, held.impact_percent),
    )


def listed(programme: Programme, state: ProgrammeState, index: int) -> Aim:
    """The same, as it is prescribed."""
    p, spm = programme, state.baseline_cadence_spm
    dose = _dose(p, index)
    cadence, impact = p.cadence_percent, p.impact_percent
    if dose is not None:
        cadence, impact = dose.percent, dose.impact_percent
    elif cadence is not None and p.ramp_percent is not None:
        cadence = min(cadence, p.ramp_percent * (index + 1))
    if p.cadence_target_spm is not None and spm is not None:
        cadence = min(max(0.0, 100.0 * (p.cadence_target_spm / spm - 1.0)), CAP_PERCENT)
    return Aim(
        cadence if p.cue is not None else None,
        impact if p.softens else None,
        _below(p.waist_impact_limit_g, state.baseline_waist_g),
        _below(p.shoe_impact_limit_g, state.baseline_shoe_g),
    )


def needs_baseline(programme: Programme, state: ProgrammeState) -> bool:
    """Whether a silent run comes first."""
    if any(d.kind == Kind.BASELINE and d.counted for d in state.log):
        return False
    if programme.baseline == OWN_RUN:
        return True
    # Half of a change can only be told from where it began.
    return state.held is not None and programme.fixed and state.baseline_cadence_spm is None


def _retest_due(programme: Programme, state: ProgrammeState, day: int | None) -> bool:
    made = len(state.retests)
    if made >= len(programme.retest_after_sessions):
        return False
    first = next((d.day for d in state.done), None)
    if programme.retest_weeks and first is not None and day is not None:
        return day - first >= DAYS * programme.retest_weeks[made]
    runs = sum(d.counted and d.kind in (Kind.SESSION, Kind.RECALL) for d in state.log)
    return runs >= programme.retest_after_sessions[made]


def _silent_run(programme: Programme, state: ProgrammeState) -> SessionPlan:
    return SessionPlan(
        programme.name,
        of=len(programme.sessions),
        run_s=60.0 * programme.baseline_run_min,
        coached=False,
        cadence=None,
        baseline_cadence_spm=state.baseline_cadence_spm,
    )


def _dose(programme: Programme, index: int) -> Dose | None:
    """The session after `index` done ones, or the last; None: the programme is open."""
    if not programme.sessions:
        return None
    return programme.sessions[min(index, len(programme.sessions) - 1)]


def _coached(programme: Programme, state: ProgrammeState, aim: Aim) -> SessionPlan:
    """What is coached; not yet which session it is, nor when."""
    cue, target = _cadence(programme, state, aim)
    waist, shoe, softens = _limits(programme, state, aim)
    return SessionPlan(
        programme.name,
        of=len(programme.sessions),
        coached=cue is not None or softens,
        cadence=cue,
        impact=softens,
        baseline_cadence_spm=state.baseline_cadence_spm,
        cadence_percent=None if target is not None or cue is None else aim.cadence_percent,
        cadence_target_spm=target,
        band_percent=programme.band_percent,
        waist_impact_limit_g=waist,
        shoe_impact_limit_g=shoe,
        impact_percent=aim.impact_percent if softens else None,
        metronome_always=programme.metronome_always and cue is CadenceCue.METRONOME,
        tempo_nudge_percent=programme.tempo_nudge_percent,
    )


def _cadence(
    programme: Programme, state: ProgrammeState, aim: Aim
) -> tuple[CadenceCue | None, float | None]:
    """The cue, and a target in steps per minute where one is given."""
    spm, target, percent = (
        state.baseline_cadence_spm,
        programme.cadence_target_spm,
        aim.cadence_percent,
    )
    if state.held is not None and percent is None:
        # What is not known in percent cannot be halved: it rests.
        return None, None
    if programme.cue is None or target is None:
        return programme.cue, None
    if spm is not None and percent is not None:
        target = min(target, spm * (1.0 + percent / 100.0))
    return programme.cue, target


def _limits(
    programme: Programme, state: ProgrammeState, aim: Aim
) -> tuple[float | None, float | None, bool]:
    """Limits at waist and shoe, g, and whether impact is coached."""
    if not programme.softens:
        return None, None, False
    waist = _limit(
        programme.waist_impact_limit_g, state.baseline_waist_g, aim.waist_percent, state.held
    )
    shoe = _limit(
        programme.shoe_impact_limit_g, state.baseline_shoe_g, aim.shoe_percent, state.held
    )
    if aim.impact_percent is not None:
        share = 1.0 - aim.impact_percent / 100.0
        base = state.baseline_waist_g
        waist = base * share if base is not None and base > HARD_WAIST_G else None
        shoe = None if state.baseline_shoe_g is None else state.baseline_shoe_g * share
    return waist, shoe, any(x is not None for x in (waist, shoe, aim.impact_percent))


def _limit(
    given: float | None, base: float | None, percent: float | None, held: Held | None
) -> float | None:
    if given is None or held is None:
        return given
    if base is None or percent is None:
        return None
    return max(given, base * (1.0 - percent / 100.0))


def _below(limit: float | None, base: float | None) -> float | None:
    if limit is None or base is None:
        return None
    return min(max(0.0, 100.0 * (1.0 - limit / base)), IMPACT_CAP_PERCENT)


def _least(wanted: float | None, held: float | None) -> float | None:
    return wanted if wanted is None or held is None else min(wanted, held)


def _windows(spans: Spans) -> tuple[Window, ...]:
    return tuple(Window(60.0 * a, 60.0 * b) for a, b in spans)
