"""What the drivers need of the host: whole I2C transactions, and a clock that they may wait by."""

import threading
import time
from typing import Protocol


class Wire(Protocol):
    """One I2C bus as the kernel offers it."""

    def transfer(self, address: int, out: bytes, count: int) -> bytes:
        """Writes `out`, then (repeated start) reads `count` bytes, which may be none.

        Raises:
            OSError: with the kernel's errno.
        """
        ...

    def close(self) -> None:
        """Lets go of the bus, so that its pins can be clocked by hand."""
        ...

    def reopen(self) -> None:
        """Takes the bus again.

        Raises:
            OSError: it cannot be opened.
        """
        ...


class HostTime(Protocol):
    """The host's monotonic clock."""

    def now(self) -> float:
        """Monotonic time, s."""
        ...

    def sleep(self, seconds: float) -> None:
        """Lets at least `seconds` pass."""
        ...


class SystemTime:
    """The real thing."""

    def __init__(self) -> None:
        self._never = threading.Event()

    def now(self) -> float:
        """CLOCK_MONOTONIC, s."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits `seconds`."""
        self._never.wait(seconds)
