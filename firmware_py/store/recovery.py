"""What the start of the program does for sessions that a power cut or a crash has left open."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dsp.errors import TraceError
from firmware_py.coaching import recorded
from firmware_py.config import Config
from firmware_py.disk import Disk
from firmware_py.programme.due import Due
from firmware_py.programme.state_file import StateFile
from firmware_py.session.files import read_summary, write_summary
from firmware_py.session.folder import SUMMARY, part_files, part_number
from firmware_py.store.folders import ASIDE, temporary_files
from firmware_py.store.journal import Journal
from firmware_py.store.opened import dated, into_programme
from firmware_py.store.record import SessionRecord, State, read_record
from firmware_py.store.wall import WallClock
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.joined import join_parts
from firmware_py.trace.mend import mend
from firmware_py.trace.metadata import NewerFormatError
from firmware_py.trace.reader import open_trace

RESUME_S: Final = 60.0
"""A session whose last sample is older does not go on: it is closed."""
POWER_CUT: Final = "power cut"
CRASH: Final = "crash"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that may go on: same boot, its last sample less than a minute ago.

    Args:
        id, folder: which.
        header: of its first trace: whom to coach, and how, as at its begin.
        last_t: time of its last recorded sample or event, or of its begin, s.
        record: its `session.json`.
        due: the programme's session that it is.
    """

    id: str
    folder: Path
    header: TraceHeader
    last_t: float
    record: SessionRecord
    due: Due | None


def is_open(folder: Path, disk: Disk) -> bool:
    """Whether a session was not closed whole; one without `session.json`: without summary."""
    record = read_record(folder, disk)
    if record is not None:
        return record.state is State.OPEN
    return not (folder / SUMMARY).is_file()


def may_go_on(folder: Path, wall: WallClock, disk: Disk) -> Unfinished | None:
    """The open session in `folder`, if it may go on; None: it may not.

    Raises:
        OSError: it cannot be read.
    """
    record = read_record(folder, disk)
    machine = wall.machine
    if record is None or record.state is not State.OPEN or not record.raw:
        return None
    if not record.boot_id or record.boot_id != machine.boot_id():
        return None
    if (folder / SUMMARY).exists():
        # It had ended; only its closing was cut off.
        return None
    readable = []
    for file in part_files(folder):
        try:
            trace = open_trace(file)
            times = trace.times
            # Begun, and interrupted before its first second.
            readable.append((trace, record.began_monotonic if times is None else times[1]))
        except TraceError:
            continue
    if not readable:
        return None
    header, last_t = readable[0][0].header, max(t for _, t in readable)
    if not 0.0 <= machine.monotonic() - last_t < RESUME_S:
        return None
    due = due_of(folder.parent, record, header, disk)
    return Unfinished(folder.name, folder, header, last_t, record, due)


def due_of(base: Path, record: SessionRecord | None, header: TraceHeader, disk: Disk) -> Due | None:
    """The programme's session that a recording is; None: it counts for none."""
    if record is None or not record.counts:
        return None
    plan = recorded(header.coaching).plan
    return None if plan is None else Due(plan, StateFile(base, disk))


class Recovery:
    """Closes sessions whole.

    Args:
        base: folder of the sessions.
        wall: dates them.
        alive: called between two blocks of a replay, many times a second.
    """

    def __init__(
        self,
        base: Path,
        wall: WallClock,
        journal: Journal,
        disk: Disk,
        alive: Callable[[], object] = lambda: None,
    ) -> None:
        self._base = base
        self._wall = wall
        self._journal = journal
        self._disk = disk
        self._alive = alive

    def close(self, folder: Path) -> list[str]:
        """Closes one session; what was done, in words. A second time does nothing.

        Raises:
            GaitCoachError, OSError: not everything could be done; what is there is as readable as
                it was.
        """
        for temp in temporary_files(folder):
            self._disk.remove(temp)
        told = self.mend(folder)
        record = read_record(folder, self._disk)
        files = part_files(folder)
        if not files and not (folder / SUMMARY).exists() and (record is None or record.raw):
            return [*told, self._set_aside(folder)]
        ended = POWER_CUT
        if record is not None and record.boot_id and record.boot_id == self._boot_id:
            ended = CRASH
        if files:
            told += self._summed(folder, files, record, ended)
        if record is not None:
            closed = dated(record, self._wall, state=State.CLOSED, ended=ended)
            closed.write(folder, self._disk)
        return told

    def mend(self, folder: Path) -> list[str]:
        """Closes a session's traces whole; what cannot be read is set aside under another name.

        Raises:
            OSError: a trace cannot be read or written.
        """
        told = []
        for file in part_files(folder):
            name = f"{folder.name}/{file.name}"
            try:
                mended = mend(file, self._disk)
            except TraceError:
                if not _hopeless(file):
                    raise
                aside = file.with_name(file.name + ASIDE)
                words = "cut off before its header, nothing in it can be read"
                told.append(self._journal.say(f"{name}: {words}; kept as {aside.name}"))
                self._disk.replace(file, aside)
                self._disk.sync_folder(folder)
                continue
            if mended.changed:
                left = f"; {mended.dropped} bytes after its last whole second could not be read"
                words = f"{name}: closed whole{left if mended.dropped else ''}"
                told.append(self._journal.say(words))
        return told

    def _summed(
        self, folder: Path, files: list[Path], record: SessionRecord | None, ended: str
    ) -> list[str]:
        """The summary, rebuilt where it is missing, and the run in its programme."""
        # Here and not above: a replay loads the whole pipeline.
        from firmware_py.replay import replay

        told = []
        trace = join_parts(folder, files)
        summary = _summary_of(folder)
        if summary is None:
            summary = replay(trace, Config(), advanced=lambda _: self._alive()).summary
            write_summary(folder / SUMMARY, summary, self._disk)
            minutes = summary["duration_s"] / 60.0
            told.append(f"{folder.name}: {minutes:.1f} min ended by a {ended}, closed whole")
        if part_number(files[0].name) == 1:
            due = due_of(self._base, record, trace.header, self._disk)
            into_programme(due, summary, folder, record, self._wall)
        return told

    def _set_aside(self, folder: Path) -> str:
        there = folder.with_name(folder.name + ASIDE)
        k = 2
        while there.exists():
            there = folder.with_name(f"{folder.name}{ASIDE}-{k}")
            k += 1
        said = self._journal.say(
            f"{folder.name}: cut off before anything was recorded; kept as {there.name}"
        )
        self._disk.replace(folder, there)
        self._disk.sync_folder(self._base)
        return said

    @property
    def _boot_id(self) -> str:
        return self._wall.machine.boot_id()


def _summary_of(folder: Path) -> dict[str, Any] | None:
    try:
        return read_summary(folder / SUMMARY)
    except (FileNotFoundError, TraceError):
        return None


def _hopeless(file: Path) -> bool:
    """Whether nothing in a trace can be read, ever: not even a later version could."""
    try:
        open_trace(file)
    except NewerFormatError:
        return False
    except TraceError:
        return True
    return False
