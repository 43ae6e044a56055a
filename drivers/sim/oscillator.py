"""The clock inside a simulated chip: off by some percent, and drifting."""

from math import cos, pi

import numpy as np

from dsp.block import FloatArray


class Oscillator:
    """Chip time from host time.

    Args:
        error: relative; 0.04 runs 4 % fast.
        drift: amplitude of a slow sine of the error, relative.
        drift_period_s: its period.
    """

    def __init__(
        self, error: float = 0.0, drift: float = 0.0, drift_period_s: float = 600.0
    ) -> None:
        self._speed = 1.0 + error
        self._amplitude = drift * drift_period_s / (2 * pi)
        self._omega = 2 * pi / drift_period_s

    def trimmed(self, factor: float) -> "Oscillator":
        """This one with a factory trim that makes it `factor` times as fast."""
        out = Oscillator()
        out._speed, out._amplitude = self._speed * factor, self._amplitude * factor
        out._omega = self._omega
        return out

    def elapsed(self, host_s: float) -> float:
        """Chip seconds from host seconds since power-up."""
        return self._speed * host_s + self._amplitude * (1.0 - cos(self._omega * host_s))

    def host(self, chip_s: FloatArray) -> FloatArray:
        """Host seconds since power-up from (n,) chip seconds; the inverse, to a nanosecond."""
        out = chip_s / self._speed
        if self._amplitude:
            for _ in range(3):
                wander = self._amplitude * (1.0 - np.cos(self._omega * out))
                out = (chip_s - wander) / self._speed
        return np.asarray(out)
