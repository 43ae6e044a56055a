"""Walking, stairs and shuffling: an inverted pendulum with a jolt at each heel strike.

Vertical oscillation 2 to 5 cm (Gard 2004), so 0.2 to 0.6 g at the step rate; jolts bring the waist
to 1.2 to 1.8 g in ordinary, 1.5 to 2.5 g in quick walking and down stairs.
"""

from dataclasses import dataclass, replace

import numpy as np

from dsp.block import FloatArray
from tests.bench.second.canvas import FORWARD, LEFT, PITCH, ROLL, UP, YAW, Canvas, G, wander

STAIR_M = 0.17


@dataclass(frozen=True, slots=True)
class Walker:
    """How somebody walks.

    Args:
        spm: cadence. sway_m: vertical oscillation. jolt_g: of the heel strike; jolt_hz,
            jolt_damping: its ringing. second: share of the second harmonic (the toe's push).
        forward_g, side_g: amplitudes. turn_deg: of the pelvis. jitter: of step times, share.
        uneven: share by which left and right differ. rise_m: that each step gains, down negative.
    """

    spm: float
    sway_m: float
    jolt_g: float
    jolt_hz: float
    jolt_damping: float
    second: float
    forward_g: float
    side_g: float
    turn_deg: float
    jitter: float
    uneven: float
    rise_m: float = 0.0


def walker(rng: np.random.Generator, *, quick: bool) -> Walker:
    """Somebody on the level."""
    return Walker(
        spm=rng.uniform(115.0, 145.0) if quick else rng.uniform(88.0, 115.0),
        sway_m=rng.uniform(0.03, 0.05) if quick else rng.uniform(0.02, 0.04),
        jolt_g=rng.uniform(0.15, 0.6) if quick else rng.uniform(0.05, 0.3),
        jolt_hz=rng.uniform(10.0, 25.0),
        jolt_damping=rng.uniform(0.35, 0.7),
        second=rng.uniform(0.1, 0.4),
        forward_g=rng.uniform(0.1, 0.3),
        side_g=rng.uniform(0.05, 0.2),
        turn_deg=rng.uniform(3.0, 8.0),
        jitter=rng.uniform(0.015, 0.04),
        uneven=rng.normal(0.0, 0.06),
    )


def downstairs(rng: np.random.Generator, *, quick: bool) -> Walker:
    """Falling onto each step: peaks of some 2 g."""
    return replace(
        walker(rng, quick=quick),
        spm=rng.uniform(110.0, 150.0) if quick else rng.uniform(75.0, 105.0),
        sway_m=rng.uniform(0.03, 0.05),
        jolt_g=rng.uniform(0.4, 0.9) if quick else rng.uniform(0.2, 0.6),
        jolt_hz=rng.uniform(7.0, 14.0),
        jitter=rng.uniform(0.03, 0.06),
        rise_m=-STAIR_M,
    )


def upstairs(rng: np.random.Generator, *, quick: bool) -> Walker:
    """Pushing from step to step: soft strikes, much second harmonic."""
    return replace(
        walker(rng, quick=quick),
        spm=rng.uniform(105.0, 140.0) if quick else rng.uniform(70.0, 100.0),
        sway_m=rng.uniform(0.03, 0.05),
        jolt_g=rng.uniform(0.1, 0.3),
        jolt_hz=rng.uniform(6.0, 12.0),
        second=rng.uniform(0.2, 0.5),
        jitter=rng.uniform(0.03, 0.06),
        rise_m=STAIR_M,
    )


def shuffle(rng: np.random.Generator) -> Walker:
    """Small steps on the spot, to turn or to come close to something."""
    return replace(
        walker(rng, quick=False),
        spm=rng.uniform(70.0, 120.0),
        sway_m=rng.uniform(0.005, 0.02),
        jolt_g=rng.uniform(0.05, 0.3),
        jitter=0.12,
    )


def walk(
    canvas: Canvas, walker: Walker, begin_s: float, end_s: float, rng: np.random.Generator
) -> FloatArray:
    """Adds walking, which begins and ends within a step; returns its heel strikes, s."""
    n = max(int((end_s - begin_s) * walker.spm / 60.0 * 1.3), 0) + 3
    side = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    length = 60.0 / walker.spm * (1.0 + wander(rng, n, 0.55, 10.0, 0.025))
    length *= (1.0 + walker.jitter * rng.normal(size=n)) * (1.0 + 0.5 * walker.uneven * side)
    starts = begin_s + np.concatenate([[0.0], np.cumsum(np.maximum(length, 0.2))])
    starts = starts[starts <= end_s]
    if len(starts) < 2:
        return starts
    t = canvas.t
    effort = np.clip((t - begin_s) / 0.4, 0.0, 1.0) * np.clip((end_s - t) / 0.4, 0.0, 1.0)
    phase = 2.0 * np.pi * np.interp(t, starts, np.arange(len(starts)))
    rate = np.median(1.0 / np.diff(starts))
    low = rng.uniform(0.6, 1.2)
    # Loading and push-off: a peak behind each strike and, half a step later, a lower one.
    second = np.cos(2.0 * (phase - low - rng.uniform(-0.5, 0.5)))
    # A height, differentiated: whatever the steps, the body gains no speed by them.
    height = -0.5 * walker.sway_m * (np.cos(phase - low) + 0.25 * walker.second * second)
    canvas.acc[:, UP] += np.gradient(np.gradient(effort * height, t), t)
    # Its mean vertical speed on stairs is there within a step, and gone within one.
    canvas.acc[:, UP] += np.gradient(effort, t) * walker.rise_m * rate
    # The trunk is fastest forward, and begins to brake, as the foot strikes (Zijlstra & Hof 2003).
    onward = phase + rng.uniform(0.2, 1.4)
    canvas.acc[:, FORWARD] += effort * G * walker.forward_g * np.cos(onward)
    canvas.acc[:, LEFT] += effort * G * walker.side_g * np.cos(0.5 * onward)
    for axis, amplitude, steps in ((FORWARD, walker.forward_g, 1.0), (LEFT, walker.side_g, 0.5)):
        for harmonic, share in ((2.0, 0.4), (3.0, 0.15)):
            wave = np.sin(steps * harmonic * phase + rng.uniform(-np.pi, np.pi))
            canvas.acc[:, axis] += effort * G * amplitude * share * wave
    for axis, share, steps in ((ROLL, 0.6, 0.5), (PITCH, 0.4, 1.0), (YAW, 1.0, 0.5)):
        wave = np.sin(steps * phase + rng.uniform(-np.pi, np.pi))
        canvas.angles[:, axis] += effort * np.radians(walker.turn_deg) * share * wave
    for k, start in enumerate(starts):
        peak = G * walker.jolt_g * float(rng.lognormal(-0.03, 0.25))
        canvas.ring(start + 0.01, UP, peak, walker.jolt_hz, walker.jolt_damping)
        canvas.ring(start + 0.01, FORWARD, -0.5 * peak, 1.2 * walker.jolt_hz, 0.3)
        canvas.ring(start + 0.01, LEFT, 0.3 * peak * (-1) ** k, walker.jolt_hz, 0.3)
    return starts
