"""A person runs one session under the real policy; what was said, and what it came to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp
from statistics import median
from typing import Final

from dsp.block import Mount
from dsp.events import Event, FootStrike, Step
from feedback.baseline import Baseline
from feedback.cadence import Cadence, plausible
from feedback.cue import Cue, Pattern
from feedback.plan import SessionPlan
from feedback.policy import Policy
from feedback.programmes.history import Result
from feedback.settings import FeedbackSettings
from feedback.target import Target
from tests.closed_loop.course import Part
from tests.closed_loop.running import Running

SEEN_S: Final = 6.0
"""Time constant of the cadence and the impact that are compared with band and limit."""
TRAIN_S: Final = 4.0
"""Without a beat for longer, the next one begins a train: up to 2 s at a kerb are no stop, and a
rhythm takes three strikes."""


@dataclass(frozen=True, slots=True)
class Said:
    """One coaching cue and how much had been run when it was decided, s, by the device's count."""

    cue: Cue
    run_s: float
    target: Target


@dataclass(frozen=True, slots=True)
class Told:
    """A word, or a train of beats as one: from the first sound to the last, s."""

    pattern: Pattern
    start_t: float
    end_t: float
    run_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """One step.

    Args:
        run_s: so much had been run by its end, by the device's count, s; lasted_s of it this step.
        open: whether cues could come. usual: neither slope nor pace is another, nor has the running
            just begun. spm: cadence of late; well: in the band and below the limit, as far as there
            are any; None: there are none yet.
    """

    run_s: float
    lasted_s: float
    open: bool
    usual: bool
    spm: float
    well: bool | None


@dataclass(slots=True)
class Ran:
    """What came of one session."""

    plan: SessionPlan | None
    mount: Mount
    said: list[Said] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    target: Target = field(default_factory=Target)
    highest: float = 0.0
    """The highest cadence target of all moments over its baseline."""
    baseline: Baseline = field(default_factory=Baseline)

    @property
    def run_s(self) -> float:
        """Running by the device's count, s."""
        return self.moments[-1].run_s if self.moments else 0.0

    @property
    def always(self) -> bool:
        """Whether beats go on all the time."""
        return self.plan is not None and self.plan.metronome_always

    def told(self) -> list[Told]:
        """Words and trains, in order."""
        out: list[Told] = []
        for s in self.said:
            cue, last = s.cue, out[-1] if out else None
            beats = last is not None and cue.pattern is last.pattern is Pattern.BEAT
            if last is not None and beats and cue.t - last.end_t <= TRAIN_S:
                out[-1] = Told(last.pattern, last.start_t, cue.t, last.run_s)
            else:
                out.append(Told(cue.pattern, cue.t, cue.t, s.run_s))
        return out

    def well(self, *, open_: bool) -> float | None:
        """Share of the running time that is as it should be, with or without cues allowed."""
        known = [(m.lasted_s, m.well) for m in self.moments if m.open is open_]
        total = sum(s for s, well in known if well is not None)
        return sum(s for s, well in known if well) / total if total else None

    def end(self) -> tuple[float, float]:
        """Of the last third of the time with feedback: usual running, s; as it should be, s."""
        known = [m for m in self.moments if m.open and m.well is not None]
        total, seen = sum(m.lasted_s for m in known), 0.0
        usual = good = 0.0
        for m in reversed(known):
            if seen >= total / 3.0:
                break
            seen += m.lasted_s
            usual += m.lasted_s if m.usual else 0.0
            good += m.lasted_s if m.usual and m.well else 0.0
        return usual, good

    def retained(self) -> float | None:
        """Share of the asked-for rise of the cadence that was there while no cues could come."""
        goal, base = self.target.cadence_spm, self.target.baseline_spm
        quiet = [m for m in self.moments if not m.open]
        if goal is None or base is None or goal <= base or not quiet:
            return None
        total = sum(m.lasted_s for m in quiet)
        return (sum(m.spm * m.lasted_s for m in quiet) / total - base) / (goal - base)

    def result(self) -> Result:
        """What the firmware would keep of it (`firmware_py.programme.result`)."""
        whole = self.baseline.complete
        return Result(
            running_s=self.run_s,
            mount=self.mount.value,
            baseline_cadence_spm=self.baseline.cadence_spm if whole else None,
            baseline_impact_g=self.baseline.impact_g if whole else None,
            cadence_spm=median(m.spm for m in self.moments) if self.moments else None,
            in_band=self.well(open_=True),
            cues=len(self.told()),
            probe=self.well(open_=False),
        )


def ran(
    running: Running,
    plan: SessionPlan | None,
    parts: Iterator[Part],
    seconds: float,
    settings: FeedbackSettings,
    mount: Mount = Mount.WAIST,
    tape: list[Event] | None = None,
) -> Ran:
    """One session of so much running by the device's count, s.

    Args:
        tape: takes the events, if given.
    """
    policy, out, watch = Policy(settings, plan), Ran(plan, mount), _Watch()
    for part in parts:
        for event in running.go(part):
            cues = [c for c in policy.push(event) if c.coaching]
            if tape is not None:
                tape.append(event)
            if cues:
                out.baseline.freeze()
                target = policy.target
                out.said += [Said(c, watch.run_s, target) for c in cues]
            for cue in cues:
                running.hear(cue)
            if isinstance(event, Step):
                watch.step(event, out, policy, usual=running.usual)
            if watch.run_s >= seconds and isinstance(event, FootStrike):
                policy.finish(event.t_decision)
                out.target = policy.target
                return out
    raise ValueError("a course has no end")


class _Watch:
    """Counts the running and looks at each step, apart from the policy."""

    def __init__(self) -> None:
        self.run_s = 0.0
        self._cadence = Cadence()
        self._step_s: float | None = None
        self._impact: float | None = None

    def step(self, step: Step, out: Ran, policy: Policy, *, usual: bool) -> None:
        self.run_s += step.duration_s
        if not out.said and not out.baseline.complete:
            self._cadence.push(step)
            if self._cadence.steady:
                out.baseline.push(step)
        share = 1.0 - exp(-step.duration_s / SEEN_S)
        if plausible(step):
            now = step.duration_s / step.steps
            self._step_s = (
                now if self._step_s is None else self._step_s + share * (now - self._step_s)
            )
        hit = step.impact_g if step.steps > 1 else step.impact_excess_g
        if hit is not None and not step.clipped:
            self._impact = (
                hit if self._impact is None else self._impact + share * (hit - self._impact)
            )
        if self._step_s is None:
            return
        plan, spm = out.plan, 60.0 / self._step_s
        open_ = plan is None or plan.may_speak(self.run_s)
        target = policy.target
        if target.cadence_spm is not None and target.baseline_spm is not None:
            out.highest = max(out.highest, target.cadence_spm / target.baseline_spm)
        well = self._well(target, spm)
        out.moments.append(Moment(self.run_s, step.duration_s, open_, usual, spm, well))

    def _well(self, target: Target, spm: float) -> bool | None:
        low, high, limit = target.low_spm, target.high_spm, target.impact_limit_g
        if low is None and limit is None:
            return None
        band = low is None or high is None or low <= spm <= high
        return band and (limit is None or self._impact is None or self._impact <= limit)
