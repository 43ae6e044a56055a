"""Single movements: sitting down, getting up, lying, bending, jumps, stumbles, falls."""

import numpy as np

from tests.bench.second.canvas import FORWARD, LEFT, PITCH, ROLL, UP, Canvas, G


def sit(canvas: Canvas, at_s: float, rng: np.random.Generator, *, quick: bool) -> float:
    """Down 45 cm onto a seat, the last part falling; 1.5 to 2.5 g when quick. Returns its end."""
    depth = rng.uniform(0.35, 0.5)
    length = rng.uniform(0.6, 0.9) if quick else rng.uniform(1.2, 2.2)
    fall = rng.uniform(0.2, 0.5) if quick else rng.uniform(0.0, 0.25)
    canvas.move(at_s, length, UP, -(1.0 - fall) * depth)
    speed = 2.0 * fall * depth / length
    canvas.kick(at_s, 0.8 * length, UP, -speed)
    hit = at_s + 0.85 * length
    canvas.kick(hit, rng.uniform(0.09, 0.20), UP, speed)
    cushion = (rng.uniform(3.0, 8.0), rng.uniform(0.1, 0.3))
    canvas.ring(hit + 0.02, UP, G * (0.4 if quick else 0.15) * rng.uniform(0.5, 1.5), *cushion)
    canvas.ring(hit + 0.02, FORWARD, G * 0.3 * rng.uniform(0.2, 1.0), *cushion)
    lean = rng.uniform(20.0, 45.0)
    canvas.tilt(at_s, 0.7 * length, PITCH, lean)
    canvas.tilt(at_s + 0.6 * length, rng.uniform(0.6, 1.2), PITCH, -lean - rng.uniform(5.0, 25.0))
    return at_s + length + 0.6


def get_up(canvas: Canvas, at_s: float, rng: np.random.Generator, *, quick: bool) -> float:
    """Leaning forward, then up. Returns its end."""
    length = rng.uniform(0.6, 0.9) if quick else rng.uniform(1.2, 2.2)
    lean = rng.uniform(20.0, 45.0)
    canvas.tilt(at_s, 0.6 * length, PITCH, lean)
    canvas.tilt(at_s + 0.5 * length, length, PITCH, -lean + rng.uniform(5.0, 25.0))
    canvas.move(at_s + 0.3 * length, length, UP, rng.uniform(0.35, 0.5))
    canvas.move(at_s + 0.1 * length, length, FORWARD, 0.3)
    return at_s + 1.5 * length


def lie(canvas: Canvas, at_s: float, rng: np.random.Generator, *, quick: bool) -> float:
    """Sits, lies down, turns on a side and back, sits up, stands. Returns its end."""
    length = rng.uniform(0.7, 1.2) if quick else rng.uniform(1.5, 2.5)
    t = sit(canvas, at_s, rng, quick=quick) + 0.5
    canvas.tilt(t, length, PITCH, -75.0)
    canvas.ring(t + length, FORWARD, G * rng.uniform(0.2, 0.8), rng.uniform(3.0, 6.0), 0.2)
    t += length + 2.0
    canvas.tilt(t, 1.5, ROLL, 70.0)
    canvas.tilt(t + 2.5, 1.5, ROLL, -70.0)
    canvas.tilt(t + 5.0, length, PITCH, 75.0)
    return get_up(canvas, t + 5.5 + length, rng, quick=quick)


def bend(canvas: Canvas, at_s: float, rng: np.random.Generator) -> float:
    """Down to the floor and up again, from the hips or the knees. Returns its end."""
    knees = rng.random() < 0.5
    down, wait = rng.uniform(0.7, 1.5), rng.uniform(0.3, 1.5)
    depth = rng.uniform(0.25, 0.5) if knees else rng.uniform(0.02, 0.1)
    angle = rng.uniform(10.0, 35.0) if knees else rng.uniform(50.0, 90.0)
    for start, sign in ((at_s, 1.0), (at_s + down + wait, -1.0)):
        canvas.tilt(start, down, PITCH, sign * angle)
        canvas.move(start, down, UP, -sign * depth)
        canvas.move(start, down, FORWARD, -sign * 0.15)
        canvas.ring(start + down, UP, G * rng.uniform(0.0, 0.3), 6.0, 0.3)
    return at_s + 2.0 * down + wait


