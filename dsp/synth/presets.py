"""Runners and days ready to use; every one is a function of its arguments and seed."""

from collections.abc import Sequence
from math import radians

import numpy as np

from dsp.block import FloatArray, Mount, Side
from dsp.synth.phases import Motion, Phase
from dsp.synth.runner import Runner
from dsp.synth.sensor import Loss, Sensor, random_rotation, tilted
from dsp.synth.synthesis import SynthRun, synthesize
from dsp.units import STANDARD_GRAVITY

SHOE_SENSOR = Sensor(
    rate_hz=833.0,
    acc_scale=0.976e-3 * STANDARD_GRAVITY,
    gyr_scale=radians(70e-3),
    acc_limit=32.0 * STANDARD_GRAVITY,
    gyr_limit=radians(2000.0),
)
"""±32 g, ±2000 deg/s at 833 Hz (science.md 2.3)."""

_STAND = Phase(Motion.STAND, 5.0)


def _fitting(sensor: Sensor | None, mount: Mount) -> Sensor:
    return sensor or (SHOE_SENSOR if mount is Mount.SHOE else Sensor())


def easy_run(
    duration_s: float = 300.0,
    *,
    seed: int = 1,
    mount: Mount = Mount.WAIST,
    sensor: Sensor | None = None,
    runner: Runner | None = None,
    side: Side = Side.RIGHT,
) -> SynthRun:
    """Stand 5 s, walk 20 s, run `duration_s` with cadence creeping 160 to 166, walk 15 s, stand."""
    return synthesize(
        [
            _STAND,
            Phase(Motion.WALK, 20.0),
            Phase(Motion.RUN, duration_s, 160.0, 166.0, speed=2.9),
            Phase(Motion.WALK, 15.0, 108.0),
            _STAND,
        ],
        runner=runner,
        sensor=_fitting(sensor, mount),
        mount=mount,
        side=side,
        seed=seed,
    )


def overstrider(
    duration_s: float = 300.0,
    *,
    seed: int = 2,
    mount: Mount = Mount.WAIST,
    sensor: Sensor | None = None,
    side: Side = Side.RIGHT,
) -> SynthRun:
    """Slow cadence (150), long steps and a hard heel: what a coach should answer."""
    return synthesize(
        [
            _STAND,
            Phase(Motion.WALK, 8.0),
            Phase(Motion.RUN, duration_s, 150.0, speed=3.1),
            Phase(Motion.WALK, 8.0),
        ],
        runner=Runner(
            impact_g=2.6,
            shoe_impact_g=13.0,
            softness=0.05,
            brake_g=0.34,
            strike_angle_deg=22.0,
            impact_asymmetry=0.08,
        ),
        sensor=_fitting(sensor, mount),
        mount=mount,
        side=side,
        seed=seed,
    )


def intervals(
    repeats: int = 4,
    *,
    seed: int = 3,
    mount: Mount = Mount.WAIST,
    sensor: Sensor | None = None,
    side: Side = Side.RIGHT,
) -> SynthRun:
    """Warm up, fast minutes with slow jogs between (every second one grounded), cool down."""
    rest = (
        Phase(Motion.RUN, 60.0, 158.0, speed=2.4),
        Phase(Motion.RUN, 60.0, 154.0, speed=1.9, contact_fraction=1.2),
    )
    middle = [p for i in range(repeats) for p in (_FAST, rest[i % 2])]
    return synthesize(
        [
            _STAND,
            Phase(Motion.WALK, 10.0),
            Phase(Motion.RUN, 90.0, 160.0, speed=2.6),
            *middle,
            Phase(Motion.RUN, 30.0, 158.0, speed=2.3),
            Phase(Motion.WALK, 20.0, 104.0),
            _STAND,
        ],
        sensor=_fitting(sensor, mount),
        mount=mount,
        side=side,
        seed=seed,
    )


_FAST = Phase(Motion.RUN, 60.0, 184.0, speed=4.6)


