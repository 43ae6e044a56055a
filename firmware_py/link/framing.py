"""Bytes to lines, whatever comes: bounded, and whole again after the next line's end."""

import re
from dataclasses import dataclass
from typing import Final

from firmware_py.link.protocol import MAX_LINE

_END: Final = re.compile(rb"[\r\n]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Args:
        text: without its end; None: it was too long, and is gone.
        typed: it ended as a terminal's Enter key ends it, by CR.
    """

    text: bytes | None
    typed: bool


class LineReader:
    """Cuts a stream into lines that end with LF, CR or both; empty ones are left out.

    Args:
        most: bytes of a line; of longer ones only the end is looked for.
    """

    def __init__(self, most: int = MAX_LINE) -> None:
        self._most = most
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False

    def __len__(self) -> int:
        """Bytes that were pushed and not yet given back."""
        return len(self._buffer)

    def push(self, data: bytes) -> None:
        """Takes what has arrived."""
        self._buffer += data

    def next(self) -> Line | None:
        """The next whole line; None: it has not arrived."""
        while (end := _END.search(self._buffer, self._searched)) is not None:
            text = bytes(self._buffer[: end.start()])
            typed = end[0] == b"\r"
            del self._buffer[: end.end()]
            self._searched = 0
            if self._skipping or len(text) > self._most:
                self._skipping = False
                return Line(None, typed)
            if text.strip():
                return Line(text, typed)
        self._searched = len(self._buffer)
        if self._searched > self._most:
            self._buffer.clear()
            self._searched = 0
            self._skipping = True
        return None

    def reset(self) -> None:
        """Forgets a half line: another host begins."""
        self._buffer.clear()
        self._searched = 0
        self._skipping = False
