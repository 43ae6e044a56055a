"""Calibration files: whole or not there, one per chip, never of another."""

from dataclasses import replace
from pathlib import Path

import pytest

from drivers.calibration import CalibrationError
from firmware_py.calibrate.files import calibration_path, default_path, load, save
from tests.calibrate.made import CHIP, KNOWN


def test_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "c.json"
    save(path, KNOWN)
    assert load(path, CHIP) == KNOWN
    save(path, replace(KNOWN, hops=None))
    assert load(path, CHIP) == replace(KNOWN, hops=None)
    assert [p.name for p in path.parent.iterdir()] == ["c.json"]


def test_no_file_is_no_calibration(tmp_path: Path) -> None:
    assert load(tmp_path / "c.json", CHIP) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(CHIP, part="LSM6DSO"),
        replace(CHIP, address=0x6B),
        replace(CHIP, fingerprint="trim -2"),
    ],
)
def test_another_chips_is_refused_and_both_are_named(tmp_path: Path, other: object) -> None:
    path = tmp_path / "c.json"
    save(path, KNOWN)
    with pytest.raises(CalibrationError) as error:
        load(path, other)  # type: ignore[arg-type]
    text = str(error.value)
    assert text.startswith(f"{path}: is of another chip: LSM6DSO32 at 0x6a (trim +3); this is ")
    assert str(other) in text
    assert "sensor.calibration" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "schema is None"),
        ('{"schema": "gaitcoach.calibration/9"}', "schema is 'gaitcoach.calibration/9'"),
        ('{"schema": "gaitcoach.calibration/1"}', "is no calibration"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "c.json"
    path.write_text(content)
    with pytest.raises(CalibrationError, match=r"c\.json: ") as error:
        load(path, CHIP)
    assert says in str(error.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CalibrationError, match="not JSON"):
        load(path, CHIP)
    with pytest.raises(CalibrationError, match="cannot be read"):
        load(tmp_path, CHIP)


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CalibrationError, match=r"cannot be written .*--output"):
        save(tmp_path / "file" / "c.json", KNOWN)
    folder = tmp_path / "c.json"
    folder.mkdir()
    (folder / "inside").write_text("x")
    with pytest.raises(CalibrationError, match="cannot be written"):
        save(folder, KNOWN)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.json", "file"]


def test_the_default_is_one_file_per_specimen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = default_path(CHIP)
    assert path == tmp_path / "gaitcoach" / "calibration-LSM6DSO32-6a-trim-+3.json"
    strange = replace(CHIP, fingerprint="../a b/\n")
    assert default_path(strange).parent == path.parent
    assert default_path(replace(CHIP, fingerprint="")).name == "calibration-LSM6DSO32-6a.json"
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert default_path(CHIP).parent == tmp_path / "me" / ".config" / "gaitcoach"


def test_the_setting_is_relative_to_the_configuration(tmp_path: Path) -> None:
    assert calibration_path("c.json", tmp_path, CHIP) == tmp_path / "c.json"
    assert calibration_path("/etc/c.json", tmp_path, CHIP) == Path("/etc/c.json")
    assert calibration_path(None, tmp_path, CHIP) == default_path(CHIP)
