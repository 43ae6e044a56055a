"""Cadence as the coach sees it: smooth enough to judge, unmoved by a missed strike."""

from collections import deque
from math import exp
from statistics import median
from typing import Final

from dsp.events import Step
from feedback.settings import PLAUSIBLE_SPM

MEDIAN_STEPS: Final = 7
"""Intervals in the running median; up to three wrong ones change nothing."""
TIME_CONSTANT_S: Final = 6.0
"""Of the exponential mean: follows a change within seconds and halves the noise of steps."""
BREAK_S: Final = 2.0
"""A hole between steps, or one interval, longer than this is not continuous running."""
STEADY_AFTER_S: Final = 10.0
"""Getting up to speed takes some seconds and is no baseline."""
STEADY_WITHIN: Final = 0.06
"""Median and mean agree within this share: 2.5 times the per-step noise of 2.3 % at the waist."""


def plausible(step: Step) -> bool:
    """Whether a step's cadence can be running."""
    return PLAUSIBLE_SPM[0] <= step.cadence_spm <= PLAUSIBLE_SPM[1]


class Cadence:
    """Exponential mean over the running median of the intervals per step.

    Works in intervals, not in rates: the mean of rates is biased upwards by their noise.
    """

    def __init__(self) -> None:
        self._intervals: deque[float] = deque(maxlen=MEDIAN_STEPS)
        self._mean_s: float | None = None
        self._end_t: float | None = None
        self._age_s = 0.0

    def restart(self) -> None:
        """Forgets everything: after a gap, a stop, or a break between steps."""
        self._intervals.clear()
        self._mean_s = None
        self._end_t = None
        self._age_s = 0.0

    def push(self, step: Step) -> bool:
        """Takes one step or stride; False if it did not follow the one before it."""
        hole = 0.0 if self._end_t is None else abs(step.t - self._end_t)
        follows = hole <= BREAK_S and step.duration_s <= BREAK_S * step.steps
        if not follows:
            self.restart()
        self._end_t = step.t + step.duration_s
        self._age_s += step.duration_s
        if plausible(step):
            self._intervals.append(60.0 / step.cadence_spm)
            if len(self._intervals) > MEDIAN_STEPS // 2:
                now = median(self._intervals)
                if self._mean_s is None:
                    self._mean_s = now
                else:
                    share = 1.0 - exp(-step.duration_s / TIME_CONSTANT_S)
                    self._mean_s += share * (now - self._mean_s)
        return follows

    @property
    def spm(self) -> float | None:
        """Steps per minute, or None until there are enough steps."""
        return None if self._mean_s is None else 60.0 / self._mean_s

    @property
    def steady(self) -> bool:
        """Under way for some time and not changing."""
        if self._mean_s is None or self._age_s < STEADY_AFTER_S:
            return False
        return abs(median(self._intervals) / self._mean_s - 1.0) <= STEADY_WITHIN
