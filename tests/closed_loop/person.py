"""Somebody who hears and answers, or does not: figures of one runner, drawn from a seed.

What is known: the noise of single steps (8.6 ms of 364 ms, docs/policy.md), the two processes by
which people keep to beats (Vorberg & Wing 1996, Repp 2005: some of each asynchrony goes into the
next step, less into the own period), stepping slightly before the beat (Buhmann 2018), and that
what was learned stays poorly (Van den Berghe 2024). How strongly somebody answers a word, how soon
that is forgotten and how a habit forms is judgement; the ranges are wide on purpose.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

STEPS_TO_ANSWER: Final = 4
"""Two strides."""
MOST_RISE: Final = 0.13
"""Nobody steps quicker than this above his own cadence for long, by will or by habit, share."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who runs.

    Args:
        seed: of all that is left to chance.
        own_spm: cadence by habit, steps per minute.
        active_g, excess_g: at the waist: active peak, impact above it. shoe_g: peak at the shoe.
        gain: how much of a 5 % rise one `quicker` brings; the same share of 15 % for `softer`.
        hears: share of the words that reach him.
        phase, period: of each asynchrony to a beat, into the next step and into the own period.
        early_s: so much before the beat is on time, s.
        lapse_s: time constant with which an answer is forgotten, s.
        learns: share of what is kept up beyond the habit that becomes habit in 10 minutes.
        keeps: share of a habit that is there in the next run.
        noise: of single steps, share. wander: of the cadence over a minute, share.
        impact_noise: of a single step's impact, share.
        fatigue: share of the cadence lost in an hour; the impact grows three times as much.
        answers: False: ignores every cue.
    """

    seed: int
    own_spm: float = 162.0
    active_g: float = 2.2
    excess_g: float = 0.8
    shoe_g: float = 9.0
    gain: float = 0.8
    hears: float = 0.9
    phase: float = 0.35
    period: float = 0.03
    early_s: float = 0.020
    lapse_s: float = 300.0
    learns: float = 0.1
    keeps: float = 0.95
    noise: float = 0.0236
    wander: float = 0.006
    impact_noise: float = 0.2
    fatigue: float = 0.02
    answers: bool = True


def anybody(seed: int, *, answers: bool = True) -> Person:
    """A random runner."""
    rng = np.random.default_rng([7, seed])

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    return Person(
        seed=seed,
        own_spm=between(148.0, 176.0),
        active_g=between(1.9, 2.6),
        excess_g=between(0.25, 1.4),
        shoe_g=between(6.0, 14.0),
        gain=between(0.3, 1.2),
        hears=between(0.7, 1.0),
        phase=between(0.2, 0.5),
        period=between(0.0, 0.08),
        early_s=between(0.0, 0.05),
        lapse_s=between(120.0, 600.0),
        learns=between(0.02, 0.2),
        keeps=between(0.9, 1.0),
        noise=between(0.015, 0.03),
        wander=between(0.003, 0.010),
        impact_noise=between(0.1, 0.35),
        fatigue=between(0.0, 0.04),
        answers=answers,
    )
