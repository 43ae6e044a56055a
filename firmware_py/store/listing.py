"""What is told of the sessions on the shelf."""

import math
from dataclasses import dataclass
from pathlib import Path

from dsp.errors import TraceError
from firmware_py.disk import Disk
from firmware_py.session.files import read_summary
from firmware_py.session.folder import SUMMARY
from firmware_py.store.folders import is_ours
from firmware_py.store.holding import is_held
from firmware_py.store.ledger import entries
from firmware_py.store.opened import dated
from firmware_py.store.record import State, read_record
from firmware_py.store.wall import EARLIEST, WallClock, iso


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of a session.

    Args:
        name: without any folder.
        size: bytes.
        verified: sha256 of a verified download of it as it is, in hex; None: there was none.
    """

    name: str
    size: int
    verified: str | None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session on the shelf.

    Args:
        id: its name.
        started: ISO 8601, UTC; None: not known.
        started_trusted: whether that can be believed.
        duration_s: from its summary; None: it has none yet.
        open: it is being recorded now.
        files: that may be opened.
    """

    id: str
    started: str | None
    started_trusted: bool
    duration_s: float | None
    open: bool
    files: tuple[FileInfo, ...]


class Listing:
    """Tells of sessions; a summary that has not changed is read once.

    Args:
        wall: dates them.
    """

    def __init__(self, wall: WallClock, disk: Disk) -> None:
        self._wall = wall
        self._disk = disk
        self._durations: dict[Path, tuple[tuple[int, int], float | None]] = {}

    def info(self, folder: Path) -> SessionInfo:
        """Of the session in `folder`.

        Raises:
            OSError: it cannot be read.
        """
        record = read_record(folder, self._disk)
        started, trusted = None, False
        if record is not None:
            now = dated(record, self._wall)
            # A clock that was never set says 1970; that is not known, not early.
            known = now.wall is not None and now.wall >= EARLIEST
            started = iso(now.wall) if known and now.wall is not None else None
            trusted = known and now.wall_trusted
        proofs = entries(folder, self._disk)
        files = []
        for path in sorted(folder.iterdir()):
            if is_ours(path.name) and path.is_file() and not path.is_symlink():
                size = path.stat().st_size
                files.append(FileInfo(path.name, size, proofs.get(path.name)))
        is_open = is_held(folder) and (record is None or record.state is State.OPEN)
        duration_s = None if is_open else self._duration(folder / SUMMARY)
        return SessionInfo(folder.name, started, trusted, duration_s, is_open, tuple(files))

    def _duration(self, path: Path) -> float | None:
        try:
            now = path.stat()
        except FileNotFoundError:
            return None
        seen = (now.st_mtime_ns, now.st_size)
        known = self._durations.get(path)
        if known is None or known[0] != seen:
            try:
                duration_s = float(read_summary(path)["duration_s"])
                known = (seen, duration_s if math.isfinite(duration_s) else None)
            except (TraceError, KeyError, TypeError, ValueError, OverflowError, OSError):
                known = (seen, None)
            self._durations[path] = known
        return known[1]
