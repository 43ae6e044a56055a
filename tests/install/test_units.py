import re
import shutil
import subprocess
from pathlib import Path

import pytest

from firmware_py.device.settings import DeviceSettings
from firmware_py.install.plan import FILES
from firmware_py.install.program import HOME
from tests.install.systems import SOURCE, debian

SYSTEMD = SOURCE / "systemd"
UNITS = sorted(p.name for p in SYSTEMD.iterdir() if p.suffix in (".service", ".path"))
EXPOSURE = 1.5
FRESH_S = 3.0
"""The main loop feeds the watchdog only with facts that are younger."""


def called(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not on this machine")
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def values(unit: str, key: str) -> list[str]:
    text = (SYSTEMD / unit).read_text()
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def seconds(unit: str, key: str) -> float:
    (value,) = values(unit, key)
    return float(value.removesuffix("ms")) / 1000 if value.endswith("ms") else float(value)


def test_systemd_understands_every_line_of_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program is not installed here; everything else is judged as it is.
        text = re.sub(rf"{HOME}/bin/\w+", "/usr/bin/true", (SYSTEMD / unit).read_text())
        (tmp_path / unit).write_text(text)
    done = called("systemd-analyze", "verify", "--man=no", *(str(tmp_path / u) for u in UNITS))
    said = [line for line in done.stderr.splitlines() if "gaitcoach" in line]
    assert (said, done.returncode) == ([], 0), done.stderr


@pytest.mark.parametrize("unit", [u for u in UNITS if u.endswith(".service")])
def test_a_service_can_do_little_else_than_its_work(unit: str) -> None:
    done = called("systemd-analyze", "security", "--offline=true", str(SYSTEMD / unit))
    found = re.search(r"Overall exposure level for [\w.-]+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= EXPOSURE


def test_a_hang_is_over_within_15_seconds() -> None:
    unit = "gaitcoach.service"
    spent = FRESH_S + sum(
        seconds(unit, k) for k in ("WatchdogSec", "TimeoutAbortSec", "RestartSec")
    )
    assert spent <= 15
    assert values(unit, "Restart") == ["on-failure"]
    assert values(unit, "RestartPreventExitStatus") == ["78"]
    assert values(unit, "StartLimitIntervalSec") == ["0"]


def test_what_the_drivers_need_is_left_to_them() -> None:
    unit = "gaitcoach.service"
    assert values(unit, "ProcSubset") == []
    assert values(unit, "PrivateDevices") == []
    assert values(unit, "LimitRTPRIO") == ["99"]
    assert "LG_WD=/run/gaitcoach" in values(unit, "Environment")
    assert values(unit, "WorkingDirectory") == ["/run/gaitcoach"]


def test_the_wish_to_be_switched_off_is_seen_where_the_service_lays_it() -> None:
    (file,) = values("gaitcoach-poweroff.path", "PathExists")
    assert DeviceSettings().power_off == f"touch {file}"
    # The service ends right after it: the folder must not end with it.
    assert values("gaitcoach.service", "RuntimeDirectoryPreserve") == ["yes"]
    assert Path(file).parent == Path("/run", *values("gaitcoach.service", "RuntimeDirectory"))


def test_every_file_here_is_laid_by_the_installer_or_meant_for_the_laptop() -> None:
    optional = {"journald-volatile.conf", "audio.conf"}
    there = {p.name for p in SYSTEMD.iterdir()} - {"README.md", "70-gaitcoach-laptop.rules"}
    assert there == set(FILES) | optional


def test_systemd_makes_the_user_and_its_groups(tmp_path: Path) -> None:
    root = debian(tmp_path)
    done = called("systemd-sysusers", f"--root={root}", str(SYSTEMD / "sysusers.conf"))
    assert done.returncode == 0, done.stderr
    groups = dict(
        (fields[0], fields[3].split(","))
        for fields in (x.split(":") for x in (root / "etc/group").read_text().splitlines())
    )
    for group in ("i2c", "gpio", "dialout"):
        assert groups[group] == ["gaitcoach"]
    assert "gaitcoach" in groups
    user = next(x for x in (root / "etc/passwd").read_text().splitlines() if "gaitcoach" in x)
    assert user.endswith(":/var/lib/gaitcoach:/usr/sbin/nologin")


def test_udev_understands_the_rules() -> None:
    rules = sorted(str(p) for p in SYSTEMD.glob("*.rules"))
    done = called("udevadm", "verify", *rules)
    if "Unknown command verb" in done.stderr:
        pytest.skip("udevadm of this machine is too old to verify rules (254)")
    assert done.returncode == 0, done.stderr + done.stdout
