"""What is imported: the same SI values, however the file is dressed."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp.block import Mount, Side
from dsp.units import STANDARD_GRAVITY
from firmware_py.importer.options import ImportOptions
from tests.importer.csv_files import (
    NAMES_G,
    WAIST,
    imported,
    still_then_moving,
    write_csv,
    write_text,
)
from tests.thorough import examples

ACC_UNITS = {"g": 1.0, "mg": 1000.0, "m/s^2": STANDARD_GRAVITY, "m/s²": STANDARD_GRAVITY}
GYR_UNITS = {"dps": 1.0, "rad/s": math.radians(1), "°/s": 1.0, "mdps": 1000.0}
TIME_UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
SHAPES = [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), ("|", ".")]


@settings(
    max_examples=examples(20, 60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.permutations(range(8)),
    shape=st.sampled_from(SHAPES),
    acc=st.sampled_from(list(ACC_UNITS)),
    gyr=st.sampled_from(list(GYR_UNITS)),
    time=st.sampled_from(list(TIME_UNITS)),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    packed=st.booleans(),
    before=st.sampled_from(["", "# a remark, with commas; and more\n\n", "% 3.5\n"]),
)
def test_every_dress_of_a_file_gives_the_same_samples(
    tmp_path: Path,
    order: list[int],
    shape: tuple[str, str],
    acc: str,
    gyr: str,
    time: str,
    newline: str,
    encoding: str,
    packed: bool,
    before: str,
) -> None:
    si = still_then_moving(150)
    scale = [TIME_UNITS[time], *[ACC_UNITS[acc]] * 3, *[GYR_UNITS[gyr]] * 3]
    values = np.column_stack([si * scale, np.arange(150.0)])[:, order]
    names = [
        f"Time ({time})",
        *[f"Acceleration {a} ({acc})" for a in "xyz"],
        *[f"Gyroscope {a} ({gyr})" for a in "xyz"],
        "temperature",
    ]
    path = write_csv(
        tmp_path / ("f.csv.gz" if packed else "f.csv"),
        values,
        [names[i] for i in order],
        delimiter=shape[0],
        decimal=shape[1],
        newline=newline,
        encoding=encoding,
        before=before,
    )
    got = imported(path)
    assert got.block.gyr is not None
    np.testing.assert_allclose(got.block.t, si[:, 0], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(got.block.acc, si[:, 1:4] * STANDARD_GRAVITY, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(got.block.gyr, np.radians(si[:, 4:]), rtol=1e-6, atol=1e-6)
    assert got.header.rate_hz == pytest.approx(100.0)
    assert (got.header.acc_axes, got.header.gyr_axes) == ("xyz", "xyz")
    assert got.block.lost.sum() == 0


def test_blanks_separate_columns_too(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "f.txt", still_then_moving(), delimiter="   ")
    assert len(imported(path).block) == 400


def test_names_behind_a_comment_sign_are_names(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "f.csv", still_then_moving(), None, before=f"# {','.join(NAMES_G)}\n"
    )
    assert imported(path).header.gyr_axes == "xyz"


def test_a_row_of_units_below_the_names_is_read(tmp_path: Path) -> None:
    rows = "\n".join(f"{10 * i};{0.5 + i % 2};0;9" for i in range(60))
    path = write_text(tmp_path / "f.csv", f"sep=;\ntime;ax;ay;az\nms;m/s2;m/s2;m/s2\n{rows}\n")
    got = imported(path)
    assert got.header.rate_hz == pytest.approx(100)
    np.testing.assert_allclose(got.block.acc[0], [0.5, 0, 9])


def test_quoted_fields_and_trailing_delimiters_are_fine(tmp_path: Path) -> None:
    rows = "\n".join(f'"{i / 100}","0","{i % 2}.5","1",' for i in range(60))
    path = write_text(tmp_path / "f.csv", f'"t_s","acc_x_g","acc_y_g","acc_z_g"\n{rows}\n')
    np.testing.assert_allclose(imported(path).block.acc[0] / STANDARD_GRAVITY, [0, 0.5, 1])


def test_a_file_without_header_is_mapped_by_number(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "f.csv", still_then_moving(), None)
    columns = {"t": "1", "acc_x": "2", "acc_y": "3", "acc_z": "4"}
    for no_header in (False, True):
        options = replace(WAIST, columns=columns, acc_unit="g", time_unit="s", no_header=no_header)
        got = imported(path, options)
        assert len(got.block) == 400
        assert got.block.gyr is None
        assert got.header.gyr_axes == ""


def test_a_map_goes_before_names_and_none_leaves_a_column_out(tmp_path: Path) -> None:
    values = still_then_moving()
    path = write_csv(tmp_path / "f.csv", values)
    columns = {"acc_x": "acc_y_g", "acc_y": "ACC_X_G", "gyr_x": "none", "t": "none"}
    got = imported(path, replace(WAIST, columns=columns, rate_hz=50.0))
    np.testing.assert_allclose(
        got.block.acc[:, :2] / STANDARD_GRAVITY, values[:, [2, 1]], rtol=1e-6, atol=1e-6
    )
    assert got.header.gyr_axes == "yz"
    assert got.block.gyr is not None
    assert np.isnan(got.block.gyr[:, 0]).all()
    np.testing.assert_allclose(np.diff(got.block.t), 0.02)


def test_missing_axes_are_nan_and_declared(tmp_path: Path) -> None:
    values = still_then_moving()
    names = ["t_s", "acc_vertical_g", "acc_forward_g", "vgrf_bw"]
    path = write_csv(tmp_path / "f.csv", values[:, :4], names)
    got = imported(path)
    assert got.header.acc_axes == "xz"
    np.testing.assert_allclose(got.block.acc[:, 2], values[:, 1] * STANDARD_GRAVITY, rtol=1e-6)
    np.testing.assert_allclose(got.block.acc[:, 0], values[:, 2] * STANDARD_GRAVITY, rtol=1e-6)
    assert np.isnan(got.block.acc[:, 1]).all()
    assert got.block.gyr is None
    assert "no acceleration along y" in got.header.notes
    assert any("not checked against 1 g" in note for note in got.header.notes)


def test_holes_are_lost_samples_and_the_times_stay(tmp_path: Path) -> None:
    values = np.delete(still_then_moving(1000), [200, 201, 202, 700], axis=0)
    got = imported(write_csv(tmp_path / "f.csv", values))
    assert got.block.lost[200] == 3
    assert got.block.lost[697] == 1
    assert got.block.lost.sum() == 4
    np.testing.assert_array_equal(got.block.t, values[:, 0])


@pytest.mark.parametrize(
    ("name", "per_s", "rate"),
    [("time", 1e3, 100.0), ("timestamp", 1e9, 400.0), ("t", 1.0, 100.0), ("Timestamp", 1e6, 833.0)],
)
def test_a_time_without_unit_is_taken_where_only_one_makes_sense(
    tmp_path: Path, name: str, per_s: float, rate: float
) -> None:
    values = still_then_moving(2000, rate)
    values[:, 0] = np.rint(np.arange(2000) / rate * per_s * 1e3) / 1e3
    got = imported(write_csv(tmp_path / "f.csv", values, [name, *NAMES_G[1:]]))
    assert got.header.rate_hz == pytest.approx(rate, rel=1e-3)
    assert any("times taken as" in note for note in got.header.notes)


@pytest.mark.parametrize("zone", ["", "Z", "+02:00"])
def test_iso_dates_count_from_the_first_row(tmp_path: Path, zone: str) -> None:
    start = datetime(2024, 5, 1, 23, 59, 59, tzinfo=UTC)
    rows = "\n".join(
        f"{(start + timedelta(milliseconds=10 * i)).strftime('%Y-%m-%dT%H:%M:%S.%f')}{zone},0,0,1"
        for i in range(300)
        if i != 100
    )
    path = write_text(tmp_path / "f.csv", f"timestamp,acc_x_g,acc_y_g,acc_z_g\n{rows}\n")
    got = imported(path)
    np.testing.assert_allclose(got.block.t[[0, 99, 100, -1]], [0, 0.99, 1.01, 2.99], atol=1e-9)
    assert got.block.lost.sum() == 1
    assert any("2024-05-01T23:59:59" in note for note in got.header.notes)


def test_the_json_beside_the_file_is_heard_and_options_go_before_it(tmp_path: Path) -> None:
    beside = {
        "mount": "shoe",
        "side": "right",
        "rate_hz": 101,
        "activity": "run",
        "accel_saturates_near_g": 7,
        "gyro_saturates_near_dps": 530,
        "note": "rainy",
        "shoe": {"size": 42},
    }
    path = write_csv(tmp_path / "f.csv.gz", still_then_moving(), beside=beside)
    h = imported(path, ImportOptions()).header
    assert (h.mount, h.side, h.activity, h.source) == (Mount.SHOE, Side.RIGHT, "run", "import")
    assert h.rate_hz == pytest.approx(100)
    assert h.acc_limit == pytest.approx(0.92 * 7 * STANDARD_GRAVITY)
    assert h.gyr_limit == pytest.approx(math.radians(0.94 * 530))
    assert "f.json: rainy" in h.notes
    assert 'f.json: shoe = {"size": 42}' in h.notes
    told = ImportOptions(side=Side.LEFT, activity="walk", acc_limit_g=16, gyr_limit_dps=2000)
    h = imported(path, told).header
    assert (h.mount, h.side, h.activity) == (Mount.SHOE, Side.LEFT, "walk")
    assert h.acc_limit == pytest.approx(16 * STANDARD_GRAVITY)
    assert h.gyr_limit == pytest.approx(math.radians(2000))


def test_samples_at_a_limit_are_marked(tmp_path: Path) -> None:
    values = still_then_moving()
    values[300, 2], values[310, 5] = -16.0, 2000.0
    path = write_csv(tmp_path / "f.csv", values)
    b = imported(path, replace(WAIST, acc_limit_g=16.0, gyr_limit_dps=2000.0)).block
    assert np.flatnonzero(b.acc_clipped).tolist() == [300]
    assert np.flatnonzero(b.gyr_clipped).tolist() == [310]


def test_gx_is_a_gyro_beside_ax_and_nothing_otherwise(tmp_path: Path) -> None:
    values = still_then_moving()
    path = write_csv(tmp_path / "f.csv", values, ["t_s", "ax", "ay", "az", "gx", "gy", "gz"])
    got = imported(path, replace(WAIST, acc_unit="g", gyr_unit="deg/s"))
    assert got.header.gyr_axes == "xyz"
    path = write_csv(tmp_path / "f.csv", values, [*NAMES_G[:4], "gx", "gy", "gz"])
    assert imported(path).header.gyr_axes == ""


def test_a_unit_told_goes_before_the_one_in_the_name_and_is_noted(tmp_path: Path) -> None:
    values = still_then_moving()
    values[:, 1:4] *= STANDARD_GRAVITY
    got = imported(write_csv(tmp_path / "f.csv", values), replace(WAIST, acc_unit="m/s2"))
    assert np.linalg.norm(got.block.acc[:50], axis=1).mean() == pytest.approx(9.8, rel=0.01)
    assert any("taken as m/s2, as told" in note for note in got.header.notes)


def test_a_summary_of_ours_beside_the_file_is_no_description_of_it(tmp_path: Path) -> None:
    beside = {"schema": "gaitcoach.summary/1", "session": {"mount": "shoe"}, "steps": {}}
    got = imported(write_csv(tmp_path / "f.csv", still_then_moving(), beside=beside))
    assert got.header.mount is Mount.WAIST
    assert "f.json: is a summary of gaitcoach, not a description: ignored" in got.header.notes
    assert not any("steps" in note for note in got.header.notes)


VERTICAL = "no vertical axis in the recording: strikes at the waist cannot be found"


@pytest.mark.parametrize(
    ("columns", "noted"), [([0, 1, 2, 3], False), ([0, 1, 3], False), ([0, 1, 2], True)]
)
def test_a_waist_recording_without_its_vertical_axis_says_what_that_costs(
    tmp_path: Path, columns: list[int], noted: bool
) -> None:
    names = [("t_s", "acc_x_g", "acc_y_g", "acc_z_g")[k] for k in columns]
    got = imported(write_csv(tmp_path / "f.csv", still_then_moving()[:, columns], names))
    assert (VERTICAL in got.header.notes) is noted


def test_acceleration_without_gravity_has_no_vertical_axis(tmp_path: Path) -> None:
    values = still_then_moving()[:, :4]
    values[:, 3] -= 1.0
    path = write_csv(tmp_path / "f.csv", values, ["t_s", "acc_x_g", "acc_y_g", "acc_z_g"])
    assert VERTICAL in imported(path, replace(WAIST, check_rest=False)).header.notes
    shoe = replace(WAIST, mount=Mount.SHOE, check_rest=False)
    notes = imported(path, shoe).header.notes
    assert any(n.startswith("no vertical axis in the recording: the mean") for n in notes)
