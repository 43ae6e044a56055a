"""Stretches in which a sensor lies still, found while samples come in."""

from dataclasses import dataclass
from math import cos, radians
from typing import Final

import numpy as np

from drivers.calibration import Vector
from drivers.rest import MIN_S, weigh
from dsp.block import FloatArray, SampleBlock, join
from dsp.units import STANDARD_GRAVITY

SAME_DEG: Final = 3.0
"""Windows of one stretch agree in the direction of gravity to this: a stander sways less."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a sensor read while it was still.

    Args:
        acc: (3,) mean, m/s², sensor axes.
        gyr: (3,) mean, rad/s; zero without a gyro.
        seconds: how long.
    """

    acc: FloatArray
    gyr: FloatArray
    seconds: float

    @property
    def gravity_g(self) -> float:
        """|mean of acc|, g."""
        return float(np.linalg.norm(self.acc)) / STANDARD_GRAVITY


class StillWatch:
    """Looks at windows of `drivers.rest.MIN_S`.

    Args:
        rate_hz: of the samples.
        seconds: length of a stretch, rounded up to whole windows.
    """

    def __init__(self, rate_hz: float, seconds: float) -> None:
        self._window = max(2, round(MIN_S * rate_hz))
        self._needed = max(1, -int(-seconds // MIN_S))
        self._held: list[SampleBlock] = []
        self._n = 0
        self._means: list[tuple[FloatArray, FloatArray]] = []
        self._told = False
        self._settled = False

    @property
    def still_s(self) -> float:
        """How long it has been still, s; 0 while it moves."""
        return len(self._means) * MIN_S

    def push(self, block: SampleBlock) -> Stretch | None:
        """Takes consecutive samples; gives a stretch when it is long enough, one until it moves.

        A window with lost or clipped samples counts as moving.
        """
        self._held.append(block)
        self._n += len(block)
        found = None
        while self._n >= self._window:
            whole = join(self._held)
            found = self._look(whole[: self._window]) or found
            rest = whole[self._window :]
            self._held, self._n = [rest] if len(rest) else [], len(rest)
        return found

    def _look(self, window: SampleBlock) -> Stretch | None:
        spoilt = bool(window.lost.any() or window.acc_clipped.any() or window.gyr_clipped.any())
        if spoilt or not weigh(window.acc).still:
            self._moved()
            return None
        gyr = np.zeros(3) if window.gyr is None else window.gyr.mean(axis=0)
        mean = window.acc.mean(axis=0)
        if self._means and not _alike(mean, self._means[0][0]):
            self._moved()
        if not self._settled:
            # The hand that laid it down, or the runner who came to a stand, may still be in this.
            self._settled = True
            return None
        self._means.append((mean, gyr))
        if self._told or len(self._means) < self._needed:
            return None
        self._told = True
        acc, rate = (np.mean([m[k] for m in self._means], axis=0) for k in range(2))
        return Stretch(acc, rate, self.still_s)

    def _moved(self) -> None:
        self._means.clear()
        self._told = self._settled = False


def unit(vector: FloatArray) -> FloatArray:
    """(3,) of length 1."""
    return np.asarray(vector / np.linalg.norm(vector))


def as_vector(values: FloatArray) -> Vector:
    """Three plain numbers."""
    x, y, z = values.tolist()
    return x, y, z


def _alike(a: FloatArray, b: FloatArray) -> bool:
    return bool(unit(a) @ unit(b) >= cos(radians(SAME_DEG)))
