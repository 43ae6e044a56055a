"""Which column holds what: from the names, and from what the caller says."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dsp.errors import RecordingError
from firmware_py.importer.layout import Layout
from firmware_py.importer.names import Meaning, meaning_of
from firmware_py.importer.units import Quantity, parse_unit

TARGETS: Final = ("t", "acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z")
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Column:
    """One column in use: its 0-based place, its label and the unit its name states."""

    place: int
    label: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where each of `TARGETS` is; those the file does not have are absent."""

    columns: Mapping[str, Column]

    def axes(self, sensor: str) -> str:
        """The recorded axes of "acc" or "gyr", e.g. "xz"."""
        return "".join(a for a in "xyz" if f"{sensor}_{a}" in self.columns)


def map_columns(path: Path, layout: Layout, wanted: Mapping[str, str]) -> ColumnMap:
    """Finds the columns.

    Args:
        path: for messages.
        layout: the file's names.
        wanted: target to column name, 1-based number or "none"; goes before what the names say.

    Raises:
        RecordingError: a wanted column is not there, two columns claim one target, or there is no
            acceleration at all.
    """
    where = f"{path}:{layout.header_line or layout.first_line}"
    fixed = {
        target: _place(where, layout, target, text)
        for target, text in wanted.items()
        if text != NONE
    }
    taken = list(fixed.values())
    for place in taken:
        if taken.count(place) > 1:
            both = " and ".join(t for t, p in fixed.items() if p == place)
            raise RecordingError(
                f"{where}: --map gives {layout.label(place)} to {both}; choose one"
            )
    meanings = {
        place: _with_unit_row(m, layout, place)
        for place, name in enumerate(layout.names)
        if (m := meaning_of(name)) is not None
    }
    claims: dict[str, list[int]] = {t: [] for t in TARGETS}
    for place, m in meanings.items():
        target = _target(m, meanings)
        if target and target not in wanted and place not in taken:
            claims[target].append(place)
    found = fixed | {
        target: _only(where, layout, target, places, meanings)
        for target, places in claims.items()
        if places
    }
    if not any(t.startswith("acc") for t in found):
        raise RecordingError(f"{where}: {_no_acceleration(layout, meanings)}")
    columns = {}
    for target in TARGETS:
        if target in found:
            place = found[target]
            columns[target] = Column(
                place, layout.label(place), _unit_of(layout, place, target, meanings.get(place))
            )
    return ColumnMap(columns)


def _place(where: str, layout: Layout, target: str, text: str) -> int:
    for fold in (str, str.casefold):
        named = [i for i, n in enumerate(layout.names) if n and fold(n) == fold(text.strip())]
        if len(named) == 1:
            return named[0]
        if named:
            raise RecordingError(
                f"{where}: {len(named)} columns are called {text!r}; give --map {target}= the "
                "column's number"
            )
    if text.strip().isdigit():
        place = int(text) - 1
        if 0 <= place < len(layout.names):
            return place
        raise RecordingError(
            f"{where}: --map {target}={text}: there are columns 1 to {len(layout.names)}"
        )
    if not layout.has_header:
        raise RecordingError(
            f"{where}: --map {target}={text}: the file has no header; give the column's number"
        )
    near = difflib.get_close_matches(text, [n for n in layout.names if n], n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {_listed(layout)}"
    raise RecordingError(f"{where}: --map {target}={text}: no such column; {hint}")


def _target(m: Meaning, all_meanings: Mapping[int, Meaning]) -> str | None:
    others = all_meanings.values()
    if m.derived:
        return None
    if m.quantity is Quantity.TIME:
        return "t"
    if m.quantity is None:
        # Bare x, y, z: acceleration, if nothing else claims to be; its unit must be told.
        named = any(o.quantity in (Quantity.ACC, Quantity.GYR) for o in others)
        return None if named else f"acc_{m.axis}"
    if m.weak and not any(o.quantity is Quantity.ACC and o.unit is None for o in others):
        # "gx" is a gyro beside "ax", but might be gravity beside "acc_x_g".
        return None
    return f"{m.quantity}_{m.axis}"


def _only(
    where: str,
    layout: Layout,
    target: str,
    places: list[int],
    meanings: Mapping[int, Meaning],
) -> int:
    if len(places) > 1 and target == "t":
        # "time" (a date, or unknown ticks) beside "seconds_elapsed": the one that states its unit.
        places = [p for p in places if meanings[p].unit is not None] or places
    if len(places) > 1:
        names = " and ".join(repr(layout.names[p]) for p in places)
        raise RecordingError(
            f"{where}: {names} might each be {target}; choose with --map {target}=COLUMN"
        )
    return places[0]


def _with_unit_row(m: Meaning, layout: Layout, place: int) -> Meaning:
    if m.unit is not None or m.quantity is not None or place >= len(layout.units):
        return m
    for quantity in (Quantity.ACC, Quantity.GYR):
        if (unit := parse_unit(layout.units[place], quantity)) is not None:
            return Meaning(quantity, m.axis, unit)
    return m


def _unit_of(layout: Layout, place: int, target: str, m: Meaning | None) -> str | None:
    quantity = Quantity.TIME if target == "t" else Quantity(target[:3])
    if m is not None and m.quantity is quantity and m.unit is not None:
        return m.unit
    if place < len(layout.units):
        return parse_unit(layout.units[place], quantity)
    return None


def _no_acceleration(layout: Layout, meanings: Mapping[int, Meaning]) -> str:
    if not layout.has_header:
        row = ", ".join(layout.first_row[:8])
        return (
            f"has no header; say which columns are which, e.g. --map t=1 --map acc_x=2 "
            f"--map acc_y=3 --map acc_z=4 (the first row is {row})"
        )
    derived = [
        layout.names[p] for p, m in meanings.items() if m.derived and m.quantity is Quantity.ACC
    ]
    if derived:
        return (
            f"{derived[0]!r} is not what an accelerometer measures (gravity-free or "
            "derived); record with gravity, or insist with --map acc_x=COLUMN"
        )
    return (
        f"no column is an acceleration; name them, e.g. --map acc_x=COLUMN (there are "
        f"{_listed(layout)})"
    )


def _listed(layout: Layout) -> str:
    names = [n or f"column {i}" for i, n in enumerate(layout.names, start=1)]
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
