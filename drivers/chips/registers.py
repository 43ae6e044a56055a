"""A chip's registers by name: every write read back, every setting looked after."""

from collections.abc import Set as AbstractSet
from typing import Final

from drivers.bus import Bus
from drivers.errors import ChipError, ChipResetError

BANK_UNKNOWN: Final = -1


class Registers:
    """The register map of one chip on a bus.

    A register is its address; where the chip has banks, `bank << 8 | address`.

    Args:
        bus: the bus it sits on.
        address: 7 bits.
        bank_register: selects the bank, in every bank; None for a chip without banks.
        bank_shift: where in it the bank's number goes.
    """

    def __init__(
        self, bus: Bus, address: int, *, bank_register: int | None = None, bank_shift: int = 0
    ) -> None:
        self.bus = bus
        self.address = address
        self._bank_register = bank_register
        self._bank_shift = bank_shift
        self._bank = BANK_UNKNOWN
        self._held: dict[int, tuple[str, int, int]] = {}

    def read(self, register: int, count: int = 1) -> bytes:
        """`count` bytes from `register` on.

        Raises:
            BusError: the bus failed.
        """
        self._select(register >> 8)
        return self.bus.read(self.address, register & 0xFF, count)

    def drain(self, register: int, count: int) -> bytes:
        """As `read`, but never tried twice: reading takes the bytes out of the chip."""
        self._select(register >> 8)
        return self.bus.read(self.address, register & 0xFF, count, retry=False)

    def byte(self, register: int) -> int:
        """One register."""
        return self.read(register)[0]

    def sure(self, register: int) -> int:
        """One register whose value nothing else confirms later: read twice.

        Raises:
            ChipError: it reads differently each time.
            BusError: the bus failed.
        """
        first, second = self.byte(register), self.byte(register)
        if first != second:
            raise ChipError(
                f"I2C 0x{self.address:02x}: register 0x{register:02x} reads 0x{first:02x}, then "
                f"0x{second:02x}; the wiring is unsound"
            )
        return first

    def write(self, register: int, *values: int) -> None:
        """Writes without reading back: for bits that clear themselves.

        Raises:
            BusError: the bus failed.
        """
        self._select(register >> 8)
        self.bus.write(self.address, register & 0xFF, *values)

    def set(self, name: str, register: int, value: int, mask: int = 0xFF) -> None:
        """Sets the bits of `mask`, reads back, and has `check` look after them from now on.

        Args:
            name: of the register in the datasheet, for messages.
            value: of the whole register; bits outside `mask` stay as they are on the chip.

        Raises:
            ChipError: it does not read back.
            BusError: the bus failed.
        """
        wanted = value & mask
        if mask != 0xFF:
            value = wanted | (self.sure(register) & ~mask & 0xFF)
        self.write(register, value)
        found = self.byte(register)
        if found & mask != wanted:
            raise ChipError(
                f"I2C 0x{self.address:02x}: {name} was set to 0x{wanted:02x} and reads back "
                f"0x{found & mask:02x}; the wiring is unsound or this is another chip"
            )
        self._held[register] = (name, wanted, mask)

    def until_clear(self, name: str, register: int, mask: int, within_s: float) -> None:
        """Waits until the chip has cleared the bits of `mask`.

        Raises:
            ChipError: it does not within `within_s`.
            BusError: the bus failed.
        """
        time = self.bus.time
        end = time.now() + within_s
        while self.byte(register) & mask:
            if time.now() > end:
                raise ChipError(
                    f"I2C 0x{self.address:02x}: {name} never ends; cut the sensor's power and try "
                    "again"
                )
            time.sleep(within_s / 10)

    def release(self, register: int) -> None:
        """`check` looks after `register` no more."""
        self._held.pop(register, None)

    def forget(self) -> None:
        """The chip was reset: no setting stands, no bank is known."""
        self._held.clear()
        self._bank = BANK_UNKNOWN

    def check_id(self, name: str, register: int, wanted: int) -> None:
        """Whether the same kind of chip still answers.

        Raises:
            ChipResetError: it does not.
            BusError: the bus failed.
        """
        self._bank = BANK_UNKNOWN
        found = self.byte(register)
        if found != wanted:
            raise ChipResetError(
                f"I2C 0x{self.address:02x}: {name} reads 0x{found:02x} instead of 0x{wanted:02x}: "
                "a loose contact, or the chip is dead"
            )

    def check(self, but: AbstractSet[int] = frozenset()) -> None:
        """Reads every setting again.

        Args:
            but: registers that are left out.

        Raises:
            ChipResetError: one does not stand any more.
            BusError: the bus failed.
        """
        # Another bank may be selected on a chip that was reset behind our back.
        self._bank = BANK_UNKNOWN
        registers = sorted(self._held.keys() - but)
        at = 0
        while at < len(registers):
            end = at + 1
            # Neighbors in one transaction; a gap of a few registers is cheaper read than skipped.
            while end < len(registers) and registers[end] - registers[at] < 16:
                end += 1
            span = registers[at:end]
            data = self.read(span[0], span[-1] - span[0] + 1)
            for register in span:
                name, wanted, mask = self._held[register]
                found = data[register - span[0]] & mask
                if found != wanted:
                    raise ChipResetError(
                        f"I2C 0x{self.address:02x}: {name} reads 0x{found:02x}, was set to "
                        f"0x{wanted:02x}: the chip was reset, by a dip of its supply or a loose "
                        "contact"
                    )
            at = end

    def _select(self, bank: int) -> None:
        if self._bank_register is None or bank == self._bank:
            return
        # Unknown until the write is known to have succeeded.
        self._bank = BANK_UNKNOWN
        self.bus.write(self.address, self._bank_register, bank << self._bank_shift)
        self._bank = bank
