"""One recording from file to samples: composes reading, mapping, units, times and checks."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from drivers.decode import at_limit
from dsp.block import FloatArray, Mount, SampleBlock, Side
from dsp.errors import RecordingError
from dsp.units import STANDARD_GRAVITY
from firmware_py.importer import rest
from firmware_py.importer.columns import ColumnMap, map_columns
from firmware_py.importer.conversion import Signals, to_si
from firmware_py.importer.layout import Layout, find_layout, is_date
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.reading import open_text
from firmware_py.importer.sidecar import Sidecar, read_sidecar, sidecar_path
from firmware_py.importer.table import Table, read_table
from firmware_py.importer.time_unit import infer_time_unit
from firmware_py.importer.timeline import Timeline, from_rate, from_times
from firmware_py.importer.units import SCALES, Quantity
from firmware_py.plausible import Plausibility
from firmware_py.trace.header import TraceHeader

_HEAD_LINES: Final = 1000
# "Saturates near 7 g" means that clipped strides peak at 6.5 to 7.5 g per axis, "near 530 deg/s" at
# 500 to 550: a limit at the stated value would let half of them pass as whole, so it stands at
# the lower end of what was seen. (README of the data, shoe-hallway: clipping has no flat plateau.)
_ACC_NEAR: Final = 0.92
_GYR_NEAR: Final = 0.94
_VERTICAL_LEAST_G: Final = 0.6
"""Of the mean specific force: over a run it is gravity, 1 g along the vertical, and what a turning
foot adds. Horizontal axes alone, or acceleration without gravity, hold less."""
_VERTICAL_LEAST_SHARE: Final = 0.6
"""Of the mean length, all axes recorded: gravity is there, in another unit (`plausible`)."""


@dataclass(frozen=True, slots=True)
class Recording:
    """An imported recording, ready to be written.

    Args:
        header: what the trace says about itself.
        block: all samples; SI values rounded to float32, as a trace stores them.
        sources: per target, its column's name (or number, from 1) and its unit.
        doubts: what cannot be, and what to do; a line each.
    """

    header: TraceHeader
    block: SampleBlock
    sources: dict[str, tuple[str, str]]
    doubts: tuple[str, ...] = ()


def read_recording(
    path: Path, options: ImportOptions, progress: Callable[[int], object] = lambda _: None
) -> Recording:
    """Reads `path` and the JSON beside it.

    Args:
        path: any CSV, gzip or not.
        options: what the caller says; goes before the JSON and the names.
        progress: called with the position in the file (bytes on disk) as it is read.

    Raises:
        RecordingError: anything that cannot be imported rightly; one line with file, line, remedy.
    """
    with open_text(path) as file:
        sidecar = read_sidecar(sidecar_path(path))
        head = file.chunk(_HEAD_LINES)
        layout = find_layout(path, head, delimiter=options.delimiter, no_header=options.no_header)
        columns = map_columns(path, layout, options.columns)
        places = [c.place for c in columns.columns.values()]
        table = read_table(file, head, layout, places, progress)
    times, time_unit = _timeline(path, layout, columns, table, options, sidecar)
    header_at = f"{path}:{layout.header_line or layout.first_line}"
    signals = to_si(
        table.values,
        columns,
        options,
        where=header_at,
        where_row=lambda row: f"{path}:{table.line(row)}",
        lost=times.lost,
        rate_hz=times.rate_hz,
    )
    notes = [*times.notes, *signals.notes]
    if options.check_rest:
        notes += _check_units(path, table, columns, signals, times)
    # Last of all: what is wrong with the file itself goes before what nobody has said yet.
    mount = options.mount or sidecar.mount
    if mount is None:
        raise RecordingError(
            f"{path}: where was the sensor worn? add --mount waist or --mount shoe, or put "
            f'{{"mount": "waist"}} into {sidecar_path(path).name} beside it'
        )
    missing = [a for a in "xyz" if a not in columns.axes("acc")]
    if missing:
        notes.append(f"no acceleration along {', '.join(missing)}")
    notes += _check_vertical(signals, columns, mount)
    if lost := int(times.lost.sum()):
        notes.append(f"{lost} samples missing in {np.count_nonzero(times.lost)} holes")
    side = options.side or sidecar.side or Side.UNKNOWN
    if mount is Mount.WAIST and side is not Side.UNKNOWN:
        notes.append(f"side {side} ignored: a waist sensor has none")
        side = Side.UNKNOWN
    notes += [f"{sidecar_path(path).name}: {note}" for note in sidecar.notes]
    acc_limit, gyr_limit = _limits(options, sidecar)
    header = TraceHeader(
        mount=mount,
        rate_hz=times.rate_hz,
        source="import",
        side=side,
        acc_axes=columns.axes("acc"),
        gyr_axes=columns.axes("gyr"),
        acc_limit=acc_limit,
        gyr_limit=gyr_limit if columns.axes("gyr") else None,
        activity=options.activity or sidecar.activity,
        software=version("gaitcoach"),
        notes=tuple(notes),
    )
    units = {"t": time_unit} | dict(signals.units)
    sources = {
        t: (layout.names[c.place] or str(c.place + 1), units[t]) for t, c in columns.columns.items()
    }
    block = _block(header, signals, times)
    plausible = Plausibility(header)
    plausible.add(block)
    return Recording(header, block, sources, tuple(plausible.doubts()))


def _timeline(
    path: Path,
    layout: Layout,
    columns: ColumnMap,
    table: Table,
    options: ImportOptions,
    sidecar: Sidecar,
) -> tuple[Timeline, str]:
    def where(row: int) -> str:
        return f"{path}:{table.line(row)}"

    stated = options.rate_hz or sidecar.rate_hz
    column = columns.columns.get("t")
    if column is None:
        if stated is None:
            raise RecordingError(
                f"{path}:{layout.header_line or layout.first_line}: no time column and no rate; "
                "add --rate HZ, or --map t=COLUMN"
            )
        return from_rate(len(table.values), stated, where), ""
    # Time is the first of the targets, so the first column of the table.
    ticks: FloatArray = table.values[:, 0]
    if is_date(layout.first_row[column.place]):
        # The float64 of a date since 1970 resolves 0.24 us, of its distance to the start far less.
        since = np.round(ticks - ticks[0], 6)
        times = from_times(since, where, stated)
        note = f"t counts from {layout.first_row[column.place]}"
        return Timeline(times.t, times.lost, times.rate_hz, (*times.notes, note)), "date"
    unit = options.time_unit or column.unit
    notes: tuple[str, ...] = ()
    if unit is None:
        header_at = f"{path}:{layout.header_line or layout.first_line}"
        unit = infer_time_unit(ticks, header_at, column.label, stated)
        notes = (f"times taken as {unit}: no other unit gives a plausible rate",)
    times = from_times(ticks / SCALES[Quantity.TIME][unit], where, stated)
    return Timeline(times.t, times.lost, times.rate_hz, (*notes, *times.notes)), unit


def _check_units(
    path: Path, table: Table, columns: ColumnMap, signals: Signals, times: Timeline
) -> list[str]:
    acc_at = ["xyz".index(a) for a in columns.axes("acc")]
    gyr_at = ["xyz".index(a) for a in columns.axes("gyr")]
    acc = signals.acc[:, acc_at]
    gyr = None if signals.gyr is None else signals.gyr[:, gyr_at]
    units = {target[:3]: unit for target, unit in signals.units.items()}
    still = None
    if len(acc_at) == 3:
        still = rest.longest_still(acc, gyr, times.lost, times.rate_hz)
    fault = (rest.rest_fault(still, units["acc"]) if still else None) or rest.moving_fault(
        acc, units, gyr
    )
    if fault:
        row = still.start if still else 0
        raise RecordingError(f"{path}:{table.line(row)}: {fault}")
    if still is None:
        why = "no still stretch" if len(acc_at) == 3 else "not all three axes"
        return [f"units not checked against 1 g at rest: {why}"]
    return []


def _check_vertical(signals: Signals, columns: ColumnMap, mount: Mount) -> list[str]:
    """A note where gravity is not among the recorded axes: two of them may well hold it."""
    recorded = signals.acc[:, ["xyz".index(a) for a in columns.axes("acc")]]
    mean_g = float(np.linalg.norm(recorded.mean(axis=0))) / STANDARD_GRAVITY
    size_g = float(np.linalg.norm(recorded, axis=1).mean()) / STANDARD_GRAVITY
    whole = columns.axes("acc") == "xyz"
    if mean_g >= _VERTICAL_LEAST_G or (whole and mean_g > _VERTICAL_LEAST_SHARE * size_g):
        return []
    note = "no vertical axis in the recording"
    if mount is Mount.WAIST:
        return [f"{note}: strikes at the waist cannot be found"]
    return [f"{note}: the mean acceleration is {mean_g:.2f} g"]


def _limits(options: ImportOptions, sidecar: Sidecar) -> tuple[float | None, float | None]:
    """Clip limits in m/s² and rad/s: a stated limit as it is, a "near" value with its margin."""
    acc_g, gyr_dps = options.acc_limit_g, options.gyr_limit_dps
    if acc_g is None and sidecar.acc_near_g is not None:
        acc_g = _ACC_NEAR * sidecar.acc_near_g
    if gyr_dps is None and sidecar.gyr_near_dps is not None:
        gyr_dps = _GYR_NEAR * sidecar.gyr_near_dps
    return (
        None if acc_g is None else acc_g * STANDARD_GRAVITY,
        None if gyr_dps is None else float(np.radians(gyr_dps)),
    )


def _block(header: TraceHeader, signals: Signals, times: Timeline) -> SampleBlock:
    # Rounded here as the trace will store them, so that the flags are those of the stored values.
    acc = signals.acc.astype(np.float32)
    gyr = None if signals.gyr is None else signals.gyr.astype(np.float32)
    return SampleBlock(
        times.t,
        acc.astype(np.float64),
        None if gyr is None else gyr.astype(np.float64),
        times.lost,
        at_limit(acc, header.acc_limit),
        np.zeros(len(acc), dtype=bool) if gyr is None else at_limit(gyr, header.gyr_limit),
    )
