"""How the pelvis leans, and how much it is braked."""

from math import atan2, degrees, hypot
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.waist.stride import WholeStride

STEPS: Final = 12.0
"""An average over six strides (science 2.4: four to eight)."""
LEAST_STEPS: Final = 8
BRAKING_BEGINS: Final = 0.30
"""Of a step: later than this it is not the strike that brakes."""


class Posture:
    """The lean of the pelvis: gravity over whole strides, relative to standing."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The runner starts anew."""
        self._up = np.zeros(3)
        self._seen = 0

    def follow(
        self, stride: WholeStride, standing: FloatArray | None, forward: FloatArray | None
    ) -> tuple[float, float] | None:
        """Degrees forward and to the left; None until some strides are known, and both axes.

        Args:
            standing: (3,) up in the sensor's axes while the runner stood.
            forward: (3,) forward in the sensor's axes.
        """
        self._seen += 1
        self._up += (stride.up - self._up) / min(float(self._seen), STEPS)
        if self._seen < LEAST_STEPS or standing is None or forward is None:
            return None
        return lean_deg(self._up, standing, forward)


def lean_deg(up: FloatArray, standing: FloatArray, forward: FloatArray) -> tuple[float, float]:
    """Degrees forward and to the left by which a body leans, its sensor turning with it.

    Args:
        up: (3,) against gravity now. standing: (3,) unit, against gravity upright.
        forward: (3,) forward, not along `standing`.
    """
    s, f, u = ([float(c) for c in vector] for vector in (standing, forward, up))
    along = f[0] * s[0] + f[1] * s[1] + f[2] * s[2]
    ahead = [a - along * b for a, b in zip(f, s, strict=True)]
    length = hypot(*ahead)
    left = (
        s[1] * ahead[2] - s[2] * ahead[1],
        s[2] * ahead[0] - s[0] * ahead[2],
        s[0] * ahead[1] - s[1] * ahead[0],
    )
    # A body that leans forward carries its forward axis down: up seems to move backward.
    z = length * (u[0] * s[0] + u[1] * s[1] + u[2] * s[2])
    x = u[0] * ahead[0] + u[1] * ahead[1] + u[2] * ahead[2]
    y = u[0] * left[0] + u[1] * left[1] + u[2] * left[2]
    return degrees(atan2(-x, z)), degrees(atan2(-y, z))


def braking_m_s(stride: WholeStride, forward: FloatArray) -> float | None:
    """Speed taken away after the second step's strike, m/s: an index, the pelvis moves by itself.

    Area of the backward force from the strike, or from where the force turns backward after it, to
    where it turns forward. None where it is not backward in the first 30 % of the step.
    """
    force = stride.along(forward)
    begin, end = stride.second.start, stride.second.stop
    soon = stride.point(stride.strike_t + BRAKING_BEGINS * stride.step_s)
    backward = np.flatnonzero(force[begin:soon] < 0.0)
    if not len(backward):
        return None
    first = begin + int(backward[0])
    turned = np.flatnonzero(force[first:end] >= 0.0)
    last = first + int(turned[0]) if len(turned) else end
    return -float(force[first:last].sum()) * stride.spacing_s
