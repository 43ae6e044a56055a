"""Who is on the bus: ids, clones, and the two sensors that share one."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.bus import Bus
from drivers.catalog import PARTS, part_named
from drivers.chips.lsm6dso_gravity import read_gravity_counts
from drivers.chips.mpu6050 import CLONE
from drivers.errors import ChipNotFoundError, ImplausibleError
from drivers.part import Part
from drivers.rest import STILL_SD, TOLERANCE

ADDRESSES: Final = (0x6A, 0x6B, 0x68, 0x69)
LSM6_ID: Final = 0x0F
INVENSENSE_ID: Final = 0x75
BANKED_ID: Final = 0x00
LSM6_ADDRESSES: Final = (0x6A, 0x6B)
BANKS: Final = ((0x7F, (0x10, 0x20, 0x30)), (0x76, (1, 2, 3, 4)))
"""Registers that select a bank, and what they read in a bank without an id: ICM-209xx,
ICM-42688-P."""

KNOWN: Final[dict[tuple[int, int], tuple[str, ...]]] = {
    (LSM6_ID, 0x6C): ("LSM6DSO32", "LSM6DSO", "LSM6DSOX"),
    (LSM6_ID, 0x70): ("LSM6DSV16X",),
    (LSM6_ID, 0x73): ("LSM6DSV320X",),
    (INVENSENSE_ID, 0x68): ("MPU-6050",),
    (INVENSENSE_ID, 0x70): ("MPU-6500",),
    (INVENSENSE_ID, 0x71): ("MPU-9250",),
    (INVENSENSE_ID, 0x73): ("MPU-9255",),
    (INVENSENSE_ID, 0x74): ("MPU-6515",),
    (INVENSENSE_ID, 0x98): ("ICM-20689",),
    (INVENSENSE_ID, 0x47): ("ICM-42688-P",),
    (BANKED_ID, 0xEA): ("ICM-20948",),
    (BANKED_ID, 0xE1): ("ICM-20649",),
    (BANKED_ID, 0x24): ("BMI270",),
}
"""(register, value) to parts; clones go by what they answer, whatever is printed on the board."""
REFUSED: Final[dict[tuple[int, int], str]] = {
    (LSM6_ID, 0x69): "LSM6DS3",
    (LSM6_ID, 0x6A): "LSM6DS33 or LSM6DSL",
    (LSM6_ID, 0x6B): "ISM330DHCX",
    (LSM6_ID, 0x71): "LSM6DSV16B or LSM6DSV16BX, whose FIFO has its axes in another order",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Something that answers at an address.

    Args:
        address: 7 bits.
        parts: supported parts that answer like this; empty: none.
        seen: what it said, in words.
        nameless: whether it may be a copy of the MPU-6050 with an id of its own (0x72 and others
            were seen); used only if the configuration says so.
    """

    address: int
    parts: tuple[str, ...]
    seen: str
    nameless: bool = False


def scan(bus: Bus) -> list[int]:
    """All addresses at which something answers, 0x08 to 0x77.

    Raises:
        BusError: the bus hangs.
    """
    return [address for address in range(0x08, 0x78) if bus.answers(address)]


def identify(bus: Bus, address: int) -> Found | None:
    """Who answers at `address`; None: nobody.

    Raises:
        BusError: the bus hangs.
    """
    if not bus.answers(address):
        return None
    # A chip that was left in another bank hides its id. Only where the register that selects it
    # looks like one is anything written: clock chips and batteries live at 0x68, too.
    for select, others in ((None, ()), *BANKS):
        if select is not None:
            if bus.read(address, select, 1)[0] not in others:
                continue
            bus.write(address, select, 0x00)
        # At 0x68 register 0x0F is a factory trim: any value, those of the other maker's ids too.
        ids = (LSM6_ID,) if address in LSM6_ADDRESSES else (INVENSENSE_ID, BANKED_ID)
        said = {r: bus.read(address, r, 1)[0] for r in ids}
        for register, value in said.items():
            if (register, value) in KNOWN:
                names = tuple(n for n in KNOWN[register, value] if n in PARTS)
                return Found(address, names, f"{' or '.join(KNOWN[register, value])}")
            if (register, value) in REFUSED:
                return Found(address, (), f"{REFUSED[register, value]}: not supported")
    registers = ", ".join(f"0x{r:02x} = 0x{v:02x}" for r, v in said.items())
    if set(said.values()) <= {0x00} or set(said.values()) <= {0xFF}:
        return Found(address, (), f"acknowledges but reads only {registers}: dead, or a loose wire")
    if address in PARTS[CLONE].addresses and said.get(INVENSENSE_ID) not in (None, 0x00, 0xFF):
        seen = f'unknown: {registers}; if it was sold as an MPU-6050: sensor.part = "{CLONE}"'
        return Found(address, (), seen, nameless=True)
    return Found(address, (), f"unknown: {registers}")


