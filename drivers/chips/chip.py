"""What every family's driver offers; the rest of the program knows chips by this alone."""

from dataclasses import dataclass, field
from typing import Protocol

from drivers.chunk import CountArray
from drivers.part import Setup


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain of a FIFO brought.

    Args:
        counts: (n, 6) int16, acc x y z, gyr x y z; (n, 9) with a coarse accelerometer x y z.
        host_time: just after the FIFO's level was read, s: what the FIFO held existed by then.
        lost: samples lost before the first one.
        unread: samples that the FIFO held besides at `host_time`, younger than these, where the
            bus failed before they were read.
    """

    counts: CountArray
    host_time: float
    lost: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What the chip's built-in self-test said.

    Args:
        passed: None where the maker gives no limits.
        detail: axis by axis, in words with figures.
    """

    passed: bool | None
    detail: tuple[str, ...] = field(default_factory=tuple)


class Chip(Protocol):
    """A sensor with a FIFO."""

    setup: Setup
    """What it was made for; never changes."""

    @property
    def rate_hz(self) -> float:
        """Output data rate: corrected by the chip's own trim where it has one, else nominal."""
        ...

    def reset(self) -> None:
        """Brings every register to its reset value and checks who answers.

        Raises:
            ChipNotFoundError: another chip, or none of this family.
            ChipError, BusError: it does not do as told, or the bus failed.
        """
        ...

    def start(self, watermark: int) -> None:
        """Configures after `reset`, reading back, and streams; the FIFO is enabled last.

        Args:
            watermark: samples in the FIFO at which the interrupt pin rises, where there is one.

        Raises:
            ChipError, BusError: a setting does not read back, or the bus failed.
        """
        ...

    def drain(self) -> list[Drained]:
        """Everything the FIFO holds, in order; an empty one gives nothing.

        What a failed drain cost is counted by a later one.

        Raises:
            BusError: the bus failed; call again.
            ChipError: what it sends is not its FIFO's format; the stream must be restarted unless
                the next calls succeed.
        """
        ...

    def check(self) -> None:
        """Whether the chip is still there and its configuration stands.

        Raises:
            ChipResetError: it does not: `reset` and `start` again.
            BusError: the bus failed.
        """
        ...

    def stop(self) -> None:
        """Powers the sensors down.

        Raises:
            BusError: the bus failed.
        """
        ...

    def self_test(self) -> SelfTest:
        """Runs the built-in self-test at rest, after `reset`; `reset` again before streaming.

        Raises:
            ChipError, BusError: it could not be run.
        """
        ...

    def fingerprint(self) -> str:
        """Factory trim as text, different from specimen to specimen; "" where there is none."""
        ...
