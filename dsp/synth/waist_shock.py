"""The shock of a strike, as it arrives at a synthetic pelvis through the leg."""

from dataclasses import dataclass
from math import exp, pi

import numpy as np

from dsp.block import FloatArray
from dsp.synth.runner import Runner
from dsp.synth.steps import Steps

_RING_HZ = 16.0  # of the pelvis on the leg after the shock (PeerJ 12752 traces: 13 to 17 Hz)
_RING_S = 0.032


@dataclass(frozen=True, slots=True)
class Transient:
    """The shock of a strike: a raised-cosine rise and a damped ring after it, unit peak.

    Args:
        delay_s: from the strike to its arrival at the waist, s.
        rise_s: from arrival to peak, s.
    """

    delay_s: float
    rise_s: float

    def __call__(self, tau: FloatArray) -> FloatArray:
        """(n,) for the times since the strike, s."""
        x = tau - self.delay_s - self.rise_s
        rise = np.where(x > -self.rise_s, 0.5 + 0.5 * np.cos(pi * x / self.rise_s), 0.0)
        w = 2 * pi * _RING_HZ
        after = np.maximum(x, 0.0)
        ring = np.exp(-after / _RING_S) * (np.cos(w * after) + np.sin(w * after) / (w * _RING_S))
        return np.asarray(np.where(x < 0.0, rise, ring))

    @property
    def impulse(self) -> float:
        """Integral, s."""
        w, a = 2 * pi * _RING_HZ, 1.0 / _RING_S
        return self.rise_s / 2 + 2 * a / (a * a + w * w)


def transient(softness: float) -> Transient:
    """Arrives 8 to 20 ms after the strike and is 20 to 40 ms wide at half height."""
    return Transient(delay_s=0.008 + 0.010 * softness, rise_s=0.014 + 0.016 * softness)


def impact_amplitudes(steps: Steps, runner: Runner, rng: np.random.Generator) -> FloatArray:
    """Amplitude of every strike's transient at the waist, g.

    Grows with speed; downhill multiplies and uphill shrinks the excess (science.md 2.2, table).
    """
    slope = np.clip(np.exp(-0.13 * steps.slope_deg), 0.15, 2.5)
    side = 1.0 + np.where(steps.left, 0.5, -0.5) * runner.impact_asymmetry
    vary = np.exp(runner.impact_cv * np.clip(rng.normal(size=len(steps)), -3, 3))
    run = runner.impact_g * (steps.speed / 3.0) ** 0.9
    run = run * np.where(steps.contact_s < steps.step_s, 1.0, 0.5)  # nobody falls without a flight
    walk = np.where(steps.stairs, 0.30, 0.20) * np.sqrt(runner.impact_g) * steps.speed / 1.3
    return np.asarray(
        np.where(steps.running, run, walk) * slope * side * vary * exp(-0.8 * runner.softness)
    )
