"""A table of marked events, read strictly: a truth that is wrong makes every figure wrong."""

import csv
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.errors import RecordingError

OFF: Final = "contact_off_s"
WALKING: Final = "initial_contact_s"


@dataclass(frozen=True, slots=True)
class Marks:
    """What a table holds, in order of time.

    Args:
        column: which of the columns asked for it is.
        t: (n,) s, strictly increasing.
        off: (n,) `contact_off_s`, s, NaN where it says nothing.
        lines: (n,) 1-based line of each.
    """

    column: str
    t: FloatArray
    off: FloatArray
    lines: IntArray


def read_marks(path: Path, columns: Collection[str]) -> Marks:
    """Reads a table of events.

    Args:
        path: CSV with a header. columns: one of these must be there; the first of them is taken.

    Raises:
        RecordingError: no such column, no rows, a time that is missing, no number, not finite, not
            later than the one before, or a contact that ends before it begins: name, line, remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise RecordingError(f"{path.name}: cannot be read ({e}); save it as UTF-8 text") from e
    rows = csv.reader(text.splitlines())
    header = [name.strip() for name in next(rows, [])]
    found = [(rows.line_num, row) for row in rows if row]
    if not found:
        raise RecordingError(f"{path.name}: holds no events; remove it or fill it")
    column = next((c for c in columns if c in header), None)
    if column is None:
        raise RecordingError(f"{path.name}:1: needs one of the columns {', '.join(columns)}")
    t: list[float] = []
    off: list[float] = []
    at: list[int] = []
    for line, row in found:
        where = f"{path.name}:{line}"
        if len(row) != len(header):
            raise RecordingError(
                f"{where}: has {len(row)} fields where the header has {len(header)}; every row "
                f"needs a time in s for {column}, and a comma for each column"
            )
        fields = dict(zip(header, row, strict=True))
        t.append(_time(where, column, fields))
        off.append(_time(where, OFF, fields) if fields.get(OFF, "").strip() else math.nan)
        if off[-1] <= t[-1]:
            raise RecordingError(
                f"{where}: {OFF} = {off[-1]:g} is not after {column} = {t[-1]:g}; exchange or "
                "correct them"
            )
        if len(t) > 1 and t[-1] == t[-2] and column == WALKING:
            # Published walks have contacts that rounding has joined; none is matched one to one.
            del t[-1], off[-1]
            continue
        at.append(line)
        if len(t) > 1 and t[-1] <= t[-2]:
            what = "the same time as" if t[-1] == t[-2] else "earlier than"
            raise RecordingError(
                f"{where}: {column} = {t[-1]:g} is {what} the row before; sort the rows by time, "
                "each event once"
            )
    return Marks(column, np.array(t), np.array(off), np.array(at, dtype=np.int64))


def _time(where: str, column: str, fields: Mapping[str, str]) -> float:
    try:
        value = float(fields[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RecordingError(
            f"{where}: {column} = {fields[column].strip()!r}: every row needs a time in s"
            + ("; leave it empty where it is not known" if column == OFF else "")
        )
    return value
