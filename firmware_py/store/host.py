"""What the store asks the computer it runs on; the only place where the system's date is read."""

import platform
import time
from pathlib import Path
from typing import Final, Protocol

from firmware_py.doctor.host import ThisHost

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Machine(Protocol):
    """The facts; made up in tests."""

    def boot_id(self) -> str:
        """Another one after every start of the computer."""
        ...

    def monotonic(self) -> float:
        """The clock of the samples' host times, s."""
        ...

    def unix(self) -> float:
        """The system's date, s since 1970 UTC; it may be wrong by years and may jump."""
        ...

    def synchronized(self) -> bool:
        """Whether the system's date was set by something that knows."""
        ...

    def free_bytes(self, folder: Path) -> int | None:
        """Space for an ordinary user where `folder` is; None: it cannot be told."""
        ...

    def name(self) -> str:
        """The computer's name."""
        ...


class ThisMachine:
    """The computer we run on."""

    def __init__(self) -> None:
        self._host = ThisHost()

    def boot_id(self) -> str:
        """The kernel's; elsewhere none, which equals no other."""
        try:
            return BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def monotonic(self) -> float:
        """CLOCK_MONOTONIC, as the reader's."""
        return time.monotonic()

    def unix(self) -> float:
        """CLOCK_REALTIME."""
        return time.time()

    def synchronized(self) -> bool:
        """The kernel's or systemd's word; unsure is no."""
        return bool(self._host.clock_synchronized())

    def free_bytes(self, folder: Path) -> int | None:
        """By statvfs."""
        return self._host.free_bytes(folder)

    def name(self) -> str:
        """The host name."""
        return platform.node()
