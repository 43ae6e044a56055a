"""A file's numbers in SI: which unit each column is in, and its values in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.errors import RecordingError
from firmware_py.importer.columns import Column, ColumnMap
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.rest import fitting_acc_unit, longest_still
from firmware_py.importer.units import SCALES, Quantity, choices


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
    lost: IntArray,
    rate_hz: float,
) -> Signals:
    """Converts the acceleration and gyro columns.

    Args:
        values: (n, k) as in the file, one column per entry of `columns`, in its order.
        columns: what the columns are.
        options: units that the caller states.
        where: "file:line" of the header, for messages.
        lost, rate_hz: the timeline, for the hint which unit would fit.

    Raises:
        RecordingError: neither the name nor the caller says a unit.
    """
    order = list(columns.columns)
    given = {"acc": options.acc_unit, "gyr": options.gyr_unit}
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


def _ask(sensor: str, column: Column, raw: list[FloatArray], lost: IntArray, rate_hz: float) -> str:
    options = choices(Quantity(sensor))
    text = f"{column.label} does not state its unit; add --{sensor}-unit {options}"
    if sensor == "acc" and len(raw) == 3:
        still = longest_still(np.stack(raw, axis=1), None, lost, rate_hz)
        unit = fitting_acc_unit(still.acc, 1.0) if still else None
        if unit:
            text += f" (at rest the values look like {unit})"
    return text
