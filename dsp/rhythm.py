"""When a row of contacts is a rhythm, and when the next one is due."""

from dataclasses import dataclass
from typing import Final

FOLLOW: Final = 0.3
"""Share of a new interval in the period (science 1.3: exponential average 0.3, SD 13 ms)."""
ALIKE: Final = 1.3
"""Ratio of neighboring intervals; left/right asymmetry and detection jitter stay well below it."""
MISSED: Final = 1.6
"""An interval longer than this many periods holds a contact that was not seen."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Intervals that a rhythm may have, s (waist: steps, shoe: strides)."""

    shortest_s: float
    longest_s: float


class Rhythm:
    """The interval between contacts, once there is one."""

    def __init__(self, tempo: Tempo) -> None:
        self._tempo = tempo
        self.period_s: float | None = None

    def fits(self, *intervals_s: float) -> bool:
        """Whether intervals in a row are in the tempo's range and alike."""
        low, high = min(intervals_s), max(intervals_s)
        return (
            self._tempo.shortest_s <= low and high <= self._tempo.longest_s and high <= ALIKE * low
        )

    def start(self, interval_s: float) -> None:
        """The rhythm begins with this period."""
        self.period_s = interval_s

    def stop(self) -> None:
        """There is no rhythm any more."""
        self.period_s = None

    def is_whole(self, interval_s: float) -> bool:
        """Whether an interval is one period, not two with a contact missed or half a one."""
        if self.period_s is None:
            return False
        return 1.0 / MISSED < interval_s / self.period_s < MISSED

    def agreement(self, interval_s: float) -> float:
        """1 for exactly the period, 0 for 30 % and more off."""
        if self.period_s is None:
            return 0.0
        return max(0.0, 1.0 - abs(interval_s / self.period_s - 1.0) / (ALIKE - 1.0))

    def follow(self, interval_s: float) -> None:
        """Moves the period towards a new interval, if it is one whole period."""
        if self.period_s is not None and self.is_whole(interval_s):
            self.period_s += FOLLOW * (interval_s - self.period_s)
