"""The rate that a chip really has, for gaps that only the host's clock can measure."""

from typing import Final

LEARN_S: Final = 1.0
"""A stream this long tells the rate better than its nominal value does, which is 4 % off or so."""
WINDOW_S: Final = 60.0
"""The rate drifts: later on it is measured anew over windows of this length."""


class TrueRate:
    """Rate by the host's clock, from what the drains bring.

    A drain has all samples up to its host time, so a window is right to one sample at its ends.
    """

    def __init__(self) -> None:
        self._window: tuple[float, int] | None = None
        self._settled = False
        self._rate_hz: float | None = None

    def __call__(self, otherwise: float) -> float:
        """Hz; `otherwise` while nothing is known."""
        return self._rate_hz or otherwise

    def restart(self) -> None:
        """The stream begins anew; the chip is the same."""
        self._window = None

    def push(self, samples: int, host_time: float) -> None:
        """A drain: so many samples, lost ones included, since the one before.

        Args:
            samples: how many.
            host_time: of the drain, s.
        """
        if self._window is None:
            self._window = host_time, 0
            return
        began, count = self._window
        count += samples
        self._window = began, count
        span = host_time - began
        if span >= WINDOW_S:
            self._window = host_time, 0
            self._settled = True
        elif self._settled or span < LEARN_S:
            return
        self._rate_hz = count / span
