"""MAX17048 by its registers (MAX17048/MAX17049 datasheet, table 2), fed with a cell."""

from typing import ClassVar, Final

from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip

_MICROVOLTS_PER_COUNT: Final = 78.125
_COUNTS_PER_PERCENT: Final = 256
_PERCENT_PER_HOUR_PER_COUNT: Final = 0.208


class SimMax17048(SimChip):
    """One gauge.

    Args:
        cell: what it measures.
        version: VERSION; 0x0003 is a MAX17043, which has no CRATE.
    """

    name = "MAX17048"
    boot_s: ClassVar = 0.0
    reset_values: ClassVar = {0x0A: 0x80, 0x0B: 0x30, 0x0C: 0x97, 0x0D: 0x1C, 0x15: 0xFF}
    writable: ClassVar = frozenset({*range(0x06, 0x08), *range(0x0A, 0x0E), *range(0x14, 0x16)})

    def __init__(self, cell: SimCell, address: int = 0x36, *, version: int = 0x0012) -> None:
        self.cell = cell
        self._version = version
        super().__init__(address)

    def read(self, register: int) -> int:
        """Words, high byte at the even address."""
        cell, base = self.cell, register & ~1
        if base == 0x02:
            word = round(cell.volts * 1e6 / _MICROVOLTS_PER_COUNT)
        elif base == 0x04:
            word = round(cell.charge * 100 * _COUNTS_PER_PERCENT)
        elif base == 0x08:
            word = self._version
        elif base == 0x16:
            rate = 0.0 if self._version < 0x10 else cell.charge_per_hour
            word = round(rate * 100 / _PERCENT_PER_HOUR_PER_COUNT) & 0xFFFF
        else:
            return super().read(register)
        return word & 0xFF if register & 1 else word >> 8
