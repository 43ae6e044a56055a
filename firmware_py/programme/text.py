"""Programmes and where a runner stands in one, in words."""

from collections.abc import Sequence
from typing import Final

from feedback.plan import CadenceCue, SessionPlan, Window
from feedback.programmes.adherence import adherence
from feedback.programmes.fade import Spans, reminder
from feedback.programmes.planning import kind_next, plan_next
from feedback.programmes.prescription import OWN_RUN, Dose, Programme
from feedback.programmes.state import Kind, ProgrammeState, SetBack

HEALTH: Final = (
    "Cues change mechanics; what that does for a body, this device cannot know. Pain that stays: "
    "see a doctor or physiotherapist."
)
ALL: Final = "all the time"
_CUES: Final = {
    CadenceCue.QUICKER: "one pattern when below the band",
    CadenceCue.METRONOME: "half a minute of beats when below the band",
}


def outline(programme: Programme) -> str:
    """The programme with its sessions as a table."""
    p = programme
    rows = [("session", "run min", "target", "feedback min", "cues in minutes")]
    silent_min = f"{p.baseline_run_min:g}"
    if p.baseline == OWN_RUN:
        rows.append(("baseline", silent_min, "-", "0", "none"))
    for n, dose in enumerate(p.sessions, 1):
        spans = () if p.silent else dose.feedback_min
        rows.append((str(n), f"{dose.run_min:g}", _aim(p, dose), *_feedback(spans, dose)))
    if not p.sessions:
        aim = _aim(p, Dose(1, p.cadence_percent, p.impact_percent))
        if p.ramp_percent is not None:
            aim += f", by {p.ramp_percent:g} a session"
        rows.append(("each", "as liked", aim, *(("0", "none") if p.silent else ("all", ALL))))
    elif not p.silent:
        last = p.sessions[-1]
        spans = reminder(last.run_min)
        rows.append(("then", f"{last.run_min:g}", _aim(p, last), *_feedback(spans, last)))
    if p.retest_after_sessions:
        rows.append(("retest", silent_min, "-", "0", "none"))
    lines = [f"{p.name}: {p.about}" if p.about else p.name]
    if p.note is not None:
        lines.append(p.note)
    return "\n".join([*lines, "", *_table(rows), "", *_rules(p), HEALTH])


def next_run(programme: Programme, state: ProgrammeState, day: int | None = None) -> str:
    """What the next run is to be, in a line."""
    plan = plan_next(programme, state, day)
    kind = kind_next(programme, state, day)
    what = {
        Kind.BASELINE: "a silent baseline run",
        Kind.RETEST: "a silent retest",
        Kind.RECALL: "a reminder run",
        Kind.SESSION: f"session {plan.session}" + (f" of {plan.of}" if plan.of else ""),
    }[kind]
    parts = [what if plan.run_s is None else f"{what}, {plan.run_s / 60:g} min"]
    parts += [] if kind in (Kind.BASELINE, Kind.RETEST) else [_planned(plan)]
    return "; ".join(parts)


def session_line(plan: SessionPlan) -> str:
    """A session that begins, in a line."""
    what = plan.programme
    if plan.session:
        what += f", session {plan.session}" + (f" of {plan.of}" if plan.of else "")
    parts = [what if plan.run_s is None else f"{what}, {plan.run_s / 60:g} min"]
    return "; ".join([*parts, _planned(plan)])


def after_run(programme: Programme, state: ProgrammeState, day: int | None = None) -> str:
    """What the newest run came to, and what comes next."""
    done = state.log[-1]
    if done.counted:
        lines = [f"counted for {programme.name}; next: {next_run(programme, state, day)}"]
    else:
        share = "" if not done.planned_s else f" ({100 * done.running_s / done.planned_s:.0f} %)"
        lines = [
            f"did not count for {programme.name}: a session takes at least 60 % of the planned "
            f"running{share}; next: {next_run(programme, state, day)}"
        ]
    back = [change for change in state.set_backs if change.run == len(state.log)]
    lines += [f"went back: {set_back(change)}" for change in back]
    return "\n".join(lines)


def standing(programme: Programme, state: ProgrammeState, day: int | None = None) -> str:
    """Where the runner stands."""
    figures = adherence(programme, state)
    of = f" of {figures.sessions_planned}" if figures.sessions_planned else ""
    lines = [
        f"{programme.name}: {figures.sessions_done}{of} sessions done, "
        f"{figures.running_s / 60:.0f} min of running"
    ]
    if figures.broken_off:
        lines.append(f"did not count, since too short or not due: {figures.broken_off}")
    lines.append(f"next: {next_run(programme, state, day)}")
    if state.baseline_cadence_spm is not None:
        lines.append(f"baseline: {state.baseline_cadence_spm:.0f} steps per minute")
    if figures.in_band is not None:
        lines.append(f"in the band: {100 * figures.in_band:.0f} % of the time")
    if figures.in_band_uncued is not None:
        lines.append(f"without cues, last time: {100 * figures.in_band_uncued:.0f} %")
    if figures.cues_per_h is not None:
        lines.append(f"cues: {figures.cues_per_h:.1f} an hour")
    for s in state.set_backs:
        when = f"after run {s.run}" if s.run else "before the first run"
        lines.append(f"went back {when}: {set_back(s)}")
    if state.set_backs or figures.pains:
        lines.append(HEALTH)
    return "\n".join(lines)


