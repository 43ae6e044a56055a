"""All supported parts by name, and the driver of each."""

from collections.abc import Callable
from typing import Final

from drivers.bus import Bus
from drivers.chips import bmi270, icm20948, icm42688, lsm6dso, lsm6dsv, mpu6050
from drivers.chips.chip import Chip
from drivers.part import Part, Setup
from dsp.errors import ConfigError

_FAMILIES: Final[dict[str, tuple[tuple[Part, ...], Callable[[Bus, int, Setup], Chip]]]] = {
    "lsm6dso": (lsm6dso.PARTS, lsm6dso.Lsm6dso),
    "lsm6dsv": (lsm6dsv.PARTS, lsm6dsv.Lsm6dsv),
    "mpu6050": (mpu6050.PARTS, mpu6050.Mpu6050),
    "icm20948": (icm20948.PARTS, icm20948.Icm20948),
    "icm42688": (icm42688.PARTS, icm42688.Icm42688),
    "bmi270": (bmi270.PARTS, bmi270.Bmi270),
}
PARTS: Final[dict[str, Part]] = {p.name: p for parts, _ in _FAMILIES.values() for p in parts}


def part_named(name: str) -> Part:
    """The part of that name, upper or lower case, with or without hyphens.

    Raises:
        ConfigError: there is none.
    """
    plain = {n.replace("-", "").upper(): p for n, p in PARTS.items()}
    found = plain.get(name.replace("-", "").upper())
    if found is None:
        raise ConfigError(f"unknown sensor {name!r}; known: {', '.join(sorted(PARTS))}")
    return found


def make_chip(bus: Bus, address: int, setup: Setup) -> Chip:
    """The driver of a part at an address; nothing is sent yet."""
    return _FAMILIES[setup.part.family][1](bus, address, setup)
