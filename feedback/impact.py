"""Impact as the coach sees it: a mean of five whole, unclipped steps."""

from collections import deque
from statistics import fmean
from typing import Final

from dsp.events import Step

MEAN_STEPS: Final = 5
"""As Van den Berghe 2021; at 10 % variation from step to step they resolve a change of 12 %."""
STALE_S: Final = 10.0
"""Values older than this do not tell how the runner lands now."""


def impact_of(step: Step) -> float | None:
    """What is judged, g: at the waist the part above the active peak, at the shoe the peak.

    None where samples of the impact were clipped or missing: it is not known then.
    """
    if step.clipped:
        return None
    return step.impact_excess_g if step.steps == 1 else step.impact_g


class Impact:
    """Means over the last five measured steps."""

    def __init__(self) -> None:
        self._last: deque[tuple[float, float]] = deque(maxlen=MEAN_STEPS)
        self._active: deque[float] = deque(maxlen=MEAN_STEPS)

    def restart(self) -> None:
        """Forgets everything: after a gap, a stop, or a break between steps."""
        self._last.clear()
        self._active.clear()

    def push(self, step: Step) -> None:
        """Takes one step or stride."""
        value = impact_of(step)
        if value is not None:
            self._last.append((step.t, value))
        while self._last and self._last[0][0] < step.t - STALE_S:
            self._last.popleft()
        if step.active_g is not None:
            self._active.append(step.active_g)

    @property
    def mean_g(self) -> float | None:
        if len(self._last) < MEAN_STEPS:
            return None
        return fmean(v for _, v in self._last)

    @property
    def active_g(self) -> float | None:
        return fmean(self._active) if len(self._active) == MEAN_STEPS else None
