"""Building blocks of synthetic motion: bumps, leans, and turning what the sensor feels."""

from math import pi

import numpy as np

from dsp.block import FloatArray


def bell(t: FloatArray, start: float, length: float) -> FloatArray:
    """Half sine of unit height, 0 outside."""
    u = (t - start) / length
    return np.asarray(np.where((u > 0) & (u < 1), np.sin(pi * np.clip(u, 0, 1)), 0.0))


def lean(t: FloatArray, start: float, ramp: float, hold: float) -> tuple[FloatArray, FloatArray]:
    """0 to 1, held, and back to 0; and its rate, 1/s."""
    up = np.clip((t - start) / ramp, 0, 1)
    down = np.clip((t - start - ramp - hold) / ramp, 0, 1)
    value = up * up * (3 - 2 * up) - down * down * (3 - 2 * down)
    return np.asarray(value), np.asarray(6 * (up * (1 - up) - down * (1 - down)) / ramp)


def pitch(force: FloatArray, rate: FloatArray, angle: FloatArray, speed: FloatArray) -> None:
    """Leans the body forward (about y) by `angle`: gravity moves into x. In place."""
    turn(force, rate, 1, angle, speed)


def turn(
    force: FloatArray, rate: FloatArray, axis: int, angle: FloatArray, speed: FloatArray
) -> None:
    """Turns the body about one of its axes (0 x, 1 y, 2 z) by `angle`, rad. In place."""
    i, j = (axis + 2) % 3, (axis + 1) % 3
    first, second = force[:, j].copy(), force[:, i].copy()
    c, s = np.cos(angle), np.sin(angle)
    force[:, j], force[:, i] = c * first + s * second, c * second - s * first
    rate[:, axis] += speed
