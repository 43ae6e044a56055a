import json
import os
from pathlib import Path

import pytest

from feedback.programmes.history import Result, record
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import ProgrammeState, start
from firmware_py.config import load_config
from firmware_py.link.protocol import Code
from firmware_py.programme.state_file import StateFile
from tests.link.device import Device

GOOD = "[feedback]\ncooldown_s = 40\n"
STANDARD = built_in("cadence-standard")


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def left(device: Device) -> list[str]:
    return sorted(p.name for p in device.config.parent.iterdir())


def test_a_right_configuration_is_there_and_used_from_the_next_session_on(device: Device) -> None:
    assert device.ask("config_get") == {
        "text": "",
        "there": False,
        "sections": device.ask("config_get")["sections"],
    }
    assert device.ask("config_put", text=GOOD)["bytes"] == len(GOOD)
    assert device.ask("config_get")["text"] == GOOD
    feedback = load_config(device.config).feedback
    assert feedback is not None
    assert feedback.cooldown_s == 40
    assert device.desk.reloads == 1
    assert left(device) == ["config.toml"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[feedback]\n\ncooldown_s = -1\n", 3, "config.toml: feedback.cooldown_s = -1: must be >"),
        ("[feedback]\ncooldwn_s = 1\n", 2, "did you mean cooldown_s?"),
        ("[link]\n[feedbak]\n", 2, "did you mean feedback?"),
        ("\ncooldown_s = 3\n", 2, "below [feedback]"),
        ("[feedback]\ncooldown_s =\n", 2, "not valid TOML"),
        ("[feedback]\nprogramme = 'none'\n", None, "no built-in programme"),
        ("\0", 1, "not valid TOML"),
        ("\ud800", None, "Unicode"),
        ("# x\n" * 20_000, None, "more than 65536"),
        # Valid TOML, for which its parser takes minutes.
        ("[link]\na" + ".a" * 30_000 + "=1", 2, "line 2 has more than 1000"),
        ('["x' + " " * 60_000 + '[y"]\nz=1\n', 1, "line 1 has more than 1000"),
    ],
)
def test_a_wrong_one_changes_nothing_and_its_line_is_told(
    device: Device, text: str, line: int | None, says: str
) -> None:
    device.ask("config_put", text=GOOD)
    said = device.ask("config_put", text=text)
    assert said["code"] == Code.CONFIG
    assert says in said["message"]
    assert str(device.config.parent) not in said["message"]
    assert said.get("data", {}).get("line") == line
    assert device.config.read_text() == GOOD
    assert device.desk.reloads == 1
    assert left(device) == ["config.toml"]


@pytest.mark.parametrize(
    "text",
    [
        '[feedback]\nprogramme = "/etc/passwd"',
        '[feedback]\nprogramme = "../sessions/programme.json"',
        '[feedback]\nprogramme = "link.toml"',
        '[feedback]\nprogramme = "pipe.toml"',
        '[sensor]\ncalibration = "~/x.json"',
        '[sensor]\ncalibration = ".hidden"',
        '[cues]\npatterns = "/dev/zero"',
        "[cues]\nspeaker = \"file:'|sh'\"",
        '[link]\nport = "/dev/mem"',
        '[device]\nfolder = "/etc"',
        '[device]\npower_off = "sh -c reboot"',
    ],
)
def test_no_file_is_reached_that_was_not_named_at_the_device(device: Device, text: str) -> None:
    (device.config.parent / "link.toml").symlink_to("/etc/passwd")
    os.mkfifo(device.config.parent / "pipe.toml")
    said = device.ask("config_put", text=text)
    assert said["code"] == Code.CONFIG
    assert said["data"]["line"] == 2
    assert not device.config.exists()


def test_what_was_named_at_the_device_may_stay(device: Device, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\ncadence_percent = 5\n')
    text = f'[feedback]\nprogramme = "{own}"\n[link]\nport = "/dev/ttyGS1"\n'
    device.config.write_text(text)
    assert "code" not in device.ask("config_put", text=text + "stall_s = 3\n")
    assert load_config(device.config).link.stall_s == 3


def test_what_only_the_device_may_say_cannot_be_left_out_either(device: Device) -> None:
    text = '[device]\nfolder = "/data"\n'
    device.config.write_text(text)
    said = device.ask("config_put", text=GOOD)
    assert said["code"] == Code.CONFIG
    assert (
        'device.folder: can be changed only on the device itself, where it is "/data"'
        in (said["message"])
    )
    assert "code" not in device.ask("config_put", text=text + GOOD)


def test_a_file_beside_the_configuration_may_be_named(device: Device) -> None:
    (device.config.parent / "mine.toml").write_text('name = "own"\ncadence_percent = 5\n')
    assert "code" not in device.ask("config_put", text='[feedback]\nprogramme = "mine.toml"\n')


def test_a_folder_that_is_gone_is_told(device: Device) -> None:
    device.config.parent.rmdir()
    said = device.ask("config_put", text=GOOD)
    assert said["code"] == Code.STORAGE
    assert "config.toml: cannot be replaced (No such file" in said["message"]


def advanced(sessions: int) -> ProgrammeState:
    state = start(STANDARD)
    for n in range(sessions):
        plan = plan_next(STANDARD, state)
        run = Result(plan.run_s or 0.0, f"session-{n}", baseline_cadence_spm=160.0)
        state = record(STANDARD, state, plan, run)
    return state


def test_a_programme_goes_on_at_another_device(device: Device, tmp_path: Path) -> None:
    assert device.ask("programme_get") == {"state": None, "told": []}
    StateFile(device.folder).save(advanced(2))
    state = device.ask("programme_get")["state"]
    (tmp_path / "other").mkdir()
    other = Device(tmp_path / "other")
    assert other.ask("programme_put", state=state)["done"] == 2
    assert StateFile(other.folder).load().state == advanced(2)
    assert other.desk.reloads == 1
    assert other.ask("hello")["programme"] == {"name": "cadence-standard", "done": 2}


def test_a_programme_under_way_is_replaced_only_if_that_is_said(device: Device) -> None:
    StateFile(device.folder).save(advanced(2))
    state = json.loads(json.dumps(advanced(3).as_dict()))
    assert device.ask("programme_put", state=state)["code"] == Code.REFUSED
    said = device.ask("programme_put", state=state, replace=True)
    assert said["done"] == 3
    assert (device.folder / said["kept"]).exists()


def test_a_prescription_that_would_take_minutes_to_read_is_refused(device: Device) -> None:
    state = start(STANDARD).as_dict() | {"text": "a" + ".a" * 30_000 + "=1"}
    said = device.ask("programme_put", state=state)
    assert said["code"] == Code.WRONG_PARAMS
    assert "line 1" in said["message"]


@pytest.mark.parametrize("state", [{}, {"schema": "x"}, {"schema": None, "log": 3}])
def test_what_is_no_state_is_refused(device: Device, state: dict[str, object]) -> None:
    assert device.ask("programme_put", state=state)["code"] == Code.WRONG_PARAMS
    assert device.ask("programme_get")["state"] is None