def loose_belt(
    duration_s: float = 300.0, *, seed: int = 4, sensor: Sensor | None = None
) -> SynthRun:
    """An easy run whose belt rings at 9.5 Hz after every strike; waist only."""
    ringing = Runner(belt_ring_g=0.8, belt_ring_hz=9.5, belt_ring_s=0.11, softness=0.2)
    return easy_run(duration_s, seed=seed, runner=ringing, sensor=sensor)


def stop_and_go(
    repeats: int = 6,
    *,
    seed: int = 5,
    mount: Mount = Mount.WAIST,
    sensor: Sensor | None = None,
) -> SynthRun:
    """Traffic lights: runs of 12 to 25 s with stops and short walks between."""
    rng = np.random.default_rng(seed)
    phases = [_STAND]
    for i in range(repeats):
        phases.append(Phase(Motion.RUN, float(rng.uniform(12, 25)), float(rng.uniform(156, 176))))
        if i % 3 == 2:
            phases.append(Phase(Motion.WALK, float(rng.uniform(4, 8))))
        phases.append(Phase(Motion.STAND, float(rng.uniform(3, 9))))
    return synthesize(phases, sensor=_fitting(sensor, mount), mount=mount, seed=seed)


def walk(
    duration_s: float = 120.0,
    *,
    seed: int = 6,
    mount: Mount = Mount.WAIST,
    sensor: Sensor | None = None,
    side: Side = Side.RIGHT,
    cadence_spm: float = 112.0,
    speed: float = 1.35,
) -> SynthRun:
    """Walking only: a running coach stays silent."""
    return synthesize(
        [_STAND, Phase(Motion.WALK, duration_s, cadence_spm, speed=speed), _STAND],
        sensor=_fitting(sensor, mount),
        mount=mount,
        side=side,
        seed=seed,
    )


def daily_life(
    *, seed: int = 7, mount: Mount = Mount.WAIST, sensor: Sensor | None = None
) -> SynthRun:
    """Five minutes of everything that is not running."""
    phases = [
        Phase(Motion.SHAKE, 20.0),
        _STAND,
        Phase(Motion.WALK, 30.0, 118.0, speed=1.5),
        Phase(Motion.WALK, 30.0, 134.0, speed=2.0),
        Phase(Motion.STAIRS, 20.0, 100.0),
        Phase(Motion.SIT_DOWN, 30.0),
        _STAND,
        Phase(Motion.BEND, 25.0),
        Phase(Motion.JUMP, 25.0),
        _STAND,
        Phase(Motion.STAIRS, 15.0, 116.0, slope_deg=-8.0),
        Phase(Motion.CAR, 60.0),
        Phase(Motion.WALK, 20.0, 96.0, speed=1.0),
        Phase(Motion.SHAKE, 10.0),
    ]
    return synthesize(phases, sensor=_fitting(sensor, mount), mount=mount, seed=seed)


OTHER_ACTIVITIES: tuple[tuple[Phase, ...], ...] = (
    (Phase(Motion.CYCLE, 60.0),),
    (Phase(Motion.STAIRS, 25.0, 128.0, speed=0.7, slope_deg=12.0),),
    (Phase(Motion.STAIRS, 25.0, 136.0, speed=0.8, slope_deg=-8.0),),
    (Phase(Motion.STUMBLE, 40.0, 116.0, speed=1.45),),
    (Phase(Motion.FALL, 14.0),),
    (Phase(Motion.HANDLED, 20.0),),
    (Phase(Motion.JUMP, 30.0),),
    (Phase(Motion.SIT_DOWN, 30.0),),
    (Phase(Motion.BEND, 30.0),),
    (Phase(Motion.SHAKE, 30.0),),
    (Phase(Motion.CAR, 60.0),),
    (Phase(Motion.WALK, 10.0), Phase(Motion.STUMBLE, 20.0), Phase(Motion.FALL, 14.0)),
)
"""What is not running, one at a time; each is something that a running coach must not answer."""


