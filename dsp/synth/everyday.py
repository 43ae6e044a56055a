"""More of what is not running: cycling, a fall, stumbling, a device that is taken off."""

from math import pi, radians

import numpy as np

from dsp.block import FloatArray, Mount
from dsp.synth.shapes import bell, lean, turn
from dsp.units import STANDARD_GRAVITY

_Rng = np.random.Generator

_CRANK_M = 0.17
"""Length of a common bicycle crank."""


def cycle(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """Pedaling at 60 to 100 a minute with spells of coasting, on a road.

    Shoe: a circle of the crank's length, the foot rocking by 20 degrees, no shocks. Waist: the
    pelvis leans forward and rocks a little with the pedals.
    """
    hz = r.uniform(60.0, 100.0) / 60.0
    drift = 0.06 * np.sin(2 * pi * r.uniform(0.02, 0.08) * t + r.uniform(0, 2 * pi))
    # Pedaling fades in and out: half a turn or so, and coasting of some seconds.
    effort = np.clip(t / 1.5, 0.0, 1.0) * np.clip((end - t) / 1.5, 0.0, 1.0)
    for start in np.arange(12.0, end - 8.0, 20.0):
        coast, _ = lean(t, start + r.uniform(0.0, 5.0), 0.8, r.uniform(1.5, 4.0))
        effort = effort * (1.0 - coast)
    step = np.diff(t, prepend=t[:1])
    turning = 2 * pi * hz * (1.0 + drift) * effort
    phase = np.cumsum(turning * step) + r.uniform(0, 2 * pi)
    _road(t, end, force, rate, r, 0.08 if at is Mount.WAIST else 0.06)
    if at is Mount.SHOE:
        # Centripetal on the circle; how the speed of the pedal changes is left out but in phase.
        pull = _CRANK_M * turning**2 / STANDARD_GRAVITY
        force[:, 0] -= pull * np.cos(phase)
        force[:, 2] -= pull * np.sin(phase)
        size, lag = radians(r.uniform(15.0, 22.0)), r.uniform(0, 2 * pi)
        swing = size * effort
        turn(force, rate, 1, swing * np.sin(phase + lag), swing * turning * np.cos(phase + lag))
        return
    ramp, speed = lean(t, 0.3, 1.5, max(end - 3.6, 0.1))
    angle = radians(r.uniform(15.0, 40.0))
    for axis, degrees in ((0, r.uniform(1.5, 4.0)), (2, r.uniform(1.0, 3.0))):
        rock, way = radians(degrees) * effort, phase + r.uniform(0, 2 * pi)
        turn(force, rate, axis, rock * np.sin(way), rock * turning * np.cos(way))
    force[:, 0] += effort * r.uniform(0.02, 0.06) * np.sin(2 * phase)
    force[:, 2] += effort * r.uniform(0.02, 0.06) * np.sin(2 * phase + r.uniform(0, 2 * pi))
    turn(force, rate, 1, angle * ramp, angle * speed)


def _road(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, r: _Rng, size: float
) -> None:
    """Rolling on asphalt: broad noise of 3 to 35 Hz and a bump now and then."""
    for hz in r.uniform(3.0, 35.0, 14):
        way = r.normal(size=3) * [0.4, 0.4, 1.0] * size / np.sqrt(7.0)
        force += np.sin(2 * pi * (hz * t + r.uniform()))[:, None] * way
        rate += np.sin(2 * pi * (hz * t + r.uniform()))[:, None] * r.normal(size=3) * size * 0.3
    for start in r.uniform(0.0, end, r.poisson(end / 6.0)):
        height = r.uniform(0.3, 1.2)
        force[:, 2] += height * (bell(t, start, 0.06) - bell(t, start + 0.06, 0.09))


def fall(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """To the ground once: 0.3 to 0.5 s of little weight, 3 to 6 g, lying still, getting up."""
    start = r.uniform(1.0, 2.0)
    drop, way = r.uniform(0.3, 0.5), int(r.integers(2))
    sign = float(r.choice([-1.0, 1.0]))
    lies = max(end - start - drop - 4.0, 0.5)
    # Tips over a little before the ground is left and until it is met again.
    down = start + drop
    force[:, 2] -= r.uniform(0.6, 0.85) * bell(t, start, drop)
    knock = r.uniform(3.0, 6.0) if at is Mount.WAIST else r.uniform(3.0, 8.0)
    width = r.uniform(0.04, 0.08) if at is Mount.WAIST else r.uniform(0.015, 0.04)
    hit = r.normal(size=3)
    hit[2] = 2.0 + abs(hit[2])
    force += (knock * hit / np.linalg.norm(hit)) * bell(t, down, width)[:, None]
    bounce = r.uniform(0.2, 0.4) * knock
    force[:, 2] += bounce * bell(t, down + width + r.uniform(0.08, 0.15), width)
    angle = sign * radians(r.uniform(75.0, 100.0))
    _over(t, start, drop, lies, angle, way, force, rate)
    for when in (0.4, 1.3):  # getting up, in two heaves
        up = down + lies + when
        force[:, 2] += r.uniform(0.15, 0.4) * (bell(t, up, 0.5) - bell(t, up + 0.5, 0.5))


def _over(
    t: FloatArray,
    start: float,
    drop: float,
    lies: float,
    angle: float,
    axis: int,
    force: FloatArray,
    rate: FloatArray,
) -> None:
    """Quickly over, slowly back: by `angle` about `axis` until `drop` after `start`, s."""
    up = np.clip((t - start + 0.1) / (drop + 0.1), 0, 1)
    down = np.clip((t - start - drop - lies) / 2.6, 0, 1)
    value = up * up * (3 - 2 * up) - down * down * (3 - 2 * down)
    speed = 6 * up * (1 - up) / (drop + 0.1) - 6 * down * (1 - down) / 2.6
    turn(force, rate, axis, angle * value, angle * speed)


def stumble(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """Over a walk: a trip every some seconds, 2 to 3 g in half a second, quick recovery steps."""
    waist = at is Mount.WAIST
    start = r.uniform(3.0, 4.0)
    while start + 3.0 < end:
        size = r.uniform(2.0, 3.0) * (1.0 if waist else 2.5)
        width = 0.05 if waist else 0.015
        force[:, 0] -= 0.7 * size * bell(t, start, width)
        force[:, 2] += 0.5 * size * bell(t, start + 0.01, width)
        force[:, 2] -= r.uniform(0.3, 0.7) * bell(t, start + 0.05, 0.2)
        angle = radians(r.uniform(10.0, 25.0) if waist else r.uniform(15.0, 40.0))
        value, speed = lean(t, start, 0.25 if waist else 0.15, 0.3 if waist else 0.05)
        at_s = start + r.uniform(0.2, 0.3)
        for _ in range(int(r.integers(2, 5))):
            step = r.uniform(0.26, 0.40)
            push = r.uniform(0.5, 1.2) if waist else r.uniform(1.0, 4.0)
            force[:, 2] -= 0.4 * push * bell(t, at_s - 0.13, 0.13)
            force[:, 2] += push * bell(t, at_s, 0.16 if waist else 0.03)
            force[:, 0] -= 0.3 * push * bell(t, at_s, 0.08 if waist else 0.03)
            at_s += step * (1.0 if waist else 2.0)
        turn(force, rate, 1, angle * value, angle * speed)
        start = at_s + r.uniform(5.0, 8.0)


def handled(
    t: FloatArray, end: float, force: FloatArray, rate: FloatArray, at: Mount, r: _Rng
) -> None:
    """Taken off, turned over, looked at, put down with a knock, left there, picked up again."""
    jiggle = np.clip(np.minimum(t / 0.3, (2.2 - t) / 0.3), 0.0, 1.0)
    jiggle += np.clip(np.minimum((t - end + 2.2) / 0.3, (end - t) / 0.3), 0.0, 1.0)
    for hz in r.uniform(1.5, 6.0, 5):
        wave = jiggle * np.sin(2 * pi * (hz * t + r.uniform()))
        force += wave[:, None] * r.normal(size=3) * 0.18
        rate += wave[:, None] * r.normal(size=3) * 0.6
    down = r.uniform(6.0, 9.0)
    held = np.clip(np.minimum(t / 0.5, (down - t) / 0.3), 0.0, 1.0)
    for hz in r.uniform(0.3, 3.0, 4):  # in the hand nothing is still
        wave = held * np.sin(2 * pi * (hz * t + r.uniform()))
        force += wave[:, None] * r.normal(size=3) * 0.05
        rate += wave[:, None] * r.normal(size=3) * 0.3
    knock = r.uniform(0.8, 2.5)
    force[:, 2] += knock * bell(t, down, 0.012) + 0.4 * knock * bell(t, down + 0.05, 0.01)
    over, speed = lean(t, 1.0, r.uniform(0.8, 1.6), max(end - 5.2, 0.5))
    angle = radians(r.uniform(90.0, 180.0)) * float(r.choice([-1.0, 1.0]))
    turn(force, rate, int(r.integers(2)), angle * over, angle * speed)
    for axis in range(2):
        start = r.uniform(2.5, 3.5)
        look, quick = lean(t, start, r.uniform(0.5, 1.0), r.uniform(0.3, 1.2))
        tilt = radians(r.uniform(20.0, 60.0))
        turn(force, rate, axis, tilt * look, tilt * quick)
