"""The doctor on the battery: what is configured, what it says, who it collides with."""

from dataclasses import replace
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from drivers.bus import Bus
from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip
from drivers.sim.ina219 import SimIna219
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.max17048 import SimMax17048
from drivers.sim.mpu6050 import SimMpu6050
from drivers.sim.pisugar3 import SimPiSugar3, SimPiSugarClock
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire
from feedback.actuators.errors import ActuatorError
from firmware_py.doctor import battery_checks
from firmware_py.doctor.check import Check, Result
from firmware_py.power.settings import BatterySettings
from tests.doctor.patients import Setting, is_fault

MAX = BatterySettings(source="max17048")


def examined(settings: BatterySettings, *chips: SimChip) -> Check:
    """The check in a whole examination, beside a sensor."""
    setting = replace(Setting(chips=(SimLsm6dso(0x6A), *chips)), battery=settings)
    return setting.checks(1.0)["battery"]


def test_nothing_configured_is_said_and_no_fault() -> None:
    check = examined(BatterySettings())
    assert check.result is Result.SKIPPED
    assert "no battery.source" in check.seen


def test_a_gauge_tells_charge_and_volts() -> None:
    check = examined(MAX, SimMax17048(SimCell(3.92, 0.66)))
    assert check.result is Result.OK
    assert check.seen == "MAX17048 at 0x36: 66 %, 3.92 V"
    assert check.figures["charge"] == 0.66


def test_an_estimate_is_called_one() -> None:
    check = examined(BatterySettings(source="ina219"), SimIna219(SimCell(3.81, 0.5, amps=0.2)))
    assert check.result is Result.OK
    assert check.seen == "INA219 at 0x40: about 51 %, 3.81 V"
    assert check.figures["charge_is_estimate"] is True


def test_a_battery_that_is_low_is_to_be_charged() -> None:
    check = examined(MAX, SimMax17048(SimCell(3.6, 0.09)))
    assert check.result is Result.WARNING
    assert "9 %" in check.seen
    assert "charge it" in check.remedy


def test_a_gauge_that_is_not_there_or_is_none_is_a_fault() -> None:
    is_fault(examined(MAX), "0x36", "nobody answers")
    is_fault(examined(MAX, SimMax17048(SimCell(), version=0)), "which is no gauge", "its battery")
    is_fault(
        examined(BatterySettings(source="ina219"), SimIna219(SimCell(0.9, 0.5))),
        "no lithium cell's voltage",
        "wires",
    )


def on_bus(sensor_address: int | None, *chips: SimChip) -> Check:
    time = VirtualTime()
    bus = Bus(SimWire(time, chips), time)
    return battery_checks.gauge(bus, BatterySettings(source="pisugar3"), sensor_address)


def test_a_pisugar_and_a_sensor_at_0x68_collide_and_the_way_out_is_named() -> None:
    board = SimPiSugar3(SimCell())
    is_fault(on_bus(0x68, board, SimMpu6050(0x68)), "0x68", "0x69")
    unfound = on_bus(None, board, SimPiSugarClock(0x68))
    assert unfound.result is Result.WARNING
    assert "0x68" in unfound.seen
    assert "0x69" in unfound.remedy
    assert on_bus(0x69, board, SimPiSugarClock(0x68)).result is Result.OK


@pytest.mark.parametrize("low", [False, True])
def test_a_low_battery_output_is_read_without_disturbing_it(low: bool) -> None:
    pins: Any = MockFactory()
    pin = pins.pin(22)
    (pin.drive_low if low else pin.drive_high)()
    check = battery_checks.low_input(BatterySettings(source="gpio"), 22, lambda: pins)
    assert check.result is (Result.WARNING if low else Result.OK)
    assert f"GPIO22 is {'low' if low else 'high'}" in check.seen
    assert pin.pull == "floating"
    pins.reset()


def test_a_low_battery_output_without_pins() -> None:
    def none() -> Any:
        raise ActuatorError("GPIO: cannot be used; is this a Raspberry Pi?")

    gpio = BatterySettings(source="gpio")
    is_fault(battery_checks.low_input(gpio, 22, none), "GPIO: cannot be used", "Raspberry Pi")
    assert battery_checks.low_input(gpio, 22, None).result is Result.SKIPPED