def other_activity(
    phases: Sequence[Phase],
    *,
    seed: int = 8,
    mount: Mount = Mount.WAIST,
    sensor: Sensor | None = None,
) -> SynthRun:
    """One of `OTHER_ACTIVITIES` between 5 s of standing before it and after it."""
    return synthesize(
        [_STAND, *phases, _STAND], sensor=_fitting(sensor, mount), mount=mount, seed=seed
    )


def other_activities(
    *, seed: int = 8, mount: Mount = Mount.WAIST, sensor: Sensor | None = None
) -> SynthRun:
    """All of `OTHER_ACTIVITIES` after each other with 5 s of standing between, 8 minutes."""
    phases = [_STAND]
    for other in OTHER_ACTIVITIES:
        phases += [*other, _STAND]
    return synthesize(phases, sensor=_fitting(sensor, mount), mount=mount, seed=seed)


def random_runner(rng: np.random.Generator, duration_s: float = 60.0) -> SynthRun:
    """A plausible runner at the waist with any gait, body, mounting, clock and losses.

    Cadence 145 to 205 steps/min, excess 0.5 to 3 g, asymmetry up to 5 %, a tilted belt in two of
    three cases and any mounting in the third.
    """
    cadence = float(rng.uniform(145.0, 205.0))
    speed = float(np.clip(rng.normal(3.2, 0.5) + (cadence - 168.0) * 0.02, 2.2, 5.0))
    softness = float(rng.uniform(0.0, 0.8))
    runner = Runner(
        impact_g=float(rng.uniform(0.5, 3.0))
        * (3.0 / speed) ** 0.9
        * float(np.exp(0.8 * softness)),
        impact_asymmetry=float(rng.uniform(-0.2, 0.2)),
        softness=softness,
        step_asymmetry=float(rng.uniform(-0.05, 0.05)),
        jitter=float(rng.uniform(0.008, 0.022)),
        wander=float(rng.uniform(0.002, 0.01)),
        contact_scale=float(rng.uniform(0.92, 1.08)),
        sway_g=float(rng.uniform(0.2, 0.45)),
        brake_g=float(rng.uniform(0.15, 0.35)),
        roll_deg=float(rng.uniform(2.5, 6.0)),
        pitch_deg=float(rng.uniform(1.5, 3.5)),
        yaw_deg=float(rng.uniform(3.0, 8.0)),
        belt_ring_g=float(rng.choice([0.0, 0.0, 0.25])),
        belt_ring_hz=float(rng.uniform(8.0, 15.0)),
    )
    slight = tilted(*(float(a) for a in rng.uniform(-20.0, 20.0, 3)))
    sensor = Sensor(
        rate_hz=float(rng.choice([208.0, 416.0, 833.0])),
        rate_error=float(rng.uniform(-0.03, 0.03)),
        rate_drift=float(rng.uniform(0.0, 0.001)),
        mounting=random_rotation(rng) if rng.random() < 1 / 3 else slight,
        acc_bias=_three(rng.normal(0.0, 0.2, 3)),
        gyr_bias=_three(rng.normal(0.0, 0.01, 3)),
        bias_drift=float(rng.normal(0.0, 0.1)),
        loss=Loss(single=float(rng.choice([0.0, 1e-4])), bursts_per_min=float(rng.choice([0, 1]))),
    )
    run = Phase(Motion.RUN, duration_s, cadence, cadence * float(rng.uniform(0.98, 1.03)), speed)
    return synthesize(
        [_STAND, Phase(Motion.WALK, 6.0), run, Phase(Motion.WALK, 4.0), Phase(Motion.STAND, 2.0)],
        runner=runner,
        sensor=sensor,
        seed=int(rng.integers(2**31)),
    )


def _three(values: FloatArray) -> tuple[float, float, float]:
    a, b, c = (float(v) for v in values)
    return a, b, c
