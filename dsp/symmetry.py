"""How even two feet are, with what chance alone would show.

Symmetry index: Robinson 1987; symmetry angle: Zifchock 2008 (docs/metrics.md).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray

BATCH: Final = 10
"""Strides whose mean counts once: neighbors resemble each other, and would make chance look
certain."""
BATCHES: Final = 6
"""Fewer give no interval worth the name: 60 strides, some 45 s of running."""
Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Symmetry:
    """One quantity of one foot (`a`) against the other (`b`).

    Args:
        strides: pairs of steps that were compared.
        index_percent: 100 (a - b) over the mean of both. low_percent, high_percent: its 95 %
            confidence interval.
        angle_percent: 100 (45 deg - atan(b / a)) / 90 deg, of the same sign: it does not explode
            where both are near 0.
    """

    strides: int
    index_percent: float
    low_percent: float
    high_percent: float
    angle_percent: float

    @property
    def significant(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low_percent > 0.0 or self.high_percent < 0.0


def symmetry(a: FloatArray, b: FloatArray) -> Symmetry | None:
    """Compares the steps of foot `a` with the step of foot `b` that followed each.

    Args:
        a, b: (n,) the same quantity of the two steps of every stride, > 0 in the mean; NaN where
            not measured, such strides are left out.

    Returns:
        None with fewer than 60 whole strides, or where the mean is not above 0.
    """
    whole = np.isfinite(a) & np.isfinite(b)
    a, b = a[whole], b[whole]
    batches = len(a) // BATCH
    if batches < BATCHES:
        return None
    mean_a, mean_b = float(a.mean()), float(b.mean())
    mean = (mean_a + mean_b) / 2.0
    if mean <= 0.0:
        return None
    each = (a - b)[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    half = student(batches - 1) * float(each.std(ddof=1)) / math.sqrt(batches)
    index = 100.0 * (mean_a - mean_b) / mean
    half *= 100.0 / mean
    angle = (math.radians(45.0) - math.atan2(mean_b, mean_a)) / math.radians(90.0) * 100.0
    return Symmetry(len(a), index, index - half, index + half, angle)


def student(freedom: int) -> float:
    """97.5 % point of Student's t for 5 and more degrees of freedom, to 0.5 %.

    Cornish-Fisher expansion (Abramowitz & Stegun 26.7.5): scipy.stats would double the start-up.
    """
    z = Z95
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
