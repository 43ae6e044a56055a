"""`gaitcoach calibrate` as it is called, on simulated sensors."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import pytest

from drivers.calibration import CalibrationError, from_dict
from drivers.errors import BusError
from dsp.errors import ConfigError, GaitCoachError, UsageError
from firmware_py.calibrate.files import save
from firmware_py.commands import calibrate
from tests.calibrate.made import KNOWN

Capture = pytest.CaptureFixture[str]


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    calibrate.add_arguments(parser)
    return calibrate.run(parser.parse_args([str(w) for w in words]))


def stored(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text())
    return record


def test_standing_is_the_default_and_a_simulation_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run("--simulate") == 0
    out = capsys.readouterr().out
    assert "gyro bias   +1." in out
    assert "forward     unknown" in out
    assert out.splitlines()[-1] == "not stored: simulated; name --output FILE"
    assert list(tmp_path.iterdir()) == []


def test_one_file_gathers_what_the_procedures_learn(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "c.json"
    for what in ("--six-positions", "--standing", "--hops"):
        assert run("--simulate", what, "-o", path) == 0
    record = stored(path)
    assert record["method"] == ["six-positions", "standing", "hops"]
    assert record["hops"]["separation"] > 5
    assert "(six-positions, standing, hops)" in capsys.readouterr().out
    record.pop("schema")
    assert from_dict(record).chip.part == "LSM6DSO32"


def test_json_is_alone_on_the_output(tmp_path: Path, capsys: Capture) -> None:
    assert run("--simulate", "--six-positions", "--json", "-o", tmp_path / "c.json") == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["figures"]["residual"] < 0.02
    assert found["file"] == str(tmp_path / "c.json")
    from_dict(found["calibration"])
    assert "six faces" in err


def test_a_file_of_another_chip_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    save(path, KNOWN)
    before = path.read_bytes()
    with pytest.raises(CalibrationError, match="is of another chip"):
        run("--simulate", "-o", path)
    assert path.read_bytes() == before


def test_a_refusal_stores_nothing(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[sensor]\nmount = "shoe"\nside = "left"\n')
    path = tmp_path / "c.json"
    with pytest.raises(CalibrationError, match=r"sensor\.side"):
        run("--simulate", "--hops", "--config", config, "-o", path)
    assert not path.exists()


def test_without_a_bus_it_says_so(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[sensor]\nbus = 97\n")
    with pytest.raises(BusError, match="/dev/i2c-97"):
        run("--config", config)


def test_a_sensor_without_simulation_and_an_unknown_one_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--sensor LSM6DSO: is only for --simulate"):
        run("--sensor", "LSM6DSO")
    with pytest.raises(UsageError, match=r"^--sensor nope: unknown sensor; known: BMI270, ICM"):
        run("--simulate", "--sensor", "nope")
    config = tmp_path / "c.toml"
    config.write_text('[sensor]\npart = "nope"\n')
    with pytest.raises(ConfigError, match=r"sensor\.part"):
        run("--simulate", "--config", config)


@pytest.mark.parametrize("content", [b"\x89MCAP0\r\n and more", b"whatever a run left"])
def test_a_trace_is_never_replaced_nor_is_removing_it_advised(
    tmp_path: Path, content: bytes
) -> None:
    trace = tmp_path / "trace.mcap"
    trace.write_bytes(content)
    with pytest.raises(GaitCoachError) as error:
        run("--simulate", "--output", trace)
    assert "is a trace, which is not replaced; name another file" in str(error.value)
    assert "remove" not in str(error.value)
    assert trace.read_bytes() == content


def test_an_output_that_cannot_be_is_refused_at_once(tmp_path: Path, capsys: Capture) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    config = tmp_path / "c.toml"
    config.write_text("[sensor]\n")
    for place, says in (
        (pipe, "is no regular file; name another file"),
        (Path("/dev/zero"), "is no regular file; name another file"),
        (tmp_path, "is a directory; name a file in it"),
        (tmp_path / "none" / "c.json", "there is no folder"),
        (config, "is what is read here; name another file"),
    ):
        with pytest.raises(GaitCoachError, match=f"^--output {place}: {says}"):
            run("--simulate", "--config", config, "--output", place)
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_none_of_ours_stays(tmp_path: Path) -> None:
    other = tmp_path / "package.json"
    other.write_text("{}")
    with pytest.raises(CalibrationError, match=r"^--output .*: is no calibration file; name anoth"):
        run("--simulate", "--output", other)
    assert other.read_text() == "{}"


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (".", "is a directory; name a file in it"),
        ("none/c.json", "there is no folder"),
        ("c.toml", "is what is read here; name another file"),
    ],
)
def test_a_place_that_the_configuration_names_is_a_bad_configuration(
    tmp_path: Path, named: str, says: str
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[sensor]\nbus = 97\ncalibration = "{named}"\n')
    with pytest.raises(ConfigError, match=rf"^sensor\.calibration .*: {says}"):
        run("--config", config)


def test_two_procedures_at_once_are_wrong_usage(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        run("--standing", "--hops")
    assert caught.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
