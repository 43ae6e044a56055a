"""The recorder: writes on its own thread, so that a card that stalls stalls nothing else."""

import errno
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from drivers.chunk import Chunk
from firmware_py.trace.writer import TraceWriter

log = logging.getLogger(__name__)

SYNC_S: Final = 1.0
"""Of the stream: a power cut costs at most what came since, and what is being written."""
IDLE_S: Final = 1.5
"""Of this thread: where the stream has stopped, what it left is synced all the same."""
WORTH_TELLING_S: Final = 2.0
"""What a power cut may cost; where the card makes it more, that is told."""


class Recorder:
    """Puts chunks and events into a trace, in order; calls never wait for the card.

    Args:
        writer: of a new trace; the recorder closes it. None: there is no trace, because of `error`.
        error: what kept it from being begun.
        now: a clock for how long the card takes, s.
        idle_s: what is left is synced when nothing came for so long.
    """

    def __init__(
        self,
        writer: TraceWriter | None,
        error: OSError | None = None,
        now: Callable[[], float] = time.monotonic,
        idle_s: float = IDLE_S,
    ) -> None:
        self._writer = writer
        self._queue: queue.SimpleQueue[Chunk | Mapping[str, Any] | bool] = queue.SimpleQueue()
        self._next_sync: float | None = None
        self._error = error
        self._now = now
        self._idle_s = idle_s
        self._stall_s = self._told_s = 0.0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        if writer is not None:
            self._thread.start()

    @property
    def error(self) -> OSError | None:
        """What ended the recording: the disk is full, broken or stuck; None: it goes on."""
        return self._error

    @property
    def stall_s(self) -> float:
        """The longest that the card took for one piece of work, s."""
        return self._stall_s

    def new_stall(self) -> float | None:
        """A stall, s, because of which a power cut would have cost more than 2 s; each once.

        Of several since the last call the longest; later ones only if they are longer.
        """
        stall_s = self._stall_s
        if stall_s + SYNC_S <= WORTH_TELLING_S or stall_s <= self._told_s:
            return None
        self._told_s = stall_s
        return stall_s

    def chunk(self, chunk: Chunk) -> None:
        """Records a chunk as the driver gave it."""
        if self._writer is None:
            return
        self._queue.put(chunk)
        self._passed(chunk.host_time)

    def event(self, event: Mapping[str, Any]) -> None:
        """Records an event, a cue or a status."""
        if self._writer is None:
            return
        self._queue.put(event)
        # Without samples it is events that show the time.
        self._passed(float(event["t"]))

    def _passed(self, t: float) -> None:
        """Syncs after every second of the stream; of this thread, equal streams would differ."""
        if self._next_sync is None:
            self._next_sync = t + SYNC_S
        elif t >= self._next_sync:
            self._next_sync = t + SYNC_S
            self._queue.put(True)

    def close(self, timeout: float = 30.0) -> bool:
        """Writes what is left and closes the trace; whether that was done within `timeout` s."""
        if self._writer is None:
            return True
        self._queue.put(False)
        self._thread.join(timeout)
        if self._thread.is_alive():
            text = f"the card has not taken the recording within {timeout:.0f} s"
            self._error = self._error or OSError(errno.ETIMEDOUT, text)
            return False
        return True

    def _run(self) -> None:
        unsynced = False
        while True:
            try:
                item = self._queue.get(timeout=self._idle_s if unsynced else None)
            except queue.Empty:
                item = True
            if item is False:
                break
            unsynced = item is not True
            if self._error is None:
                self._write(item)
        try:
            self._timed(self._open.close)
        except Exception as e:  # noqa: BLE001 - whatever it is, it must be told
            self._error = self._error or _as_os_error(e)

    def _write(self, item: Chunk | Mapping[str, Any] | bool) -> None:
        try:
            if isinstance(item, Chunk):
                self._timed(self._open.write_chunk, item)
            elif isinstance(item, Mapping):
                self._timed(self._open.write_event, item)
            else:
                self._timed(self._open.sync)
        except Exception as e:  # noqa: BLE001 - the thread must live on, or nobody empties the queue
            self._error = _as_os_error(e)

    @property
    def _open(self) -> TraceWriter:
        assert self._writer is not None
        return self._writer

    def _timed(self, work: Callable[..., object], *args: object) -> None:
        began = self._now()
        try:
            work(*args)
        finally:
            self._stall_s = max(self._stall_s, self._now() - began)


def _as_os_error(error: Exception) -> OSError:
    """The disk's own error as it is; anything else, a mistake of ours, in its clothes."""
    if isinstance(error, OSError):
        return error
    log.error("the recorder failed", exc_info=error)
    return OSError(errno.EIO, f"{type(error).__name__}: {error}")
