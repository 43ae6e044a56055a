"""The computer's part: room, laptop port, clock, power, packages."""

import ctypes
from pathlib import Path
from typing import Any

import pytest

from firmware_py.doctor import host_checks
from firmware_py.doctor.check import Check, Result
from firmware_py.doctor.host import ThisHost
from tests.doctor.patients import FOLDER, MadeUpHost


def checked(name: str, host: MadeUpHost, **keys: Any) -> Check:
    match name:
        case "space":
            return host_checks.space(host, FOLDER)
        case "packages":
            return host_checks.packages(host, **({"pin": None, "simulated": False} | keys))
        case _:
            check: Check = getattr(host_checks, name)(host)
            return check


@pytest.mark.parametrize(
    ("name", "host", "result", "seen", "remedy"),
    [
        ("space", MadeUpHost(), Result.OK, "20.0 GB free at /sessions, about 800 h", ""),
        ("space", MadeUpHost(free=200_000_000), Result.WARNING, "200 MB free", "download"),
        ("space", MadeUpHost(free=10_000_000), Result.FAULT, "10 MB free", "download"),
        ("space", MadeUpHost(free=0), Result.FAULT, "0 MB free", "download"),
        ("space", MadeUpHost(free=None), Result.FAULT, "/sessions: cannot be read", "check"),
        ("usb", MadeUpHost(), Result.OK, "may be written", ""),
        ("usb", MadeUpHost(writable=None), Result.WARNING, "/dev/ttyGS0 is not there", "docs/"),
        ("usb", MadeUpHost(writable=False), Result.FAULT, "may not be written", "dialout"),
        ("clock", MadeUpHost(), Result.OK, "synchronized", ""),
        ("clock", MadeUpHost(synchronized=False), Result.WARNING, "not synchronized", "network"),
        ("clock", MadeUpHost(synchronized=None), Result.SKIPPED, "nobody says", ""),
        ("power", MadeUpHost(), Result.OK, "no undervoltage", ""),
        ("power", MadeUpHost(bits=None), Result.SKIPPED, "no Raspberry Pi", ""),
        ("power", MadeUpHost(bits=0x50005), Result.FAULT, "undervoltage now (0x50005)", "supply"),
        ("power", MadeUpHost(bits=0x50000), Result.WARNING, "undervoltage since start", "supply"),
        ("power", MadeUpHost(bits=0x40000), Result.WARNING, "slowed down", "air"),
        ("packages", MadeUpHost(), Result.OK, "are installed", ""),
        (
            "packages",
            MadeUpHost(missing=("smbus2",)),
            Result.FAULT,
            "not installed: smbus2",
            "gaitcoach[pi]",
        ),
        (
            "packages",
            MadeUpHost(missing=("lgpio",)),
            Result.WARNING,
            "not installed: lgpio",
            "python3-lgpio",
        ),
    ],
)
def test_every_state_has_its_result_and_its_remedy(
    name: str, host: MadeUpHost, result: Result, seen: str, remedy: str
) -> None:
    check = checked(name, host)
    assert check.name == name
    assert check.result is result
    assert seen in check.seen
    assert remedy in check.remedy
    assert bool(check.remedy) is (result in (Result.WARNING, Result.FAULT))


def test_pins_are_vital_only_with_an_interrupt_and_nothing_is_in_a_simulation() -> None:
    no_pins = MadeUpHost(missing=("gpiozero", "lgpio"))
    assert checked("packages", no_pins).result is Result.WARNING
    assert checked("packages", no_pins, pin=17).result is Result.FAULT
    nothing = MadeUpHost(missing=("smbus2", "gpiozero", "lgpio"))
    assert checked("packages", nothing, simulated=True).result is Result.WARNING


def test_this_computer_answers_every_question(tmp_path: Path) -> None:
    host = ThisHost()
    free = host.free_bytes(tmp_path / "not" / "there" / "yet")
    assert free is not None
    assert free == pytest.approx(host.free_bytes(tmp_path), rel=0.1)
    assert host.may_write(tmp_path) is True
    assert host.may_write(tmp_path / "none") is None
    assert host.clock_synchronized() in (True, False, None)
    bits = host.throttled()
    assert bits is None or bits >= 0
    assert host.has_package("numpy")
    assert not host.has_package("no_such_package_of_anybody")


def test_asking_for_the_clock_changes_nothing_and_overruns_no_buffer() -> None:
    # struct timex of 64 bit Linux has 208 bytes; what lies behind the buffer must stay.
    buffer = ctypes.create_string_buffer(b"\0" * 208 + b"\xa5" * 304)
    if ctypes.CDLL(None).adjtimex(buffer) < 0:
        pytest.skip("this system does not let us ask")
    assert buffer.raw[208:512] == b"\xa5" * 304
