"""`gaitcoach doctor` as it is called: exit codes, JSON, text."""

import argparse
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dsp.errors import ConfigError, UsageError
from firmware_py.commands import doctor
from firmware_py.doctor.check import Check, Result, fault, ok, skipped, warning, worst
from firmware_py.doctor.report import record, text
from tests.doctor.patients import Setting

Capture = pytest.CaptureFixture[str]
SCHEMA = json.loads((files("firmware_py.doctor") / "doctor.schema.json").read_text("utf-8"))


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    doctor.add_arguments(parser)
    return doctor.run(parser.parse_args([str(w) for w in words]))


def valid(found: Any) -> Any:
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def test_a_simulated_sensor_is_fine_and_it_takes_no_ten_seconds(capsys: Capture) -> None:
    assert run("--simulate", "easy-run") == 0
    out, err = capsys.readouterr()
    assert "LSM6DSO32 at 0x6a" in out
    assert "422.2 Hz, +1.3 % of nominal 416.7" in out
    assert "longest wait 19 ms (its FIFO holds 614 ms)" in " ".join(out.split())
    assert err == ""


def test_json_follows_its_schema_and_names_the_scenario(capsys: Capture) -> None:
    assert run("--simulate", "easy-run", "--sensor", "lsm6dsv16x", "--json", "--seconds", "2") == 0
    found = valid(json.loads(capsys.readouterr().out))
    assert found["simulated"] == "easy-run"
    assert found["checks"][2]["figures"]["part"] == "LSM6DSV16X"
    assert found["verdict"] in ("ok", "warning")


def test_a_stalling_host_ends_with_1(capsys: Capture) -> None:
    assert run("--simulate", "overrun", "--seconds", "45") == 1
    assert "First: losses: end other programs" in capsys.readouterr().out.splitlines()[-1]


def test_a_laptop_without_a_bus_is_told_so(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[sensor]\nbus = 97\n")
    assert run("--config", config) == 1
    out, err = capsys.readouterr()
    assert "/dev/i2c-97: no such bus" in out
    assert "1 fault" in out.splitlines()[-1]
    assert "still" in err
    assert run("--config", config, "--json") == 1
    out, err = capsys.readouterr()
    assert valid(json.loads(out))["verdict"] == "fault"
    assert err == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--simulate", "no-such-run"], "^--simulate no-such-run: unknown scenario; known: easy-"),
        (["--simulate", ""], "^--simulate : unknown scenario"),
        (["--simulate", "easy-run", "--sensor", "nope"], "^--sensor nope: unknown sensor; known: "),
        (["--sensor", "LSM6DSO"], "^--sensor LSM6DSO: is only for --simulate"),
        (["--sensor", ""], "only for --simulate"),
    ],
)
def test_what_does_not_exist_is_wrong_usage(words: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(*words)


def test_a_scenario_for_another_mount_is_wrong_usage(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[sensor]\nmount = "shoe"\n')
    with pytest.raises(UsageError, match=r"^--simulate loose-belt: is for the waist only"):
        run("--simulate", "loose-belt", "--config", config)


@pytest.mark.parametrize("seconds", ["1e9", "3600.5", "0.5", "0", "nan", "ten"])
def test_a_watch_of_another_length_than_1_to_3600_s_is_wrong_usage(
    seconds: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as caught:
        run("--simulate", "easy-run", "--seconds", seconds)
    assert caught.value.code == 2
    assert "must be" in capsys.readouterr().err


def test_a_bad_file_is_a_bad_configuration(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[sensor]\npart = "LSM6DSO33"\n')
    with pytest.raises(ConfigError, match=r"sensor\.part: unknown sensor"):
        run("--config", config)


EVERY = [
    Setting(),
    Setting(chips=()),
    Setting(stuck=True),
    Setting(clock_hz=62_500.0),
    Setting(stalls=((106.0, 1.5),)),
]


@pytest.mark.parametrize("setting", EVERY, ids=["fine", "empty", "stuck", "slow", "lossy"])
def test_every_examination_fits_schema_and_terminal(setting: Setting) -> None:
    checks = list(setting.checks().values())
    found = valid(json.loads(json.dumps(record(checks, None))))
    assert [c["name"] for c in found["checks"]] == SCHEMA["properties"]["checks"]["items"][
        "properties"
    ]["name"]["enum"]
    lines = text(checks).splitlines()
    assert all(len(line) <= 100 for line in lines[:-1])
    first = {Result.FAULT: "fault", Result.WARNING: "warning", Result.OK: "All fine."}
    assert first[worst(checks)] in lines[-1]


def made(*results: Result) -> list[Check]:
    by = {
        Result.OK: ok("bus", "seen"),
        Result.WARNING: warning("rate", "seen", "mend this some day"),
        Result.FAULT: fault("scan", "seen", "mend this now"),
        Result.SKIPPED: skipped("gravity", "seen", "ask again"),
    }
    return [by[r] for r in results]


def test_the_last_line_says_what_to_do_first() -> None:
    assert text(made(Result.OK)).endswith("\nAll fine.")
    assert text(made(Result.OK, Result.SKIPPED)).endswith(
        "\nAll fine. 1 not checked. First: gravity: ask again"
    )
    assert text(made(Result.WARNING, Result.FAULT, Result.FAULT)).endswith(
        "\n2 faults, 1 warning. First: scan: mend this now"
    )


def test_what_was_seen_and_what_to_do_stand_below_each_other() -> None:
    lines = text(made(Result.WARNING)).splitlines()
    assert lines[:2] == [
        "warning  rate       seen",
        "                    -> mend this some day",
    ]
