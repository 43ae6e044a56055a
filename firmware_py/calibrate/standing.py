"""What standing still tells: the gyro's bias and which way is up."""

from dataclasses import replace
from math import degrees
from typing import Final

import numpy as np

from drivers.calibration import UNIT, Calibration, CalibrationError, FootSigns, Matrix
from drivers.rest import TOLERANCE
from dsp.block import FloatArray
from firmware_py.calibrate.still import Stretch, as_vector, unit

MAX_GYRO: Final = 0.35
"""rad/s (20 deg/s): no datasheet allows more bias; beyond it somebody turns."""
KEPT_DEG: Final = 20.0
"""Hops stay valid while the sensor is worn like this again; a belt is never put on alike."""


def with_standing(known: Calibration, stretch: Stretch) -> Calibration:
    """`known` with gyro bias and mounting of a runner who stood still.

    Up becomes the body's z. Which horizontal direction is forward cannot be known from this: x is
    the most horizontal sensor axis, and `heading_known` is False.

    Raises:
        CalibrationError: it did not measure gravity alone.
    """
    gravity_only(stretch)
    acc, _ = replace(known, mounting=UNIT).apply(stretch.acc[np.newaxis], None)
    mounting = upright(acc[0])
    return replace(
        known,
        gyr_bias=as_vector(stretch.gyr),
        mounting=mounting,
        heading_known=False,
        method=with_method(known.method, "standing"),
        hops=_carried(known.hops, known.mounting, mounting),
    )


def upright(acc: FloatArray) -> Matrix:
    """A rotation from sensor axes to axes whose z is along (3,) `acc`, up at rest."""
    up = unit(acc)
    axis = np.zeros(3)
    axis[int(np.argmin(np.abs(up)))] = 1.0
    x = unit(axis - (axis @ up) * up)
    return as_vector(x), as_vector(np.cross(up, x)), as_vector(up)


def tilt(mounting: Matrix) -> tuple[str, float]:
    """The sensor axis that is nearest to up, as "+z", and how far it is off, deg."""
    up = np.array(mounting[2])
    axis = int(np.argmax(np.abs(up)))
    name = ("-" if up[axis] < 0 else "+") + "xyz"[axis]
    return name, degrees(float(np.arccos(min(1.0, abs(up[axis])))))


def gravity_only(stretch: Stretch) -> None:
    """Whether a still stretch shows gravity and no turning.

    Raises:
        CalibrationError: it does not.
    """
    if abs(stretch.gravity_g - 1.0) > TOLERANCE:
        raise CalibrationError(
            f"the sensor measures {stretch.gravity_g:.2f} g at rest, not 1: it is another part "
            "than it is taken for, or damaged; run gaitcoach doctor"
        )
    turning = float(np.abs(stretch.gyr).max())
    if turning > MAX_GYRO:
        raise CalibrationError(
            f"the sensor turns at {degrees(turning):.0f} deg/s; it must be at rest: begin again"
        )


def with_method(methods: tuple[str, ...], new: str) -> tuple[str, ...]:
    """In the order in which they were last done."""
    return (*(m for m in methods if m != new), new)


def _carried(hops: FootSigns | None, before: Matrix, after: Matrix) -> FootSigns | None:
    """What was learned from hops, in the new axes; None: it is worn too differently."""
    if hops is None:
        return None
    old, new = np.array(before), np.array(after)
    if degrees(float(np.arccos(np.clip(old[2] @ new[2], -1.0, 1.0)))) > KEPT_DEG:
        return None
    direction = new @ old.T @ np.array(hops.direction)
    return replace(hops, direction=as_vector(unit(direction * [1.0, 1.0, 0.0])))
