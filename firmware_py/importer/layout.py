"""How a CSV is laid out: delimiter, decimal sign, header and where its rows begin."""

import csv
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from dsp.errors import RecordingError
from firmware_py.importer.units import quantities_of

COMMENT_SIGNS: Final = "#%"
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_LOOK_AHEAD: Final = 50


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a file's rows.

    Args:
        names: one per column; "" where unnamed, all "" without a header.
        units: the unit row's words (below the header), or () without one.
        header_line: 1-based line of the header, 0 without one.
        first_line: 1-based line of the first row of values.
        first_row: the values of that row, for messages and for telling dates from numbers.
        delimiter: one character, or None for runs of blanks.
        decimal_comma: numbers are written 1,5.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    header_line: int
    first_line: int
    first_row: tuple[str, ...]
    delimiter: str | None
    decimal_comma: bool

    @property
    def has_header(self) -> bool:
        return self.header_line > 0

    def label(self, column: int) -> str:
        """How messages call a 0-based column."""
        name = self.names[column]
        return f"column {name!r}" if name else f"column {column + 1}"


def split(line: str, delimiter: str | None) -> list[str]:
    """The fields of one line, without quotes and surrounding blanks."""
    if delimiter is None:
        return [f.strip('"') for f in line.split()]
    if '"' in line:
        # A lone quote is text, not the start of a field over several lines.
        rows = list(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        return [f.strip() for f in rows[0]] if rows else [""]
    return [f.strip() for f in line.rstrip("\r\n").split(delimiter)]


def is_number(text: str, decimal_comma: bool = False) -> bool:
    """Whether a field reads as a number (nan and inf are numbers here, refused later)."""
    if decimal_comma:
        text = text.replace(",", ".")
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_date(text: str) -> bool:
    """Whether a field is an ISO 8601 date and time."""
    if not re.match(r"\d{4}-?\d\d-?\d\d.", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def find_layout(
    path: Path, lines: list[str], *, delimiter: str = "auto", no_header: bool = False
) -> Layout:
    """The layout of a file that begins with `lines`.

    Args:
        path: for messages.
        lines: the first lines, at least all comments, the header and one row.
        delimiter: one character, "whitespace" or "auto".
        no_header: the first row is values, whatever it looks like.

    Raises:
        RecordingError: there are no rows.
    """
    told, body = _skip_declaration(lines)
    if delimiter == "auto" and told:
        delimiter = told
    rows = [
        (number, line)
        for number, line in body
        if line.strip() and line.lstrip()[0] not in COMMENT_SIGNS
    ][:_LOOK_AHEAD]
    if not rows:
        raise RecordingError(f"{path}: holds no rows; record or export it again")
    sign = _delimiter([line for _, line in rows]) if delimiter == "auto" else delimiter
    cut = None if sign == "whitespace" else sign
    fields = [(number, split(line, cut)) for number, line in rows]
    comma = cut != "," and _has_decimal_comma([f for _, f in fields])

    first = fields[0][1]
    is_values = all(is_number(f, comma) or is_date(f) or not f for f in first)
    names, header_line = [""] * len(first), 0
    units: tuple[str, ...] = ()
    if not (no_header or is_values):
        names, header_line = first, fields[0][0]
        fields = fields[1:]
        # A row of units below the names: "s;g;g;g".
        if fields and _is_unit_row(fields[0][1]):
            units, fields = tuple(fields[0][1]), fields[1:]
    elif not no_header:
        names, header_line = _commented_header(body, fields[0][0], len(first), cut)
    if not fields:
        raise RecordingError(
            f"{path}:{header_line}: holds a header but no rows; record or export it again"
        )
    row = fields[0][1]
    if len(row) < len(names) and not names[-1]:
        names = names[:-1]
    return Layout(
        tuple(names), units, header_line, fields[0][0], tuple(row), cut, decimal_comma=comma
    )


def _skip_declaration(lines: list[str]) -> tuple[str, list[tuple[int, str]]]:
    """Excel's "sep=;" line, if there is one, and the numbered lines after it."""
    numbered = list(enumerate(lines, start=1))
    found = re.fullmatch(r"\"?sep=(.)\"?", lines[0].strip("\r\n")) if lines else None
    return (found[1], numbered[1:]) if found else ("", numbered)


def _delimiter(rows: list[str]) -> str:
    # A comma may be a decimal sign, a blank may stand inside a name: they come last.
    for sign in ("\t", ";", "|", ","):
        if all(sign in line for line in rows[:2]):
            return sign
    return "whitespace"


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    fields = [f for row in rows for f in row]
    return any(_DECIMAL_COMMA.fullmatch(f) for f in fields)


def _is_unit_row(row: list[str]) -> bool:
    return any(row) and all(not f or quantities_of(f) for f in row)


def _commented_header(
    body: list[tuple[int, str]], first_line: int, width: int, cut: str | None
) -> tuple[list[str], int]:
    """numpy.savetxt and many loggers write the names behind a comment sign."""
    for number, line in reversed(body[: first_line - body[0][0]]):
        names = split(line.strip().lstrip(COMMENT_SIGNS).strip(), cut)
        if len(names) == width and not any(is_number(n) for n in names):
            return names, number
    return [""] * width, 0