def set_back(change: SetBack) -> str:
    """A set-back, in words."""
    left = []
    if change.cadence_percent is not None:
        left.append(f"cadence +{change.cadence_percent:.3g} %")
    if change.impact_percent is not None:
        left.append(f"impact -{change.impact_percent:.3g} %")
    now = ", ".join(left) or "no target until a silent run has given the baseline"
    return f"{change.because}; now {now}"


def _aim(p: Programme, dose: Dose) -> str:
    aims = []
    if p.cue is not None and p.cadence_target_spm is not None:
        aims.append(f"{p.cadence_target_spm:g} spm")
    elif p.cue is not None and dose.percent is not None:
        aims.append(f"+{dose.percent:g} %")
    if dose.impact_percent is not None:
        aims.append(f"impact -{dose.impact_percent:g} %")
    elif p.softens:
        limits = (("waist", p.waist_impact_limit_g), ("shoe", p.shoe_impact_limit_g))
        aims += [f"impact {mount} {limit:g} g" for mount, limit in limits if limit is not None]
    return ", ".join(aims) or "-"


def _planned(plan: SessionPlan) -> str:
    if not plan.coached:
        return "no cues"
    aims = []
    if plan.cadence_target_spm is not None:
        aims.append(f"{plan.cadence_target_spm:.0f} steps per minute")
    elif plan.cadence_percent is not None:
        base = plan.baseline_cadence_spm
        spm = "" if base is None else f" ({base * (1 + plan.cadence_percent / 100):.0f} spm)"
        aims.append(f"cadence +{plan.cadence_percent:.3g} %{spm}")
    if plan.impact_percent is not None:
        aims.append(f"impact -{plan.impact_percent:.3g} %")
    aims += [
        f"impact at most {g:.3g} g at the {mount}"
        for mount, g in (("waist", plan.waist_impact_limit_g), ("shoe", plan.shoe_impact_limit_g))
        if g is not None
    ]
    when = ALL if plan.feedback is None else f"in minutes {_minutes(_spans(plan.feedback))}"
    if plan.probes:
        when += f" except {_minutes(_spans(plan.probes))}"
    return f"{', '.join(aims) or 'as the configuration says'}; cues {when}"


def _feedback(spans: Spans | None, dose: Dose) -> tuple[str, str]:
    """Minutes of feedback, and when."""
    total = dose.run_min if spans is None else sum(b - a for a, b in spans)
    when = ALL if spans is None else _minutes(spans)
    if dose.probe_min:
        # Windows without cues may cut those with cues anywhere.
        fed = ((0.0, dose.run_min),) if spans is None else spans
        total -= sum(max(0.0, min(b, d) - max(a, c)) for a, b in fed for c, d in dose.probe_min)
        when += f" except {_minutes(dose.probe_min)}"
    return f"{total:g}", when


def _minutes(spans: Spans) -> str:
    return ", ".join(f"{a:g}-{b:g}" for a, b in spans) or "none"


def _spans(windows: Sequence[Window]) -> Spans:
    return tuple((w.start_s / 60, w.end_s / 60) for w in windows)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _rules(p: Programme) -> list[str]:
    lines = []
    if p.cue is not None:
        how = "beats all the time" if p.metronome_always else _CUES[p.cue]
        band = "" if p.band_percent is None else f", the band is ±{p.band_percent:g} %"
        lines.append(f"cadence: {how}{band}")
    if p.softens:
        lines.append("impact: a beep at a step that is over the limit")
    if not p.silent:
        given = p.baseline_cadence_spm
        own = "a silent run of its own" if p.baseline == OWN_RUN else "the first 3 steady minutes"
        lines.append(f"baseline: {own if given is None else f'{given:g} spm, given'}")
    if p.retest_after_sessions:
        weeks = f", or in weeks {_all(p.retest_weeks)} if dates are known" if p.retest_weeks else ""
        lines.append(f"retests: after {_all(p.retest_after_sessions)} sessions{weeks}")
    if not p.silent:
        lines.append(
            f"back by half: at pain of {p.pain_limit} of 10, new pain within a day, a sore calf or "
            f"Achilles tendon ({p.sore_sessions} runs running), a cadence more than "
            f"{p.change_limit_percent:g} % above the baseline"
        )
    return lines


def _all(numbers: Sequence[int]) -> str:
    return " and ".join(str(n) for n in numbers)
