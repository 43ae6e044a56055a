"""Calibration files: whole or not there, one per chip, never of another."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.calibration import CalibrationError
from dsp.errors import ConfigError
from firmware_py.calibrate.files import (
    OPTION,
    OWN,
    SETTING,
    default_path,
    known_of,
    load,
    path_of,
    save,
)
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
    assert text.endswith("; move it away and run gaitcoach calibrate")


DAMAGED: list[tuple[str, str]] = [
    ("", "is no calibration file: no JSON from line 1 on"),
    ('{\n"schema": ', "is no calibration file: no JSON from line 2 on"),
    ("[]", "is no calibration file"),
    ('{"name": "somebody else\'s"}', "is no calibration file"),
    ("[" * 100_000, "is no calibration file"),
    ("9" * 5000, "is no calibration file"),
    (
        '{"schema": "gaitcoach.calibration/9"}',
        'of another version ("gaitcoach.calibration/9";',
    ),
    ('{"schema": null}', "of another version (null; this gaitcoach"),
    ('{"schema": "gaitcoach.calibration/1"}', "damaged: chip is missing"),
    ('{"schema": "gaitcoach.calibration/1", "acc_offset": 3}', "damaged: chip is missing"),
]
PYTHONS_OWN = ("Error", "__init__", "None", "Expecting", "object is not", "unpack")


@pytest.mark.parametrize(("content", "says"), DAMAGED)
@pytest.mark.parametrize(
    ("by", "kind", "remedy"),
    [
        (OWN, CalibrationError, "; move it away and run gaitcoach calibrate"),
        (OPTION, CalibrationError, "; name another file"),
        (SETTING, ConfigError, "; name another file, or move it away and run gaitcoach calibrate"),
    ],
)
def test_a_damaged_file_is_refused_by_who_named_it(
    tmp_path: Path, content: str, says: str, by: str, kind: type[Exception], remedy: str
) -> None:
    path = tmp_path / "c.json"
    path.write_text(content)
    with pytest.raises(kind) as error:
        load(path, CHIP, by)
    text = str(error.value)
    assert text.startswith(f"{by} {path}: ".lstrip())
    assert says in text
    assert text.endswith(remedy)
    assert not any(word in text for word in PYTHONS_OWN), text


def test_bytes_folders_pipes_and_files_out_of_reach_are_refused_and_none_is_waited_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CalibrationError, match="is no calibration file; move it away"):
        load(path, CHIP)
    with pytest.raises(ConfigError, match=r"^sensor\.calibration .*: is a directory; name another"):
        load(tmp_path, CHIP, SETTING)
    with pytest.raises(CalibrationError, match=r"cannot be read \(Not a directory\)"):
        load(path / "c.json", CHIP)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for endless in (pipe, Path("/dev/zero")):
        with pytest.raises(CalibrationError, match="is no regular file"):
            load(endless, CHIP)


def test_a_named_file_must_be_there_and_the_specimens_own_need_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "c.json"
    assert known_of(None, CHIP) is None
    with pytest.raises(ConfigError, match=r"c\.json: no such file; correct the path"):
        known_of(str(path), CHIP)
    save(path, KNOWN)
    assert known_of(str(path), CHIP) == KNOWN
    with pytest.raises(ConfigError, match=r"^sensor\.calibration .*: is of another chip"):
        known_of(str(path), replace(CHIP, address=0x6B))
    with pytest.raises(ConfigError, match="no path has a NUL"):
        known_of("a\0b", CHIP)
    default_path(CHIP).parent.mkdir()
    default_path(CHIP).write_text("{")
    with pytest.raises(CalibrationError, match="move it away"):
        known_of(None, CHIP)


def test_a_link_goes_on_pointing_where_it_does(tmp_path: Path) -> None:
    link, true = tmp_path / "link.json", tmp_path / "true.json"
    link.symlink_to(true)
    save(link, KNOWN)
    assert link.is_symlink()
    assert load(true, CHIP) == KNOWN


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


def test_the_setting_names_the_file_and_without_it_the_specimen_has_its_own() -> None:
    assert path_of("/etc/c.json", CHIP) == Path("/etc/c.json")
    assert path_of(None, CHIP) == default_path(CHIP)
