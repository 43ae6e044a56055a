"""Events on their way to the host: never waited for, dropped and counted where it does not read."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from firmware_py.link.messages import notice
from firmware_py.link.protocol import DROPPED, EVENT

_HELD: Final = 512
Subscribe: TypeAlias = Callable[[Callable[[dict[str, Any]], object]], Callable[[], None]]
"""Given what takes an event; returns what ends that."""


class Feed:
    """Takes events on any thread, gives lines on the link's.

    Args:
        wake: called when there is something to send; must not block.
        held: events that may wait.
    """

    def __init__(self, wake: Callable[[], object] = lambda: None, held: int = _HELD) -> None:
        self._wake = wake
        self._held = held
        self._waiting: deque[Mapping[str, Any]] = deque()
        self._lock = threading.Lock()
        self._missed = 0
        self._under_way = 0
        self._end: Callable[[], None] | None = None
        self.dropped = 0

    @property
    def on(self) -> bool:
        """Whether somebody listens."""
        return self._end is not None

    def begin(self, subscribe: Subscribe) -> None:
        """Listens, unless it does so already."""
        if self._end is None:
            self._end = subscribe(self.put)

    def end(self) -> None:
        """Listens no more, and forgets what waits."""
        end, self._end = self._end, None
        if end is not None:
            end()
        with self._lock:
            self._waiting.clear()
            self._missed = self._under_way = 0

    def put(self, event: Mapping[str, Any]) -> None:
        """Takes an event; never blocks."""
        with self._lock:
            if len(self._waiting) >= self._held:
                self._waiting.popleft()
                self._miss(1)
            self._waiting.append(event)
        self._wake()

    def drop(self) -> None:
        """The host does not read: what waits is too old, and what was taken last not all sent."""
        with self._lock:
            self._miss(len(self._waiting) + self._under_way)
            self._waiting.clear()
            self._under_way = 0

    def take(self, most: int) -> bytes:
        """The lines of the next `most` events; before them how many were dropped, if any."""
        if self._end is None:
            return b""
        with self._lock:
            missed, self._missed = self._missed, 0
            events = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._under_way = len(events)
        lines = []
        if missed:
            lines.append(notice(DROPPED, {"count": missed, "total": self.dropped}))
        for event in events:
            try:
                lines.append(notice(EVENT, event))
            except (TypeError, ValueError):
                with self._lock:
                    self._miss(1)
        return b"".join(lines)

    def _miss(self, count: int) -> None:
        self._missed += count
        self.dropped += count
