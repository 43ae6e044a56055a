"""The rest between two intervals, known while it lasts: then nobody wants to be coached."""

from collections import deque
from math import log
from statistics import fmean
from typing import Final

from dsp.events import Step

BIN_S: Final = 5.0
LEVEL_BINS: Final = 4
"""20 s at one effort are a level; a surge over a kerb is none."""
MEMORY_S: Final = 300.0
"""The longest usual interval and its rest."""
FORCE_SHARE: Final = 0.2
CADENCE_ONLY: Final = 1.5
CLEAR_WAIST: Final = 0.15
CLEAR_SHOE: Final = 0.19
"""More than falling back from +10 %, the most that is asked for (0.10 and 0.14), and the wander of
a steady run: who falls back is to be told. A jogged rest after a fast minute is 0.2."""
LONGEST_S: Final = 180.0
"""What lasts longer is no rest: it is how fast the runner runs now."""


class Rests:
    """Whether the runner goes much easier than minutes ago, for some time at most."""

    def __init__(self) -> None:
        self._bins: deque[tuple[float, float]] = deque()
        self._now: list[float] = []
        self._bin_t: float | None = None
        self._since: float | None = None
        self._resting = False
        self._clear = CLEAR_WAIST

    @property
    def resting(self) -> bool:
        return self._resting

    def push(self, step: Step) -> None:
        """Takes one running step or stride."""
        effort = _effort(step)
        if effort is None:
            return
        self._clear = CLEAR_SHOE if step.steps > 1 else CLEAR_WAIST
        if self._bin_t is None:
            self._bin_t = step.t
        self._now.append(effort)
        if step.t - self._bin_t >= BIN_S:
            self._bins.append((step.t, fmean(self._now)))
            self._now.clear()
            self._bin_t = step.t
            while self._bins[0][0] < step.t - MEMORY_S:
                self._bins.popleft()
            self._judge(step.t_decision)

    def restart(self) -> None:
        """After a break: steps from before it are not averaged with those after it."""
        self._now.clear()
        self._bin_t = None

    def _judge(self, now: float) -> None:
        latest = self._bins[-1][1]
        easier = (hard := self._hardest()) is not None and latest < hard - self._clear
        if not easier:
            self._since, self._resting = None, False
            return
        if self._since is None:
            self._since = now
        self._resting = now - self._since < LONGEST_S
        if not self._resting:
            # From here on this is the level that others are compared with.
            last = self._bins[-1]
            self._bins.clear()
            self._bins.append(last)
            self._since = None

    def _hardest(self) -> float | None:
        """The hardest level within memory."""
        efforts = [e for _, e in self._bins]
        levels = (fmean(efforts[k : k + LEVEL_BINS]) for k in range(len(efforts) - LEVEL_BINS + 1))
        return max(levels, default=None)


def _effort(step: Step) -> float | None:
    pace = log(step.cadence_spm)
    if step.steps > 1:
        return CADENCE_ONLY * pace
    if step.active_g is None or step.active_g <= 0.0:
        return None
    return pace + FORCE_SHARE * log(step.active_g)