def find_sensor(
    bus: Bus, *, address: int | None = None, part: str | None = None
) -> tuple[int, Part]:
    """The one sensor to use.

    Args:
        address: where it must be; None: anywhere in ADDRESSES, the first that is supported.
        part: its name; None: what it says, and where two share an id, what gravity at rest says.

    Raises:
        ConfigError: `part` is no part.
        ChipNotFoundError: none, or another than `part`.
        ImplausibleError: gravity does not tell which of two it is, or contradicts `part`.
        BusError: the bus hangs.
    """
    wanted = part_named(part) if part is not None else None
    found = [f for a in ((address,) if address else ADDRESSES) if (f := identify(bus, a))]
    usable = [f for f in found if f.parts and (wanted is None or wanted.name in f.parts)]
    if wanted is not None and wanted.name == CLONE:
        usable = [f for f in found if f.nameless]
    if not usable:
        raise ChipNotFoundError(_nothing(found, wanted, address))
    best = usable[0]
    if best.nameless and wanted is not None:
        return best.address, wanted
    if len(best.parts) == 1:
        return best.address, part_named(best.parts[0])
    return best.address, _told_apart(bus, best, wanted)


def _told_apart(bus: Bus, found: Found, wanted: Part | None) -> Part:
    """Which of the parts with one id: their first range differs by two, gravity does not."""
    counts = read_gravity_counts(bus, found.address)
    size = np.linalg.norm(counts, axis=1)
    mean, spread = float(size.mean()), float(size.std())
    where = f"I2C 0x{found.address:02x}"
    if not mean or spread > STILL_SD * mean:
        if wanted is not None:
            return wanted
        raise ImplausibleError(
            f"{where}: {found.seen} share one id and are told apart by gravity at rest, but the "
            'sensor moves; lay it still and start again, or name it: sensor.part = "LSM6DSO32"'
        )
    fits = [n for n in found.parts if abs(mean * _first_range(n) - 1.0) <= TOLERANCE]
    if wanted is not None and wanted.name not in fits:
        raise ImplausibleError(
            f"{where}: as an {wanted.name} it would measure "
            f"{mean * _first_range(wanted.name):.2f} g at rest"
            + (f"; it is an {' or '.join(fits)}: correct sensor.part" if fits else "")
        )
    if not fits:
        raise ImplausibleError(
            f"{where}: {found.seen} share one id and gravity at rest fits none of them "
            f"({mean:.0f} counts); the sensor is damaged, or was not at rest"
        )
    return wanted or part_named(fits[0])


def _first_range(name: str) -> float:
    """g per count of the range that code 0 selects: the smallest."""
    scales = PARTS[name].acc_g
    return scales[min(scales)]


def _nothing(found: list[Found], wanted: Part | None, address: int | None) -> str:
    where = f"at I2C 0x{address:02x}" if address else "at I2C 0x68 to 0x6b"
    name = wanted.name if wanted else "supported sensor"
    if not found:
        return f"no {name} {where}: nobody answers; check wiring and power (gaitcoach doctor)"
    seen = "; ".join(f"0x{f.address:02x}: {f.seen}" for f in found)
    return f"no {name} {where}; seen: {seen}"
