"""Recordings that can be read but cannot be true, or do not say enough, are refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.importer.options import ImportOptions
from tests.importer.csv_files import (
    WAIST,
    imported,
    refusal,
    rows,
    still_then_moving,
    text_of,
    write_csv,
    write_text,
)


@pytest.mark.parametrize("unit", ["m/s2", "g"])
def test_a_rest_of_981_may_be_mg_or_centimeters(tmp_path: Path, unit: str) -> None:
    values = still_then_moving()[:, :4]
    values[:, 1:] *= 980.665
    path = write_csv(tmp_path / "f.csv", values, ["t_s", "ax", "ay", "az"])
    assert "(at rest the values look like mg or cm/s2)" in refusal(path)
    message = refusal(path, replace(WAIST, acc_unit=unit))
    assert "values look like mg or cm/s2" in message
    assert "for mg use --acc-unit mg, for cm/s2 divide them by 100" in message


@pytest.mark.parametrize("first", [0.0, 1.7e9 - 3601.0])
def test_a_hole_of_over_an_hour_is_refused_with_its_line(tmp_path: Path, first: float) -> None:
    values = still_then_moving()
    values[1:, 0] += 1.7e9
    values[0, 0] = first
    text = [",".join(f"{v:.14g}" for v in row[:4]) for row in values]
    message = refusal(write_text(tmp_path / "f.csv", text_of(text)))
    assert message.startswith(f"{tmp_path / 'f.csv'}:3: time jumps from {first:.10g} s to 17000000")
    assert "split the file there" in message
    assert "delete the line" in message


def test_a_hole_of_most_of_an_hour_is_lost_samples(tmp_path: Path) -> None:
    values = still_then_moving()
    values[200:, 0] += 3500.0
    got = imported(write_csv(tmp_path / "f.csv", values))
    assert got.block.lost.sum() == 350_000


@pytest.mark.parametrize("check_rest", [True, False])
@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (2, "1e300", "column 'acc_y_g' holds 1e+300, more than any sensor measures (1000 g)"),
        (3, "-1001", "column 'acc_z_g' holds -1001, more than any"),
        (6, "100001", "column 'gyr_z_dps' holds 100001, more than any sensor measures (100000 deg"),
        (4, "1.7e308", "column 'gyr_x_dps' holds 1.7e+308, more"),
    ],
)
def test_a_value_that_no_sensor_gives_is_refused_with_line_and_column(
    tmp_path: Path, column: int, value: str, says: str, check_rest: bool
) -> None:
    fields = [[f"{v:.5f}" for v in row] for row in still_then_moving()]
    fields[250][column] = value
    names = "t_s,acc_x_g,acc_y_g,acc_z_g,gyr_x_dps,gyr_y_dps,gyr_z_dps"
    path = write_text(tmp_path / "f.csv", text_of([",".join(f) for f in fields], names))
    message = refusal(path, replace(WAIST, check_rest=check_rest))
    assert message.startswith(f"{path}:252: {says}")


def test_a_value_that_no_sensor_gives_is_found_where_the_unit_is_unknown(tmp_path: Path) -> None:
    lines = rows()
    lines[30] = "0.30,1e300,0,1"
    path = write_text(tmp_path / "f.csv", text_of(lines, "t_s,ax,ay,az"))
    assert refusal(path).startswith(f"{path}:32: column 'ax' holds 1e+300, more than any sensor")


def test_values_that_are_all_too_large_are_told_by_their_unit_not_by_a_line(tmp_path: Path) -> None:
    values = still_then_moving()
    values[:, 1:4] *= 1e5
    path = write_csv(tmp_path / "f.csv", values)
    assert "at rest |acceleration| reads" in refusal(path)
    values[:, 1:4] *= 1e8
    assert "more than any sensor" in refusal(write_csv(tmp_path / "g.csv", values))


def test_an_unknown_mount_is_asked_for(tmp_path: Path) -> None:
    path = write_text(tmp_path / "f.csv", text_of(rows()))
    assert "add --mount waist or --mount shoe" in refusal(path, ImportOptions())


def test_a_mere_row_number_is_not_taken_for_a_time(tmp_path: Path) -> None:
    lines = [f"{i},0,0,1.{i % 2}" for i in range(100)]
    path = write_text(tmp_path / "f.csv", text_of(lines, "t,acc_x_g,acc_y_g,acc_z_g"))
    assert "counts in steps of 1, like a sample number" in refusal(path)
