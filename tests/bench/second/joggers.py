"""Joggers from physics: forces on the ground carry the body's weight on average.

A contact is a skewed, rounded pulse of force, its height such that the impulse over a step is the
body's weight (a spring-mass jog where it is a half sine; flatter with bent knees). Its roundness is
what makes the wanted vertical oscillation at that cadence and duty factor.

Published: older adults 166-169 steps/min, contact 276-284 ms, duty factor 0.39, oscillation
7.5-8.2 cm, younger 154-157, 271-282 ms, 0.36, 9.2 cm (Karamanidis & Arampatzis 2005, tables 4, 5);
grounded running at 2.1 m/s duty factor 0.51 against 0.42 (Bonnaerens 2019); slow joggers without
training bounce less still.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from dsp.block import FloatArray
from tests.bench.second.canvas import FORWARD, LEFT, PITCH, ROLL, UP, YAW, Canvas, G, wander

SKEW: Final = 0.85
"""Force peaks before mid-contact."""
ROUNDNESS: Final = (0.25, 1.6)


@dataclass(frozen=True, slots=True)
class Jogger:
    """How somebody jogs.

    Args:
        spm: cadence. duty: contact over stride. oscillation_m: of the center of mass.
        impact_g: of the transient after the strike; impact_hz, impact_damping: its ringing.
        braking_g, sway_g: fore-aft and sideways amplitude. limb_g: what moving limbs add.
        roll_deg, pitch_deg, yaw_deg: amplitudes of the pelvis. lean_deg: forward.
        uneven: share by which left and right steps differ. jitter: of step times, share.
        speed_m_s: for turns.
    """

    spm: float
    duty: float
    oscillation_m: float
    impact_g: float
    impact_hz: float
    impact_damping: float
    braking_g: float
    sway_g: float
    limb_g: float
    roll_deg: float
    pitch_deg: float
    yaw_deg: float
    lean_deg: float
    uneven: float
    jitter: float
    speed_m_s: float


def young(rng: np.random.Generator, *, quick: bool) -> Jogger:
    """Between a shuffle that hardly leaves the ground and a bouncing run."""
    return _jogger(
        rng,
        spm=rng.normal(168.0 if quick else 154.0, 9.0),
        duty=rng.uniform(0.30, 0.40) if quick else rng.uniform(0.35, 0.48),
        oscillation_m=rng.uniform(0.06, 0.11) if quick else rng.uniform(0.05, 0.12),
        impact_g=rng.uniform(0.2, 1.3) if quick else rng.uniform(0.1, 0.8),
        speed_m_s=rng.uniform(2.7, 3.8) if quick else rng.uniform(1.8, 2.5),
    )


def old(rng: np.random.Generator, *, quick: bool) -> Jogger:
    """Short quick steps, long contacts, little bounce."""
    return _jogger(
        rng,
        spm=rng.normal(166.0 if quick else 159.0, 7.0),
        duty=rng.uniform(0.38, 0.48) if quick else rng.uniform(0.43, 0.55),
        oscillation_m=rng.uniform(0.04, 0.07) if quick else rng.uniform(0.035, 0.05),
        impact_g=rng.uniform(0.1, 0.7) if quick else rng.uniform(0.05, 0.4),
        speed_m_s=rng.uniform(1.9, 2.7) if quick else rng.uniform(1.3, 1.9),
    )


def _jogger(
    rng: np.random.Generator,
    *,
    spm: float,
    duty: float,
    oscillation_m: float,
    impact_g: float,
    speed_m_s: float,
) -> Jogger:
    return Jogger(
        spm=float(np.clip(spm, 140.0, 200.0)),
        duty=duty,
        oscillation_m=oscillation_m,
        impact_g=impact_g,
        impact_hz=rng.uniform(9.0, 22.0),
        impact_damping=rng.uniform(0.35, 0.7),
        braking_g=rng.uniform(0.10, 0.35),
        sway_g=rng.uniform(0.05, 0.25),
        limb_g=rng.uniform(0.02, 0.12),
        roll_deg=rng.uniform(2.0, 6.0),
        pitch_deg=rng.uniform(1.0, 4.0),
        yaw_deg=rng.uniform(3.0, 10.0),
        lean_deg=rng.normal(6.0, 4.0),
        uneven=rng.normal(0.0, 0.04),
        jitter=rng.uniform(0.01, 0.03),
        speed_m_s=speed_m_s,
    )


def jog(
    canvas: Canvas,
    jogger: Jogger,
    begin_s: float,
    end_s: float,
    rng: np.random.Generator,
    *,
    from_rest: bool = True,
    to_rest: bool = True,
) -> None:
    """Adds a jog; at rest it begins and ends over some three steps, of which the first are small.

    Steps that begin or end a jog so weakly that it is no running yet are no truth: below half of
    the full bounce.
    """  # fmt: skip
    starts, sides = _steps(jogger, begin_s, end_s, rng)
    ramp_s = rng.uniform(0.8, 1.6)
    effort = np.ones(len(canvas.t))
    if from_rest:
        effort *= np.clip((canvas.t - begin_s) / ramp_s, 0.0, 1.0)
    if to_rest:
        effort *= np.clip((end_s - canvas.t) / ramp_s, 0.0, 1.0)
    effort *= (canvas.t >= begin_s) & (canvas.t <= end_s)
    pace = np.arange(0.0, end_s + 2.0, 0.5)
    drift = np.interp(canvas.t, pace, 1.0 + wander(rng, len(pace), 0.5, 8.0, 0.06))
    acc = _forces(canvas, jogger, starts, sides, rng)
    canvas.acc += acc * (effort * np.clip(drift, 0.8, 1.2))[:, None]
    _sway(canvas, jogger, starts, effort, rng)
    rate = np.gradient(canvas.heading, canvas.t)
    canvas.acc[:, LEFT] += jogger.speed_m_s * rate * effort
    at = np.searchsorted(canvas.t, starts[:-1])
    real = effort[np.minimum(at, len(effort) - 1)] >= 0.5
    canvas.strikes += [float(t) for t, r in zip(starts[:-1], real, strict=True) if r]


def _steps(
    jogger: Jogger, begin_s: float, end_s: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """(k + 1,) starts of steps, s, and +1 for a left, -1 for a right one."""
    n = int((end_s - begin_s) * jogger.spm / 60.0 * 1.15)
    pace = 1.0 + wander(rng, n, 0.37, 12.0, 0.018)
    sides = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    length = 60.0 / jogger.spm / pace * (1.0 + 0.5 * jogger.uneven * sides)
    length *= 1.0 + jogger.jitter * rng.normal(size=n)
    starts = begin_s + np.concatenate([[0.0], np.cumsum(length)])
    keep = starts <= end_s
    return starts[keep], sides[keep[:-1]]


def _forces(
    canvas: Canvas,
    jogger: Jogger,
    starts: FloatArray,
    sides: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """(n, 3) acceleration of the pelvis while it jogs with full effort, m/s²."""
    acc = np.zeros_like(canvas.acc)
    if len(starts) < 2:
        return acc
    acc[:, UP] = -G
    power = roundness(jogger.spm, jogger.duty, jogger.oscillation_m)
    for start, length, side in zip(starts[:-1], np.diff(starts), sides, strict=False):
        contact = 2.0 * length * jogger.duty * (1.0 + 0.02 * rng.normal())
        cut, t = canvas.span(start, contact)
        if not len(t):
            continue
        u = t / contact
        shape = pulse(u, power)
        lift = (1.0 + jogger.uneven * side + 0.03 * rng.normal()) * length / contact
        acc[cut, UP] += G * lift * shape / _mean(power)
        acc[cut, FORWARD] -= G * jogger.braking_g * np.sin(2.0 * np.pi * u)
        acc[cut, LEFT] -= G * jogger.sway_g * side * np.sin(np.pi * u)
        hit = Canvas(0.0)
        hit.t = canvas.t
        hit.acc = acc
        peak = G * jogger.impact_g * float(rng.lognormal(-0.03, 0.25))
        delay = rng.uniform(0.008, 0.02)
        hit.ring(start + delay, UP, peak, jogger.impact_hz, jogger.impact_damping)
        hit.ring(start + delay, FORWARD, -0.4 * peak, 1.3 * jogger.impact_hz, 0.3)
        hit.ring(start + delay, LEFT, 0.3 * side * peak, 0.8 * jogger.impact_hz, 0.3)
    return acc


def _sway(
    canvas: Canvas, jogger: Jogger, starts: FloatArray, effort: FloatArray, rng: np.random.Generator
) -> None:
    """Turns of the pelvis and what arms and legs add, in the rhythm of steps and strides."""
    phase = np.pi * np.interp(canvas.t, starts, np.arange(len(starts)))
    for axis, degrees, steps in (
        (ROLL, jogger.roll_deg, 1.0),
        (PITCH, jogger.pitch_deg, 2.0),
        (YAW, jogger.yaw_deg, 1.0),
    ):
        shift = rng.uniform(-np.pi, np.pi)
        wave = np.sin(steps * phase + shift) + 0.3 * np.sin(2.0 * steps * phase + 2.0 * shift)
        canvas.angles[:, axis] += np.radians(degrees) * effort * wave
    canvas.angles[:, PITCH] += np.radians(jogger.lean_deg) * np.clip(effort, 0.0, 1.0)
    for axis in (FORWARD, LEFT, UP):
        for harmonic in (1.0, 3.0, 4.0):
            wave = np.sin(harmonic * phase + rng.uniform(-np.pi, np.pi))
            canvas.acc[:, axis] += G * jogger.limb_g * effort * wave / harmonic**0.5


def pulse(u: FloatArray, power: float) -> FloatArray:
    """Force over a contact, u from 0 to 1."""
    out: FloatArray = np.maximum(np.sin(np.pi * np.clip(u, 0.0, 1.0) ** SKEW), 0.0) ** power
    return out


@lru_cache(maxsize=256)
def _mean(power: float) -> float:
    return float(pulse((np.arange(500) + 0.5) / 500, power).mean())


def oscillation_m(spm: float, duty: float, power: float) -> float:
    """Of the center of mass, peak to peak, in a steady jog."""
    n, step_s = 400, 60.0 / spm
    contact = 2.0 * duty
    force = np.zeros(n)
    for back in range(int(np.ceil(contact)) + 1):
        u = (np.arange(n) / n + back) / contact
        force += pulse(u, power) * (u <= 1.0)
    acc = G * (force / force.mean() - 1.0)
    waves = np.fft.rfft(acc)
    omega = 2.0 * np.pi * np.arange(1, len(waves)) / step_s
    waves[1:] /= -(omega**2)
    return float(np.ptp(np.fft.irfft(waves, n)))


def roundness(spm: float, duty: float, wanted_m: float) -> float:
    """The pulse's power that bounces as much as wanted, as far as there is one."""
    low, high = ROUNDNESS
    for _ in range(30):
        middle = 0.5 * (low + high)
        if oscillation_m(spm, duty, middle) < wanted_m:
            low = middle
        else:
            high = middle
    return round(0.5 * (low + high), 4)


def settled(jogger: Jogger) -> Jogger:
    """The same with the oscillation that its cadence and duty factor allow."""
    power = roundness(jogger.spm, jogger.duty, jogger.oscillation_m)
    return replace(jogger, oscillation_m=oscillation_m(jogger.spm, jogger.duty, power))
