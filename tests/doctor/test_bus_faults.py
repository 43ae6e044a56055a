"""Every fault of the bus is named, with what to do: what does not answer, what should not."""

import pytest

from drivers.errors import BusError
from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.wire import Fault, FaultPlan
from firmware_py.doctor.check import Result, worst
from tests.doctor.patients import Setting, is_fault

OF_SENSOR = {"bus speed", "gravity", "self-test", "interrupt", "rate", "losses"}


class Register(SimChip):
    """A chip of which every register reads the same."""

    value = 0x00

    def read(self, register: int) -> int:
        return self.value


class Loose(Register):
    value = 0xFF


class Haptic(SimChip):
    """Something at a known address that is no sensor."""


def broken_bus(kind: type[Exception]) -> BusError:
    error = BusError("/dev/i2c-1: in words; a remedy")
    error.__cause__ = kind("cause")
    return error


@pytest.mark.parametrize(
    ("error", "seen", "remedy"),
    [
        (broken_bus(FileNotFoundError), "/dev/i2c-1: no such bus", "do_i2c 0"),
        (broken_bus(PermissionError), "/dev/i2c-1: permission denied", "adduser $USER i2c"),
        (broken_bus(OSError), "/dev/i2c-1: in words", "a remedy"),
        (
            broken_bus(ModuleNotFoundError),
            "/dev/i2c-1: Python package smbus2 is missing",
            "gaitcoach[pi]",
        ),
    ],
)
def test_a_bus_that_does_not_open_is_a_fault_and_the_rest_goes_on(
    error: Exception, seen: str, remedy: str
) -> None:
    checks = Setting(error=error).checks()
    is_fault(checks["bus"], seen, remedy)
    assert {n for n, c in checks.items() if c.seen == "no bus"} == OF_SENSOR | {"scan", "sensor"}
    assert checks["space"].result is Result.OK


def test_an_empty_bus_points_to_the_wires() -> None:
    checks = Setting(chips=()).checks()
    is_fault(checks["scan"], "nobody answers", "SDA and SCL")
    assert checks["losses"].result is Result.SKIPPED


def test_a_bus_that_hangs_is_told_from_an_empty_one() -> None:
    checks = Setting(stuck=True).checks()
    is_fault(checks["scan"], "timed out", "holds a line down")
    assert checks["sensor"].seen == "the bus hangs"


@pytest.mark.parametrize("chip", [Register, Loose])
def test_a_dead_chip_is_called_dead(chip: type[Register]) -> None:
    checks = Setting(chips=(chip(0x6A),)).checks()
    assert "dead, or a loose wire" in checks["scan"].seen
    is_fault(checks["sensor"], "dead, or a loose wire", "check power")


def test_other_chips_are_named_and_are_no_sensor() -> None:
    chips = tuple(Haptic(a) for a in (0x36, 0x40, 0x52, 0x57, 0x5A))
    checks = Setting(chips=chips).checks()
    for name in ("MAX17048", "INA219", "RV-3028", "PiSugar 3", "DRV2605L"):
        assert name in checks["scan"].seen
    is_fault(checks["sensor"], "nobody answers", "check power")


class Clock(SimChip):
    """A clock chip where sensors sit, too."""

    def read(self, register: int) -> int:
        return register


def test_a_clock_at_a_sensors_address_is_taken_for_none() -> None:
    checks = Setting(chips=(Clock(0x68), SimLsm6dso(0x6A))).checks()
    assert "0x68 no sensor: PiSugar 3 or a DS3231 clock" in checks["scan"].seen
    assert checks["sensor"].result is Result.OK


@pytest.mark.parametrize(
    ("clock_hz", "result"),
    [(400e3, Result.OK), (310e3, Result.OK), (250e3, Result.WARNING), (62.5e3, Result.WARNING)],
)
def test_the_bus_is_timed_and_a_slow_one_is_a_warning(clock_hz: float, result: Result) -> None:
    checks = Setting(clock_hz=clock_hz).checks()
    speed = checks["bus speed"]
    assert speed.result is result
    hz = speed.figures["bus_hz"]
    assert isinstance(hz, int)
    assert hz == pytest.approx(clock_hz, rel=0.01)
    assert ("core_freq=250" in speed.remedy) is (result is Result.WARNING)


def test_a_bus_that_fails_after_the_scan_is_a_fault_and_no_crash() -> None:
    whole = Setting()
    whole.checks(3.0)
    for first in range(0, whole.transactions - 60, 113):
        faults = FaultPlan(dict.fromkeys(range(first, 60000), Fault.NACK))
        checks = Setting(faults=faults).checks(3.0)
        assert worst(list(checks.values())) is Result.FAULT, first
