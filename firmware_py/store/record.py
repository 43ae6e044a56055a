"""`session.json`: what is known of a session beside its traces; replaced whole at every change."""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from firmware_py.disk import Disk

SESSION: Final = "session.json"
SCHEMA: Final = "gaitcoach.session/1"
_FAR: Final = 1e11
"""Seconds, three thousand years: a calendar has no place for much more."""


class State(StrEnum):
    """Whether a session goes on."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What `session.json` holds.

    Args:
        boot_id: the boot it was recorded in.
        began_monotonic: on the time base of its samples, s.
        wall: its begin, unix time, s; None: not known.
        wall_trusted: whether that can be believed.
        wall_source: who said so.
        why: what began it: button, auto, link or command.
        device: the computer's name.
        state: open while it is recorded.
        ended: what ended it: the same words, or "power cut" or "crash"; None: nothing yet.
        raw: whether its samples are recorded; False: there was no room.
        counts: whether it is a session of the programme under way.
        parts: how many traces it has.
    """

    boot_id: str
    began_monotonic: float
    wall: float | None = None
    wall_trusted: bool = False
    wall_source: str = ""
    why: str = ""
    device: str = ""
    state: State = State.OPEN
    ended: str | None = None
    raw: bool = True
    counts: bool = False
    parts: int = 1

    def write(self, folder: Path, disk: Disk) -> None:
        """Replaces the file in `folder`.

        Raises:
            OSError: it cannot be written; the old one is still there.
        """
        text = json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1, allow_nan=False)
        disk.put_whole(folder / SESSION, (text + "\n").encode())


def read_record(folder: Path, disk: Disk) -> SessionRecord | None:
    """The record in `folder`; None: there is none, or a damaged or foreign one."""
    try:
        record: Any = json.loads(disk.read(folder / SESSION) or b"null")
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            return None
        known = {f.name: record[f.name] for f in fields(SessionRecord) if f.name in record}
        known["state"] = State(known["state"])
        found = SessionRecord(**known)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _possible(found) else None


def _possible(r: SessionRecord) -> bool:
    numbers = [r.began_monotonic, 0.0 if r.wall is None else r.wall]
    return (
        all(isinstance(n, int | float) and abs(n) < _FAR for n in numbers)
        and all(isinstance(w, str) for w in (r.boot_id, r.wall_source, r.why, r.device))
        and all(isinstance(b, bool) for b in (r.wall_trusted, r.raw, r.counts))
        and isinstance(r.parts, int)
        and (r.ended is None or isinstance(r.ended, str))
    )
