"""Strides of a synthetic shoe beside their truth, for tests and experiments."""

from dataclasses import dataclass, replace
from math import degrees

import numpy as np

from dsp.block import Mount, Side
from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.synth import (
    SHOE_SENSOR,
    Motion,
    Phase,
    Runner,
    Sensor,
    SynthRun,
    random_rotation,
    synthesize,
)
from dsp.synth.shoe import Shoe, shoe
from dsp.synth.steps import take_steps

METRICS = (
    "strike ms",
    "toe-off ms",
    "contact ms",
    "length %",
    "speed %",
    "angle deg",
    "eversion deg",
    "overstride m/s",
)


@dataclass(frozen=True)
class Condition:
    """One kind of runner and sensor."""

    name: str
    spm: float = 166.0
    speed: float = 3.0
    angle: float = 14.0
    sensor: Sensor = SHOE_SENSOR
    side: Side = Side.RIGHT
    softness: float = 0.2
    impact_g: float = 9.0
    contact_fraction: float | None = None


def condition_run(c: Condition, seed: int, seconds: float) -> tuple[SynthRun, Shoe]:
    """The recording, and the foot itself for truths that `Truth` does not hold."""
    runner = Runner(strike_angle_deg=c.angle, softness=c.softness, shoe_impact_g=c.impact_g)
    phases = [
        Phase(Motion.STAND, 2.0),
        Phase(Motion.RUN, seconds, c.spm, speed=c.speed, contact_fraction=c.contact_fraction),
        Phase(Motion.STAND, 3.0),
    ]
    rng = np.random.default_rng([seed, 9])
    sensor = replace(
        c.sensor,
        mounting=random_rotation(rng),
        acc_bias=tuple(rng.normal(0.0, 0.2, 3)),
        gyr_bias=tuple(rng.normal(0.0, 0.01, 3)),
        rate_error=float(rng.uniform(-0.02, 0.02)),
    )
    run = synthesize(phases, runner=runner, sensor=sensor, mount=Mount.SHOE, side=c.side, seed=seed)
    gait, motion = (np.random.default_rng([seed, i]) for i in range(2))
    steps = take_steps(phases, runner, gait)
    return run, shoe(steps, runner, c.side is Side.LEFT, motion)


def eversion_deg(foot: Shoe, strike_t: float, contact_s: float) -> float:
    """True excursion of the foot's lateral axis in the first half of the contact."""
    p = foot.pose(strike_t + np.linspace(0.0, 0.5 * contact_s, 200))
    rise = np.arcsin(np.cos(p.pitch) * np.sin(p.roll)) * foot.outward
    return degrees(float(rise.max() - rise[0]))


def forward_m_s(foot: Shoe, index: int) -> float:
    """True forward speed of the foot at its strike."""
    if foot.curve is None:
        return float("nan")
    smooth = float(foot.curve(foot.shock.strike_t[index], 1)[1])
    return smooth + float(foot.shock.speed_before()[index, 0])


def errors(c: Condition, seed: int, seconds: float) -> tuple[dict[str, list[float]], list[Step]]:
    """Measured minus true of every stride after the third; NaN where it was not measured."""
    run, foot = condition_run(c, seed, seconds)
    truth = run.truth
    own = np.flatnonzero(truth.left == (c.side is Side.LEFT))
    strides = [e for e in Pipeline(run.stream).push(run.block) if isinstance(e, Step)]
    out: dict[str, list[float]] = {name: [] for name in METRICS}
    kept = []
    for s in strides:
        j = int(np.argmin(np.abs(truth.strike_t[own] - s.t)))
        i = own[j]
        if abs(truth.strike_t[i] - s.t) > 0.05 or j < 4 or j > len(own) - 3:
            continue
        kept.append(s)
        contact = float(truth.toe_off_t[i] - truth.strike_t[i])
        length, speed = float(truth.stride_length_m[i]), float(truth.speed_m_s[i])
        out["strike ms"].append(1e3 * (s.t - truth.strike_t[i]))
        out["toe-off ms"].append(1e3 * (_nan(s.toe_off_t) - truth.toe_off_t[i]))
        out["contact ms"].append(1e3 * (_nan(s.contact_s) - contact))
        out["length %"].append(100.0 * (_nan(s.stride_length_m) / length - 1.0))
        out["speed %"].append(100.0 * (_nan(s.speed_m_s) / speed - 1.0))
        out["angle deg"].append(_nan(s.foot_strike_angle_deg) - float(truth.strike_angle_deg[i]))
        everted = eversion_deg(foot, float(truth.strike_t[i]), contact)
        out["eversion deg"].append(_nan(s.pronation_deg) - everted)
        out["overstride m/s"].append(_nan(s.overstride_m_s) - forward_m_s(foot, j))
    return out, kept


def _nan(x: float | None) -> float:
    return float("nan") if x is None else x
