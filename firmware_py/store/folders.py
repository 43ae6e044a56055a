"""The names on the shelf: sessions' folders and the files in them, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware_py.disk import Disk
from firmware_py.session.folder import SUMMARY, part_number
from firmware_py.store.record import SESSION

ID: Final = re.compile(r"session-(\d{1,9})", re.ASCII)
ASIDE: Final = ".unreadable"
"""Ends the name of what nobody can read; it is kept, and is no session any more."""
NUMBERS: Final = "numbers.json"
GONE: Final = ".deleting-"
"""Begins the name of a folder that is being deleted."""
_TAKEN: Final = re.compile(r"(?:\.deleting-)?session-(\d{1,9})(?:\.unreadable(?:-\d+)?)?", re.ASCII)
_TEMP: Final = re.compile(r"\..*\.tmp")


def is_ours(name: str) -> bool:
    """Whether a session's file of that name may be shown and handed out."""
    return name in (SUMMARY, SESSION) or part_number(name.removesuffix(ASIDE)) is not None


def session_folders(base: Path) -> list[Path]:
    """The folders of sessions, oldest first."""
    found = []
    for path in _listed(base):
        number = ID.fullmatch(path.name)
        if number is not None and path.is_dir() and not path.is_symlink():
            found.append((int(number[1]), path))
    return [p for _, p in sorted(found)]


def highest_number(base: Path) -> int:
    """Of the sessions that are there, set aside or being deleted; 0: none."""
    return max((int(m[1]) for p in _listed(base) if (m := _TAKEN.fullmatch(p.name))), default=0)


def last_number(base: Path, disk: Disk) -> int:
    """The highest number that was ever deleted; 0: none."""
    try:
        return int(json.loads(disk.read(base / NUMBERS) or b"{}").get("last", 0))
    except (OSError, ValueError, TypeError, AttributeError):
        return 0


def remember_number(base: Path, disk: Disk) -> None:
    """Keeps the highest number from being given again.

    Raises:
        OSError: it cannot be written.
    """
    last = max(highest_number(base), last_number(base, disk))
    if last != last_number(base, disk):
        disk.put_whole(base / NUMBERS, json.dumps({"last": last}).encode())


def being_deleted(base: Path) -> list[Path]:
    """Folders whose deletion was begun."""
    return [p for p in _listed(base) if p.name.startswith(GONE) and p.is_dir()]


def removed(folder: Path, disk: Disk) -> None:
    """Removes a folder of ours and the files in it.

    Raises:
        OSError: not all of it went.
    """
    for path in folder.iterdir():
        disk.remove(path)
    disk.remove_folder(folder)
    disk.sync_folder(folder.parent)


def temporary_files(folder: Path) -> list[Path]:
    """What a write that was cut off has left in a folder."""
    return [p for p in _listed(folder) if _TEMP.fullmatch(p.name) and p.is_file()]


def _listed(folder: Path) -> Iterator[Path]:
    try:
        yield from list(folder.iterdir())
    except FileNotFoundError:
        return
