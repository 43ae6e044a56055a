"""A file's numbers in SI: which unit each column is in, and its values in it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.errors import RecordingError
from dsp.units import STANDARD_GRAVITY
from firmware_py.importer.columns import Column, ColumnMap
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.rest import acc_unit_hint, longest_still
from firmware_py.importer.units import SCALES, Quantity, choices

_MOST: Final = {Quantity.ACC: 1000.0 * STANDARD_GRAVITY, Quantity.GYR: math.radians(100_000.0)}
"""m/s² and rad/s: ten times what any sensor for wearables measures."""
_NO_UNIT: Final = 1e12
"""In any unit more than a sensor measures."""
_FEW: Final = 0.01
"""Of the rows: more of them are no accident but another unit: for the check of the rest to say."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Samples in SI, (n, 3), NaN columns for axes that are not there.

    Args:
        acc: m/s².
        gyr: rad/s, or None without any gyro column.
        units: per target, the unit it was in.
        notes: where the caller's unit went before the one in a name.
    """

    acc: FloatArray
    gyr: FloatArray | None
    units: Mapping[str, str]
    notes: tuple[str, ...]


def to_si(
    values: FloatArray,
    columns: ColumnMap,
    options: ImportOptions,
    *,
    where: str,
    where_row: Callable[[int], str],
    lost: IntArray,
    rate_hz: float,
) -> Signals:
    """Converts the acceleration and gyro columns.

    Args:
        values: (n, k) as in the file, one column per entry of `columns`, in its order.
        columns: what the columns are.
        options: units that the caller states.
        where: "file:line" of the header, for messages.
        where_row: the same of a row, by its index.
        lost, rate_hz: the timeline, for the hint which unit would fit.

    Raises:
        RecordingError: neither the name nor the caller says a unit, or a value is more than any
            sensor measures.
    """
    order = list(columns.columns)
    given = {"acc": options.acc_unit, "gyr": options.gyr_unit}
    _check_size(values, columns, options, where_row)
    scaled = {sensor: np.full((len(values), 3), np.nan) for sensor in given}
    units: dict[str, str] = {}
    notes: list[str] = []
    for target, column in columns.columns.items():
        if target == "t":
            continue
        sensor = target[:3]
        unit = given[sensor] or column.unit
        if unit is None:
            raw = [values[:, order.index(f"{sensor}_{a}")] for a in columns.axes(sensor)]
            raise RecordingError(f"{where}: {_ask(sensor, column, raw, lost, rate_hz)}")
        if column.unit not in (None, unit):
            notes.append(f"{column.label} taken as {unit}, as told, though named {column.unit}")
        units[target] = unit
        axis = "xyz".index(target[-1])
        scaled[sensor][:, axis] = values[:, order.index(target)] * SCALES[Quantity(sensor)][unit]
    gyr = scaled["gyr"] if columns.axes("gyr") else None
    return Signals(scaled["acc"], gyr, units, tuple(notes))


def _check_size(
    values: FloatArray,
    columns: ColumnMap,
    options: ImportOptions,
    where_row: Callable[[int], str],
) -> None:
    """Refuses single values that no sensor gives; of a unit that is unknown, the finest is taken.

    Before anything is computed of them: squares of 1e300 are no numbers.
    """
    given = {"acc": options.acc_unit, "gyr": options.gyr_unit}
    targets = list(columns.columns)
    for quantity in (Quantity.ACC, Quantity.GYR):
        used = [t for t in targets if t.startswith(quantity)]
        scales = SCALES[quantity]
        finest = min(scales, key=lambda u: scales[u])
        units = [given[quantity] or columns.columns[t].unit or finest for t in used]
        most = np.array([_MOST[quantity] / scales[u] for u in units])
        size = np.abs(values[:, [targets.index(t) for t in used]])
        rows = np.flatnonzero((size > most).any(axis=1))
        if not rows.size:
            continue
        if len(rows) > _FEW * len(size) and size.max() < _NO_UNIT:
            continue
        row = int(rows[0])
        k = int(np.argmax(size[row] > most))
        raise RecordingError(
            f"{where_row(row)}: {columns.columns[used[k]].label} holds "
            f"{values[row, targets.index(used[k])]:.6g}, more than any sensor measures "
            f"({most[k]:g} {units[k]}); delete such rows (a missing row is counted as lost), or "
            f"give the right --{quantity}-unit"
        )


def _ask(sensor: str, column: Column, raw: list[FloatArray], lost: IntArray, rate_hz: float) -> str:
    options = choices(Quantity(sensor))
    text = f"{column.label} does not state its unit; add --{sensor}-unit {options}"
    if sensor == "acc" and len(raw) == 3:
        still = longest_still(np.stack(raw, axis=1), None, lost, rate_hz)
        hint = acc_unit_hint(still.acc) if still else None
        if hint:
            text += f" (at rest the values look like {hint})"
    return text
