"""Running speed at the waist: a calibrated model, since free integration drifts away."""

from math import exp, log
from typing import Final

MODEL: Final = (-3.222, -2.518, -0.815)
"""ln speed = a + b ln step + c ln width (m/s, s): tests/bench/fit_contact.py. Weighed so that it
follows one runner's changes of speed; what differs between runners is for the distance factor."""
STEPS: Final = 10.0
"""Averaged over so many steps: one step time is good to 8.6 ms (science 1.3), three percent, and
speed goes with its power of 2.5."""


class SpeedModel:
    """Speed from step time and pulse width, times the runner's own factor."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self.restart()

    def restart(self) -> None:
        """The runner starts anew."""
        self._seen = 0.0
        self._mean = 0.0

    def follow(self, step_s: float, width_s: float) -> float:
        """The speed after one more step, m/s."""
        self._seen += 1.0
        new = log_speed(step_s, width_s)
        self._mean += (new - self._mean) / min(self._seen, STEPS)
        return self._factor * exp(self._mean)


def log_speed(step_s: float, width_s: float) -> float:
    """ln of the mean runner's speed, m/s."""
    a, b, c = MODEL
    return a + b * log(step_s) + c * log(width_s)
