"""When strides that rise or fall are stairs: never by one of them."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

STAIRS_ROW: Final = 3
"""Strides up, or down, in a row: a kerb, a doorstep and a hump are one or two."""
LEVEL_ROW: Final = 2
"""Of a landing, one may be the turn."""
UNKNOWN_MOST: Final = 2
"""In a row: across more of them nothing goes on."""


class Way(Enum):
    """Where a stride led."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Stairs:
    """From `t` on the walker climbs or descends stairs (`on`) or does not; known at `t_decision`,
    s."""

    t: float
    t_decision: float
    on: bool


class Climbing:
    """Judges one stride after another."""

    def __init__(self) -> None:
        self._on = False
        self._way: Way | None = None
        """Of the row that `_since` began and that is `_count` strides long."""
        self._count = self._unknown = 0
        self._since = self._unknown_since = 0.0

    def push(self, t: float, t_decision: float, way: Way | None) -> list[Stairs]:
        """What one more stride decides.

        Args:
            t: its start, s. way: None where it could not be measured.
        """
        if way is None:
            return self._not_measured(t, t_decision)
        self._unknown = 0
        if way is not self._way:
            self._way, self._count, self._since = way, 0, t
        self._count += 1
        if self._on == (way is not Way.LEVEL):
            return []
        if self._count < (LEVEL_ROW if self._on else STAIRS_ROW):
            return []
        self._on = not self._on
        return [Stairs(self._since, t_decision, self._on)]

    def restart(self, t: float, t_decision: float) -> list[Stairs]:
        """The walk begins anew at `t`, s."""
        self._way, self._count, self._unknown = None, 0, 0
        if not self._on:
            return []
        self._on = False
        return [Stairs(t, t_decision, on=False)]

    def _not_measured(self, t: float, t_decision: float) -> list[Stairs]:
        if not self._unknown:
            self._unknown_since = t
        self._unknown += 1
        if self._unknown <= UNKNOWN_MOST:
            return []
        return self.restart(self._unknown_since, t_decision)
