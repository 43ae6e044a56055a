"""The numbers of a CSV, fast; on failure, the exact line."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from dsp.block import FloatArray
from dsp.errors import RecordingError
from firmware_py.importer.layout import COMMENT_SIGNS, Layout, is_date, split
from firmware_py.importer.reading import TextFile


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of a file, as they stand in it.

    Args:
        values: (n, k) float64, in the file's units; dates are seconds since 1970.
        first_rows: row index at which each chunk begins.
        line_numbers: per chunk, the 1-based line of each of its rows.
    """

    values: FloatArray
    first_rows: tuple[int, ...]
    line_numbers: tuple[Sequence[int], ...]

    def line(self, row: int) -> int:
        """The 1-based line that row came from."""
        chunk = bisect_right(self.first_rows, row) - 1
        return self.line_numbers[chunk][row - self.first_rows[chunk]]


def read_table(
    file: TextFile,
    head: list[str],
    layout: Layout,
    columns: Sequence[int],
    progress: Callable[[int], object] = lambda _: None,
) -> Table:
    """Every row's `columns` (0-based), in that order.

    Args:
        file: the rest of the file, after `head`.
        head: the lines that were read to find the layout.
        layout: how the rows are cut.
        columns: which columns to keep.
        progress: called with the position in the file after each chunk.

    Raises:
        RecordingError: a row is short or long, a value is missing, text, NaN or infinite.
    """
    parts: list[FloatArray] = []
    starts: list[int] = []
    numbers: list[Sequence[int]] = []
    rows = 0
    for first_line, lines in _chunks(file, head):
        keep = [
            i
            for i, line in enumerate(lines)
            if (s := line.lstrip()) and s[0] not in COMMENT_SIGNS
            if first_line + i >= layout.first_line
        ]
        progress(file.position)
        if not keep:
            continue
        wanted = lines if len(keep) == len(lines) else [lines[i] for i in keep]
        at: Sequence[int]
        if len(keep) == len(lines):
            at = range(first_line, first_line + len(lines))
        else:
            at = [first_line + i for i in keep]
        starts.append(rows)
        numbers.append(at)
        parts.append(_parse(file, wanted, at, layout, columns))
        rows += len(wanted)
    return Table(np.concatenate(parts), tuple(starts), tuple(numbers))


def _chunks(file: TextFile, head: list[str]) -> Iterator[tuple[int, list[str]]]:
    yield 1, head
    while True:
        first_line = file.lines_read + 1
        lines = file.chunk()
        if not lines:
            return
        yield first_line, lines


def _parse(
    file: TextFile, lines: list[str], at: Sequence[int], layout: Layout, columns: Sequence[int]
) -> FloatArray:
    width, sign = len(layout.names), layout.delimiter
    if any('"' in line for line in lines):
        lines = [(sign or " ").join(split(line, sign)) for line in lines]
    counts = {len(x.split()) for x in lines} if sign is None else {x.count(sign) + 1 for x in lines}
    if counts != {width}:
        for line, number in zip(lines, at, strict=True):
            _check_width(file, line, number, layout)
    dates = [c for c in columns if is_date(layout.first_row[c])]
    plain = [c for c in columns if c not in dates]
    text = [line.replace(",", ".") for line in lines] if layout.decimal_comma else lines
    out = np.empty((len(lines), len(columns)))
    try:
        found = np.loadtxt(text, delimiter=sign, usecols=plain, comments=None, ndmin=2)
    except ValueError as e:
        for line, number in zip(text, at, strict=True):
            _check_numbers(file, line, number, layout, plain)
        # What float() reads and loadtxt does not, such as 1_000.
        raise RecordingError(
            f"{file.path}:{at[0]}: some value in the rows from here on is not a number ({e})"
        ) from None
    if not np.isfinite(found).all():
        row, k = np.argwhere(~np.isfinite(found))[0]
        raise RecordingError(
            f"{file.path}:{at[row]}: {layout.label(plain[k])} holds {found[row, k]}; delete such "
            "rows (a missing row is counted as lost) or leave the column out with --map"
        )
    out[:, [list(columns).index(c) for c in plain]] = found
    for c in dates:
        out[:, list(columns).index(c)] = [
            _seconds(file, split(line, sign)[c], number, layout.label(c))
            for line, number in zip(lines, at, strict=True)
        ]
    return out


def _check_width(file: TextFile, line: str, number: int, layout: Layout) -> None:
    width = len(layout.names)
    fields = split(line, layout.delimiter)
    while len(fields) > width and not fields[-1]:
        fields.pop()
    if len(fields) < width:
        raise RecordingError(
            f"{file.path}:{number}: has {len(fields)} of {width} columns; "
            "complete or delete the row (was the file cut off?)"
        )
    if len(fields) > width:
        raise RecordingError(
            f"{file.path}:{number}: has {len(fields)} columns instead of {width}; if a comma is "
            "the decimal sign, separate columns by semicolons, else correct or delete the row"
        )


def _check_numbers(
    file: TextFile, line: str, number: int, layout: Layout, columns: Sequence[int]
) -> None:
    fields = split(line, layout.delimiter)
    for c in columns:
        try:
            float(fields[c])
        except ValueError:
            what = f"holds {fields[c][:40]!r}, not a number" if fields[c] else "is empty"
            raise RecordingError(
                f"{file.path}:{number}: {layout.label(c)} {what}; correct or delete the row "
                "(a missing row is counted as lost), or leave the column out with --map"
            ) from None


def _seconds(file: TextFile, text: str, number: int, label: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RecordingError(
            f"{file.path}:{number}: {label} holds {text[:40]!r}, not an ISO date and time; "
            "correct or delete the row"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
