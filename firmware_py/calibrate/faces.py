"""Six still positions, one on each face: the accelerometer's bias, scale and cross-axis errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Final

import numpy as np

from drivers.calibration import CalibrationError, Matrix, Vector
from dsp.block import FloatArray
from dsp.units import STANDARD_GRAVITY
from firmware_py.calibrate.standing import gravity_only
from firmware_py.calibrate.still import Stretch, as_vector, unit

FACES: Final = ("+x", "-x", "+y", "-y", "+z", "-z")
"""The sensor axis that points up."""
ASKEW_DEG: Final = 20.0
MAX_RESIDUAL: Final = 0.02
"""Part of 1 g by which a position may be off the model; a face that is tilted by 2 deg is."""


@dataclass(frozen=True, slots=True)
class SixFaces:
    """What six positions gave.

    Args:
        acc_bias: m/s²; acc_matrix: scale and cross-axis; see `Calibration`.
        gyr_bias: rad/s, mean over all positions.
        residual: largest distance of a corrected position from its face's axis, part of 1 g.
    """

    acc_bias: Vector
    acc_matrix: Matrix
    gyr_bias: Vector
    residual: float


def face_of(stretch: Stretch) -> str | None:
    """Which face lies up; None: it lies askew.

    Raises:
        CalibrationError: it does not measure 1 g.
    """
    gravity_only(stretch)
    up = unit(stretch.acc)
    axis = int(np.argmax(np.abs(up)))
    if abs(up[axis]) < cos(radians(ASKEW_DEG)):
        return None
    return ("-" if up[axis] < 0 else "+") + "xyz"[axis]


def solve(positions: Mapping[str, Stretch]) -> SixFaces:
    """Least squares of the 12 parameters over six positions.

    Args:
        positions: what was read by the face that lay up, one for each of FACES.

    Raises:
        CalibrationError: a face is missing, or is another than it is called; the residual is
            above MAX_RESIDUAL; a position does not measure 1 g.
    """
    missing = [f for f in FACES if f not in positions]
    if missing:
        raise CalibrationError(f"{', '.join(missing)} never pointed up; lay it on all six faces")
    seen = [face_of(positions[f]) for f in FACES]
    for face, really in zip(FACES, seen, strict=True):
        if really != face:
            raise CalibrationError(
                f"{really or 'no axis'} points up where {face} should: the same face twice, or "
                "askew; begin again"
            )
    read = np.array([positions[f].acc for f in FACES])
    true = np.array([_axis(f) for f in FACES]) * STANDARD_GRAVITY
    solution, *_ = np.linalg.lstsq(np.column_stack([read, np.ones(6)]), true, rcond=None)
    matrix, offset = solution[:3].T, solution[3]
    bias = -np.linalg.solve(matrix, offset)
    off = np.linalg.norm((read - bias) @ matrix.T - true, axis=1) / STANDARD_GRAVITY
    residual = float(off.max())
    if residual > MAX_RESIDUAL:
        worst = FACES[int(np.argmax(off))]
        raise CalibrationError(
            f"position {worst} is off by {100 * residual:.1f} % of 1 g, more than "
            f"{100 * MAX_RESIDUAL:.0f} %: it moved, or lay askew; use a level table and a box with "
            "right angles, and begin again"
        )
    x, y, z = (as_vector(row) for row in matrix)
    gyro = np.mean([positions[f].gyr for f in FACES], axis=0)
    return SixFaces(as_vector(bias), (x, y, z), as_vector(gyro), residual)


def _axis(face: str) -> FloatArray:
    out = np.zeros(3)
    out["xyz".index(face[1])] = 1.0 if face[0] == "+" else -1.0
    return out
