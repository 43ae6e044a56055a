"""A session that is being recorded, and its end."""

import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError
from feedback.programmes.state import ProgrammeState
from firmware_py.disk import Disk
from firmware_py.programme.due import Due, put_down
from firmware_py.recorder import Recorder
from firmware_py.session.files import write_summary
from firmware_py.session.folder import SUMMARY, TRACE, source_of
from firmware_py.store.holding import Hold
from firmware_py.store.record import SessionRecord, State, read_record
from firmware_py.store.wall import WallClock, day_of
from firmware_py.trace.header import TraceHeader

WORTH_WRITING_S: Final = 1.0
"""A trusted clock that drifts or is set by less needs no new record."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a session.

    Args:
        problems: what could not be kept, in words.
        programme: where the runner stands after it; None: it belongs to no programme.
    """

    problems: tuple[str, ...] = ()
    programme: ProgrammeState | None = None


class OpenSession:
    """One session, from `Shelf.begin` or `Shelf.resume` to `close`.

    Args:
        folder: where it is kept; None: the card takes nothing.
        header: of the trace that is being written.
        recorder: takes everything; on a card that takes nothing it forgets, and says why.
        record: what `session.json` says.
        due: the programme's session that it is.
        part: the number of the trace that is being written.
        told: why there is no recording, in words; None: there is one.
    """

    def __init__(
        self,
        folder: Path | None,
        header: TraceHeader,
        recorder: Recorder,
        record: SessionRecord,
        wall: WallClock,
        disk: Disk,
        *,
        due: Due | None = None,
        hold: Hold | None = None,
        told: str | None = None,
    ) -> None:
        self.folder = folder
        self.header = header
        self.recorder = recorder
        self.record = record
        self.due = due
        self.told = told
        self.closed = False
        self._lock = threading.Lock()
        self._wall = wall
        self._disk = disk
        self._hold = hold

    @property
    def id(self) -> str:
        """The folder's name; "": there is none."""
        return "" if self.folder is None else self.folder.name

    def close(self, summary: dict[str, Any] | None, ended: str) -> Kept:
        """Ends it: the summary beside the trace, the run in its programme, `session.json` closed.

        Whatever is cut off here is done at the next start.

        Args:
            summary: of the whole session; None: nothing came of it, and no programme hears of it.
            ended: what ended it: button, auto, link or command.
        """
        with self._lock:
            if self.closed:
                return Kept()
            self.closed = True
        self.recorder.close()
        try:
            return self._kept(summary, ended)
        finally:
            if self._hold is not None:
                self._hold.release()

    def redate(self) -> None:
        """Writes down the date that is known now, should the power be cut before the end."""
        with self._lock, suppress(OSError):
            if not self.closed and self.folder is not None:
                self.record = redate(self.folder, self._wall, self._disk) or self.record

    def abandon(self) -> None:
        """Lets go of it as it is, as a crash would: the next start closes it or goes on with it."""
        self.closed = True
        self.recorder.close()
        if self._hold is not None:
            self._hold.release()

    def _kept(self, summary: dict[str, Any] | None, ended: str) -> Kept:
        if self.folder is None:
            return Kept()
        problems: list[str] = []
        state = None
        if summary is not None:
            try:
                write_summary(self.folder / SUMMARY, summary, self._disk)
            except OSError as e:
                problems.append(
                    f"{self.folder / SUMMARY}: cannot be written ({e.strerror or e}); the trace "
                    "beside it, if it is whole, gives it again: gaitcoach replay --summary"
                )
            try:
                state = into_programme(self.due, summary, self.folder, self.record, self._wall)
            except (GaitCoachError, OSError) as e:
                problems.append(f"{e}; the run does not count for its programme")
        if not problems:
            try:
                dated(self.record, self._wall, state=State.CLOSED, ended=ended).write(
                    self.folder, self._disk
                )
            except OSError as e:
                problems.append(f"{self.folder}: cannot be closed ({e.strerror or e})")
        return Kept(tuple(problems), state)


def into_programme(
    due: Due | None,
    summary: dict[str, Any],
    folder: Path,
    record: SessionRecord | None,
    wall: WallClock,
) -> ProgrammeState | None:
    """Takes a run into its programme; a second time changes nothing.

    Raises:
        GaitCoachError, OSError: it cannot be.
    """
    if due is None or due.file is None:
        return None
    source = _source(folder, record)
    day = None
    if record is not None:
        at = dated(record, wall)
        day = day_of(at.wall) if at.wall_trusted and at.wall is not None else None
    return put_down(due, summary, source, day)


def _source(folder: Path, record: SessionRecord | None) -> str:
    """A name that never recurs, also where there was no room for a trace."""
    if record is None or (folder / TRACE).exists():
        return source_of(folder)
    return f"{folder.name} {record.boot_id[:8]} {record.began_monotonic:.3f}"


def dated(record: SessionRecord, wall: WallClock, **changes: Any) -> SessionRecord:
    """The record with the best date that is known now, and with `changes`."""
    record = replace(record, **changes)
    if record.boot_id != wall.machine.boot_id():
        return record
    offset = wall.offset()
    if record.wall_trusted and not offset.trusted:
        return record
    return replace(
        record,
        wall=offset.seconds + record.began_monotonic,
        wall_trusted=offset.trusted,
        wall_source=offset.source,
    )


def redate(folder: Path, wall: WallClock, disk: Disk) -> SessionRecord | None:
    """Writes the best date that is known now into a session's record, if it is another one.

    Returns:
        The record; None: there is none.

    Raises:
        OSError: it cannot be written.
    """
    record = read_record(folder, disk)
    if record is None:
        return None
    after = dated(record, wall)
    moved = abs((after.wall or 0.0) - (record.wall or 0.0)) > WORTH_WRITING_S
    if not after.wall_trusted or (record.wall_trusted and not moved):
        return record
    after.write(folder, disk)
    return after
