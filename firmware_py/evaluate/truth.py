"""What is known about a recording: its `*.events.csv`, or its own force column."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.errors import RecordingError

SHORTEST_CONTACT_S: Final = 0.095
"""A shorter contact is noise on the force plate (science 1.1: minimum stance 95 ms)."""
CONTACT_BW: Final = 0.05
FORCE_COLUMN: Final = "vgrf_bw"


class Kind(StrEnum):
    """What the truth holds."""

    CONTACTS = "contacts"
    """Initial contacts (and toe-offs) of both feet while running, s."""
    MIDSTANCES = "midstances"
    """One mid-stance per stride of the instrumented foot, s."""
    WALKING = "walking"
    """Initial contacts of both feet while walking, s."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Truth of one recording: `t` (n,) s, on the recording's own time base."""

    kind: Kind
    t: FloatArray


COLUMNS: Final = {
    "contact_on_s": Kind.CONTACTS,
    "midstance_s": Kind.MIDSTANCES,
    "initial_contact_s": Kind.WALKING,
}


def recordings(folder: Path) -> Iterator[Path]:
    """CSV recordings and traces in a folder and below it, in order of name."""
    for path in sorted(folder.rglob("*")):
        name = path.name
        if name.endswith(".events.csv"):
            continue
        # A folder may hold tables that are no recordings: those have no description beside them.
        described = path.with_name(_base(name) + ".json").exists() or events_file(path).exists()
        if name.endswith((".csv", ".csv.gz", ".mcap")) and described:
            yield path


def events_file(path: Path) -> Path:
    """Where a recording's truth is looked for."""
    return path.with_name(_base(path.name) + ".events.csv")


def _base(name: str) -> str:
    for ending in (".csv.gz", ".csv", ".mcap"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def read_truth(path: Path) -> Truth | None:
    """The truth beside or inside a recording, or None.

    Raises:
        RecordingError: the events file cannot be understood.
    """
    events = events_file(path)
    if events.exists():
        return _from_events(events)
    if path.name.endswith((".csv", ".csv.gz")):
        return _from_force(path)
    return None


def _from_events(path: Path) -> Truth:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise RecordingError(f"{path.name}: holds no events; remove it or fill it")
    column = next((c for c in COLUMNS if c in rows[0]), None)
    if column is None:
        raise RecordingError(f"{path.name}: needs one of the columns {', '.join(COLUMNS)}")
    try:
        on = np.array([float(row[column]) for row in rows])
        off = np.array([float(row.get("contact_off_s") or "inf") for row in rows])
    except (ValueError, TypeError) as e:
        raise RecordingError(f"{path.name}: {e}; every row needs a time in s") from e
    if not np.isfinite(on).all():
        raise RecordingError(f"{path.name}: a time is not a number; every row needs a time in s")
    return Truth(COLUMNS[column], on[off - on >= SHORTEST_CONTACT_S])


def _from_force(path: Path) -> Truth | None:
    """Contacts from a vertical ground reaction force in body weights."""
    with gzip.open(path, "rt") if path.name.endswith(".gz") else path.open() as file:
        rows = csv.reader(file)
        header = next(rows, [])
        if FORCE_COLUMN not in header or "t_s" not in header:
            return None
        columns = header.index("t_s"), header.index(FORCE_COLUMN)
        try:
            values = np.array([[float(row[c]) for c in columns] for row in rows])
        except (ValueError, IndexError) as e:
            raise RecordingError(
                f"{path.name}:{rows.line_num}: {FORCE_COLUMN} or t_s is missing; fill it, or put "
                f"the contacts into {events_file(path).name}"
            ) from e
    t, loaded = values[:, 0], values[:, 1] > CONTACT_BW
    on = np.flatnonzero(~loaded[:-1] & loaded[1:]) + 1
    off = np.flatnonzero(loaded[:-1] & ~loaded[1:]) + 1
    ends = np.searchsorted(off, on, side="right")
    whole = ends < len(off)
    starts, stops = t[on[whole]], t[off[ends[whole]]]
    return Truth(Kind.CONTACTS, starts[stops - starts >= SHORTEST_CONTACT_S])
