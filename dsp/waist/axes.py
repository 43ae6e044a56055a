"""Which horizontal direction of the sensor is forward."""

from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.waist.stride import Spectrum, WholeStride
from dsp.wearer import Wearer

STEPS: Final = 40.0
"""Averaged over so many steps: a belt turns slowly, and one step is no witness."""
LEAST_STEPS: Final = 10
SURE: Final = 0.5
"""Of the horizontal power: so much more must alternate with the step than with the stride."""
SIGN_SURE: Final = 0.6
"""Mean over mean size of braking minus pushing: most steps agree which way is forward."""
BRAKING: Final = (0.0, 0.20)
PUSHING: Final = (0.25, 0.60)
"""Shares of a step after the strike: on a force treadmill from -10 to +10 degrees the waist is
braked in the first and pushed in the second (13 trials; tests/bench/waist_metrics.py)."""


class ForeAft:
    """The fore-aft axis: what happens along it repeats with every step, sideways with every stride.

    Its sign: the foot brakes before it pushes.
    """

    def __init__(self, wearer: Wearer) -> None:
        self._known = None if wearer.forward is None else np.array(wearer.forward)
        self._power = np.zeros((3, 3))
        self._seen = 0
        self._axis: FloatArray | None = None
        self._braked = 0.0
        self._size = 0.0
        self.confidence = 0.0
        """0 to 1: contrast between both horizontal directions, times agreement about the sign."""

    def follow(self, stride: WholeStride) -> FloatArray | None:
        """(3,) unit vector forward, horizontal in this stride, sensor axes; None until sure."""
        if self._known is not None:
            self.confidence = 1.0
            return _level(self._known, stride.up)
        power = _power(stride)
        if power is None:
            return None
        self._seen += 1
        gain = 1.0 / min(float(self._seen), STEPS)
        self._power += gain * (power - self._power)
        values, vectors = np.linalg.eigh(self._power)
        axis = np.asarray(vectors[:, 2])  # of the largest: they come in ascending order
        if self._axis is not None and float((axis * self._axis).sum()) < 0.0:
            axis = -axis
        self._axis = axis
        braked = _braking_less_pushing(stride, axis)
        self._braked += gain * (braked - self._braked)
        self._size += gain * (abs(braked) - self._size)
        contrast = float(values[2] - values[1] - values[0])
        agreement = abs(self._braked) / self._size if self._size > 0.0 else 0.0
        self.confidence = min(max(contrast, 0.0), 1.0) * agreement
        if self._seen < LEAST_STEPS or contrast < SURE or agreement < SIGN_SURE:
            return None
        return _level(axis if self._braked < 0.0 else -axis, stride.up)


def _power(stride: WholeStride) -> FloatArray | None:
    """(3, 3) step-frequency less stride-frequency power by direction, as a share of their sum."""
    lines = stride.horizontal
    even, odd = lines[:, [2, 4]], lines[:, [1, 3]]
    whole = float((np.abs(even) ** 2).sum() + (np.abs(odd) ** 2).sum())
    if whole <= 0.0:
        return None
    return (_by_direction(even) - _by_direction(odd)) / whole


def _by_direction(lines: Spectrum) -> FloatArray:
    # Written out: a matrix product may round differently on other processors' libraries.
    return np.asarray((lines[:, np.newaxis, :] * lines.conj()[np.newaxis, :, :]).real.sum(axis=2))


def _braking_less_pushing(stride: WholeStride, axis: FloatArray) -> float:
    force = stride.along(axis)
    edges = [stride.point(stride.strike_t + x * stride.step_s) for x in (*BRAKING, *PUSHING)]
    early, late = force[edges[0] : edges[1]], force[edges[2] : edges[3]]
    if not len(early) or not len(late):
        return 0.0
    return float(early.sum()) / len(early) - float(late.sum()) / len(late)


def _level(direction: FloatArray, up: FloatArray) -> FloatArray | None:
    """The horizontal part of a direction, unit length; None where it points up or down."""
    flat = direction - float((direction * up).sum()) * up
    length = float(np.sqrt((flat * flat).sum()))
    return flat / length if length > 0.5 else None
