"""The recorder: writes on its own thread, so that a card that stalls stalls nothing else."""

import errno
import logging
import queue
import threading
from collections.abc import Mapping
from typing import Any, Final

from drivers.chunk import Chunk
from firmware_py.trace.writer import TraceWriter

log = logging.getLogger(__name__)

SYNC_S: Final = 1.0
"""Of the stream: a power cut costs at most what came since, and what is being written."""


class Recorder:
    """Puts chunks and events into a trace, in order; calls never wait for the card.

    Args:
        writer: of a new trace; the recorder closes it.
    """

    def __init__(self, writer: TraceWriter) -> None:
        self._writer = writer
        self._queue: queue.SimpleQueue[Chunk | Mapping[str, Any] | bool] = queue.SimpleQueue()
        self._next_sync: float | None = None
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def error(self) -> OSError | None:
        """What ended the recording: the disk is full, broken or stuck; None: it goes on."""
        return self._error

    def chunk(self, chunk: Chunk) -> None:
        """Records a chunk as the driver gave it."""
        self._queue.put(chunk)
        if self._next_sync is None:
            self._next_sync = chunk.host_time + SYNC_S
        elif chunk.host_time >= self._next_sync:
            # Seconds of the stream, not of this thread: the same stream gives the same file.
            self._next_sync = chunk.host_time + SYNC_S
            self._queue.put(True)

    def event(self, event: Mapping[str, Any]) -> None:
        """Records an event, a cue or a status."""
        self._queue.put(event)

    def close(self, timeout: float = 30.0) -> bool:
        """Writes what is left and closes the trace; whether that was done within `timeout` s."""
        self._queue.put(False)
        self._thread.join(timeout)
        if self._thread.is_alive():
            text = f"the card has not taken the recording within {timeout:.0f} s"
            self._error = self._error or OSError(errno.ETIMEDOUT, text)
            return False
        return True

    def _run(self) -> None:
        while True:
            item = self._queue.get()
            if item is False:
                break
            if self._error is None:
                self._write(item)
        try:
            self._writer.close()
        except Exception as e:  # noqa: BLE001 - whatever it is, it must be told
            self._error = self._error or _as_os_error(e)

    def _write(self, item: Chunk | Mapping[str, Any] | bool) -> None:
        try:
            if isinstance(item, Chunk):
                self._writer.write_chunk(item)
            elif isinstance(item, Mapping):
                self._writer.write_event(item)
            else:
                self._writer.sync()
        except Exception as e:  # noqa: BLE001 - the thread must live on, or nobody empties the queue
            self._error = _as_os_error(e)


def _as_os_error(error: Exception) -> OSError:
    """The disk's own error as it is; anything else, a mistake of ours, in its clothes."""
    if isinstance(error, OSError):
        return error
    log.error("the recorder failed", exc_info=error)
    return OSError(errno.EIO, f"{type(error).__name__}: {error}")
