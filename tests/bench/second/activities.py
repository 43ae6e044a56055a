"""What people do who do not run, one recording each: 15 to 60 s, as in studies of falls."""

from collections.abc import Callable
from typing import Final

import numpy as np

from tests.bench.second.canvas import FORWARD, LEFT, PITCH, ROLL, UP, Canvas, G
from tests.bench.second.transfers import (
    bend,
    fall,
    fidget,
    get_up,
    jump,
    lie,
    sit,
    stumble,
)
from tests.bench.second.walking import (
    Walker,
    downstairs,
    shuffle,
    upstairs,
    walk,
    walker,
)

Rng = np.random.Generator
Make = Callable[[Rng], Canvas]


def _walking(rng: Rng, *, quick: bool) -> Canvas:
    canvas = Canvas(60.0)
    fidget(canvas, 0.0, 60.0, rng)
    t = 2.0
    while t < 54.0:
        length = min(rng.uniform(8.0, 20.0), 58.0 - t)
        walk(canvas, walker(rng, quick=quick), t, t + length, rng)
        canvas.turn(t + length - 1.0, 1.5, float(rng.choice([-90.0, 90.0, 180.0])))
        t += length + (rng.uniform(0.5, 2.0) if rng.random() < 0.3 else 0.0)
    return canvas


def _stairs(rng: Rng, *, quick: bool, style: Callable[..., Walker]) -> Canvas:
    """Flights of 8 to 14 steps with landings between."""
    canvas = Canvas(30.0)
    fidget(canvas, 0.0, 30.0, rng)
    t = 1.5
    while t < 26.0:
        on = style(rng, quick=quick)
        flight = float(rng.integers(8, 15)) * 60.0 / on.spm
        walk(canvas, on, t, min(t + flight, 28.0), rng)
        t += flight
        canvas.turn(t, 1.2, 180.0)
        walk(canvas, walker(rng, quick=quick), t, min(t + 1.8, 28.0), rng)
        t += 1.8
    return canvas


def _sitting(rng: Rng, *, quick: bool) -> Canvas:
    canvas = Canvas(30.0)
    fidget(canvas, 0.0, 30.0, rng)
    t = 1.5
    while t < 22.0:
        t = sit(canvas, t, rng, quick=quick) + rng.uniform(0.5, 3.0)
        t = get_up(canvas, t, rng, quick=quick) + rng.uniform(0.5, 2.0)
    return canvas


def _collapsing(rng: Rng) -> Canvas:
    """Tries to get up and drops back into the chair."""
    canvas = Canvas(20.0)
    t = 2.0
    while t < 14.0:
        get_up(canvas, t, rng, quick=False)
        t = sit(canvas, t + 0.9, rng, quick=True) + rng.uniform(1.0, 2.0)
    return canvas


def _lying(rng: Rng) -> Canvas:
    canvas = Canvas(25.0)
    fidget(canvas, 0.0, 25.0, rng)
    lie(canvas, 2.0, rng, quick=rng.random() < 0.5)
    return canvas


def _bending(rng: Rng) -> Canvas:
    canvas = Canvas(20.0)
    fidget(canvas, 0.0, 20.0, rng)
    t = 1.0
    while t < 15.0:
        t = bend(canvas, t, rng) + rng.uniform(0.2, 2.0)
    return canvas


def _car(rng: Rng) -> Canvas:
    """Steps to the door, swings in, the car rocks, the door shuts; and out again."""
    canvas = Canvas(30.0)
    fidget(canvas, 0.0, 30.0, rng)
    walk(canvas, shuffle(rng), 1.0, 4.0, rng)
    canvas.tilt(4.0, 1.0, ROLL, rng.uniform(15.0, 30.0))
    canvas.move(4.0, 1.2, LEFT, -0.5)
    t = sit(canvas, 4.2, rng, quick=rng.random() < 0.6)
    canvas.ring(t - 0.8, UP, G * rng.uniform(0.1, 0.3), rng.uniform(1.2, 2.0), 0.2)
    canvas.tilt(t, 1.5, ROLL, -20.0)
    canvas.turn(t, 1.5, 80.0)
    for at in (t + 3.0, t + 9.0):
        canvas.ring(at, LEFT, G * rng.uniform(0.2, 1.0), rng.uniform(8.0, 20.0), 0.2)
        canvas.ring(at, UP, G * rng.uniform(0.1, 0.5), rng.uniform(8.0, 20.0), 0.2)
    canvas.turn(t + 10.0, 1.5, -80.0)
    t = get_up(canvas, t + 11.0, rng, quick=False)
    walk(canvas, shuffle(rng), t, 29.0, rng)
    return canvas


