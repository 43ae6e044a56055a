"""A filtered channel of a history, computed only when somebody looks.

A live block has 4 samples, and a filter call costs more than a hundred of them: what is looked at
three times a second is filtered three times a second. The filter carries its state, so the values
are the same whenever they are made.
"""

from dsp.filters import Biquad, Filter
from dsp.history import History


class Deferred:
    """One channel filtered from another.

    Args:
        history: holds both; it must keep more than `most` samples.
        source, target: channels. section: the filter.
        most: samples that may wait.
    """

    def __init__(
        self, history: History, source: int, target: int, section: Biquad, most: int
    ) -> None:
        self._history = history
        self._source, self._target = source, target
        self._filter = Filter(section)
        self._most = most
        self._done = 0

    def pushed(self) -> None:
        """More samples have come: not too many must wait, or they would be forgotten."""
        if self._history.end - self._done > self._most:
            self.settle()

    def restart(self) -> None:
        """Samples do not go on: to be called before the first ones after a hole are pushed."""
        self.settle()
        self._filter.restart()

    def settle(self) -> None:
        """From here on the target channel holds every sample of the history."""
        end = self._history.end
        if end > self._done:
            waiting = self._history.view(self._source, self._done, end)
            self._history.write(self._target, self._done, self._filter.push(waiting))
            self._done = end
