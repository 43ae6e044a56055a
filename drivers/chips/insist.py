"""Writes that must not be repeated in haste: a reset, a change of power."""

import contextlib
from collections.abc import Callable
from typing import Final

from drivers.chips.registers import Registers
from drivers.errors import BusError, ChipError

TRIES: Final = 4


def insist(
    regs: Registers,
    name: str,
    register: int,
    value: int,
    wait_s: float,
    taken: Callable[[], bool],
) -> None:
    """Writes once, waits, looks; again only if it was not taken.

    The bus' own second try would come at once, where some registers ask for a rest; and a write
    that failed on the bus may have reached the chip all the same.

    Args:
        name: for messages.
        register: in the bank that is selected already.
        wait_s: rest after every write, s.
        taken: whether the chip has done as told.

    Raises:
        ChipError: it has not after TRIES writes.
        BusError: `taken` could not be found out.
    """
    for _ in range(TRIES):
        with contextlib.suppress(BusError):
            regs.bus.write(regs.address, register & 0xFF, value, retry=False)
        regs.bus.time.sleep(wait_s)
        if taken():
            return
    raise ChipError(f"I2C 0x{regs.address:02x}: {name} is not taken; cut the sensor's power")