def _driving(rng: Rng) -> Canvas:
    """A car on a poor road: suspension at 1.2 to 2 Hz, the engine, bumps, curves."""
    canvas = Canvas(40.0)
    n = len(canvas.t)
    canvas.tilt(-2.0, 1.0, PITCH, -25.0)
    for axis, g in ((UP, 0.04), (LEFT, 0.02), (FORWARD, 0.02)):
        hz = rng.uniform(12.0, 28.0)
        canvas.acc[:, axis] += G * g * np.sin(2.0 * np.pi * hz * canvas.t) * rng.uniform(0.5, 1.0)
        canvas.acc[:, axis] += G * g * rng.normal(size=n)
    t = 1.0
    while t < 38.0:
        canvas.ring(t, UP, G * rng.uniform(0.05, 0.7), rng.uniform(1.2, 2.2), rng.uniform(0.2, 0.4))
        canvas.ring(t, UP, G * rng.uniform(0.0, 0.5), rng.uniform(9.0, 14.0), 0.2)
        t += rng.exponential(1.2)
    return canvas


def _stumbling(rng: Rng) -> Canvas:
    canvas = Canvas(30.0)
    t = 1.0
    while t < 22.0:
        going = t + rng.uniform(3.0, 6.0)
        walk(canvas, walker(rng, quick=rng.random() < 0.4), t, going, rng)
        t = stumble(canvas, going, rng)
    walk(canvas, walker(rng, quick=False), t, 29.0, rng)
    return canvas


def _jumping(rng: Rng) -> Canvas:
    """Single jumps for something high; some people try two or three in a row."""
    canvas = Canvas(20.0)
    fidget(canvas, 0.0, 20.0, rng)
    t = 2.0
    while t < 15.0:
        for k in range(int(rng.choice([1, 1, 1, 2, 3]))):
            t = jump(canvas, t, rng, dip=k == 0)
        t += rng.uniform(0.8, 3.0)
    return canvas


def _turning(rng: Rng) -> Canvas:
    canvas = Canvas(20.0)
    fidget(canvas, 0.0, 20.0, rng)
    t = 1.0
    while t < 16.0:
        length = rng.uniform(1.2, 3.0)
        canvas.turn(t, length, float(rng.choice([-1.0, 1.0])) * rng.uniform(90.0, 360.0))
        walk(canvas, shuffle(rng), t, t + length, rng)
        t += length + rng.uniform(0.3, 2.0)
    return canvas


def _falling(rng: Rng) -> Canvas:
    canvas = Canvas(15.0)
    begin = rng.uniform(3.0, 6.0)
    kind = rng.random()
    if kind < 0.6:
        walk(canvas, walker(rng, quick=rng.random() < 0.4), 0.0, begin, rng)
    if kind < 0.3:
        begin = stumble(canvas, begin, rng)
    fall(canvas, begin, rng)
    return canvas


ACTIVITIES: Final[dict[str, Make]] = {
    "walking slowly": lambda rng: _walking(rng, quick=False),
    "walking quickly": lambda rng: _walking(rng, quick=True),
    "stairs up": lambda rng: _stairs(rng, quick=rng.random() < 0.5, style=upstairs),
    "stairs down slowly": lambda rng: _stairs(rng, quick=False, style=downstairs),
    "stairs down quickly": lambda rng: _stairs(rng, quick=True, style=downstairs),
    "sitting slowly": lambda rng: _sitting(rng, quick=False),
    "sitting quickly": lambda rng: _sitting(rng, quick=True),
    "dropping into a chair": _collapsing,
    "lying": _lying,
    "bending": _bending,
    "in and out of a car": _car,
    "riding in a car": _driving,
    "stumbling": _stumbling,
    "jumping": _jumping,
    "turning": _turning,
    "falling": _falling,
}
