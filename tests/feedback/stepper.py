"""A runner who hears beats: corrects some of each asynchrony, or none, as synchronization does.

The two-process model of sensorimotor synchronization (Vorberg & Wing 1996; Repp 2005): the next
step comes after the runner's own period, less a share of how late this one was against the beat,
with noise. `follow_period` lets the own period follow, too; `anticipation_s` is how early is on
time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dsp.block import Side
from dsp.events import FootStrike
from dsp.prediction import Prediction
from feedback.cue import Cue
from feedback.metronome import Metronome

DELAY_S = 0.03


@dataclass(frozen=True)
class Stepper:
    """Who runs: own cadence in steps per minute, gains per step, noise of each step in s."""

    spm: float = 160.0
    follow: float = 0.0
    follow_period: float = 0.0
    noise_s: float = 0.012
    anticipation_s: float = -0.020
    shoe: bool = False
    missed: float = 0.0

    def run(
        self, metronome: Metronome, seconds: float, seed: int = 0, begin: float = 0.0
    ) -> Iterator[tuple[float, list[Cue]]]:
        """Every step's time with the beats that it decided."""
        rng = np.random.default_rng(seed)
        prediction = Prediction(1 if self.shoe else 2)
        beats: list[float] = []
        t, own, seen = begin, 60.0 / self.spm, 0
        period = own
        while t < begin + seconds:
            cues: list[Cue] = []
            if seen % 2 == 0 or not self.shoe:
                if self.shoe and seen:
                    other = FootStrike(t - own, t + DELAY_S, Side.LEFT, 0.5, inferred=True)
                    cues += metronome.push(other)
                if rng.random() >= self.missed:
                    next_t, sd = prediction.strike(t)
                    cues += metronome.push(
                        FootStrike(t, t + DELAY_S, Side.UNKNOWN, 1.0, next_t=next_t, next_sd_s=sd)
                    )
            beats = [*beats[-8:], *(c.t for c in cues)]
            yield t, cues
            late = min((t - b for b in beats), key=abs, default=None)
            pull = 0.0
            if late is not None and abs(late) < 0.5 * period:
                pull = late - self.anticipation_s
            period -= self.follow_period * pull
            t += period - self.follow * pull + float(rng.normal(0.0, self.noise_s))
            seen += 1
