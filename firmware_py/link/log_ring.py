"""The last lines of the log, for who is far from the journal."""

import logging
from collections import deque
from typing import Final

_LINES: Final = 1000
_LONGEST: Final = 500


class LogRing(logging.Handler):
    """Keeps the last lines; attach it to a logger.

    Args:
        lines: how many.
    """

    def __init__(self, lines: int = _LINES) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=lines)

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 - a message that cannot be put together must not end a thread
            self.handleError(record)
            return
        # In one step: another thread may be reading.
        self._lines.extend(line[:_LONGEST] for line in text.splitlines()[-50:])

    def last(self, lines: int) -> list[str]:
        """The last `lines`, oldest first."""
        self.acquire()
        try:
            return list(self._lines)[-lines:]
        finally:
            self.release()
