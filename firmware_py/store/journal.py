"""`storage.log`: what became of recordings, a line each; never longer than it is useful."""

import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from firmware_py.disk import Disk
from firmware_py.store.wall import WallClock, iso

log = logging.getLogger(__name__)

JOURNAL: Final = "storage.log"
LONGEST: Final = 1 << 20
"""Bytes; the older half goes."""


class Journal:
    """Says what was dropped, deleted, mended or set aside, before it is done.

    Args:
        base: folder of the sessions. wall: dates the lines.
    """

    def __init__(self, base: Path, wall: WallClock, disk: Disk) -> None:
        self._path = base / JOURNAL
        self._wall = wall
        self._disk = disk
        self._lock = threading.Lock()

    def say(self, text: str) -> str:
        """Adds a line, also to the program's log; a full card keeps nobody from going on.

        Returns:
            The text.
        """
        log.warning("%s", text)
        now, trusted = self._wall.now()
        line = f"{iso(now)}{'' if trusted else '?'} {text}\n"
        with self._lock, suppress(OSError):
            old = self._disk.read(self._path) or b""
            if len(old) > LONGEST:
                old = old[len(old) // 2 :].partition(b"\n")[2]
            self._disk.put_whole(self._path, old + line.encode())
        return text
