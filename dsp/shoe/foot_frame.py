"""How the sensor sits on the foot: which way is up and to the toes when the foot stands flat."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.rotation import cross
from dsp.shoe.strapdown import Travel

STRIDES: Final = 20
LEAST_M: Final = 0.5
"""A foot that comes less far (running on the spot) does not say where its toes point."""


@dataclass(frozen=True, slots=True)
class FootAxes:
    """Unit vectors, sensor axes, of the foot that stands flat.

    Args:
        up, forward, left: (3,). gravity: (3,) specific force at rest, m/s².
    """

    up: FloatArray
    forward: FloatArray
    left: FloatArray
    gravity: FloatArray


class FootFrame:
    """The foot's axes, averaged over the last 20 strides.

    The foot stands flat at every mid-stance. The mean specific force over a stride points up, the
    way of the foot forward (a foot turned out by 10 degrees costs 1.5 % of an angle). A few clipped
    or bridged samples spoil a length, not a direction.
    """

    def __init__(self) -> None:
        self._strides: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=STRIDES)

    def add(self, way: Travel) -> None:
        """One more stride."""
        if way.length_m >= LEAST_M:
            self._strides.append((way.gravity, way.moved / way.length_m))

    def axes(self) -> FootAxes | None:
        """None before the first stride."""
        if not self._strides:
            return None
        gravity = sum((g for g, _ in self._strides), start=np.zeros(3)) / len(self._strides)
        ahead = sum((f for _, f in self._strides), start=np.zeros(3))
        up = _unit(gravity)
        forward = _unit(ahead - float((ahead * up).sum()) * up)
        return FootAxes(up, forward, cross(up, forward), gravity)


def _unit(v: FloatArray) -> FloatArray:
    unit: FloatArray = v / np.sqrt((v**2).sum())
    return unit
