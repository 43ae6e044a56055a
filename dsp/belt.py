"""A treadmill's speed: believed as long as what the sensor tells does not plainly contradict it."""

from math import exp, log
from typing import Final

WAIST_RATIO: Final = 2.0
"""The waist's model is off by 14 % (RMSE over runners), by a factor of 1.4 at most over 61 means
and 13 trials of real runners: five times the RMSE is no runner's oddity."""
SHOE_RATIO: Final = 1.35
"""The shoe's speed is off by 9 % (0.27 m/s, Zrenner 2018): three times that, and some drift."""
STRIDES: Final = 10.0
"""Averaged over so many: one stride may be a stumble."""
LONGEST_M: Final = 5.0
"""No stride at a belt's speed (30 km/h at most) is longer."""


class Belt:
    """A belt's speed beside the sensor's own.

    Args:
        speed_m_s: what was said of the belt, None if nothing.
        ratio: by how much the two may differ.
    """

    def __init__(self, speed_m_s: float | None, ratio: float) -> None:
        self._said = speed_m_s
        self._most = log(ratio)

    def beside(self, own_m_s: float | None, stride_s: float) -> float | None:
        """The belt's speed, m/s; None where none was said, or it is contradicted.

        Args:
            own_m_s: the sensor's, None where it has none. stride_s: time of a stride.
        """
        said = self._said
        if said is None or (own_m_s is None and said * stride_s > LONGEST_M):
            return None
        return None if own_m_s is not None and abs(log(own_m_s / said)) > self._most else said


class MeanSpeed:
    """Geometric mean of the last strides' speed."""

    def __init__(self) -> None:
        self._seen = 0.0
        self._mean = 0.0

    @property
    def m_s(self) -> float | None:
        """m/s; None before the first one."""
        return exp(self._mean) if self._seen else None

    def follow(self, speed_m_s: float) -> None:
        """Takes the next one, m/s."""
        self._seen += 1.0
        self._mean += (log(speed_m_s) - self._mean) / min(self._seen, STRIDES)
