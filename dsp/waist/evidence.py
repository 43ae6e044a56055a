"""Whether three crossings in a row are the steps of a running body, not a walk or a shaken hand.

What a body does and a hand does not: its gravity direction stays, nothing pulls it down faster than
free fall, its steps are alike and go mostly up and down. What a runner does and a
walker does not: the foot lands before the push; a walker's lands at the height of the push, when
the other foot gives its last (double support).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dsp.block import FloatArray
from dsp.history import History
from dsp.units import STANDARD_GRAVITY
from dsp.waist.bins import bins
from dsp.waist.channels import ACC_X, ACTIVE, GYR_X
from dsp.waist.crossing import Crossing

ComplexArray = npt.NDArray[np.complex128]

SIDEWAYS: Final = 1.2
"""Horizontal over vertical amplitude at the step rate. Running 0.2 to 0.9 (the most 10 degrees
downhill); a hand that shakes in any direction is above 1.2 in two of three cases."""
TURN_DEG: Final = 12.0
"""Between the mean force of one stride and of the stride a step later: gravity, as far as a body's
sway is the same in both. Running mostly below 3, at a start up to 6, at most 10 degrees; a hand 5
to 70."""
TURNING: Final = 3.5
"""Root mean square angular rate over a stride, rad/s. A running pelvis has 0.7 to 2 (yaw and roll
of 5 to 15 degrees at 1.4 strides/s); shaking it from the wrist 2 to 8."""
PULLED_G: Final = 0.6
"""How far the 10 Hz vertical may lie below 0 g, free fall: nothing pulls a runner down. Limbs and
soft tissue reach 0.25, a belt that rings 0.45; a shaken hand 2."""
UNEVEN: Final = 0.8
"""By how much one step may swing more than the other; the first step of a run 0.1 to 0.5."""
SURE: Final = 0.65
"""Of every limit: three strikes suffice; between this and the limit it takes a fourth."""
ODD: Final = 5.0
ODD_SURE: Final = 0.85
"""One of turning, pulled and uneven may be so much over its limit, if the other two leave no doubt
and the rest is below the second: a buckle that rocks, a belt that rings or a sore leg is one
constant oddity; a hand has several."""
LEAST_G: Final = 0.7
"""Peak to peak of the vertical at the step rate: h(2πf)²/g is 0.75 g for 3 cm at 150 steps/min."""
NO_WALK_S: Final = 0.41
LOW_G: Final = 0.5
"""Nobody walks at 146 steps/min: there 2 cm (0.5 g at 150) are enough, which low runners have."""
QUICK_LEAST_G: Final = 1.3
QUICK_S: Final = 0.30
"""Shorter steps may be the two halves of a walking step; running that quickly bounces as much."""
NO_WALK_G: Final = 1.6
"""Nobody's walk bounces this much: 7 cm at 143 steps/min."""
LANDED: Final = 0.3
"""Concentration of the shock at the height of the push. Walking (6 trials of people, 100 Hz) 0.3 to
0.8; running without flight below 0.2; with flight up to 0.7, but that bounces more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a stride of two steps was like.

    Args:
        doubt: the worst of all measures over its limit; above 1 it is no running body.
        walking: the foot landed at the height of the push.
        odd: one oddity of a belt or a leg is all that is over its limit.
        bounce_g: peak to peak of the vertical at the step rate.
        landing: how much of the shock came at the height of the push, from -1 to 1.
    """

    doubt: float
    walking: bool
    odd: bool
    bounce_g: float
    landing: float


def evidence(
    history: History, strikes: tuple[Crossing, Crossing, Crossing], first: int, rate_hz: float
) -> Evidence:
    """Judges two steps by what is kept of them.

    Args:
        first: number of the first sample after a hole: not looked behind.
    """
    a, b, c = (s.number for s in strikes)
    acc, middle = bins(history, ACC_X, a, c, rate_hz)
    turning, _ = bins(history, GYR_X, a, c, rate_hz)
    before, _ = bins(history, ACC_X, max(first, 2 * a - b), b, rate_hz)
    wave = _wave(middle, b - a, c - a)
    mean = acc.mean(axis=1)
    up = mean / max(_length(mean), 1e-9)
    beat = ((acc - mean[:, np.newaxis]) * wave).mean(axis=1)
    # Multiplied out: a matrix product may round differently elsewhere.
    bounce = complex(beat[0] * up[0] + beat[1] * up[1] + beat[2] * up[2])
    across = math.sqrt(max(_length(np.abs(beat)) ** 2 - abs(bounce) ** 2, 0.0))
    swings = sorted(s.swing_g for s in strikes[1:])
    step_s = 0.5 * (c - a) / rate_hz
    bounce_g = 4.0 * abs(bounce) / STANDARD_GRAVITY
    body = max(
        across / max(SIDEWAYS * abs(bounce), 1e-9),
        _turn_deg(before, up) / TURN_DEG,
        _least_g(step_s) / max(bounce_g, 1e-9),
    )
    oddities = sorted(
        (
            float(np.sqrt((turning**2).mean(axis=1).sum())) / TURNING,
            -float(history.view(ACTIVE, a, c).min()) / PULLED_G,
            (swings[1] / max(swings[0], 1e-9) - 1.0) / UNEVEN,
        )
    )
    landing = _landing(acc, bounce, wave)
    walking = bounce_g < NO_WALK_G and landing > LANDED
    odd = body <= ODD_SURE and oddities[1] <= SURE and 1.0 < oddities[2] <= ODD
    return Evidence(max(body, oddities[2]), walking, odd, bounce_g, landing)


def _least_g(step_s: float) -> float:
    if step_s < QUICK_S:
        return QUICK_LEAST_G
    return LOW_G if step_s < NO_WALK_S else LEAST_G


def _wave(number: FloatArray, step: int, stride: int) -> ComplexArray:
    """One turn a step, two a stride, for sample numbers since its first strike."""
    turns = np.interp(number, [0.0, step, stride], [0.0, 1.0, 2.0])
    return np.asarray(np.exp(-2j * np.pi * turns))


def _length(vector: FloatArray) -> float:
    return math.sqrt(math.fsum(float(x) ** 2 for x in vector))


def _turn_deg(before: FloatArray, up: FloatArray) -> float:
    """From the mean force `before` to the direction `up`."""
    mean = before.mean(axis=1)
    along = math.fsum(float(x) * float(y) for x, y in zip(mean, up, strict=True))
    return math.degrees(math.acos(min(1.0, max(-1.0, along / max(_length(mean), 1e-9)))))


def _landing(acc: FloatArray, bounce: complex, wave: ComplexArray) -> float:
    """How much of the shock comes at the height of the push: 1 all, 0 evenly, -1 at its depth."""
    shock: FloatArray = (np.diff(acc, axis=1) ** 2).sum(axis=0)
    at = complex((shock * wave[1:]).sum()) / max(float(shock.sum()), 1e-9)
    return (at * bounce.conjugate()).real / max(abs(bounce), 1e-9)
