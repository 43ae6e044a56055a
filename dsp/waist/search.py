"""Finds the strikes that begin a run among 1 g crossings, while no rhythm is known."""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dsp.block import Stream
from dsp.history import History
from dsp.rhythm import Rhythm, Tempo
from dsp.waist.channels import T
from dsp.waist.crossing import Crossing, crossing_at, landed
from dsp.waist.evidence import SURE, evidence

STEP: Final = Tempo(shortest_s=0.255, longest_s=0.48)
"""125–235 steps/min: slower is walking (science 6.2), quicker nobody runs."""
KEEP_SWING_G: Final = 0.9
"""Peak to peak of the 10 Hz vertical. A sinusoid of height h at f steps/s has h·(2πf)²/g: 6 cm at
2.7 Hz is 1.8 g (an easy run), 5 cm at 2 Hz is 0.8 g (a walk)."""
UNLOADING_G: Final = 0.3
STRIKES: Final = 3
DOUBTED_STRIKES: Final = 4
SLOW_STRIKES: Final = 5
"""So many begin a run; where its evidence leaves doubt; where no flight shows, since a smooth wave
can be made by hand, though hardly for long."""


@dataclass(frozen=True, slots=True)
class Start:
    """The strikes that begin a run, and the doubt that is left (0 to 1)."""

    strikes: list[Crossing]
    doubt: float


class Search:
    """Waits for crossings at like intervals that a running body made."""

    def __init__(self, stream: Stream, history: History) -> None:
        self._rate = stream.rate_hz
        self._history = history
        self._rhythm = Rhythm(STEP)
        self._recent: deque[Crossing] = deque(maxlen=SLOW_STRIKES)
        self._convincing = 0
        """How many triples of strikes in a row, each a step after the other, could be a run."""

    def clear(self) -> None:
        """Forgets the crossings so far."""
        self._recent.clear()
        self._convincing = 0

    def cross(self, number: int, first: int) -> Start | None:
        """The run that the upward crossing at sample `number` completes.

        Args:
            first: number of the first sample after a hole: not looked behind.
        """
        recent = self._recent
        last = recent[-1] if recent else None
        if last and self._history.at(T, number) - last.t < STEP.shortest_s:
            return None
        after = max(last.number, first) if last else first
        crossing = crossing_at(self._history, number, after, 0, self._rate)
        if last and crossing.t - last.t < STEP.shortest_s:
            return None
        if 1.0 - crossing.low_g < UNLOADING_G:
            return None
        recent.append(crossing)
        doubt = self._doubt(first) if len(recent) >= STRIKES else None
        if doubt is None:
            self._convincing = 0
            return None
        self._convincing += 1
        count = STRIKES - 1 + self._convincing
        plain = [*recent][-count:]
        strikes = self._landed(plain)
        # The first step of any run has no flight before it: the later ones say whether any has.
        slow = strikes[-1].slow or strikes[-2].slow
        needed = SLOW_STRIKES if slow else STRIKES if doubt <= SURE else DOUBTED_STRIKES
        if count < needed:
            return None
        if not slow:
            strikes = plain
        if not self._rhythm.fits(*(b.t - a.t for a, b in pairwise(strikes))):
            return None
        self.clear()
        return Start(strikes, doubt)

    def _doubt(self, first: int) -> float | None:
        """What the evidence of the last three leaves, or None if they are no run."""
        a, b, c = [*self._recent][-STRIKES:]
        if min(b.swing_g, c.swing_g) < KEEP_SWING_G:
            return None
        if not self._rhythm.fits(b.t - a.t, c.t - b.t):
            return None
        found = evidence(self._history, (a, b, c), first, self._rate)
        return None if found.walking or found.doubt > 1.0 else found.doubt

    def _landed(self, strikes: list[Crossing]) -> list[Crossing]:
        """Each by the phase of the two steps that it begins, the last by those before."""
        end = strikes[-1].number
        step = (end - strikes[0].number) // (len(strikes) - 1)
        return [landed(self._history, s, step, min(s.number, end - 2 * step)) for s in strikes]
