"""Whether a body that takes no steps stands or does something else; not to be had by a fidget."""

from collections import deque
from typing import Final

from dsp.activity.movement import Movement
from dsp.events import Activity

BUSY: Final = 6
"""Moving windows among the last 10 (5 s) that are another activity: a fidget, a turn, a look at the
watch, or sitting down, are not. Walking is known within 5 s, at the shoe too."""
BUSY_OF: Final = 10
STAND_OF: Final = 4
"""2 s, at most one moving window among them and half of them still, are standing."""
CALM_OF: Final = 6
"""3 s without a moving window, half of them still, end another activity: longer than the pause
between two jumps, two bends or two lifts."""
LONGEST: Final = 20
"""10 s without a still window is no standing: a vehicle. And nothing stays undecided longer."""
HOLE_S: Final = 1.0
"""What lies before a longer hole says nothing about now."""


class Rest:
    """Judges the last windows of movement; what has been judged is not judged again."""

    def __init__(self) -> None:
        self._windows: deque[Movement] = deque(maxlen=LONGEST)

    def push(self, window: Movement) -> None:
        """Takes the next window."""
        if self._windows and window.t - self._windows[-1].t_decision > HOLE_S:
            self._windows.clear()
        self._windows.append(window)

    def begun(self, since: float) -> Activity | None:
        """What has begun at `since`, of which nothing else is known; None: not decided yet."""
        windows = [w for w in self._windows if w.t >= since]
        kind = None
        if any(w.turned for w in windows):
            kind = Activity.OTHER
        elif len(windows) >= STAND_OF and _calm(windows[-STAND_OF:], may_move=1):
            kind = Activity.STAND
        elif _moving(windows[-BUSY_OF:]) >= BUSY:
            kind = Activity.OTHER
        elif len(windows) == LONGEST:
            kind = Activity.STAND if 2 * _moving(windows) < LONGEST else Activity.OTHER
        if kind:
            self._windows.clear()
        return kind

    def stirred(self) -> float | None:
        """Since when a standing body has done something else; None: it has not."""
        last = list(self._windows)[-BUSY_OF:]
        since = None
        if _moving(last) >= BUSY or last[-1].turned:
            since = next(w.t for w in last if w.moving)
        elif len(self._windows) == LONGEST and not any(w.still for w in self._windows):
            since = self._windows[0].t
        if since is not None:
            self._windows.clear()
        return since

    def settled(self) -> float | None:
        """Since when a busy body has been standing; None: it is not."""
        last = list(self._windows)[-CALM_OF:]
        if len(last) < CALM_OF or not _calm(last, may_move=0):
            return None
        self._windows.clear()
        return last[0].t


def _moving(windows: list[Movement]) -> int:
    return sum(w.moving for w in windows)


def _calm(windows: list[Movement], may_move: int) -> bool:
    return _moving(windows) <= may_move and 2 * sum(w.still for w in windows) >= len(windows)
