"""A person runs a programme's sessions under the real policy; what every session must keep to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from dsp.events import Event, Step
from feedback.cue import Cue, Pattern
from feedback.plan import SessionPlan
from feedback.policy import Policy
from feedback.programmes.history import Result, record
from feedback.programmes.planning import plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.state import ProgrammeState, start
from feedback.settings import FeedbackSettings
from feedback.target import CAP
from tests.closed_loop.person import Person, Running

TRAIN_S = 5.0
STOP_S = 40.0
OPEN_S = 1200.0
"""Of a session without a planned time."""


@dataclass(slots=True)
class Ran:
    """What came of one session; times in s.

    Args:
        said: each coaching cue that is a word or begins a train of beats: when, how much had been
            run by then, and its pattern. beats: when each was due.
        band: of every step, whether cadence was in the band, and whether cues could come.
    """

    plan: SessionPlan
    said: list[tuple[float, float, Pattern]] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    band: list[tuple[bool, bool]] = field(default_factory=list)
    spm: list[float] = field(default_factory=list)
    highest: float = 0.0
    run_s: float = 0.0
    faults: list[str] = field(default_factory=list)

    def share_in_band(self, last: float = 1.0) -> float | None:
        """Of the steps at which cues could come, of their last part."""
        known = [inside for inside, open_ in self.band if open_]
        known = known[round((1.0 - last) * len(known)) :]
        return sum(known) / len(known) if known else None


def ran(
    person: Person, running: Running, plan: SessionPlan, settings: FeedbackSettings
) -> tuple[Ran, Policy]:
    """One session, with a stop in its middle."""
    policy, out = Policy(settings, plan), Ran(plan)
    total = plan.run_s or OPEN_S
    for event in _course(running, total):
        for cue in policy.push(event):
            running.hear(cue)
            _note(out, policy, cue, running.run_s, settings)
        if isinstance(event, Step):
            _watch(out, policy, event, running)
    out.run_s = running.run_s
    return out, policy


def _course(running: Running, total: float) -> Iterator[Event]:
    yield from running.run(0.55 * total)
    yield from running.stand(STOP_S)
    yield from running.run(0.45 * total)


def _note(out: Ran, policy: Policy, cue: Cue, run_s: float, settings: FeedbackSettings) -> None:
    if not cue.coaching:
        return
    first = True
    if cue.pattern is Pattern.BEAT:
        first = not out.beats or cue.t - out.beats[-1] > TRAIN_S
        if out.beats and cue.t <= out.beats[-1]:
            out.faults.append(f"a beat before the one before it, at {cue.t:.1f} s")
        out.beats.append(cue.t)
    if not out.plan.may_speak(run_s) and not out.plan.may_speak(run_s - 1.0):
        out.faults.append(f"{cue.pattern} after {run_s:.1f} s of running, outside its windows")
    if first:
        before = max([t for t, _, _ in out.said] + out.beats[:-1], default=None)
        if before is not None and cue.t_decision - before < settings.cooldown_s - 1.0:
            out.faults.append(f"{cue.pattern} {cue.t_decision - before:.1f} s after another cue")
        out.said.append((cue.t_decision, run_s, cue.pattern))


def _watch(out: Ran, policy: Policy, step: Step, running: Running) -> None:
    target = policy.target
    out.spm.append(step.cadence_spm)
    if target.cadence_spm is None or target.baseline_spm is None:
        return
    out.highest = max(out.highest, target.cadence_spm / target.baseline_spm)
    if target.cadence_spm > CAP * target.baseline_spm * (1.0 + 1e-9):
        out.faults.append(f"target {target.cadence_spm:.1f} over the cap")
    low = target.low_spm
    if low is not None:
        out.band.append((running.spm >= low, out.plan.may_speak(running.run_s)))


def sessions(
    person: Person, programme: Programme, count: int, settings: FeedbackSettings | None = None
) -> tuple[list[Ran], ProgrammeState]:
    """So many runs of a programme by one person, whose habit goes on from run to run."""
    coach = settings or FeedbackSettings()
    state, habit, out = start(programme), 0.0, list[Ran]()
    for number in range(count):
        plan = plan_next(programme, state)
        running = Running(person, number, habit)
        done, policy = ran(person, running, plan, coach)
        habit = running.habit
        state = record(programme, state, plan, _result(done, policy))
        out.append(done)
    return out, state


def _result(done: Ran, policy: Policy) -> Result:
    target = policy.target
    measured = target.baseline_source.value == "this run"
    return Result(
        running_s=done.run_s,
        mount="waist",
        baseline_cadence_spm=target.baseline_spm if measured else None,
        cadence_spm=median(done.spm),
        in_band=done.share_in_band(),
        cues=len(done.said),
    )


def apart(done: Ran) -> list[float]:
    """Between cues, s."""
    return [b - a for (a, _, _), (b, _, _) in pairwise(done.said)]


def rate(runs: Sequence[Ran]) -> float:
    """Cues per hour of running."""
    total = sum(r.run_s for r in runs)
    return 3600.0 * sum(len(r.said) for r in runs) / total if total else 0.0
