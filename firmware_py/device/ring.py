"""The last seconds of what the reader delivered, as it delivered it."""

from collections import deque
from dataclasses import replace

from drivers.chunk import Chunk
from drivers.notes import Note


class Ring:
    """Keeps chunks and notes of the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._items: deque[Chunk | Note] = deque()

    def push(self, item: Chunk | Note) -> None:
        """Takes the next item."""
        self._items.append(item)
        oldest = item.host_time - self._seconds
        while self._items[0].host_time < oldest:
            self._items.popleft()

    def last(self, seconds: float) -> list[Chunk | Note]:
        """What there is of the last `seconds`, oldest first; it begins with a chunk."""
        if not self._items:
            return []
        oldest = self._items[-1].host_time - seconds
        out = [item for item in self._items if item.host_time >= oldest]
        while out and not isinstance(out[0], Chunk):
            out.pop(0)
        if out and isinstance(out[0], Chunk):
            # What was lost before the first sample is no part of the session.
            out[0] = replace(out[0], lost=0)
        return out
