"""Gravity at rest: the one measurement whose true value is known everywhere."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.units import STANDARD_GRAVITY

MIN_S: Final = 0.5
STILL_SD: Final = 0.03
"""Standard deviation of |a| at rest, relative to its mean: a hand holds a sensor this still."""
LEAST_G: Final = 0.1
"""A dead accelerometer reads nearly nothing, and that very steadily."""
TOLERANCE: Final = 0.10
"""|a| may be off 1 g by this: zero-g offset (±80 mg at most), scale and altitude together."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What a short stretch of samples says.

    Args:
        gravity_g: mean of |a|, g.
        still: whether it hardly changes.
        direction: (3,) mean of a, a unit vector; zero where there is none.
    """

    gravity_g: float
    still: bool
    direction: tuple[float, float, float]

    @property
    def plausible(self) -> bool:
        """Whether this is gravity; only meaningful if `still`."""
        return abs(self.gravity_g - 1.0) <= TOLERANCE


def weigh(acc: FloatArray) -> Rest:
    """Judges (n, 3) m/s² samples of at least MIN_S."""
    size = np.linalg.norm(acc, axis=1) / STANDARD_GRAVITY
    mean = float(size.mean())
    vector = acc.mean(axis=0)
    length = float(np.linalg.norm(vector))
    x, y, z = (vector / length if length > 0 else vector).tolist()
    still = float(size.std()) <= STILL_SD * max(mean, LEAST_G)
    # Turned over while sampling, |a| stays but its mean vector shrinks.
    still = still and length / STANDARD_GRAVITY >= (1.0 - STILL_SD) * mean
    return Rest(mean, still, (x, y, z))
