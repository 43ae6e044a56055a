"""Decides what to say and, mostly, to say nothing. Pure: events in, cues out, no clock.

The rules and the reasons of their numbers are in docs/policy.md.
"""

from typing import Final

from dsp.events import Activity, Event, FootStrike, Gap, Segment, Step, WalkStep
from feedback.baseline import Baseline
from feedback.cadence import Cadence
from feedback.cue import Cue, Pattern
from feedback.impact import Impact
from feedback.patience import Patience
from feedback.programmes.prescription import Programme
from feedback.settings import FeedbackSettings
from feedback.status import RunStatus
from feedback.target import Target, resolve

GAP_S: Final = 1.0
"""A longer hole in the data makes the estimates start anew."""
CADENCE_RESPONSE: Final = 0.01
"""A rise by this share answers `quicker`."""
IMPACT_RESPONSE: Final = 0.05
"""A fall by this share answers `softer`: what some 40 steps resolve at a variation of 30 %."""
CONTEXT_CHANGE: Final = 0.08
"""More than this in active peak or cadence is another slope or speed (docs/policy.md)."""


class Policy:
    """One run's coach; a new run is a new object.

    Args:
        settings: how it behaves.
        programme: what it aims for where the settings do not say.
    """

    def __init__(self, settings: FeedbackSettings, programme: Programme | None = None) -> None:
        self._settings = settings
        self._programme = programme
        self._status = RunStatus()
        self._cadence, self._impact, self._baseline = Cadence(), Impact(), Baseline()
        after, silence_s = settings.give_up_after, settings.give_up_s
        self._quicker = Patience(after, silence_s, CADENCE_RESPONSE)
        self._softer = Patience(after, silence_s, IMPACT_RESPONSE)
        self._running = False
        self._run_s = 0.0
        self._run_t = self._cued_t = self._changed_t = float("-inf")
        self._strike_t: float | None = None
        self._shoe = False
        # Since when each state has lasted without a break, s; None: it does not.
        self._slow_since: float | None = None
        self._hard_since: float | None = None
        self._quick_since: float | None = None
        self._soft_since: float | None = None

    @property
    def target(self) -> Target:
        """What it aims for now."""
        return resolve(self._settings, self._programme, self._baseline, shoe=self._shoe)

    def push(self, event: Event) -> list[Cue]:
        """Cues decided by this event; events come in the order of `t_decision`."""
        cues = self._status.push(event)
        match event:
            case Segment() if event.t_end is None:
                self._segment(event)
            case FootStrike() if not event.inferred:
                self._strike_t = event.t
            case Gap() if event.duration_s > GAP_S:
                self._restart()
            case WalkStep():
                self._restart()
            case Step() if self._running:
                cues += self._step(event)
            case _:
                pass
        return cues

    def status(self, pattern: Pattern, t: float, because: str) -> list[Cue]:
        """A status cue of the firmware's own (sensor lost, storage full, battery low).

        Raises:
            ValueError: `pattern` is a coaching pattern.
        """
        return self._status.say(pattern, t, because)

    def finish(self, t: float) -> list[Cue]:
        """The session ended at `t`."""
        self._running = False
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
        self._break()

    def _break(self) -> None:
        self._slow_since = self._hard_since = None
        self._quick_since = self._soft_since = None

    def _step(self, step: Step) -> list[Cue]:
        now = step.t_decision
        self._shoe = step.steps > 1
        self._run_s += step.duration_s
        if not self._cadence.push(step):
            self._impact.restart()
            self._break()
        self._impact.push(step)
        cadence = self._cadence.spm
        if cadence is None:
            return []
        if self._cadence.steady:
            self._baseline.push(step)
        self._watch_context(step, cadence)
        target = self.target
        self._observe(now, cadence, target)
        # Without any baseline the cap is not known, and no target is safe.
        if target.baseline_spm is None or not self._may_speak(now):
            return []
        cue = self._cue_quicker(step, cadence, target) or self._cue_softer(step, target)
        if cue is None:
            return []
        self._baseline.freeze()
        self._cued_t = now
        return [cue]

    def _may_speak(self, now: float) -> bool:
        s = self._settings
        return (
            s.coaching
            and now - self._cued_t >= s.cooldown_s
            and now - self._run_t >= s.settle_s
            and self._run_s >= s.warm_up_s
        )

    def _watch_context(self, step: Step, cadence: float) -> None:
        """Another slope or speed moves the impact more than any technique does."""
        now = step.t_decision
        if step.level_ground is False:
            self._changed_t = now
        pairs = (
            (cadence, self._baseline.cadence_spm),
            (self._impact.active_g, self._baseline.active_g),
        )
        for value, reference in pairs:
            if value and reference and abs(value / reference - 1.0) > CONTEXT_CHANGE:
                self._changed_t = now

    def _observe(self, now: float, cadence: float, target: Target) -> None:
        """Keeps the deviations' clocks and looks for responses."""
        self._quicker.saw(now, cadence)
        impact, limit = self._impact.mean_g, target.impact_limit_g
        if impact is not None:
            self._softer.saw(now, -impact)
        slow = target.low_spm is not None and cadence < target.low_spm
        hard = (
            limit is not None
            and impact is not None
            and impact > limit
            and now - self._changed_t >= self._settings.settle_s
        )
        self._slow_since = _since(self._slow_since, now, slow)
        self._hard_since = _since(self._hard_since, now, hard)
        self._quick_since = _since(self._quick_since, now, not slow)
        soft = limit is not None and impact is not None and impact <= limit
        self._soft_since = _since(self._soft_since, now, soft)
        # Well for as long as it takes to be judged: the next deviation is a new one.
        if self._lasted(self._quick_since, now):
            self._quicker.forget()
        if self._lasted(self._soft_since, now):
            self._softer.forget()

    def _lasted(self, since: float | None, now: float) -> bool:
        return since is not None and now - since >= self._settings.persistence_s

    def _cue_quicker(self, step: Step, cadence: float, target: Target) -> Cue | None:
        now, since = step.t_decision, self._slow_since
        if since is None or target.low_spm is None or target.high_spm is None:
            return None
        if not self._lasted(since, now) or not self._quicker.willing(now):
            return None
        self._quicker.cued(now)
        # A difference that rounding hides would read like a mistake.
        low = target.low_spm
        digits = next((d for d in range(3) if round(cadence, d) < round(low, d)), 3)
        why = (
            f"cadence {cadence:.{digits}f} spm, below your band "
            f"{low:.{digits}f}-{target.high_spm:.{digits}f} for {now - since:.0f} s"
        )
        note = target.cap_note
        return self._cue(step, Pattern.QUICKER, f"{why} ({note})" if note else why)

    def _cue_softer(self, step: Step, target: Target) -> Cue | None:
        now, since = step.t_decision, self._hard_since
        impact, limit = self._impact.mean_g, target.impact_limit_g
        cadence = self._cadence.spm
        if since is None or impact is None or limit is None or cadence is None:
            return None
        if target.low_spm is None or target.high_spm is None:
            return None
        if not target.low_spm <= cadence <= target.high_spm:
            return None
        if not self._lasted(since, now) or not self._softer.willing(now):
            return None
        self._softer.cued(now)
        what = "impact" if self._shoe else "impact above the active peak"
        why = f"{what} {impact:.2f} g, over your limit {limit:.2f} g for {now - since:.0f} s"
        return self._cue(step, Pattern.SOFTER, why)

    def _cue(self, step: Step, pattern: Pattern, because: str) -> Cue:
        newest = self._strike_t is not None and self._strike_t > step.strike_t
        strike_t = self._strike_t if newest else step.strike_t
        return Cue(step.t_decision, step.t_decision, pattern, because, strike_t)


def _since(since: float | None, now: float, holds: bool) -> float | None:
    """Start of a state that must hold without a break."""
    if not holds:
        return None
    return now if since is None else since
