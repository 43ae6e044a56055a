"""The simulated bus: transfer times, the kernel's rules, and every fault at a chosen moment."""

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from drivers.sim.chip import SimChip
from drivers.sim.time import VirtualTime

MAX_MESSAGE: Final = 8192
KERNEL_TIMEOUT_S: Final = 0.050


class Fault(StrEnum):
    """What happens to one transaction."""

    NACK = "nack"
    """Nobody acknowledges; nothing reaches the chip (EREMOTEIO of i2c-bcm2835)."""
    TIMEOUT = "timeout"
    """The controller gives up before anything reaches the chip (ETIMEDOUT)."""
    CUT = "cut"
    """The chip did all of it, the host gets an error (EIO)."""
    CUT_HALF = "cut_half"
    """As CUT, but only half of the read took place."""
    ONES = "ones"
    """The data line is loose: all bits read as 1."""
    ZEROS = "zeros"
    """The data line is held down: all bits read as 0."""
    NOISE = "noise"
    """Random bytes."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a combined transaction.

    Args:
        address: 7 bits.
        data: what is written; for a read, as many bytes as are wanted.
        is_read: direction.
    """

    address: int
    data: bytes
    is_read: bool


@dataclass(slots=True)
class FaultPlan:
    """Which transactions fail, by their number (from 0, of all that reach the bus)."""

    at: dict[int, Fault] = field(default_factory=dict)
    always: Fault | None = None
    """What happens to all others."""
    seed: int = 0


class SimWire:
    """A bus with simulated chips.

    Args:
        time: passes while bytes are on the wire.
        chips: at distinct addresses.
        clock_hz: of SCL.
        faults: which transactions fail.
    """

    def __init__(
        self,
        time: VirtualTime,
        chips: Iterable[SimChip] = (),
        clock_hz: float = 400_000.0,
        faults: FaultPlan | None = None,
    ) -> None:
        self.time = time
        self.chips = {chip.address: chip for chip in chips}
        self.clock_hz = clock_hz
        self.faults = faults or FaultPlan()
        self.transactions = 0
        self.stuck_pulses = 0
        """Pulses of SCL until a stuck SDA is let go; 0: the bus is free."""
        self._open = True
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._rng = np.random.default_rng(self.faults.seed)

    def at(self, t: float, happens: Callable[[], None]) -> None:
        """Calls `happens` before the first transaction at or after host time `t`."""
        self._due.append((t, happens))
        self._due.sort(key=lambda item: item[0])

    def unplug(self, address: int, start: float, end: float) -> None:
        """The chip at `address` is off the bus and without power from `start` to `end`."""
        chip = self.chips[address]

        def away() -> None:
            self.chips.pop(address, None)

        def back() -> None:
            chip.power_up(end)
            self.chips[address] = chip

        self.at(start, away)
        self.at(end, back)

    def brown_out(self, address: int, t: float) -> None:
        """The supply dips: the chip resets and answers on as if nothing had happened."""
        self.at(t, lambda: self.chips[address].power_up(t, cold=False))

    def stick(self, t: float, pulses: int = 5) -> None:
        """From `t` on a chip holds SDA down until SCL was clocked `pulses` times."""

        def stuck() -> None:
            self.stuck_pulses = pulses

        self.at(t, stuck)

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """See `drivers.host.Wire`."""
        messages = [Message(address, out, False)] if out or not count else []
        if count:
            messages.append(Message(address, bytes(count), True))
        got = self.rdwr(messages)
        return got[-1] if count else b""

    def rdwr(self, messages: Sequence[Message]) -> list[bytes]:
        """A combined transaction as I2C_RDWR takes it.

        Returns:
            What each read brought, in order.

        Raises:
            OSError: EINVAL, EOPNOTSUPP, EREMOTEIO, ETIMEDOUT or EIO, as on a Pi.
        """
        if not self._open:
            raise _error(errno.EBADF)
        if not messages or any(len(m.data) > MAX_MESSAGE for m in messages):
            raise _error(errno.EINVAL)
        reads = [m for m in messages if m.is_read]
        # i2c-bcm2835 can do one read, as the last message.
        if len(reads) > 1 or (reads and not messages[-1].is_read):
            raise _error(errno.EOPNOTSUPP)
        while self._due and self._due[0][0] <= self.time.now():
            self._due.pop(0)[1]()
        number, self.transactions = self.transactions, self.transactions + 1
        if self.stuck_pulses:
            self.time.pass_by(KERNEL_TIMEOUT_S)
            raise _error(errno.ETIMEDOUT)
        fault = self.faults.at.get(number, self.faults.always)
        if fault is Fault.TIMEOUT:
            self.time.pass_by(KERNEL_TIMEOUT_S)
            raise _error(errno.ETIMEDOUT)
        chip = self.chips.get(messages[0].address)
        if chip is None or fault is Fault.NACK or not chip.answers(self.time.now()):
            self.time.pass_by(11 / self.clock_hz)
            raise _error(errno.EREMOTEIO)
        out = b"".join(m.data for m in messages if not m.is_read)
        count = len(reads[0].data) if reads else 0
        if fault is Fault.CUT_HALF:
            count = (count + 1) // 2
        data = chip.transact(out, count, self.time.now())
        # Nine clocks a byte, an address byte a message, start, repeated start and stop.
        clocks = sum(9 * (1 + len(m.data)) + 1 for m in messages) + 1
        self.time.pass_by(clocks / self.clock_hz)
        if fault in (Fault.CUT, Fault.CUT_HALF):
            raise _error(errno.EIO)
        if fault is Fault.ONES:
            data = b"\xff" * count
        elif fault is Fault.ZEROS:
            data = bytes(count)
        elif fault is Fault.NOISE:
            data = self._rng.bytes(count)
        return [data] if reads else []

    def close(self) -> None:
        """Transactions fail from now on."""
        self._open = False

    def reopen(self) -> None:
        """And work again."""
        self._open = True


class SimPins:
    """SDA and SCL of a simulated bus, by hand."""

    def __init__(self, wire: SimWire) -> None:
        self._wire = wire
        self._scl_low = False

    def take(self) -> None:
        """Lets go of both."""
        self._scl_low = False

    def sda_is_high(self) -> bool:
        """Whether no chip holds it down."""
        return self._wire.stuck_pulses == 0

    def pull_scl(self, low: bool) -> None:
        """A rising edge is a pulse."""
        if self._scl_low and not low and self._wire.stuck_pulses:
            self._wire.stuck_pulses -= 1
        self._scl_low = low

    def pull_sda(self, low: bool) -> None:
        """Without effect on a simulated chip."""

    def wait(self, seconds: float) -> None:
        """Virtual time passes."""
        self._wire.time.pass_by(seconds)

    def give_back(self) -> None:
        """Back to the controller."""


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
