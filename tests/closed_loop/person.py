"""Somebody who runs, hears and answers, step by step; or does not answer.

Events as the pipeline gives them, without the pipeline: a session of half an hour costs a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log

import numpy as np

from dsp.block import Side
from dsp.events import Activity, Event, Foot, FootStrike, Segment, Step
from feedback.cue import Cue, Pattern

DELAY_S = 0.025
"""From a strike to its decision."""
STEPS_TO_ANSWER = 4
"""Two strides."""
MOST_EXTRA = 0.13
"""Nobody steps quicker than this above his own cadence for long."""
SYNC_GAIN = 0.06
"""Share of the difference to the beat's tempo that a step takes away."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who runs.

    Args:
        seed: of all that is left to chance.
        own_spm: cadence by habit, steps per minute. excess_g: impact above the active peak.
        gain: how much of a 5 % rise one `quicker` brings; the same share of 15 % for `softer`.
        lapse_s: time constant with which an answer is forgotten.
        learns: share of the extra cadence that becomes habit in 10 minutes.
        noise: of single steps, share. wander: of the cadence over a minute, share.
        fatigue: share of the cadence lost in an hour; the impact grows three times as much.
        answers: False: ignores every cue.
    """

    seed: int
    own_spm: float = 162.0
    excess_g: float = 0.8
    gain: float = 0.8
    lapse_s: float = 240.0
    learns: float = 0.1
    noise: float = 0.0236
    wander: float = 0.006
    fatigue: float = 0.02
    answers: bool = True


def anybody(seed: int, *, answers: bool = True) -> Person:
    """A random runner."""
    rng = np.random.default_rng([7, seed])
    return Person(
        seed=seed,
        own_spm=float(rng.uniform(148.0, 176.0)),
        excess_g=float(rng.uniform(0.5, 1.4)),
        gain=float(rng.uniform(0.5, 1.2)),
        lapse_s=float(rng.uniform(120.0, 600.0)),
        learns=float(rng.uniform(0.02, 0.2)),
        noise=float(rng.uniform(0.015, 0.03)),
        fatigue=float(rng.uniform(0.0, 0.04)),
        answers=answers,
    )


class Running:
    """One run of a person; habits go on into the next run through `habit`.

    Args:
        person: who. session: number of the run, for the chance. habit: learned rise, share.
    """

    def __init__(self, person: Person, session: int = 0, habit: float = 0.0) -> None:
        self.habit = habit
        self.run_s = 0.0
        self._person = person
        self._rng = np.random.default_rng([person.seed, session])
        self._t = 0.0
        self._extra = self._soft = self._slow_noise = 0.0
        self._asked: list[tuple[int, float, float]] = []
        self._step = 0
        self._tempo: float | None = None
        self._beats: list[float] = []
        self._strike: FootStrike | None = None
        self._recent: list[float] = []

    def hear(self, cue: Cue) -> None:
        """Takes a cue; an answer begins two strides later."""
        p = self._person
        if cue.pattern is Pattern.BEAT:
            self._beats = [*self._beats[-3:], cue.t]
            if len(self._beats) == 4 and self._beats[-1] - self._beats[0] < 3.0:
                self._tempo = 60.0 * 3 / (self._beats[-1] - self._beats[0])
        if not p.answers:
            return
        gain = p.gain * float(self._rng.uniform(0.6, 1.4))
        if cue.pattern is Pattern.QUICKER:
            self._asked.append((self._step + STEPS_TO_ANSWER, 0.05 * gain, 0.0))
        elif cue.pattern is Pattern.SOFTER:
            self._asked.append((self._step + STEPS_TO_ANSWER, 0.0, 0.15 * gain))

    def run(self, seconds: float) -> Iterator[Event]:
        """Runs for so long; hear what is said about each event before taking the next."""
        yield Segment(self._t, self._t + DELAY_S, Activity.RUN)
        yield self._land()
        end = self._t + seconds
        while self._t < end:
            duration = self._answer()
            before = self._strike
            self._t += duration
            self.run_s += duration
            after = self._land()
            yield after
            assert before is not None
            yield self._measured(before, duration)

    def stand(self, seconds: float) -> Iterator[Event]:
        """Stands for so long."""
        yield Segment(self._t + 0.3, self._t + 3.3, Activity.STAND)
        self._t += max(seconds, 4.0)
        self._strike = None
        self._recent.clear()

    @property
    def spm(self) -> float:
        """Cadence that is meant now, without the noise of steps."""
        p = self._person
        tired = 1.0 - p.fatigue * self.run_s / 3600.0
        return p.own_spm * tired * (1.0 + self.habit + self._extra)

    def _answer(self) -> float:
        p = self._person
        due = [a for a in self._asked if a[0] <= self._step]
        self._asked = [a for a in self._asked if a[0] > self._step]
        for _, quicker, softer in due:
            self._extra += quicker
            self._soft = min(0.5, self._soft + softer)
        duration = 60.0 / self.spm
        if self._tempo is not None:
            self._follow(duration)
        self._extra *= exp(-duration / p.lapse_s)
        self._soft *= exp(-duration / p.lapse_s)
        self._extra = min(self._extra, MOST_EXTRA - self.habit)
        self.habit += p.learns * self._extra * duration / 600.0
        share = exp(-duration / 60.0)
        spread = p.wander * (1.0 - share**2) ** 0.5
        self._slow_noise = share * self._slow_noise + float(self._rng.normal(0.0, spread))
        wobble = self._slow_noise + float(self._rng.normal(0.0, p.noise))
        return 60.0 / self.spm * exp(wobble)

    def _follow(self, duration: float) -> None:
        """Beats pull the cadence to their tempo; when they end, so does the pull."""
        if not self._beats or self._t - self._beats[-1] > 2.0 * duration:
            self._tempo = None
        elif self._person.answers and self._tempo is not None:
            self._extra += SYNC_GAIN * self._person.gain * log(self._tempo / self.spm)

    def _land(self) -> FootStrike:
        self._step += 1
        foot = (Foot.A, Foot.B)[self._step % 2]
        if self._strike is not None:
            self._recent = [*self._recent[-5:], self._t - self._strike.t]
        known = len(self._recent) >= 2
        mean = sum(self._recent) / len(self._recent) if known else 0.0
        self._strike = FootStrike(
            self._t,
            self._t + DELAY_S,
            Side.UNKNOWN,
            1.0,
            foot=foot,
            next_t=self._t + mean if known else None,
            next_sd_s=0.012 if known else None,
        )
        return self._strike

    def _measured(self, strike: FootStrike, duration: float) -> Step:
        p = self._person
        tired = 1.0 + 3.0 * p.fatigue * self.run_s / 3600.0
        excess = (
            p.excess_g * tired * (1.0 - self._soft) * float(np.exp(self._rng.normal(0.0, 0.15)))
        )
        return Step(
            strike.t,
            self._t + DELAY_S,
            strike_t=strike.t,
            side=Side.UNKNOWN,
            foot=strike.foot,
            steps=1,
            duration_s=duration,
            cadence_spm=60.0 / duration,
            impact_g=2.2 + excess,
            active_g=2.2,
            impact_excess_g=excess,
        )
