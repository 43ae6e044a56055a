"""Keeps a simulation in step: with its listeners, and with real time."""

import threading
import time
from collections.abc import Callable
from typing import Final

LOOK_UP_S: Final = 0.2


class Pacing:
    """Called after every sleep of the simulated host.

    Virtual time stands still until everything delivered was worked off: the same simulation gives
    the same cues at the same instants, however busy the machine is.

    Args:
        pace: virtual seconds per second; None: no waiting.
    """

    def __init__(self, pace: float | None) -> None:
        self._pace = pace
        self._began: tuple[float, float] | None = None
        self._stop = threading.Event()
        self._worked_off: Callable[[], object] = lambda: None

    def follow(self, worked_off: Callable[[], object]) -> None:
        """Virtual time goes on only after `worked_off` has returned."""
        self._worked_off = worked_off

    def slept(self, now: float) -> None:
        """Virtual time has come to `now`."""
        if self._stop.is_set():
            return
        self._worked_off()
        if self._pace is None:
            return
        real = time.monotonic()
        if self._began is None:
            self._began = (real, now)
        began, start = self._began
        while (left := began + (now - start) / self._pace - time.monotonic()) > 0:
            if self._stop.wait(min(left, LOOK_UP_S)):
                return

    @property
    def real(self) -> bool:
        """Whether a second takes a second."""
        return self._pace == 1.0

    def clock(self) -> float:
        """Virtual time that goes with this moment, s; only where there is a pace."""
        if self._began is None or self._pace is None:
            return 0.0
        began, start = self._began
        return start + (time.monotonic() - began) * self._pace

    def stop(self) -> None:
        """Waits no more, for anything."""
        self._stop.set()
