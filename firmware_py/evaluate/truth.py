"""What is known about a recording: its `*.events.csv`, or its own force column."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.errors import RecordingError
from firmware_py.evaluate.description import read_description
from firmware_py.evaluate.marks import WALKING, read_marks

SHORTEST_CONTACT_S: Final = 0.095
"""A shorter contact is noise on the force plate (science 1.1: minimum stance 95 ms)."""
EDGE_S: Final = 0.1
"""A contact at a recording's very edge may be marked beyond its last sample."""
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
    """Truth of one recording, times in s on the recording's own time base.

    Args:
        t: (n,) what `kind` says.
        off: (n,) toe-offs of the same contacts, NaN where unknown; None: all unknown.
        peak_bw: (n,) peak vertical ground reaction force of each contact, body weights, likewise.
        speed_m_s, slope_deg: of the whole recording, from the description beside it.
        lines: (n,) 1-based line of each in the file of the events; None where there is none.
    """

    kind: Kind
    t: FloatArray
    off: FloatArray | None = None
    peak_bw: FloatArray | None = None
    speed_m_s: float | None = None
    slope_deg: float | None = None
    lines: IntArray | None = None


COLUMNS: Final = {
    "contact_on_s": Kind.CONTACTS,
    "midstance_s": Kind.MIDSTANCES,
    WALKING: Kind.WALKING,
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
        RecordingError: the events file, the force or the description cannot be right.
    """
    events = events_file(path)
    truth, csv_file = None, path.name.endswith((".csv", ".csv.gz"))
    force = _from_force(path) if csv_file else None
    if events.exists():
        truth = _from_events(events)
        if force is not None:
            truth = replace(truth, peak_bw=_peaks(truth, force))
    elif force is not None:
        truth = force.contacts()
    return None if truth is None else _described(truth, path)


def _described(truth: Truth, path: Path) -> Truth:
    """With the speed and the slope of the description, where it has them."""
    said = read_description(path.with_name(_base(path.name) + ".json"))
    return replace(truth, speed_m_s=said.speed_m_s, slope_deg=said.slope_deg)


def check_inside(truth: Truth, path: Path, first_t: float, last_t: float) -> None:
    """Makes sure that the truth is of this recording, from `first_t` to `last_t`, s.

    Raises:
        RecordingError: an event of its file lies outside.
    """
    if truth.lines is None:
        return
    outside = np.flatnonzero((truth.t < first_t - EDGE_S) | (truth.t > last_t + EDGE_S))
    if outside.size:
        k = int(outside[0])
        raise RecordingError(
            f"{events_file(path).name}:{truth.lines[k]}: {truth.t[k]:g} s is outside the recording "
            f"({first_t:g} to {last_t:g} s); give times on the recording's own time base, or "
            "delete the row"
        )


def _from_events(path: Path) -> Truth:
    marks = read_marks(path, COLUMNS)
    # What has no end is whole; a mark of another kind has none.
    whole = ~(marks.off - marks.t < SHORTEST_CONTACT_S)
    known = bool(np.isfinite(marks.off).any())
    return Truth(
        COLUMNS[marks.column],
        marks.t[whole],
        marks.off[whole] if known else None,
        lines=marks.lines[whole],
    )


@dataclass(frozen=True, slots=True)
class Force:
    """Vertical ground reaction force: `t` (n,) s, `bw` (n,) body weights."""

    t: FloatArray
    bw: FloatArray

    def contacts(self) -> Truth:
        """Where it was above the threshold."""
        loaded = self.bw > CONTACT_BW
        on = np.flatnonzero(~loaded[:-1] & loaded[1:]) + 1
        off = np.flatnonzero(loaded[:-1] & ~loaded[1:]) + 1
        ends = np.searchsorted(off, on, side="right")
        whole = ends < len(off)
        starts, stops = self.t[on[whole]], self.t[off[ends[whole]]]
        long = stops - starts >= SHORTEST_CONTACT_S
        truth = Truth(Kind.CONTACTS, starts[long], stops[long])
        return replace(truth, peak_bw=_peaks(truth, self))


def _peaks(truth: Truth, force: Force) -> FloatArray | None:
    if truth.off is None or truth.kind is not Kind.CONTACTS:
        return None
    out = np.full(len(truth.t), np.nan)
    for k, (a, b) in enumerate(zip(truth.t, truth.off, strict=True)):
        inside = force.bw[(force.t >= a) & (force.t <= b)]
        if len(inside):
            out[k] = inside.max()
    return out


def _from_force(path: Path) -> Force | None:
    """A vertical ground reaction force in body weights, or None where there is no such column."""
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
    if (bad := np.flatnonzero(~np.isfinite(values).all(axis=1))).size:
        raise RecordingError(
            f"{path.name}:{int(bad[0]) + 2}: {FORCE_COLUMN} or t_s is not a "
            f"finite number; fill it, or put the contacts into {events_file(path).name}"
        )
    return Force(values[:, 0], values[:, 1])
