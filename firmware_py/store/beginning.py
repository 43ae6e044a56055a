"""Begins a session, or goes on with one; on a card that takes nothing, too."""

import errno
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dsp.errors import GaitCoachError
from firmware_py.disk import Disk
from firmware_py.programme.due import Due
from firmware_py.recorder import Recorder
from firmware_py.session.folder import part_files, part_name, part_number
from firmware_py.store.folders import highest_number, last_number, removed
from firmware_py.store.holding import Hold
from firmware_py.store.journal import Journal
from firmware_py.store.opened import OpenSession, dated
from firmware_py.store.record import SessionRecord, read_record
from firmware_py.store.recovery import Recovery, Unfinished
from firmware_py.store.room import make_room
from firmware_py.store.settings import StorageSettings
from firmware_py.store.wall import WallClock
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.joined import joins
from firmware_py.trace.writer import TraceWriter

log = logging.getLogger(__name__)


class Beginning:
    """Makes sessions that are being recorded.

    Args:
        base: folder of the sessions.
        wall: dates them.
    """

    def __init__(self, base: Path, wall: WallClock, journal: Journal, disk: Disk) -> None:
        self._base = base
        self._wall = wall
        self._journal = journal
        self._disk = disk

    def new(
        self, header: TraceHeader, why: str, due: Due | None, settings: StorageSettings
    ) -> OpenSession:
        """See `Shelf.begin`."""
        machine = self._wall.machine
        record = SessionRecord(
            machine.boot_id(),
            machine.monotonic(),
            why=why,
            device=machine.name(),
            counts=due is not None and due.plan is not None and due.file is not None,
        )
        record = dated(record, self._wall)
        folder: Path | None = None
        hold: Hold | None = None
        try:
            self._base.mkdir(parents=True, exist_ok=True)
            room = make_room(self._base, settings, machine, self._journal, self._disk)
            folder = self._new_folder()
            hold = Hold(folder)
            self._disk.sync_folder(self._base)
            record = replace(record, raw=room.raw)
            record.write(folder, self._disk)
            if room.raw:
                recorder = Recorder(TraceWriter(folder / part_name(1), header, self._disk))
                told = ""
            else:
                told = room.warning or ""
                recorder = Recorder(None, OSError(errno.ENOSPC, told))
        except OSError as e:
            told = f"{self._base}: nothing can be recorded ({e.strerror or e})"
            recorder = Recorder(None, e)
            if folder is not None and read_record(folder, self._disk) is None:
                if hold is not None:
                    hold.release()
                with suppress(OSError):
                    removed(folder, self._disk)
                folder = None
        return self._opened(folder, header, recorder, record, due, hold, told)

    def again(self, unfinished: Unfinished, header: TraceHeader) -> OpenSession:
        """See `Shelf.resume`."""
        folder, record = unfinished.folder, unfinished.record
        if not joins(unfinished.header, header):
            raise GaitCoachError(
                f"{unfinished.id}: was recorded with another sensor or setting; it cannot go on"
            )
        told = ""
        hold: Hold | None = None
        try:
            hold = Hold(folder)
            Recovery(self._base, self._wall, self._journal, self._disk).mend(folder)
            numbers = (part_number(f.name) or 0 for f in part_files(folder))
            record = replace(record, parts=max(numbers, default=0) + 1)
            record.write(folder, self._disk)
            path = folder / part_name(record.parts)
            recorder = Recorder(TraceWriter(path, header, self._disk))
        except BlockingIOError:
            raise GaitCoachError(f"{unfinished.id}: is being recorded already") from None
        except OSError as e:
            told = f"{folder}: nothing more can be recorded ({e.strerror or e})"
            recorder = Recorder(None, e)
        return self._opened(folder, header, recorder, record, unfinished.due, hold, told)

    def _opened(
        self,
        folder: Path | None,
        header: TraceHeader,
        recorder: Recorder,
        record: SessionRecord,
        due: Due | None,
        hold: Hold | None,
        told: str,
    ) -> OpenSession:
        if told:
            log.warning("%s", told)
        return OpenSession(
            folder,
            header,
            recorder,
            record,
            self._wall,
            self._disk,
            due=due,
            hold=hold,
            told=told or None,
        )

    def _new_folder(self) -> Path:
        number = max(highest_number(self._base), last_number(self._base, self._disk)) + 1
        folder = self._base / f"session-{number:04d}"
        self._disk.make_folder(folder)
        return folder