def jump(canvas: Canvas, at_s: float, rng: np.random.Generator, *, dip: bool = True) -> float:
    """One small jump to reach for something; landing with 2 to 5 g. Returns its landing's end."""
    flight = rng.uniform(0.15, 0.35)
    leave = 0.5 * G * flight
    down, push = rng.uniform(0.2, 0.35), rng.uniform(0.18, 0.3)
    sink = rng.uniform(0.3, 0.8) if dip else 0.0
    canvas.kick(at_s, down, UP, -sink)
    off = at_s + down + push
    canvas.kick(at_s + down, push, UP, sink + leave)
    cut, _ = canvas.span(off, flight)
    canvas.acc[cut, UP] -= G
    land = off + flight
    canvas.kick(land, rng.uniform(0.12, 0.25), UP, leave + 0.3)
    canvas.kick(land + 0.25, 0.4, UP, -0.3)
    canvas.ring(land + 0.01, UP, G * rng.uniform(0.2, 1.2), rng.uniform(9.0, 18.0), 0.3)
    canvas.ring(land + 0.01, FORWARD, -G * rng.uniform(0.1, 0.8), 10.0, 0.3)
    return land + 0.25


def stumble(canvas: Canvas, at_s: float, rng: np.random.Generator) -> float:
    """A foot catches, the body drops, two to five hasty steps save it: peaks of 2 to 5 g."""
    canvas.kick(at_s, 0.08, FORWARD, -rng.uniform(0.2, 0.6))
    canvas.ring(at_s, UP, G * rng.uniform(0.3, 1.0), rng.uniform(8.0, 16.0), 0.3)
    pitch = rng.uniform(10.0, 30.0)
    canvas.tilt(at_s, 0.35, PITCH, pitch)
    t = at_s
    for _ in range(int(rng.integers(2, 6))):
        gap = rng.uniform(0.18, 0.45)
        speed = rng.uniform(0.3, 0.7) * G * gap * 0.5
        canvas.kick(t, gap, UP, -speed)
        t += gap
        canvas.kick(t, rng.uniform(0.10, 0.22), UP, speed)
        canvas.ring(t + 0.01, UP, G * rng.uniform(0.2, 1.2), rng.uniform(8.0, 18.0), 0.3)
        canvas.ring(t + 0.01, FORWARD, -G * rng.uniform(0.2, 1.0), rng.uniform(6.0, 14.0), 0.3)
        canvas.ring(t + 0.01, LEFT, G * rng.normal(0.0, 0.4), rng.uniform(6.0, 14.0), 0.3)
        canvas.tilt(t, 0.2, ROLL, rng.normal(0.0, 4.0))
    canvas.tilt(t, 0.6, PITCH, -pitch)
    return t + 0.3


def fall(canvas: Canvas, at_s: float, rng: np.random.Generator) -> float:
    """To the floor in some 0.7 s, an impact of 4 to 10 g, a bounce, lying. Returns the impact."""
    length = rng.uniform(0.5, 0.9)
    speed = rng.uniform(1.5, 3.0)
    canvas.kick(at_s, length, UP, -speed)
    hit = at_s + length
    axis, sign = (PITCH, 1.0) if rng.random() < 0.6 else (ROLL, float(rng.choice([-1.0, 1.0])))
    canvas.tilt(at_s, length, axis, sign * rng.uniform(60.0, 90.0))
    canvas.kick(hit - 0.02, rng.uniform(0.04, 0.09), UP, speed)
    canvas.ring(hit, UP, G * rng.uniform(1.0, 3.0), rng.uniform(6.0, 15.0), 0.25)
    canvas.ring(hit + 0.25, UP, G * rng.uniform(0.2, 1.2), rng.uniform(6.0, 15.0), 0.3)
    return hit


def fidget(canvas: Canvas, begin_s: float, end_s: float, rng: np.random.Generator) -> None:
    """Sways a little, shifts the weight, now and then touches the belt."""
    for _ in range(int((end_s - begin_s) / 2.0)):
        at = rng.uniform(begin_s, end_s)
        canvas.move(at, rng.uniform(0.5, 1.0), LEFT, rng.normal(0.0, 0.03))
        canvas.tilt(at, rng.uniform(0.5, 1.0), ROLL, rng.normal(0.0, 1.5))
        if rng.random() < 0.15:
            axis = int(rng.integers(3))
            canvas.ring(at, axis, G * rng.uniform(0.1, 0.8), rng.uniform(8.0, 25.0), 0.3)
