"""How far the foot came from one mid-stance to the next: strapdown integration between two zero
velocities (science 2.5: the most accurate of the published ways, Zrenner 2018)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.rotation import turned
from dsp.shoe.stride import StrideSamples
from dsp.units import STANDARD_GRAVITY

CLOSES_G: Final = 0.10
"""A foot that starts and ends at rest feels 1 g on average: what is further off was no rest, or
was clipped unseen. An accelerometer may be off by 3 % and 0.03 g (datasheets); 0.1 g over a stride
is 0.7 m/s. Slow real runners close within 0.02 g (hallway recordings)."""


@dataclass(frozen=True, slots=True)
class Travel:
    """One stride of the foot, mid-stance to mid-stance; vectors in the sensor's axes at the first.

    Args:
        moved: (3,) m. gravity: (3,) mean specific force, m/s²: points up.
        sure: no sample was bridged or clipped; else good for a direction only.
    """

    moved: FloatArray
    gravity: FloatArray
    sure: bool

    @property
    def length_m(self) -> float:
        """Distance, along a slope where there is one, m."""
        return float(np.sqrt((self.moved**2).sum()))


def travel(stride: StrideSamples, q: FloatArray, first: int, last: int) -> Travel | None:
    """The way from mid-stance `first` to mid-stance `last`.

    What is constant in the frame of the start (gravity, a wrong idea of it, most of a bias) drifts
    the velocity linearly and goes with the line that brings it back to zero: neither tilt nor
    gravity need be known, and the mean specific force is gravity. None where the foot was not at
    rest.

    Args:
        q: (4, n) the foot's axes at every sample, seen from those at `first`.
    """
    if last - first < 2:
        return None
    part = slice(first, last + 1)
    t = stride.t[part]
    force = turned(q[:, part], stride.acc[:, part])
    dt = np.diff(t)
    duration = float(t[-1] - t[0])
    gained = 0.5 * (force[:, 1:] + force[:, :-1]) * dt
    gravity = gained.sum(axis=1) / duration
    if abs(float(np.sqrt((gravity**2).sum())) / STANDARD_GRAVITY - 1.0) > CLOSES_G:
        return None
    speed = np.zeros_like(force)
    speed[:, 1:] = np.cumsum(gained - gravity[:, np.newaxis] * dt, axis=1)
    # Acceleration is taken as straight between samples: hence the term in dt².
    bend = (force[:, :-1] - force[:, 1:]) * dt**2 / 12.0
    moved = (0.5 * (speed[:, 1:] + speed[:, :-1]) * dt + bend).sum(axis=1)
    return Travel(moved, gravity, sure=not (stride.acc_bad | stride.gyr_bad)[part].any())
