"""Finds the strikes that begin a run among 1 g crossings, while no rhythm is known."""

from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from dsp.block import Stream
from dsp.history import History
from dsp.rhythm import Rhythm, Tempo
from dsp.waist.channels import T
from dsp.waist.crossing import Crossing, crossing_at, landed
from dsp.waist.evidence import LANDED, NO_WALK_S, SURE, Evidence, evidence
from dsp.waist.shaken import shaken

STEP: Final = Tempo(shortest_s=0.255, longest_s=0.48)
"""125–235 steps/min: slower is walking (science 6.2), quicker nobody runs."""
KEEP_SWING_G: Final = 0.9
"""Peak to peak of the 10 Hz vertical. A sinusoid of height h at f steps/s has h·(2πf)²/g: 6 cm at
2.7 Hz is 1.8 g (an easy run), 5 cm at 2 Hz is 0.8 g (a walk)."""
LOW_SWING_G: Final = 0.65
"""The same where nobody walks that quickly: 2.5 cm at 2.6 Hz is 0.68 g."""
BRISK_S: Final = 0.435
BRISK_G: Final = 1.2
"""Who takes longer steps without flight, and with less bounce than this (5.6 cm at 138 steps/min),
may as well walk briskly or climb stairs: a shock comes anywhere in such a step."""
WALK_S: Final = 0.40
LANDED_BRISK: Final = 0.15
"""Without flight a runner's foot must be seen to land before the push where anybody may walk, up to
150 steps/min: the mean over the steps of a start may not come nearer to a walker's 0.3 to 0.8; in
quicker ones it may not be one of those."""
UNLOADING_G: Final = 0.3
STRIKES: Final = 3
DOUBTED_STRIKES: Final = 4
SLOW_STRIKES: Final = 5
ODD_STRIKES: Final = 8
"""So many begin a run; where its evidence leaves doubt; where no flight shows, since a smooth wave
can be made by hand, though hardly for long; where one measure is that of no body, all along."""


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
        self._recent: deque[Crossing] = deque(maxlen=ODD_STRIKES)
        self._convincing = 0
        """How many triples of strikes in a row, each a step after the other, could be a run."""
        self._passing = 0
        """The same with those that one oddity spoils."""
        self._landing: deque[float] = deque(maxlen=SLOW_STRIKES - STRIKES + 1)
        """Of the last passing triples."""

    def clear(self) -> None:
        """Forgets the crossings so far."""
        self._recent.clear()
        self._doubt()

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
        found = self._judged(first) if len(recent) >= STRIKES else None
        if found is None:
            self._doubt()
            return None
        self._passing += 1
        self._convincing = 0 if found.odd else self._convincing + 1
        self._landing.append(found.landing)
        return self._start(found)

    def _doubt(self) -> None:
        """What was convincing so far is no more."""
        self._convincing = self._passing = 0
        self._landing.clear()

    def _judged(self, first: int) -> Evidence | None:
        """The evidence of the last three, or None if they are no run."""
        a, b, c = last = [*self._recent][-STRIKES:]
        step_s = (c.t - a.t) / 2.0
        if not self._rhythm.fits(step_s) or min(b.swing_g, c.swing_g) < least_swing_g(step_s):
            return None
        # Without flight one foot's shock may reach 1 g and the other's not: only the phase is even.
        if not (self._fits(last) or self._fits(self._landed(last))):
            return None
        found = evidence(self._history, (a, b, c), first, self._rate)
        if found.walking or (found.doubt > 1.0 and not found.odd):
            return None
        hand = shaken(self._history, (a, b, c), self._rate)
        return None if hand > 1.0 else replace(found, doubt=max(found.doubt, hand))

    def _start(self, found: Evidence) -> Start | None:
        """The run that began, if there are strikes enough for what the last three are like."""
        row = [*self._recent]
        if STRIKES - 1 + self._passing < ODD_STRIKES:
            if found.odd:
                return None
            row = row[-min(STRIKES - 1 + self._convincing, SLOW_STRIKES) :]
        strikes = self._landed(row)
        # The first step of any run has no flight before it: the later ones say whether any has.
        slow = strikes[-1].slow or strikes[-2].slow
        needed = SLOW_STRIKES if slow else STRIKES if found.doubt <= SURE else DOUBTED_STRIKES
        if len(row) < needed:
            return None
        step_s = _step(row) / self._rate
        if slow and found.bounce_g < BRISK_G and step_s > BRISK_S:
            self._doubt()
            return None
        most = LANDED_BRISK if step_s > WALK_S else LANDED
        if slow and sum(self._landing) > most * len(self._landing):
            return None
        # Where one foot lands in flight and the other does not, only one of them would be moved.
        if not slow or not self._fits(strikes):
            strikes = row
        if not self._fits(strikes):
            return None
        self.clear()
        return Start(strikes, min(found.doubt, 1.0))

    def _fits(self, strikes: list[Crossing]) -> bool:
        return self._rhythm.fits(*(b.t - a.t for a, b in pairwise(strikes)))

    def _landed(self, strikes: list[Crossing]) -> list[Crossing]:
        """Each by the phase of the two steps that it begins, the last by those before."""
        end, step = strikes[-1].number, int(_step(strikes))
        return [landed(self._history, s, step, min(s.number, end - 2 * step)) for s in strikes]


def _step(strikes: list[Crossing]) -> float:
    """Samples a step."""
    return (strikes[-1].number - strikes[0].number) / (len(strikes) - 1)


def least_swing_g(step_s: float) -> float:
    """What a running step swings at least."""
    return LOW_SWING_G if step_s < NO_WALK_S else KEEP_SWING_G
