"""What presses of the one button mean. Pure: times of edges in, gestures out."""

from enum import StrEnum
from typing import Final

BOUNCE_S: Final = 0.02
"""Contacts of small buttons bounce for up to 10 ms; nobody presses or lets go sooner."""
APART_S: Final = 0.4
"""Presses closer than this belong together: a double click in gloves while running."""
HOLD_S: Final = 2.0
"""Nobody holds a button so long by accident."""
VERY_LONG_S: Final = 5.0
"""Nobody holds it so long who only wanted to stop: the answer to a hold came 3 s before."""


class Gesture(StrEnum):
    """One, two or three short presses, or a long one, which may become a very long one."""

    PRESS = "press"
    DOUBLE = "double"
    TRIPLE = "triple"
    HOLD = "hold"
    VERY_LONG = "very long hold"


_BY_COUNT: Final = {1: Gesture.PRESS, 2: Gesture.DOUBLE}


class Gestures:
    """Edges of one button, in order of time, s.

    Short presses are decided once no other one follows. A hold is decided while the button is still
    down, so that whoever holds it is answered and knows when to let go; held on, it is told again
    as a very long one.
    """

    def __init__(self) -> None:
        self._down: float | None = None
        self._up = float("-inf")
        self._count = 0
        self._held: Gesture | None = None
        self._told: Gesture | None = None

    def pressed(self, t: float) -> None:
        """The button went down."""
        if self._down is None and t - self._up >= BOUNCE_S:
            self._down = t
            self._told = None

    def released(self, t: float) -> None:
        """The button came up."""
        if self._down is None or t - self._down < BOUNCE_S:
            return
        held = _held(t - self._down)
        if held is None:
            self._count += 1
        elif held is not self._told:
            # Nobody asked in time.
            self._held, self._count = held, 0
        self._down, self._up = None, t

    def decided(self, t: float) -> Gesture | None:
        """The gesture that is certain at `t`, each once; ask at the time that `due` says."""
        if self._held is not None:
            held, self._held = self._held, None
            return held
        if self._down is not None:
            now = _held(t - self._down)
            if now is None or now is self._told:
                return None
            self._told, self._count = now, 0
            return now
        if not self._count or t - self._up < APART_S:
            return None
        count, self._count = self._count, 0
        return _BY_COUNT.get(count, Gesture.TRIPLE)

    @property
    def due(self) -> float | None:
        """When to ask what is decided, s; None: not before the next edge."""
        if self._held is not None:
            return self._up
        if self._down is not None:
            after = {None: HOLD_S, Gesture.HOLD: VERY_LONG_S}.get(self._told)
            return None if after is None else self._down + after
        return self._up + APART_S if self._count else None


def _held(seconds: float) -> Gesture | None:
    if seconds >= VERY_LONG_S:
        return Gesture.VERY_LONG
    return Gesture.HOLD if seconds >= HOLD_S else None
