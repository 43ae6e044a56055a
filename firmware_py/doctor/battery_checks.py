"""The battery: whether what is configured tells about it, and shares the bus with the sensor."""

from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

from drivers.bus import Bus
from drivers.gauges.pisugar3 import CLOCK_ADDRESS
from dsp.errors import GaitCoachError
from firmware_py.doctor.check import Check, Figures, fault, from_error, ok, skipped, warning
from firmware_py.power.battery import Battery, Seen
from firmware_py.power.settings import BatterySettings, conflict
from firmware_py.power.source import LowInput, gauge_of, seen_by

NAME: Final = "battery"
SETTLES_S: Final = 0.2
"""A meter's first mean takes 0.14 s."""
CHARGE: Final = "charge it before the run"


def gauge(bus: Bus, settings: BatterySettings, sensor_address: int | None) -> Check:
    """The gauge on the bus, and what it says.

    Args:
        sensor_address: where the sensor was found; None: it was not.
    """
    clash = conflict(settings, sensor_address)
    if clash is not None:
        seen, _, remedy = clash.partition("; ")
        return fault(NAME, seen, remedy)
    if settings.source == "pisugar3" and sensor_address is None:
        return warning(
            NAME,
            "no sensor was found, and the clock of a PiSugar 3 is at 0x68, too",
            (conflict(settings, CLOCK_ADDRESS) or "").partition("; ")[2],
        )
    try:
        found = gauge_of(settings, bus)
        found.open()
        bus.time.sleep(SETTLES_S)
        reading = found.read()
    except GaitCoachError as e:
        return from_error(NAME, e)
    said = seen_by(settings, reading)
    return _told(settings, said, f"{found.name} at 0x{found.address:02x}")


def low_input(settings: BatterySettings, pin: int, factory: Callable[[], Any] | None) -> Check:
    """The low-battery output on its pin.

    Args:
        factory: makes gpiozero's pin factory; None: there are no pins (a simulation).
    """
    if factory is None:
        return skipped(NAME, "simulated: there are no pins")
    try:
        with closing(LowInput(pin, factory, pull_up=settings.pull_up)) as source:
            said = source.look()
    except GaitCoachError as e:
        return from_error(NAME, e)
    if said.low:
        return warning(
            NAME,
            f"GPIO{pin} is low: the battery is low, or its output is not wired to this pin",
            f"{CHARGE}; if it is full, check the wire and its divider (docs/power.md)",
            low=True,
        )
    return ok(NAME, f"GPIO{pin} is high: the battery is not low", low=False)


def _told(settings: BatterySettings, seen: Seen, who: str) -> Check:
    battery = Battery(
        seen.charge,
        seen.volts,
        seen.charging,
        seen.low,
        seen.empty,
        settings.source,
        estimated=seen.estimated,
    )
    figures: Figures = {
        "charge": battery.as_dict()["charge"],
        "charge_is_estimate": seen.estimated,
        "volts": battery.as_dict()["volts"],
        "charging": seen.charging,
    }
    if seen.low and not seen.charging:
        return warning(NAME, f"{who}: {battery}: low", CHARGE, **figures)
    return ok(NAME, f"{who}: {battery}", **figures)
