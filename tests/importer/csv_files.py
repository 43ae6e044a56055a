"""Recordings for the tests of the importer: made up, written as CSV in any dress."""

import gzip
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsp.block import FloatArray, Mount
from dsp.errors import RecordingError
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import Recording, read_recording

WAIST = ImportOptions(mount=Mount.WAIST)
DATA = Path(
    os.environ.get("GAITCOACH_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data"
)
NAMES_G = ("t_s", "acc_x_g", "acc_y_g", "acc_z_g", "gyr_x_dps", "gyr_y_dps", "gyr_z_dps")


def still_then_moving(n: int = 400, rate_hz: float = 100.0, seed: int = 1) -> FloatArray:
    """(n, 7) t in s, acc in g, gyr in deg/s: a second of rest, then shaking about 1 g."""
    rng = np.random.default_rng(seed)
    t = np.arange(n) / rate_hz
    acc = np.tile([0.0, 0.0, 1.0], (n, 1)) + rng.normal(0, 0.002, (n, 3))
    gyr = rng.normal(0, 0.2, (n, 3))
    moving = t >= 1.0
    acc[moving] += rng.normal(0, 0.7, (int(moving.sum()), 3))
    gyr[moving] += rng.normal(0, 120.0, (int(moving.sum()), 3))
    return np.column_stack([t, acc, gyr]).round(5)


def write_csv(
    path: Path,
    values: FloatArray,
    names: Sequence[str] | None = NAMES_G,
    *,
    delimiter: str = ",",
    decimal: str = ".",
    newline: str = "\n",
    encoding: str = "utf-8",
    before: str = "",
    beside: Mapping[str, Any] | None = None,
) -> Path:
    """Writes `values`, gzip if the name says so, and the JSON `beside` it."""
    rows = [delimiter.join(f"{v:.9g}".replace(".", decimal) for v in row) for row in values]
    if names is not None:
        rows.insert(0, delimiter.join(names))
    return write_text(path, before + newline.join(rows) + newline, encoding=encoding, beside=beside)


def write_text(
    path: Path, text: str, *, encoding: str = "utf-8", beside: Mapping[str, Any] | None = None
) -> Path:
    """Writes `text` exactly, gzip if the name says so, and the JSON `beside` it."""
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    if beside is not None:
        stem = path.name.removesuffix(".gz").removesuffix(".csv")
        path.with_name(stem + ".json").write_text(json.dumps(beside))
    return path


def imported(path: Path, options: ImportOptions = WAIST) -> Recording:
    """What the importer makes of `path`."""
    return read_recording(path, options)


HEADER = "t_s,acc_x_g,acc_y_g,acc_z_g"


def rows(n: int = 50) -> list[str]:
    return [f"{i * 0.01:.2f},0.01,-0.02,{1 + 0.2 * (i % 2):.2f}" for i in range(n)]


def text_of(lines: list[str], header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def with_row(place: int, line: str) -> str:
    """A good file with one row replaced; row 0 is line 2."""
    lines = rows()
    lines[place] = line
    return text_of(lines)


def refusal(path: Path, options: ImportOptions = WAIST) -> str:
    with pytest.raises(RecordingError) as caught:
        imported(path, options)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message
