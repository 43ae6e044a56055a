"""What presses of the one button mean. Pure: times of edges in, gestures out."""

from enum import StrEnum
from typing import Final

BOUNCE_S: Final = 0.02
"""Contacts of small buttons bounce for up to 10 ms; nobody presses or lets go sooner."""
APART_S: Final = 0.4
"""Presses closer than this belong together: a double click in gloves while running."""
HOLD_S: Final = 2.0
"""Nobody holds a button so long by accident."""


class Gesture(StrEnum):
    """One, two or three short presses, or a long one."""

    PRESS = "press"
    DOUBLE = "double"
    TRIPLE = "triple"
    HOLD = "hold"


_BY_COUNT: Final = {1: Gesture.PRESS, 2: Gesture.DOUBLE}


class Gestures:
    """Edges of one button, in order of time, s."""

    def __init__(self) -> None:
        self._down: float | None = None
        self._up = float("-inf")
        self._count = 0
        self._long = False

    def pressed(self, t: float) -> None:
        """The button went down."""
        if self._down is None and t - self._up >= BOUNCE_S:
            self._down = t

    def released(self, t: float) -> None:
        """The button came up."""
        if self._down is None or t - self._down < BOUNCE_S:
            return
        self._count += 1
        self._long = self._long or t - self._down >= HOLD_S
        self._down, self._up = None, t

    def decided(self, t: float) -> Gesture | None:
        """The gesture that is over at `t`, once; ask `APART_S` after each release."""
        if not self._count or self._down is not None or t - self._up < APART_S:
            return None
        count, long = self._count, self._long
        self._count, self._long = 0, False
        return Gesture.HOLD if long else _BY_COUNT.get(count, Gesture.TRIPLE)
