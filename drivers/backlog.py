"""From the reader to a consumer: never blocks the reader; what the consumer cannot take is lost."""

import queue
from typing import Final, Generic, TypeVar

from drivers.chunk import Chunk

T = TypeVar("T")

LIMIT_S: Final = 30.0


class Backlog(Generic[T]):
    """A queue of chunks and other items, the reader's notes for instance, in order.

    Unbounded on purpose: a bounded put would block the reader or lose the tail at shutdown. Past
    the limit chunks are dropped and show as `lost` of the next one that fits; other items always
    fit.

    Args:
        rate_hz: nominal rate, Hz.
        limit_s: samples of so many seconds may wait.
    """

    def __init__(self, rate_hz: float, limit_s: float = LIMIT_S) -> None:
        self._queue: queue.Queue[Chunk | T | None] = queue.Queue()
        self._limit = round(rate_hz * limit_s)
        self._put = self._taken = 0
        self._dropped = 0
        self.dropped = 0
        """Samples that did not fit, in all."""

    def put(self, item: Chunk | T) -> None:
        """Adds an item; never waits."""
        if isinstance(item, Chunk):
            n = len(item.counts)
            # Each of the two is written by one thread only; a stale _taken errs on the safe side.
            if self._put - self._taken + n > self._limit:
                self._dropped += n + item.lost
                self.dropped += n
                return
            if self._dropped:
                item = Chunk(item.counts, item.host_time, item.lost + self._dropped)
                self._dropped = 0
            self._put += n
        self._queue.put(item)

    def close(self) -> None:
        """Nothing more will come: `get` ends."""
        self._queue.put(None)

    def get(self, timeout: float | None = None) -> Chunk | T | None:
        """The next item; None once it is closed and empty.

        Raises:
            TimeoutError: nothing came within `timeout` s.
        """
        try:
            item = self._queue.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(item, Chunk):
            self._taken += len(item.counts)
        return item

    def done(self) -> None:
        """The item that `get` gave was worked off."""
        self._queue.task_done()

    def wait_until_done(self) -> None:
        """Until all that was put was worked off: for simulations, where time may wait."""
        self._queue.join()
