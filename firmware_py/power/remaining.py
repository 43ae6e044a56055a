"""How long a battery will last, from how it went in the last half hour: an estimate."""

from collections import deque
from typing import Final

EVERY_S: Final = 60.0
WINDOW_S: Final = 1800.0
LEAST_S: Final = 600.0
LEAST_FALL: Final = 0.03
"""Less, and the gauge's own steps and the curve's error would be the estimate."""


class Trend:
    """The charge over the last half hour."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._last: tuple[float, float] | None = None

    def push(self, t: float, charge: float) -> None:
        """The charge, 0 to 1, at `t`, s."""
        self._last = (t, charge)
        if not self._points or t - self._points[-1][0] >= EVERY_S:
            self._points.append((t, charge))
        while t - self._points[0][0] > WINDOW_S:
            self._points.popleft()

    def clear(self) -> None:
        """What was does not go on."""
        self._points.clear()
        self._last = None

    def until(self, floor: float) -> float | None:
        """Seconds until the charge is `floor` if it goes on like this; None: it is too early."""
        if self._last is None:
            return None
        (t0, c0), (t1, c1) = self._points[0], self._last
        if t1 - t0 < LEAST_S or c0 - c1 < LEAST_FALL:
            return None
        return max(0.0, c1 - floor) * (t1 - t0) / (c0 - c1)
