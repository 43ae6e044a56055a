"""Single rules at the waist, on signals made for them."""

import numpy as np

from dsp.block import FloatArray, Mount, Stream, plain_block
from dsp.events import Event, FootStrike, WalkStep
from dsp.pipeline import Pipeline
from dsp.units import STANDARD_GRAVITY

RATE_HZ = 400.0
STEP_S = 0.36
CONTACT_S = 0.22


def told(vertical_g: FloatArray) -> list[Event]:
    """The events of a vertical specific force, g."""
    t = np.arange(len(vertical_g)) / RATE_HZ
    acc = np.zeros((len(t), 3))
    acc[:, 2] = STANDARD_GRAVITY * vertical_g
    return Pipeline(Stream(Mount.WAIST, RATE_HZ, has_gyro=False)).push(plain_block(t, acc))


def bouncing(seconds: float) -> FloatArray:
    """Half sines of contact with flight between them; the mean is 1 g (impulse balance)."""
    phase = np.arange(round(seconds * RATE_HZ)) / RATE_HZ % STEP_S
    peak = np.pi / 2.0 * STEP_S / CONTACT_S
    return np.where(phase < CONTACT_S, peak * np.sin(np.pi * phase / CONTACT_S), 0.0)


def test_a_slap_of_the_belt_that_is_not_due_is_no_strike() -> None:
    vertical = bouncing(30.0)
    t = np.arange(len(vertical)) / RATE_HZ
    # As the foot leaves the ground, in every seventh step, back over 1 g before the flight is deep.
    slaps = np.arange(10.0, 28.0, 7 * STEP_S) // STEP_S * STEP_S + 0.66 * STEP_S
    for at in slaps:
        vertical += 1.3 * np.exp(-(((t - at) / 0.015) ** 2))
    strikes = np.array([e.t for e in told(vertical) if isinstance(e, FootStrike)])
    true = np.arange(round(strikes[0] / STEP_S), 30.0 / STEP_S) * STEP_S
    assert np.abs(strikes[:, None] - true[None, :]).min(axis=1).max() < 0.05
    assert len(strikes) >= len(true) - 1


def test_a_body_that_sways_every_other_second_does_not_walk() -> None:
    t = np.arange(round(40.0 * RATE_HZ)) / RATE_HZ
    assert not any(isinstance(e, WalkStep) for e in told(1.0 + 0.1 * np.sin(np.pi * t)))
    steps = sum(isinstance(e, WalkStep) for e in told(1.0 + 0.1 * np.sin(2.0 * np.pi * 1.6 * t)))
    assert steps > 55
