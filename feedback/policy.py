"""Decides what to say and, mostly, to say nothing. Pure: events in, cues out, no clock.

The rules and the reasons of their numbers are in docs/policy.md.
"""

from typing import Final

from dsp.events import Activity, Event, FootStrike, Gap, Segment, Step, WalkStep
from feedback.armed import Armed, Wish
from feedback.baseline import Baseline
from feedback.beats import Beats
from feedback.cadence import Cadence
from feedback.cue import Cue, Pattern
from feedback.deviation import TooHard, TooSlow
from feedback.impact import Impact
from feedback.plan import SessionPlan
from feedback.praise import Praise
from feedback.rests import Rests
from feedback.settings import FeedbackSettings
from feedback.status import RunStatus
from feedback.target import Target, resolve

GAP_S: Final = 1.0
"""A longer hole in the data makes the estimates start anew."""
CONTEXT_CHANGE: Final = 0.08
"""More than this in active peak or cadence is another slope or speed (docs/policy.md)."""


class Policy:
    """One run's coach; a new run is a new object.

    Args:
        settings: how it behaves.
        plan: what this session is to be, where the settings do not say.
    """

    def __init__(self, settings: FeedbackSettings, plan: SessionPlan | None = None) -> None:
        self._settings = settings
        self._plan = plan
        self._status = RunStatus()
        self._cadence, self._impact, self._baseline = Cadence(), Impact(), Baseline()
        self._slow, self._hard = TooSlow(settings), TooHard(settings)
        self._rests, self._praise, self._armed = Rests(), Praise(), Armed()
        self._beats = Beats(plan)
        self._running = self._silenced = self._paused = False
        self._reception: bool | None = None
        self._run_s = 0.0
        self._run_t = self._cued_t = self._changed_t = float("-inf")
        self._shoe = False
        self._target = Target()
        self._target_of: tuple[float, bool] | None = None

    @property
    def target(self) -> Target:
        """What it aims for now."""
        # Nothing else of what it is made from changes in a run, and mostly not even that.
        made_of = (self._baseline.seconds, self._shoe)
        if made_of != self._target_of:
            self._target = resolve(self._settings, self._plan, self._baseline, shoe=self._shoe)
            self._target_of = made_of
        return self._target

    @property
    def silenced(self) -> bool:
        """Whether the runner has asked for no more coaching in this run."""
        return self._silenced

    @property
    def paused(self) -> bool:
        """Whether the session is paused."""
        return self._paused

    def push(self, event: Event) -> list[Cue]:
        """Cues decided by this event; events come in the order of `t_decision`."""
        cues = self._status.push(event)
        if self._paused:
            # Nothing is to be heard in a pause; what the runner does is followed all the same.
            cues = []
        match event:
            case Segment() if event.t_end is None:
                self._segment(event)
            case FootStrike():
                cues += self._strike(event)
            case Gap() if event.duration_s > GAP_S:
                self._restart()
            case WalkStep():
                self._restart()
            case Step() if self._running:
                cues += self._step(event)
            case _:
                pass
        if any(c.coaching for c in cues):
            # From here on the runner is being coached, by words or beats: no more baseline.
            self._baseline.freeze()
        return cues

    def status(self, pattern: Pattern, t: float, because: str) -> list[Cue]:
        """A status cue of the firmware's own (sensor lost, storage full, battery low).

        Raises:
            ValueError: `pattern` is a coaching pattern.
        """
        return self._status.say(pattern, t, because)

    def silence(self, t: float) -> list[Cue]:
        """The runner wants no more coaching in this run, or, asked again, wants it back."""
        self._silenced = not self._silenced
        self._hush()
        if self._silenced:
            return [Cue(t, t, Pattern.PAUSED, "coaching is off for this run, as you asked")]
        return [Cue(t, t, Pattern.RESUMED, "coaching is on again, as you asked")]

    def pause(self, t: float, because: str, *, told: bool = True) -> list[Cue]:
        """The session is paused: no cue of the run's own until `resume`.

        Args:
            told: whether it is to be heard.
        """
        self._paused = True
        self._hush()
        return self._status.say(Pattern.PAUSED, t, because) if told else []

    def resume(self, t: float, because: str, *, told: bool = True) -> list[Cue]:
        """The pause is over; what was off in it is not held against the runner."""
        self._paused = False
        self._break()
        return self._status.say(Pattern.RESUMED, t, because) if told else []

    def metronome(self, t: float) -> list[Cue]:
        """The runner wants the metronome, or, asked again, no more of it."""
        self._armed.drop()
        return self._beats.demand(t)

    @property
    def reception(self) -> bool | None:
        """Whether cues could come at the newest step; False: the plan alone withheld them.

        None: something else did (no target yet, warm-up, a start, a rest, the runner's wish).
        """
        return self._reception

    def finish(self, t: float) -> list[Cue]:
        """The session ended at `t`."""
        self._running = False
        self._hush()
        return self._status.finish(t)

    def _segment(self, segment: Segment) -> None:
        runs = segment.kind is Activity.RUN
        if runs and not self._running:
            self._run_t = segment.t
        if runs != self._running:
            self._restart()
        self._running = runs

    def _restart(self) -> None:
        self._cadence.restart()
        self._impact.restart()
        self._rests.restart()
        self._break()

    def _break(self) -> None:
        self._slow.restart()
        self._hard.restart()
        self._hush()

    def _hush(self) -> None:
        self._armed.drop()
        self._beats.stop()

    def _strike(self, strike: FootStrike) -> list[Cue]:
        seen = self._running and not strike.inferred
        released = self._armed.release(strike) if seen else None
        said = [] if released is None else self._released(*released)
        return [*said, *self._beats.push(strike)]

    def _released(self, wish: Wish, cue: Cue) -> list[Cue]:
        now = cue.t_decision
        self._cued_t = now
        self._praise.cued(now)
        if wish.pattern is Pattern.SOFTER:
            self._hard.cued(now, shoe=self._shoe)
            return [cue]
        self._slow.cued(now)
        if not self._beats.instead_of_words:
            return [cue]
        self._beats.start(now, self.target, wish.because)
        return []

    def _step(self, step: Step) -> list[Cue]:
        now = step.t_decision
        self._reception = None
        self._shoe = step.steps > 1
        self._run_s += step.duration_s
        if not self._cadence.push(step):
            self._impact.restart()
            self._break()
        self._impact.push(step)
        self._rests.push(step)
        cadence = self._cadence.spm
        if cadence is None:
            return []
        if self._cadence.steady:
            self._baseline.push(step)
        target = self.target
        self._watch_context(step, cadence, target)
        impact = self._impact.mean_g
        self._slow.observe(now, cadence, target)
        level = now - self._changed_t >= self._settings.settle_s
        self._hard.observe(step, impact, target.impact_limit_g, level)
        if self._rests.resting:
            # What is slow on purpose is no deviation, nor is getting up to speed again.
            self._slow.restart()
            self._hard.restart()
        if self._armed.outlived(slow=self._slow.bad, hard=self._hard.bad):
            self._armed.drop()
        # Without any baseline the cap is not known, and no target is safe.
        if target.baseline_spm is None:
            self._hush()
            return []
        planned, welcome = self._planned, self._welcome(now)
        if not planned or not welcome:
            self._armed.drop()
            self._beats.unwelcome()
            if self._paused:
                pass
            elif self._beats.demanded and self._beats.follow(now, cadence, target):
                self._cued_t = now
            elif welcome and target.known:
                self._reception = False
            return []
        self._reception = True if target.known else None
        if self._beats.follow(now, cadence, target):
            self._cued_t = now
            return []
        heard_t = max(self._cued_t, self._beats.last_t)
        if now - heard_t >= self._settings.cooldown_s and not self._armed:
            wish = self._wish(step, cadence, impact, target)
            if wish is not None:
                self._armed.hold(wish)
        return self._good(now, target)

    @property
    def _planned(self) -> bool:
        """Whether the session's plan has cues now."""
        return self._plan is None or self._plan.may_speak(self._run_s)

    def _welcome(self, now: float) -> bool:
        """Whether this is a moment in which a runner may be coached, if that is planned."""
        s = self._settings
        return (
            s.coaching
            and not self._silenced
            and not self._paused
            and not self._rests.resting
            and now - self._run_t >= s.settle_s
            and self._run_s >= s.warm_up_s
        )

    def _wish(
        self, step: Step, cadence: float, impact: float | None, target: Target
    ) -> Wish | None:
        """Cadence first; impact only where the cadence is as it should be."""
        slow = self._slow.wish(step, cadence, target)
        if slow is not None:
            return slow
        low, high = target.low_spm, target.high_spm
        if low is None or high is None:
            # Only a session that leaves the cadence alone may ask for softer steps at any.
            alone = self._plan is not None and self._plan.cadence is None
            return self._hard.wish(step, impact, target) if alone else None
        return self._hard.wish(step, impact, target) if low <= cadence <= high else None

    def _good(self, now: float, target: Target) -> list[Cue]:
        """`good`, once what was asked for is done and stays."""
        since = [w for w in (self._slow.well_since, self._hard.well_since) if w is not None]
        judged = 1 + (target.impact_limit_g is not None)
        well = max(since) if len(since) >= judged else None
        if not self._praise.due(now, well):
            return []
        return self._status.say(Pattern.GOOD, now, "as it should be since your last cue")

    def _watch_context(self, step: Step, cadence: float, target: Target) -> None:
        """Another slope or speed moves the impact more than any technique does.

        A cadence at the target is no other speed: the runner was asked for it.
        """
        now = step.t_decision
        if step.level_ground is False:
            self._changed_t = now
        pairs = (
            (cadence, (self._baseline.cadence_spm, target.cadence_spm)),
            (self._impact.active_g, (self._baseline.active_g,)),
        )
        for value, references in pairs:
            off = [abs(value / r - 1.0) for r in references if value and r]
            if off and references[0] and min(off) > CONTEXT_CHANGE:
                self._changed_t = now
