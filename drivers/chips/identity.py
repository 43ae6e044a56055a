"""Whether the chip that answers is the one that was asked for."""

from drivers.chips.registers import Registers
from drivers.errors import ChipNotFoundError


def require_id(regs: Registers, name: str, register: int, wanted: int, part: str) -> None:
    """Reads the id register `name`.

    Raises:
        ChipNotFoundError: it does not say `wanted`.
        BusError: the bus failed.
    """
    found = regs.byte(register)
    if found != wanted:
        raise ChipNotFoundError(
            f"I2C 0x{regs.address:02x}: {name} is 0x{found:02x}, {part} says 0x{wanted:02x}"
        )
