"""What a simulated sensor feels, in SI units and its own axes."""

from typing import Protocol

import numpy as np

from dsp.block import FloatArray, SampleBlock
from dsp.units import STANDARD_GRAVITY


class SensorMotion(Protocol):
    """Motion by time."""

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Specific force (n, 3) m/s² and angular rate (n, 3) rad/s at (n,) times, s, ascending."""
        ...


class Still:
    """At rest.

    Args:
        force: specific force, m/s²: what an accelerometer at rest reads.
        rate: angular rate, rad/s.
    """

    def __init__(
        self,
        force: tuple[float, float, float] = (0.0, 0.0, STANDARD_GRAVITY),
        rate: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        self._row = np.array([*force, *rate])

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same at all times."""
        rows = np.broadcast_to(self._row, (len(t), 6))
        return rows[:, :3], rows[:, 3:]


class Recorded:
    """A recording or a synthetic run, by linear interpolation; its first and last sample hold on.

    Args:
        block: samples in the sensor's axes; without a gyro it does not turn.
        start: when its first sample is, s.
    """

    def __init__(self, block: SampleBlock, start: float) -> None:
        self._t = block.t - block.t[0] + start
        gyr = np.zeros_like(block.acc) if block.gyr is None else block.gyr
        self._rows = np.nan_to_num(np.concatenate([block.acc, gyr], axis=1))
        self.end = float(self._t[-1])

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Between the samples around each time."""
        i = np.searchsorted(self._t, t, side="right") - 1
        i = np.minimum(np.maximum(i, 0), len(self._t) - 2)
        share = (t - self._t[i]) / (self._t[i + 1] - self._t[i])
        share = np.minimum(np.maximum(share, 0.0), 1.0)[:, np.newaxis]
        rows = self._rows[i] * (1.0 - share) + self._rows[i + 1] * share
        return rows[:, :3], rows[:, 3:]
