"""All checks in order; what a fault makes pointless is skipped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from drivers.bus import Bus
from drivers.catalog import make_chip
from drivers.chips.chip import Chip
from firmware_py.doctor import battery_checks, bus_checks, host_checks, sensor_checks, stream_checks
from firmware_py.doctor.check import Check, Result, skipped
from firmware_py.doctor.host import Host
from firmware_py.pinmap import pin_map
from firmware_py.power.settings import BatterySettings
from firmware_py.sensor.settings import SensorSettings

OF_BUS: Final = ("scan", "sensor")
OF_SENSOR: Final = ("bus speed", "gravity", "self-test", "interrupt", "rate", "losses")


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined.

    Args:
        settings: `[sensor]`.
        open_bus: opens the bus; raises BusError.
        host: facts about the computer.
        folder: where sessions are stored.
        seconds: how long rate and losses are watched.
        make: the driver of a part at an address.
        pin: opens the interrupt's line at a GPIO; None: there are no pins.
        simulated: whether bus and sensor are.
        battery: `[battery]`.
        battery_pin: GPIO of a low-battery output; None: the pin map's.
        pins: makes gpiozero's pin factory; None: there are no pins.
    """

    settings: SensorSettings
    open_bus: Callable[[], Bus]
    host: Host
    folder: Path
    seconds: float
    make: sensor_checks.Make = make_chip
    pin: Callable[[int], sensor_checks.Line] | None = None
    simulated: bool = False
    battery: BatterySettings = field(default_factory=BatterySettings)
    battery_pin: int | None = None
    pins: Callable[[], Any] | None = None


def examine(
    patient: Patient, advanced: Callable[[float], object] = lambda seconds: None
) -> list[Check]:
    """Every check once; never raises what a check can say.

    Args:
        advanced: called with the seconds that passed while the stream is watched.
    """
    settings, host = patient.settings, patient.host
    path = "a simulated bus" if patient.simulated else f"/dev/i2c-{settings.bus}"
    bus, opened = bus_checks.open_bus(path, patient.open_bus)
    checks = [opened]
    if bus is None:
        checks += [skipped(name, "no bus") for name in (*OF_BUS, *OF_SENSOR)]
        checks.append(_battery(None, patient, checks))
    else:
        try:
            checks += _on_bus(bus, patient, advanced)
            checks.append(_battery(bus, patient, checks))
        finally:
            bus.close()
    return [
        *checks,
        host_checks.space(host, patient.folder),
        host_checks.usb(host),
        host_checks.clock(host),
        host_checks.power(host),
        host_checks.packages(host, pin=settings.interrupt_pin, simulated=patient.simulated),
    ]


def _battery(bus: Bus | None, patient: Patient, checks: Sequence[Check]) -> Check:
    """Args: checks: those before, which say where the sensor is, and whether the bus hangs."""
    settings, name = patient.battery, battery_checks.NAME
    if settings.source == "none":
        return skipped(name, "no battery.source: nobody tells when it is low")
    if settings.source == "gpio":
        pin = pin_map().battery_low if patient.battery_pin is None else patient.battery_pin
        return battery_checks.low_input(settings, pin, patient.pins)
    if patient.simulated:
        return skipped(name, "simulated: there is no battery")
    if bus is None:
        return skipped(name, "no bus")
    if any(c.remedy == bus_checks.HANGS for c in checks):
        return skipped(name, "the bus hangs")
    at = next((c.figures.get("address") for c in checks if c.name == "sensor"), None)
    return battery_checks.gauge(bus, settings, int(at, 16) if isinstance(at, str) else None)


def _on_bus(bus: Bus, patient: Patient, advanced: Callable[[float], object]) -> list[Check]:
    there = bus_checks.who_is_there(bus)
    if there.result is Result.FAULT:
        why = "the bus hangs" if there.remedy == bus_checks.HANGS else "nobody on the bus"
        return [there, *(skipped(name, why) for name in (*OF_BUS[1:], *OF_SENSOR))]
    chip, address, found = sensor_checks.find(bus, patient.settings, patient.make)
    if chip is None:
        return [there, found, *(skipped(name, "no sensor") for name in OF_SENSOR)]
    return [there, found, *_on_sensor(bus, chip, address, patient, advanced)]


def _on_sensor(
    bus: Bus,
    chip: Chip,
    address: int,
    patient: Patient,
    advanced: Callable[[float], object],
) -> list[Check]:
    speed = bus_checks.speed(bus, address)
    rest = sensor_checks.rest(bus, chip)
    tested = sensor_checks.self_test(chip, rest)
    line = sensor_checks.interrupt(bus, chip, patient.settings.interrupt_pin, patient.pin)
    hz = speed.figures.get("bus_hz")
    watched = stream_checks.stream(
        bus, chip, patient.seconds, float(hz) if isinstance(hz, int) else None, advanced
    )
    checks = [speed, rest, tested, line, *watched]
    there = {c.name for c in checks}
    return [*checks, *(skipped(n, "no stream") for n in OF_SENSOR if n not in there)]
