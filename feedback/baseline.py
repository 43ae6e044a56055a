"""How the runner runs when nobody says anything: the first steady, uncued minutes of a run."""

from bisect import insort
from typing import Final

from dsp.events import Step
from feedback.cadence import plausible
from feedback.impact import impact_of

COMPLETE_S: Final = 180.0
"""An individual baseline takes at least 3 steady minutes (docs/policy.md)."""
KNOWN_S: Final = 10.0
"""Enough for the +10 % cap: the median of some 27 steps is good to 1 %."""


class _Median:
    """Of all values so far; a few hundred at most, so a sorted list is enough."""

    def __init__(self) -> None:
        self._sorted: list[float] = []

    def add(self, value: float | None) -> None:
        if value is not None:
            insort(self._sorted, value)

    @property
    def value(self) -> float | None:
        s, n = self._sorted, len(self._sorted)
        return (s[(n - 1) // 2] + s[n // 2]) / 2 if n else None


class Baseline:
    """Medians over the steady steps before the first coaching cue, 3 minutes at most."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.end_t: float | None = None
        self._frozen = False
        self._cadence, self._impact = _Median(), _Median()
        self._peak, self._active = _Median(), _Median()

    def push(self, step: Step) -> None:
        """Takes one steady step; without effect once complete or frozen."""
        if self._frozen or self.complete or not plausible(step):
            return
        self.seconds += step.duration_s
        self.end_t = step.t + step.duration_s
        self._cadence.add(step.cadence_spm)
        self._impact.add(impact_of(step))
        self._peak.add(None if step.clipped else step.impact_g)
        self._active.add(step.active_g)

    def freeze(self) -> None:
        """From here on the runner is being coached: no more baseline."""
        self._frozen = True

    @property
    def known(self) -> bool:
        return self.seconds >= KNOWN_S

    @property
    def complete(self) -> bool:
        return self.seconds >= COMPLETE_S

    @property
    def cadence_spm(self) -> float | None:
        return self._cadence.value if self.known else None

    @property
    def impact_g(self) -> float | None:
        """Median of what is judged: impact_excess_g at the waist, impact_g at the shoe."""
        return self._impact.value if self.known else None

    @property
    def peak_g(self) -> float | None:
        """Median of impact_g."""
        return self._peak.value if self.known else None

    @property
    def active_g(self) -> float | None:
        return self._active.value if self.known else None
