"""When the metronome goes: off target, always, or because the runner wants it."""

from typing import Final

from dsp.events import FootStrike
from feedback.cue import Cue
from feedback.metronome import Metronome
from feedback.plan import CadenceCue, SessionPlan
from feedback.target import CAP, Target

TRAIN_S: Final = 30.0
"""So long the beats go on when the cadence is below its band (science 3.3, `cadence-easy`)."""
HEARD_S: Final = 10.0
"""Nobody finds a tempo sooner; after that, being in the band ends the beats."""


class Beats:
    """Starts and ends the metronome; it never sounds while nobody runs.

    Args:
        plan: of the session; None: only on demand.
    """

    def __init__(self, plan: SessionPlan | None) -> None:
        plan = plan or SessionPlan("", cadence=None)
        self.instead_of_words = plan.cadence is CadenceCue.METRONOME
        """Beats take the place of `quicker`."""
        self._always = plan.metronome_always and plan.coached
        self._nudge_percent = plan.tempo_nudge_percent
        self.demanded = False
        """The runner has asked for it."""
        self._tempo_spm: float | None = None
        self._because = ""
        self.last_t = float("-inf")
        """When the last beat that was decided is due, s: after the step that ends the beats."""
        self._since: float | None = None
        self._most_spm: float | None = None
        self._metronome = Metronome(
            most_spm=lambda: self._most_spm, nudge_percent=self._nudge_percent or 0.0
        )

    def demand(self, t: float) -> list[Cue]:
        """The runner wants it, or no more; beats are their own answer."""
        self.demanded = not self.demanded
        if not self.demanded:
            self.stop()
        return []

    def start(self, now: float, target: Target, because: str) -> None:
        """Beats at the target, or a little quicker than the runner."""
        self._since, self._because = now, because
        self._sound(now, target)

    def _sound(self, now: float, target: Target) -> None:
        baseline = target.baseline_spm
        self._most_spm = None if baseline is None else CAP * baseline
        self._tempo_spm = target.cadence_spm if self._nudge_percent is None else None
        self._metronome.start(now, self._tempo_spm, self._because)

    def stop(self) -> None:
        """Silence."""
        if self._since is not None:
            self._since = None
            self._metronome.stop()

    def unwelcome(self) -> None:
        """No time for coaching; what the runner asked for goes on."""
        if not self.demanded:
            self.stop()

    def follow(self, now: float, cadence: float, target: Target) -> bool:
        """Starts and ends them as the runner runs; whether they sound.

        Args:
            cadence: the coach's estimate, steps per minute.
        """
        if self._since is None:
            if self.demanded:
                self.start(now, target, "the metronome, as you asked")
            elif self._always and (target.cadence_spm or self._nudge_percent):
                self.start(now, target, "the metronome of this session")
            return self._since is not None
        if self._nudge_percent is None and target.cadence_spm != self._tempo_spm:
            # A target that became known, or another one.
            self._sound(now, target)
        if self.demanded or self._always:
            return True
        low, sounded = target.low_spm, now - self._since
        if sounded >= TRAIN_S or (sounded >= HEARD_S and (low is None or cadence >= low)):
            self.stop()
        return self._since is not None

    def push(self, strike: FootStrike) -> list[Cue]:
        """The beats that this strike decides; takes the strikes of silent times too."""
        beats = self._metronome.push(strike)
        if beats:
            self.last_t = beats[-1].t
        return beats
