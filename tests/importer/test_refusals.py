"""Bad input: one line with file, line number and remedy."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dsp.errors import RecordingError
from tests.importer.csv_files import (
    HEADER,
    WAIST,
    imported,
    refusal,
    rows,
    still_then_moving,
    text_of,
    with_row,
    write_csv,
    write_text,
)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (with_row(7, "0.07,abc,0,1"), 9, "column 'acc_x_g' holds 'abc', not a number"),
        (with_row(7, "0.07,,0,1"), 9, "column 'acc_x_g' is empty"),
        (with_row(7, "0.07,nan,0,1"), 9, "column 'acc_x_g' holds nan"),
        (with_row(7, "0.07,inf,0,1"), 9, "column 'acc_x_g' holds inf"),
        (with_row(7, "0.07,0,0"), 9, "has 3 of 4 columns"),
        (with_row(49, "0.49,0"), 51, "has 2 of 4 columns; complete or delete the row"),
        (with_row(7, "0,07,0,0,1"), 9, "has 5 columns instead of 4; if a comma is the decimal"),
        (with_row(7, "0.01,0,0,1"), 9, "time goes back from 0.06 s to 0.01 s"),
        (with_row(7, "0.06,0,0,1"), 9, "has the same time as the row before (0.06 s)"),
        (with_row(7, "# later\n\n0.07,x,0,1"), 11, "column 'acc_x_g' holds 'x'"),
        (with_row(0, "zero,0,0,1"), 2, "column 't_s' holds 'zero'"),
        (text_of([]), 1, "holds a header but no rows"),
        (text_of(rows(1)), 2, "holds one sample only"),
        (text_of([r.replace("0.", "", 1) for r in rows()]), 2, "the times give 1 Hz, outside 25"),
        (text_of(rows(), "t_s,a,b,c"), 1, "no column is an acceleration; name them"),
        (text_of(rows(), "t_s,ax,ay,az"), 1, "column 'ax' does not state its unit; add --acc-unit"),
        (text_of(rows(), "q,acc_x_g,acc_y_g,acc_z_g"), 1, "no time column and no rate; add --rate"),
        (
            text_of(rows(), "t_s,acc_x_g,accel_x_g,acc_z_g"),
            1,
            "'acc_x_g' and 'accel_x_g' might each be acc_x; choose with --map acc_x=",
        ),
        (
            text_of(rows(), "t_s," + ",".join(f"Linear Acceleration {a} (m/s^2)" for a in "xyz")),
            1,
            "'Linear Acceleration x (m/s^2)' is not what an accelerometer measures",
        ),
        ("\n".join(rows()), 1, "has no header; say which columns are which, e.g. --map t=1"),
    ],
)
def test_a_bad_file_is_named_with_its_line_and_a_remedy(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = write_text(tmp_path / "f.csv", text)
    message = refusal(path)
    assert message.startswith(f"{path}:{line}: ")
    assert says in message
    assert re.search(r"[;:] \S+", message)  # a remedy follows


@pytest.mark.parametrize("place", [5, 999, 1000, 70_000, 99_998])
@pytest.mark.parametrize("packed", [False, True])
def test_the_line_is_right_in_every_part_of_a_long_file(
    tmp_path: Path, place: int, packed: bool
) -> None:
    lines = [f"{i / 100:.2f},0,0,1" for i in range(100_000)]
    lines[place] += "x"
    lines.insert(3, "# a remark and an empty line\n")
    path = write_text(tmp_path / ("f.csv.gz" if packed else "f.csv"), text_of(lines))
    at = place + 4 if place >= 3 else place + 2
    assert refusal(path).startswith(f"{path}:{at}: column 'acc_z_g' holds '1x'")


def test_a_nan_far_down_is_found_behind_comments(tmp_path: Path) -> None:
    lines = [f"{i / 100:.2f},0,0,1" for i in range(80_000)]
    lines[75_000] = "750.00,0,NaN,1"
    lines.insert(70_000, "# pause")
    path = write_text(tmp_path / "f.csv", text_of(lines))
    assert refusal(path).startswith(f"{path}:75003: column 'acc_y_g' holds nan")


def make_missing(path: Path) -> None:
    pass


def make_directory(path: Path) -> None:
    path.mkdir()


def make_empty(path: Path) -> None:
    path.touch()


def make_binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


def make_noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).integers(1, 256, 5000, dtype=np.uint8).tobytes())


def make_zip(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(100))


def make_comments_only(path: Path) -> None:
    path.write_text("# nothing\n\n")


def make_empty_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(b""))


def make_header_of_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(text_of(rows()).encode())[:12])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_missing, "no such file; check the path"),
        (make_directory, "is a directory; name one CSV file in it"),
        (make_empty, "is empty; record or export it again"),
        (make_binary, "is a binary file, not text; export it as CSV"),
        (make_noise, "is a binary file, not text; export it as CSV"),
        (make_zip, "is a zip archive or spreadsheet; unpack it or save it as CSV"),
        (make_comments_only, "holds no rows"),
        (make_empty_gzip, "is an empty gzip file"),
        (make_header_of_gzip, "gzip data"),
    ],
)
def test_what_is_no_recording_is_said_to_be_so(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "f.csv"
    make(path)
    assert says in refusal(path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_a_truncated_gzip_names_the_last_line_that_was_whole(tmp_path: Path, share: float) -> None:
    path = write_csv(tmp_path / "f.csv.gz", still_then_moving(30_000))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    message = refusal(path)
    found = re.search(r":(\d+): is cut short inside its gzip data; copy", message)
    assert found
    assert abs(int(found[1]) - share * 30_000) < 3000


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "f.csv.gz", still_then_moving(30_000))
    data = bytearray(path.read_bytes())
    data[-8] ^= 0xFF  # the checksum
    path.write_bytes(data)
    assert "gzip data" in refusal(path)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"acc_x": "acc_q_g"}, "--map acc_x=acc_q_g: no such column; did you mean 'acc_"),
        ({"acc_x": "zzz"}, "--map acc_x=zzz: no such column; there are t_s, acc_x_g"),
        ({"acc_x": "9"}, "--map acc_x=9: there are columns 1 to 4"),
        ({"acc_x": "2", "acc_y": "2"}, "--map gives column 'acc_x_g' to acc_x and acc_y"),
    ],
)
def test_a_wrong_column_is_refused_with_what_there_is(
    tmp_path: Path, columns: dict[str, str], says: str
) -> None:
    path = write_text(tmp_path / "f.csv", text_of(rows()))
    assert says in refusal(path, replace(WAIST, columns=columns))


@pytest.mark.parametrize(
    ("scale", "unit", "fitting"),
    [(9.80665, "g", "m/s2"), (1 / 9.80665, "g", None), (1.0, "m/s2", "g"), (1000.0, "g", "mg")],
)
def test_units_in_which_a_rest_is_not_1_g_are_refused_with_the_one_that_fits(
    tmp_path: Path, scale: float, unit: str, fitting: str | None
) -> None:
    values = still_then_moving()
    values[:, 1:4] *= scale
    path = write_csv(tmp_path / "f.csv", values, ["t_s", "ax", "ay", "az", "wx", "wy", "wz"])
    options = replace(WAIST, acc_unit=unit, gyr_unit="deg/s")
    message = refusal(path, options)
    assert "at rest |acceleration| reads" in message
    assert (f"use --acc-unit {fitting}" if fitting else "--no-check-rest") in message
    assert imported(path, replace(options, check_rest=False)).header.acc_axes == "xyz"


def test_running_all_along_in_the_wrong_unit_is_refused_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    acc = rng.normal((0, 0, 9.8), 8, (500, 3))
    values = np.column_stack([np.arange(500) / 100, acc])
    path = write_csv(tmp_path / "f.csv", values, HEADER.split(","))
    assert "more than any run; values look like m/s2: use --acc-unit m/s2" in refusal(path)


def test_degrees_taken_for_radians_are_refused(tmp_path: Path) -> None:
    names = ["t_s", *[f"acc_{a}_g" for a in "xyz"], *[f"gyr_{a}_rad_s" for a in "xyz"]]
    path = write_csv(tmp_path / "f.csv", still_then_moving(), names)
    assert "use the right --gyr-unit" in refusal(path)


def test_a_missing_unit_is_asked_for_with_a_hint_from_the_rest(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "f.csv", still_then_moving()[:, :4], ["t_s", "ax", "ay", "az"])
    assert "add --acc-unit g, mg or m/s2 (at rest the values look like g)" in refusal(path)
    values = still_then_moving()[:, :4]
    values[:, 1:] *= 9.80665
    path = write_csv(tmp_path / "f.csv", values, ["t_s", "ax", "ay", "az"])
    assert "(at rest the values look like m/s2)" in refusal(path)


@pytest.mark.parametrize(
    ("beside", "says"),
    [
        ('{"mount": "waist",\n "rate_hz": }', "f.json:2: broken JSON"),
        ("[1]", "f.json:1: must hold an object"),
        ('{"mount": "hat"}', "f.json: mount = 'hat': must be one of waist, shoe"),
        ('{"mount": 3}', "f.json: mount = 3: must be one of waist, shoe"),
        ('{"side": "both"}', "f.json: side = 'both': must be one of left, right, unknown"),
        ('{"rate_hz": "100"}', "f.json: rate_hz = '100': must be a number above 0"),
        ('{"rate_hz": -1}', "f.json: rate_hz = -1: must be a number above 0"),
        ('{"rate_hz": NaN}', "f.json: rate_hz = nan: must be a number above 0"),
        ('{"accel_saturates_near_g": true}', "accel_saturates_near_g = True: must be a number"),
        ('{"activity": 5}', "f.json: activity = 5: must be a word"),
        ('{"rate_hz": 200}', "the times give 100 Hz but 200 Hz is stated"),
    ],
)
def test_a_broken_json_beside_the_file_is_named(tmp_path: Path, beside: str, says: str) -> None:
    path = write_text(tmp_path / "f.csv", text_of(rows()))
    path.with_name("f.json").write_text(beside)
    with pytest.raises(RecordingError) as caught:
        imported(path)
    assert says in str(caught.value)
