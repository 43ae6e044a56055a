"""PiSugar 3 by its registers (docs.pisugar.com, "PiSugar3 I2C Datasheet"), and its clock."""

from typing import ClassVar

from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip


class SimPiSugar3(SimChip):
    """One board's microcontroller.

    Args:
        cell: its battery.
        allowed: whether charging is switched on.
    """

    name = "PiSugar 3"
    boot_s: ClassVar = 0.0
    reset_values: ClassVar = {0x00: 0x03, 0x02: 0x1C, 0x04: 0x41}

    def __init__(self, cell: SimCell, address: int = 0x57, *, allowed: bool = True) -> None:
        self.cell = cell
        self.allowed = allowed
        super().__init__(address)

    def read(self, register: int) -> int:
        """Bytes."""
        millivolts = round(self.cell.volts * 1000)
        if register == 0x22:
            return millivolts >> 8
        if register == 0x23:
            return millivolts & 0xFF
        if register == 0x2A:
            return round(self.cell.charge * 100)
        if register == 0x02:
            state = super().read(register)
            return state | self.cell.plugged << 7 | self.allowed << 6
        return super().read(register)


class SimPiSugarClock(SimChip):
    """The same board at 0x68: a clock's registers, no id of a sensor."""

    name = "PiSugar 3 clock"
    boot_s: ClassVar = 0.0
