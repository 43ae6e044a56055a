"""Where a run leads: lights, stops, walking, hills, intervals, and moments of lost samples."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np


class Way(StrEnum):
    """What happens in a part of a run."""

    RUN = "run"
    STAND = "stand"
    WALK = "walk"
    GAP = "gap"
    """The runner goes on; samples are lost."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run.

    Args:
        seconds: its length, s.
        pace: factor of the cadence. active, excess: factors of active peak and impact.
        level: neither slope nor speed is another than usual.
    """

    way: Way
    seconds: float
    pace: float = 1.0
    active: float = 1.0
    excess: float = 1.0
    level: bool = True


FLAT = Part(Way.RUN, 3600.0)
UP = Part(Way.RUN, 60.0, pace=0.985, active=0.93, excess=0.7, level=False)
DOWN = Part(Way.RUN, 60.0, pace=1.01, active=1.15, excess=1.7, level=False)
"""The impact at the waist moves by a factor up to 1.7 with the slope (docs/policy.md)."""
FAST = Part(Way.RUN, 90.0, pace=1.07, active=1.15, excess=1.3, level=False)
EASY = Part(Way.RUN, 75.0, pace=0.95, active=0.9, excess=0.8)
STYLES = ("flat", "city", "hills", "intervals", "poor signal")


def flat() -> Iterator[Part]:
    """Nothing but running."""
    while True:
        yield FLAT


def course(rng: np.random.Generator) -> Iterator[Part]:
    """A random run without an end: one of `STYLES`."""
    style = STYLES[int(rng.integers(len(STYLES)))]
    while True:
        yield replace(FLAT, seconds=float(rng.uniform(40.0, 400.0)))
        for part in _event(style, rng):
            yield replace(part, seconds=part.seconds * float(rng.uniform(0.4, 1.6)))


def _event(style: str, rng: np.random.Generator) -> list[Part]:
    match style:
        case "city":
            light, kerb = Part(Way.STAND, 35.0), Part(Way.STAND, 2.0)
            return [[light], [kerb], [Part(Way.WALK, 40.0)], [light, EASY]][int(rng.integers(4))]
        case "hills":
            return [[UP, DOWN], [UP], [DOWN], [UP, Part(Way.WALK, 20.0), DOWN]][
                int(rng.integers(4))
            ]
        case "intervals":
            return [FAST, EASY] * int(rng.integers(2, 5))
        case "poor signal":
            return [Part(Way.GAP, float(rng.choice([0.3, 1.5, 5.0])))]
    return []
