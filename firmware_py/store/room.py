"""Room on the card: what may go for a new recording, and what never does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.disk import Disk
from firmware_py.session.folder import SUMMARY, part_files
from firmware_py.store.folders import session_folders
from firmware_py.store.host import Machine
from firmware_py.store.journal import Journal
from firmware_py.store.ledger import proven
from firmware_py.store.record import State, read_record
from firmware_py.store.settings import StorageSettings

MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """What the card has room for.

    Args:
        raw: raw traces may be recorded.
        free_bytes: None: it cannot be told.
        dropped: what went for it, in words.
        warning: what the runner must hear; None: nothing.
    """

    raw: bool
    free_bytes: int | None
    dropped: tuple[str, ...] = ()
    warning: str | None = None


def make_room(
    base: Path, settings: StorageSettings, machine: Machine, journal: Journal, disk: Disk
) -> Room:
    """Drops verified raw traces of closed sessions, oldest first, until enough is free.

    A trace goes only if its sha256 now is that of a verified download and its session has a
    summary.
    """
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        # Whatever is free around it: it is no room for anything.
        warning = f"{base}: cannot be made ({e.strerror or e}): no session is kept; choose another"
        return Room(raw=False, free_bytes=None, warning=warning)
    wanted = settings.keep_free_mb * MB
    free = machine.free_bytes(base)
    dropped: list[str] = []
    if settings.drop_verified:
        for folder in session_folders(base):
            if free is None or free >= wanted:
                break
            gone = _drop(folder, journal, disk)
            dropped += gone
            free = machine.free_bytes(base) if gone else free
    if free is None or free >= wanted:
        return Room(raw=True, free_bytes=free, dropped=tuple(dropped))
    warning = (
        f"{free // MB} MB are free, {settings.keep_free_mb} are to stay so and nothing more may be "
        "dropped: only the summary is kept; download your sessions"
    )
    return Room(raw=False, free_bytes=free, dropped=tuple(dropped), warning=warning)


def _drop(folder: Path, journal: Journal, disk: Disk) -> list[str]:
    """Removes a session's traces if all may go; what went, in words."""
    try:
        record = read_record(folder, disk)
        files = part_files(folder)
        if (record is not None and record.state is State.OPEN) or not files:
            return []
        if not (folder / SUMMARY).is_file() or not all(proven(folder, f.name, disk) for f in files):
            return []
        told = []
        for file in files:
            size = file.stat().st_size
            words = f"{folder.name}/{file.name}: dropped to make room, {size} bytes, verified copy"
            told.append(journal.say(words))
            disk.remove(file)
        disk.sync_folder(folder)
    except OSError:
        # A bad card is told by whoever writes to it next.
        return []
    return told
