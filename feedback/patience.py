"""When to stop asking: cues without a response, and the silence after them."""

from collections import deque
from statistics import fmean
from typing import Final

BEFORE_S: Final = 10.0
"""The mean over this time before a cue is what a response is measured from."""
DELAY_S: Final = 5.0
"""Hearing, changing, and the estimate's own lag."""
RESPONSE_S: Final = 20.0
"""The mean from the delay to here is the response: a single good moment is chance."""

LONGEST_S: Final = 1800.0
"""Each silence is twice the one before it, up to this: who never answers is hardly asked again."""


class Patience:
    """Counts the cues of one pattern that changed nothing.

    Progress is any figure that the cue asks to rise (the negative of one that should fall).

    Args:
        give_up_after: cues in a row without a response before giving up.
        give_up_s: the first silence after the last of them, s.
        response: share of its size by which progress must rise.
    """

    def __init__(self, give_up_after: int, give_up_s: float, response: float) -> None:
        self._limit = give_up_after
        self._shortest_s = self._silence_s = give_up_s
        self._response = response
        self._before: deque[tuple[float, float]] = deque()
        self._after: list[float] = []
        self._cue_t = float("-inf")
        self._goal = float("inf")
        self._in_row = 0

    def saw(self, t: float, progress: float) -> None:
        """How the runner does at `t`."""
        self._before.append((t, progress))
        while self._before[0][0] < t - BEFORE_S:
            self._before.popleft()
        if DELAY_S < t - self._cue_t <= RESPONSE_S:
            self._after.append(progress)

    def cued(self, t: float, response: float | None = None) -> None:
        """A cue was given; `response`: what answers this one, where it is not the usual share."""
        usual = fmean(p for _, p in self._before) if self._before else float("inf")
        self._goal = usual + (response or self._response) * abs(usual)
        self._in_row += 1
        self._cue_t = t
        self._after.clear()

    def forget(self) -> None:
        """The deviation is over: the next one is new."""
        self._in_row = 0
        self._silence_s = self._shortest_s

    def willing(self, t: float) -> bool:
        """Whether another cue makes sense at `t`."""
        if self._after and fmean(self._after) >= self._goal:
            self.forget()
        if self._in_row < self._limit:
            return True
        if t - self._cue_t < self._silence_s:
            return False
        self._in_row = 0
        self._silence_s = max(self._shortest_s, min(2.0 * self._silence_s, LONGEST_S))
        return True
