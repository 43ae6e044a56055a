"""Settings are read back, looked after, and found again in the right bank."""

import pytest

from drivers.bus import Bus
from drivers.chips.registers import Registers
from drivers.errors import BusError, ChipError, ChipResetError
from drivers.sim.chip import SimChip
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, SimWire

ADDRESS = 0x68


class Banked(SimChip):
    """Two banks of plain registers; 0x7F selects; 0x10 of bank 0 has a bit that stays 0."""

    writable = frozenset({0x7F, 0x17F, *range(0x40), *range(0x100, 0x140)})

    def bank(self) -> int:
        """Bits 5:4 of 0x7F."""
        return self.regs.get(0x7F, 0) >> 4 & 1

    def wrote(self, register: int, before: int, value: int) -> None:
        """The selector is the same register in both banks."""
        if register & 0xFF == 0x7F:
            self.regs.pop(0x17F, None)
            self.regs[0x7F] = value
        elif register == 0x10:
            self.regs[0x10] = value & 0x7F


def banked() -> tuple[Registers, Banked, SimWire]:
    time = VirtualTime()
    chip = Banked(ADDRESS)
    wire = SimWire(time, [chip])
    return Registers(Bus(wire, time), ADDRESS, bank_register=0x7F, bank_shift=4), chip, wire


def test_a_setting_keeps_the_bits_outside_its_mask() -> None:
    regs, chip, _ = banked()
    chip.regs[0x105] = 0b1010_0000
    regs.set("X", 0x105, 0b0000_0110, 0b0000_1111)
    assert chip.regs[0x105] == 0b1010_0110
    regs.check()


def test_a_setting_that_does_not_stick_is_refused_by_name() -> None:
    regs, _, _ = banked()
    with pytest.raises(ChipError, match=r"0x68: PWR .* reads back 0x01"):
        regs.set("PWR", 0x10, 0x81)


@pytest.mark.parametrize("register", [0x05, 0x0F, 0x25, 0x105])
def test_a_setting_that_was_lost_is_told(register: int) -> None:
    regs, chip, _ = banked()
    for r in (0x05, 0x07, 0x0F, 0x25, 0x105):
        regs.set(f"R{r:x}", r, 0x5A)
    regs.check()
    chip.regs[register] = 0
    with pytest.raises(ChipResetError, match=f"R{register:x} reads 0x00, was set to 0x5a"):
        regs.check()
    regs.release(register)
    regs.check()


def test_the_bank_is_selected_anew_after_the_chip_reset_itself() -> None:
    regs, chip, _ = banked()
    regs.set("X", 0x105, 0x77)
    chip.regs[0x7F] = 0
    chip.regs[0x05] = 0x11
    regs.check()


def test_a_failed_bank_switch_is_not_believed() -> None:
    regs, chip, wire = banked()
    chip.regs[0x105] = 0x42
    n = wire.transactions
    wire.faults.at = {n: Fault.NACK, n + 1: Fault.NACK}
    with pytest.raises(BusError):
        regs.byte(0x105)
    assert regs.byte(0x105) == 0x42


def test_another_chip_is_told_by_its_id() -> None:
    regs, chip, _ = banked()
    chip.regs[0x00] = 0x11
    with pytest.raises(ChipResetError, match="WHO_AM_I reads 0x11 instead of 0x47"):
        regs.check_id("WHO_AM_I", 0x00, 0x47)


@pytest.mark.parametrize("look", [0, 1])
def test_a_value_that_nothing_confirms_is_read_twice(look: int) -> None:
    regs, chip, wire = banked()
    chip.regs[0x05] = 0x0C
    assert regs.sure(0x05) == 0x0C
    wire.faults.at = {wire.transactions + look: Fault.ONES}
    with pytest.raises(ChipError, match="reads 0x"):
        regs.sure(0x05)


def test_a_bit_that_never_clears_is_told_in_time() -> None:
    regs, chip, _ = banked()
    chip.regs[0x05] = 0x80
    began = regs.bus.time.now()
    with pytest.raises(ChipError, match=r"RESET never ends; cut"):
        regs.until_clear("RESET", 0x05, 0x80, 0.01)
    assert regs.bus.time.now() - began < 0.02


def test_a_setting_may_be_left_out_of_a_look_and_is_in_the_next() -> None:
    regs, chip, _ = banked()
    for r in (0x05, 0x07, 0x105):
        regs.set(f"R{r:x}", r, 0x5A)
    chip.regs[0x07] = 0
    regs.check(but={0x07, 0x30})
    with pytest.raises(ChipResetError, match="R7 reads 0x00"):
        regs.check()
    chip.regs[0x105] = 0
    with pytest.raises(ChipResetError, match="R105 reads 0x00"):
        regs.check(but={0x07})
