"""What has been off, since when, and whether asking again makes sense."""

from typing import Final

from dsp.events import Step
from feedback.armed import Wish, about_any, about_foot
from feedback.cue import Pattern
from feedback.evidence import Evidence
from feedback.impact import impact_of
from feedback.patience import Patience
from feedback.settings import FeedbackSettings
from feedback.target import Target

CADENCE_RESPONSE: Final = 0.01
"""A rise by this share answers `quicker`."""
IMPACT_RESPONSE: Final = 0.05
"""A fall by this share answers `softer`: what some 40 steps resolve at a variation of 30 %."""
SHOE_RESPONSE: Final = 0.10
"""At the shoe: half as many strides, and peaks that can fall further (docs/policy.md)."""
WELL_S: Final = 60.0
"""Under the limit for so long, what comes next is a new deviation: at the limit itself chance makes
many a shorter time, and the coach would never give up."""
GRADE: Final = 0.1
"""Of the limit: what one grade more of `softer` stands for; five steps resolve 12 %."""
GRADES: Final = 6
"""Six levels at most can be told apart while running (Van den Berghe 2021)."""


class Lasting:
    """Since when a state has held without a break."""

    def __init__(self) -> None:
        self.since: float | None = None

    def push(self, now: float, holds: bool) -> None:
        """Whether it holds now."""
        if not holds:
            self.since = None
        elif self.since is None:
            self.since = now

    def hold(self, since: float | None) -> None:
        """Since when it holds, where that is known otherwise."""
        self.since = since

    def lasted(self, now: float, seconds: float) -> bool:
        return self.since is not None and now - self.since >= seconds


class Deviation:
    """One thing that may be off.

    Args:
        settings: how long it must last, when to give up.
        response: share by which it must change to be an answer. shoe_response: at the shoe, where
            it is another.
    """

    def __init__(
        self, settings: FeedbackSettings, response: float, shoe_response: float | None = None
    ) -> None:
        self._shoe_response = shoe_response
        self._persistence_s = settings.persistence_s
        self._patience = Patience(settings.give_up_after, settings.give_up_s, response)
        self._bad, self._well = Lasting(), Lasting()

    @property
    def bad(self) -> bool:
        """Whether it is so now."""
        return self._bad.since is not None

    @property
    def well_since(self) -> float | None:
        """Since when it is known and not so, s."""
        return self._well.since

    def restart(self) -> None:
        """After a break in the running: what was before it does not count."""
        self._bad, self._well = Lasting(), Lasting()

    def cued(self, now: float, *, shoe: bool = False) -> None:
        """The runner was told."""
        self._patience.cued(now, self._shoe_response if shoe else None)

    def _lasts(self, now: float, *, bad: bool, well: bool) -> None:
        self._bad.push(now, bad)
        self._well.push(now, well)
        # Well for as long as it takes to be judged: the next deviation is a new one.
        if self._well.lasted(now, self._persistence_s):
            self._patience.forget()

    def _worth_saying(self, now: float) -> bool:
        return self._bad.lasted(now, self._persistence_s) and self._patience.willing(now)


class TooSlow(Deviation):
    """Cadence below its band."""

    def __init__(self, settings: FeedbackSettings) -> None:
        super().__init__(settings, CADENCE_RESPONSE)

    def observe(self, now: float, cadence: float, target: Target) -> None:
        """How the runner does at `now`."""
        self._patience.saw(now, cadence)
        slow = target.low_spm is not None and cadence < target.low_spm
        self._lasts(now, bad=slow, well=not slow)

    def wish(self, step: Step, cadence: float, target: Target) -> Wish | None:
        """What is to be said about it, if anything."""
        now, since, low, high = step.t_decision, self._bad.since, target.low_spm, target.high_spm
        if since is None or low is None or high is None or not self._worth_saying(now):
            return None
        # A difference that rounding hides would read like a mistake.
        digits = next((d for d in range(3) if round(cadence, d) < round(low, d)), 3)
        why = (
            f"cadence {cadence:.{digits}f} spm, below your band "
            f"{low:.{digits}f}-{high:.{digits}f} for {now - since:.0f} s"
        )
        note = target.cap_note
        return about_any(step, Pattern.QUICKER, f"{why} ({note})" if note else why)


class TooHard(Deviation):
    """Impact over its limit, beyond the scatter of single steps (`feedback.evidence`)."""

    def __init__(self, settings: FeedbackSettings) -> None:
        super().__init__(settings, IMPACT_RESPONSE, SHOE_RESPONSE)
        self._evidence = Evidence()

    def restart(self) -> None:
        super().restart()
        self._evidence.restart()

    def cued(self, now: float, *, shoe: bool = False) -> None:
        super().cued(now, shoe=shoe)
        # What was before the word is answered by it.
        self._evidence.restart()
        self._bad.hold(None)

    def observe(self, step: Step, mean: float | None, limit: float | None, level: bool) -> None:
        """How the runner lands.

        Args:
            mean: impact of the last steps, g. limit: of it, g.
            level: neither slope nor speed has changed of late.
        """
        now, value = step.t_decision, impact_of(step)
        if mean is not None:
            self._patience.saw(now, -mean)
        if limit is None or not level:
            self._evidence.restart()
        elif value is not None:
            # What would be an answer is what can be told from chance.
            margin = SHOE_RESPONSE if step.steps > 1 else IMPACT_RESPONSE
            self._evidence.push(now, value / limit - 1.0, margin)
        self._bad.hold(self._evidence.over_since)
        self._well.hold(self._evidence.under_since)
        if self._well.lasted(now, max(self._persistence_s, WELL_S)):
            self._patience.forget()

    def wish(self, step: Step, impact: float | None, target: Target) -> Wish | None:
        """What is to be said about it, if anything."""
        now, since, limit = step.t_decision, self._bad.since, target.impact_limit_g
        if since is None or impact is None or limit is None or impact <= limit:
            return None
        if not self._worth_saying(now):
            return None
        what = "impact" if step.steps > 1 else "impact above the active peak"
        why = f"{what} {impact:.2f} g, over your limit {limit:.2f} g for {now - since:.0f} s"
        grade = min(GRADES - 1.0, (impact / limit - 1.0) / GRADE)
        return about_foot(step, Pattern.SOFTER, why, int(max(0.0, grade)))
