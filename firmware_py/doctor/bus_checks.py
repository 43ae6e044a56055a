"""The bus: there, who is on it, how fast it really is."""

from collections.abc import Callable
from typing import Final

from drivers.bus import MAX_BURST, Bus
from drivers.errors import BusError
from drivers.identify import ADDRESSES, identify, scan
from firmware_py.doctor.check import Check, Figures, fault, from_error, ok, warning

OTHERS: Final[dict[int, str]] = {
    0x32: "PiSugar 2 (clock)",
    0x36: "MAX17048 (battery gauge)",
    0x40: "INA219 (current)",
    0x41: "INA219 (current)",
    0x42: "INA219 (current)",
    0x43: "INA219 (current)",
    0x51: "PCF85063 (clock)",
    0x52: "RV-3028 (clock)",
    0x57: "PiSugar 3 (battery)",
    0x5A: "DRV2605L (vibration)",
    0x68: "no sensor: PiSugar 3 or a DS3231 clock",
    0x75: "PiSugar 2 (battery)",
}
"""Who usually sits where; only sensors are asked who they are."""
NAME: Final = "bus"
ON: Final = "switch I2C on (sudo raspi-config nonint do_i2c 0) and restart"
PACKAGES: Final = "pip install 'gaitcoach[pi]'"
GROUP: Final = "add yourself to its group (sudo adduser $USER i2c) and log in anew"
WIRES: Final = (
    "check power (3.3 V at the sensor), ground, and that SDA and SCL (pins 3 and 5) are not swapped"
)
CONTACT: Final = (
    "it answered before, so the wires are in place: look for a loose plug, a cold solder joint or "
    "a broken cable, and whether the supply holds 3.3 V at the sensor"
)
HANGS: Final = (
    "a chip holds a line down: switch the power off and on again; if it stays, take the chips off "
    "one by one"
)
NOMINAL_HZ: Final = 400e3
SLOW_HZ: Final = 300e3
SHORT: Final = 16
ROUNDS: Final = 12
CLOCKS_PER_BYTE: Final = 9
CORE: Final = (
    "set dtparam=i2c_arm=on,i2c_arm_baudrate=400000 and fix the core clock below [all] in "
    "/boot/firmware/config.txt (core_freq=250; on a Pi 4 core_freq=500 and core_freq_min=500), "
    "restart"
)


def open_bus(path: str, opener: Callable[[], Bus]) -> tuple[Bus | None, Check]:
    """Opens the bus; None with a fault where it is not to be had.

    Args:
        path: what it is called, for people.
        opener: opens it; raises BusError.
    """
    try:
        bus = opener()
    except BusError as e:
        cause = e.__cause__
        if isinstance(cause, FileNotFoundError):
            return None, fault(NAME, f"{path}: no such bus", f"on the device {ON}")
        if isinstance(cause, PermissionError):
            return None, fault(NAME, f"{path}: permission denied", GROUP)
        if isinstance(cause, ImportError):
            package = cause.name or "smbus2"
            return None, fault(NAME, f"{path}: Python package {package} is missing", PACKAGES)
        return None, from_error(NAME, e)
    return bus, ok(NAME, f"{path} is open")


def who_is_there(bus: Bus) -> Check:
    """All addresses that answer, by name."""
    try:
        found = scan(bus)
        named = {a: _named(bus, a) for a in found}
    except BusError as e:
        return fault("scan", str(e).partition("; ")[0], HANGS)
    if not found:
        return fault("scan", "nobody answers at any address", WIRES, found=[])
    seen = ", ".join(f"0x{a:02x} {name}" for a, name in named.items())
    return ok("scan", seen, found=[f"0x{a:02x} {name}" for a, name in named.items()])


def speed(bus: Bus, address: int) -> Check:
    """The clock of SCL, from the time that bursts take.

    The difference of a long and a short burst, the quickest of several each: what the kernel and
    Python take for every transaction falls out. It leaves the chip's registers as they are but may
    empty its FIFO: reset it afterwards.
    """
    name = "bus speed"
    try:
        long, short = (
            min(_took(bus, address, count) for _ in range(ROUNDS)) for count in (MAX_BURST, SHORT)
        )
    except BusError as e:
        return fault(name, str(e).partition("; ")[0], CONTACT)
    if long <= short:
        return warning(
            name, "long bursts take no longer than short ones", "run gaitcoach doctor again"
        )
    hz = CLOCKS_PER_BYTE * (MAX_BURST - SHORT) / (long - short)
    figures: Figures = {
        "bus_hz": round(hz),
        "nominal_hz": NOMINAL_HZ,
    }
    seen = f"{hz / 1e3:.0f} kHz of {NOMINAL_HZ / 1e3:.0f}"
    if hz < SLOW_HZ:
        return warning(name, f"{seen}: samples may be lost and cues late", CORE, **figures)
    return ok(name, seen, **figures)


def _took(bus: Bus, address: int, count: int) -> float:
    began = bus.time.now()
    bus.read(address, 0x00, count)
    return bus.time.now() - began


def _named(bus: Bus, address: int) -> str:
    other = OTHERS.get(address, "unknown")
    found = identify(bus, address) if address in ADDRESSES else None
    if found is None or (found.seen.startswith("unknown") and address in OTHERS):
        return other
    return found.seen
