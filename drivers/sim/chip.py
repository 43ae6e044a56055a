"""What all simulated chips share: registers behind a pointer, banks, samples by an own clock."""

from math import floor
from typing import ClassVar

import numpy as np

from drivers.sim.motion import SensorMotion, Still
from drivers.sim.oscillator import Oscillator
from dsp.block import FloatArray
from dsp.units import STANDARD_GRAVITY

CountRows = np.ndarray[tuple[int, int], np.dtype[np.int16]]


class SimChip:
    """A chip on a simulated bus.

    Registers are keyed `bank << 8 | address`. A family sets the class constants and the hooks.

    Args:
        address: 7 bits.
        motion: what it feels.
        oscillator: its clock.
    """

    name: ClassVar[str] = ""
    reset_values: ClassVar[dict[int, int]] = {}
    """Registers that are not 0 after a reset."""
    writable: ClassVar[frozenset[int]] = frozenset()
    """Registers that may be written; a write elsewhere is noted in `illegal`."""
    boot_s: ClassVar[float] = 0.010
    """After power-up it does not answer for so long."""

    def __init__(
        self,
        address: int,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
    ) -> None:
        self.address = address
        self.motion: SensorMotion = motion or Still()
        self.oscillator = oscillator or Oscillator()
        self.illegal: list[str] = []
        """What a driver did that the datasheet forbids."""
        self.log: list[CountRows] | None = None
        """Set to a list to keep every sample's counts as they went into the FIFO."""
        self.regs: dict[int, int] = {}
        self._pointer = 0
        self._now = 0.0
        self._powered = 0.0
        self._ready = 0.0
        # Samples are at chip time _epoch + k / _rate, k = 1, 2, ...
        self._rate = 0.0
        self._epoch = 0.0
        self._made = 0
        self.power_up(0.0, cold=False)

    # what a family provides

    def reset_registers(self) -> None:
        """Registers and FIFO as after power-up."""
        self.regs = dict(self.reset_values)
        self.set_rate(0.0)

    def bank(self) -> int:
        """The selected bank."""
        return 0

    def next_pointer(self, pointer: int) -> int:
        """Where the pointer goes after `pointer` was read or written."""
        return (pointer + 1) & 0xFF

    def wrote(self, register: int, before: int, value: int) -> None:
        """A register was written; `self.regs` holds `value` already."""

    def read(self, register: int) -> int:
        """What reading a register gives; may have consequences."""
        return self.regs.get(register, 0)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """`count` bytes if `register` is the FIFO's; None: read register by register."""
        return None

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Samples number `first`, ... fall due at (n,) host times `t`, s."""

    def keeps(self) -> bool:
        """Whether samples go into the FIFO; else only the newest of them can ever be seen."""
        return True

    # the wire's side

    def power_up(self, now: float, *, cold: bool = True) -> None:
        """Power comes (back): everything as after a reset, silent while it boots."""
        self._now = self._powered = now
        self._ready = now + self.boot_s if cold else now
        self._pointer = 0
        self.reset_registers()

    def answers(self, now: float) -> bool:
        """Whether it acknowledges its address."""
        return now >= self._ready

    def transact(self, out: bytes, count: int, now: float) -> bytes:
        """One transaction: pointer and values written, then `count` bytes read."""
        self.run(now)
        if out:
            self._pointer = out[0]
            for value in out[1:]:
                self._write(self._pointer, value)
                self._pointer = self.next_pointer(self._pointer)
        if not count:
            return b""
        burst = self.read_fifo(self.bank() << 8 | self._pointer, count)
        if burst is not None:
            return burst
        data = bytearray()
        for _ in range(count):
            data.append(self.read(self.bank() << 8 | self._pointer) & 0xFF)
            self._pointer = self.next_pointer(self._pointer)
        return bytes(data)

    def run(self, now: float) -> None:
        """Lets time pass up to `now`: samples that fell due are made."""
        self._now = now
        if not self._rate:
            return
        due = floor((self.chip_s(now) - self._epoch) * self._rate + 1e-9)
        if due <= self._made:
            return
        # A chip that is awake while nobody listens has made a million samples since it was powered.
        first = self._made if self.keeps() else due - 1
        self._made = due
        chip_s = self._epoch + np.arange(first + 1, due + 1) / self._rate
        self.sample(first, self.oscillator.host(chip_s) + self._powered, chip_s)

    # for families

    def chip_s(self, now: float) -> float:
        """The chip's own seconds since power-up."""
        return self.oscillator.elapsed(now - self._powered)

    def set_rate(self, rate_hz: float) -> None:
        """The sensors run at `rate_hz` of the chip's own clock from now on; 0: not at all."""
        if rate_hz == self._rate:
            return
        self._rate = rate_hz
        self._epoch = self.chip_s(self._now)
        self._made = 0

    def _write(self, address: int, value: int) -> None:
        register = self.bank() << 8 | address
        if register not in self.writable:
            self.illegal.append(f"write of 0x{value:02x} to 0x{register:03x}")
            return
        before = self.regs.get(register, 0)
        self.regs[register] = value
        self.wrote(register, before, value)


def counts(si: FloatArray, scale: float) -> CountRows:
    """SI values to 16 bit counts, saturated as a chip does.

    Args:
        si: (n, 3).
        scale: SI per count.
    """
    # np.clip takes twice as long for a few samples, and a simulation consists of this.
    return np.minimum(np.maximum(np.rint(si / scale), -32768), 32767).astype(np.int16)


def from_g(g_per_count: float) -> float:
    """m/s² per count."""
    return g_per_count * STANDARD_GRAVITY
