"""The shelf of sessions: the one place that begins, lists, hands out and removes them."""

import errno
import logging
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dsp.errors import GaitCoachError
from firmware_py.disk import Disk
from firmware_py.programme.due import Due
from firmware_py.session.folder import SUMMARY, part_number
from firmware_py.store.beginning import Beginning
from firmware_py.store.errors import NotVerifiedError, UnknownSessionError
from firmware_py.store.folders import (
    ASIDE,
    GONE,
    ID,
    being_deleted,
    is_ours,
    remember_number,
    removed,
    session_folders,
    temporary_files,
)
from firmware_py.store.holding import Hold, is_held
from firmware_py.store.journal import Journal
from firmware_py.store.ledger import LEDGER, enter, proven
from firmware_py.store.listing import Listing, SessionInfo
from firmware_py.store.opened import OpenSession, redate
from firmware_py.store.record import read_record
from firmware_py.store.recovery import Recovery, Unfinished, is_open, may_go_on
from firmware_py.store.room import Room, make_room
from firmware_py.store.settings import StorageSettings
from firmware_py.store.wall import WallClock
from firmware_py.trace.header import TraceHeader

log = logging.getLogger(__name__)


class Shelf:
    """All sessions below one folder. Its methods may be called from any thread.

    Args:
        base: the folder; made where it is missing.
        wall: the wall clock, and the computer with it.
        settings: what is left free.
        disk: file operations.
    """

    def __init__(
        self,
        base: Path,
        wall: WallClock,
        settings: StorageSettings | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.base = base
        self.wall = wall
        self._settings = settings or StorageSettings()
        self._disk = disk or Disk()
        self._journal = Journal(base, wall, self._disk)
        self._lock = threading.RLock()
        self._current: OpenSession | None = None
        self._beginning = Beginning(base, wall, self._journal, self._disk)
        self._listing = Listing(wall, self._disk)
        wall.when_set(self.correct_dates)

    def begin(self, header: TraceHeader, why: str, due: Due | None = None) -> OpenSession:
        """A new session, recording. It never fails: what the card does not take is told.

        Args:
            header: of its trace.
            why: what begins it: button, auto, link or command.
            due: the programme's session that it is.
        """
        with self._lock:
            self._current = self._beginning.new(header, why, due, self._settings)
            return self._current

    def unfinished(self) -> Unfinished | None:
        """The session that may go on: the newest, of this boot, its last sample < 60 s ago."""
        with self._lock:
            try:
                for folder in reversed(session_folders(self.base)):
                    if not is_held(folder):
                        return may_go_on(folder, self.wall, self._disk)
            except OSError as e:
                log.warning("%s: cannot be read (%s)", self.base, e.strerror or e)
            return None

    def resume(self, unfinished: Unfinished, header: TraceHeader) -> OpenSession:
        """Goes on with a session, in its next trace.

        Args:
            unfinished: as `unfinished` gave it.
            header: of the next trace.

        Raises:
            GaitCoachError: another sensor, or somebody else records into it; close it instead.
        """
        with self._lock:
            self._current = self._beginning.again(unfinished, header)
            return self._current

    def close_unfinished(
        self, keep: Unfinished | None = None, alive: Callable[[], object] = lambda: None
    ) -> list[str]:
        """Closes whole what a power cut or a crash has left open; what was done, in words.

        Args:
            keep: the session that goes on.
            alive: called many times a second while a summary is rebuilt.
        """
        told: list[str] = []
        try:
            for gone in being_deleted(self.base):
                removed(gone, self._disk)
            # Each is held while it is closed, and the shelf is not: a replay may take a minute.
            for folder in session_folders(self.base):
                if keep is None or folder.name != keep.id:
                    told += self._closed(folder, alive)
        except OSError as e:
            told.append(f"{self.base}: cannot be put in order ({e.strerror or e})")
        self.correct_dates()
        return told

    def make_room(self) -> Room:
        """Drops verified raw traces, oldest first, where less than `keep_free_mb` is free."""
        with self._lock:
            return make_room(
                self.base, self._settings, self.wall.machine, self._journal, self._disk
            )

    def sessions(self) -> list[SessionInfo]:
        """All sessions, oldest first.

        Raises:
            OSError: the card cannot be read.
        """
        with self._lock:
            return [self._listing.info(folder) for folder in session_folders(self.base)]

    def open_file(self, session: str, file: str) -> BinaryIO:
        """A session's file, for reading.

        Raises:
            UnknownSessionError: there is none of that name.
            OSError: it cannot be read.
        """
        path = self._folder(session) / self._name(session, file)
        try:
            # A link would lead out of the shelf; a pipe would hang.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            if e.errno not in (errno.ENOENT, errno.ELOOP):
                raise
            raise UnknownSessionError(f"{session} has no {file}; ask for the list") from None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise UnknownSessionError(f"{session}/{file} is no file; ask for the list")
        return os.fdopen(handle, "rb")

    def verified(self, session: str, file: str, sha256: str) -> None:
        """Takes somebody's proof of holding a copy.

        Args:
            sha256: of the copy, in hex.

        Raises:
            UnknownSessionError: there is no such file.
            NotVerifiedError: it is another one than ours, or ours is still being written.
            OSError: it cannot be read, or the proof not be kept.
        """
        self.open_file(session, file).close()
        with self._lock:
            folder = self._folder(session)
            if is_held(folder) or is_open(folder, self._disk):
                raise NotVerifiedError(f"{session}: is still being recorded; download it later")
            enter(folder, file, sha256, self._disk)

    def delete(self, session: str) -> None:
        """Removes a session of which all that cannot be made again was verified.

        Raises:
            UnknownSessionError: there is no such session.
            NotVerifiedError: something in it was not.
            OSError: it cannot be removed.
        """
        with self._lock:
            folder = self._folder(session)
            if is_held(folder) or is_open(folder, self._disk):
                raise NotVerifiedError(f"{session}: is still being recorded; end it first")
            for name in self._precious(folder):
                if not proven(folder, name, self._disk):
                    raise NotVerifiedError(
                        f"{session}/{name}: no download of it was verified; download it first"
                    )
            self._journal.say(f"{session}: deleted, its recordings were downloaded and verified")
            # Its number is never given again: a laptop knows sessions by it.
            remember_number(self.base, self._disk)
            gone = folder.with_name(GONE + folder.name)
            self._disk.replace(folder, gone)
            self._disk.sync_folder(self.base)
            removed(gone, self._disk)

    def correct_dates(self) -> None:
        """Dates the sessions of this boot anew, where more is known now; never raises."""
        with self._lock, suppress(OSError):
            if self._current is not None:
                self._current.redate()
            for folder in session_folders(self.base):
                self._date(folder)

    def _date(self, folder: Path) -> None:
        record = read_record(folder, self._disk)
        if record is None or record.boot_id != self.wall.machine.boot_id():
            return
        with suppress(OSError):
            hold = Hold(folder)
            try:
                redate(folder, self.wall, self._disk)
            finally:
                hold.release()

    def _closed(self, folder: Path, alive: Callable[[], object]) -> list[str]:
        """Closes one session, if nobody records into it; whatever is wrong with it is told."""
        try:
            if not is_open(folder, self._disk):
                return []
            hold = Hold(folder)
        except BlockingIOError:
            return []
        except OSError as e:
            return [f"{folder}: cannot be read ({e.strerror or e})"]
        try:
            return self._recovery(alive).close(folder)
        except (GaitCoachError, OSError) as e:
            said = (e.strerror or str(e)) if isinstance(e, OSError) else str(e)
            return [self._journal.say(f"{folder.name}: cannot be closed whole: {said}")]
        except Exception as e:
            # One session must not keep the device from starting.
            log.exception("closing %s failed", folder)
            return [f"{folder.name}: cannot be closed whole: {type(e).__name__}: {e}"]
        finally:
            hold.release()

    def _recovery(self, alive: Callable[[], object] = lambda: None) -> Recovery:
        return Recovery(self.base, self.wall, self._journal, self._disk, alive)

    def _folder(self, session: str) -> Path:
        folder = self.base / session
        if ID.fullmatch(session) is None or folder.is_symlink() or not folder.is_dir():
            raise UnknownSessionError(f"there is no session {session[:40]!r}; ask for the list")
        return folder

    def _name(self, session: str, file: str) -> str:
        if not is_ours(file):
            raise UnknownSessionError(f"{session} has no {file[:40]!r}; ask for the list")
        return file

    def _precious(self, folder: Path) -> list[str]:
        """The files that nothing else could give again."""
        names = [p.name for p in folder.iterdir()]
        temporary = {p.name for p in temporary_files(folder)}
        for name in names:
            if not is_ours(name) and name != LEDGER and name not in temporary:
                raise NotVerifiedError(f"{folder.name}/{name}: is not ours; move it away first")
        raw = [n for n in names if part_number(n.removesuffix(ASIDE)) is not None]
        # A summary is a matter of its traces, as long as there are any.
        return raw or [n for n in names if n == SUMMARY]
