"""INA219 by its registers (TI SBOS448), between a battery and its load."""

from typing import ClassVar, Final

from drivers.sim.cell import SimCell
from drivers.sim.chip import SimChip

_FULL_SHUNT_MV: Final = {0: 40, 1: 80, 2: 160, 3: 320}
"""By PG."""


class SimIna219(SimChip):
    """One meter.

    A register is a word behind a pointer that stays where it is; so `regs` holds words.

    Args:
        cell: what it measures: IN+ is at the battery.
        shunt_ohm: between IN+ and IN-.
        turned: whether IN+ and IN- are exchanged.
    """

    name = "INA219"
    boot_s: ClassVar = 0.0
    reset_values: ClassVar = {0x00: 0x399F}
    writable: ClassVar = frozenset({0x00, 0x05})

    def __init__(
        self,
        cell: SimCell,
        address: int = 0x40,
        *,
        shunt_ohm: float = 0.1,
        turned: bool = False,
    ) -> None:
        self.cell = cell
        self.shunt_ohm = shunt_ohm
        self.turned = turned
        self.set_up_at = 0.0
        super().__init__(address)

    def transact(self, out: bytes, count: int, now: float) -> bytes:
        """Pointer, then a whole word either way."""
        self.run(now)
        if out:
            self._pointer = out[0]
        if len(out) == 3:
            self._write(self._pointer, int.from_bytes(out[1:], "big"))
            self.set_up_at = now
            if self._pointer == 0x00 and out[1] & 0x80:
                self.reset_registers()
        elif len(out) > 1:
            self.illegal.append(f"{len(out) - 1} bytes to a register of two")
        return (self.read(self._pointer).to_bytes(2, "big") * (count // 2 + 1))[:count]

    def read(self, register: int) -> int:
        """Measured on the spot; ready when the averages are."""
        drop_mv = self.cell.amps * self.shunt_ohm * 1000
        if self.turned:
            drop_mv = -drop_mv
        full = _FULL_SHUNT_MV[self.regs[0] >> 11 & 3]
        if register == 0x01:
            return round(max(-full, min(full, drop_mv)) * 100) & 0xFFFF
        if register == 0x02:
            # IN- is the load's side, or, turned, the battery's.
            bus_mv = self.cell.volts * 1000 - (0.0 if self.turned else drop_mv)
            ready = self._now - self.set_up_at >= self._conversion_s()
            return (round(bus_mv / 4) << 3 | (2 if ready else 0)) & 0xFFFF
        return super().read(register)

    def _conversion_s(self) -> float:
        """Of both, table 5: 532 us a sample, 2 to 128 of them."""
        setting = self.regs[0]
        samples = [1 << (v & 7) if v & 8 else 1 for v in (setting >> 7 & 15, setting >> 3 & 15)]
        return 532e-6 * sum(samples)
