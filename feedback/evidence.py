"""Whether a figure that scatters from step to step is over its limit, and since when.

Page's cumulative sums of the log likelihood ratio, one each way (Page 1954, Biometrika 41:100): the
larger the excess, and the less the steps scatter, the sooner it is known (docs/policy.md).
"""

from collections import deque
from math import log
from typing import Final

SURE: Final = log(20.0)
"""Twenty times as likely as the opposite."""
DOUBT: Final = SURE / 2.0
"""What was sure is so until the evidence falls to this: a single step does not turn it."""
FIRST_SD: Final = 0.25
LEAST_SD: Final = 0.08
"""Of single steps, share of the limit: before it is known, and at least."""
SPREAD_STEPS: Final = 60.0
SAME_FOOT: Final = 2
"""Steps apart that are compared for the scatter: two feet may land differently."""


class _Sum:
    """Evidence for one side; it begins anew wherever there is none left."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.sure = False
        self._value = 0.0

    def add(self, t: float, ratio: float) -> None:
        self._value = min(max(0.0, self._value + ratio), SURE)
        if self._value == 0.0:
            self.since = None
        elif self.since is None:
            self.since = t
        self.sure = self._value >= (DOUBT if self.sure else SURE)

    def clear(self) -> None:
        self._value, self.since, self.sure = 0.0, None, False


class Evidence:
    """That the mean of a figure is over its limit, or under it."""

    def __init__(self) -> None:
        self._over, self._under = _Sum(), _Sum()
        self._last: deque[float] = deque(maxlen=SAME_FOOT)
        self._square = FIRST_SD**2

    def restart(self) -> None:
        """What was seen so far no longer counts; how much steps scatter does."""
        self._over.clear()
        self._under.clear()
        self._last.clear()

    def push(self, t: float, excess: float, margin: float) -> None:
        """Takes a step's figure.

        Args:
            t: of the step, s. excess: of its figure over the limit, share of the limit.
            margin: a mean so far above the limit is told from one so far below it, share of it.
        """
        if len(self._last) == SAME_FOOT:
            change = excess - self._last[0]
            self._square += (change**2 / 2.0 - self._square) / SPREAD_STEPS
        self._last.append(excess)
        ratio = 2.0 * margin * excess / max(self._square, LEAST_SD**2)
        self._over.add(t, ratio)
        self._under.add(t, -ratio)

    @property
    def over_since(self) -> float | None:
        """Since when it has been over the limit, s; None: it is not known to be."""
        return self._over.since if self._over.sure else None

    @property
    def under_since(self) -> float | None:
        """Since when it has been under the limit, s; None: it is not known to be."""
        return self._under.since if self._under.sure else None
