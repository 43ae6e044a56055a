"""What the doctor asks the computer it runs on."""

import ctypes
import importlib.util
import os
import re
import subprocess
from pathlib import Path
from typing import Final, Protocol

from firmware_py.power.supply import throttled_file

SYNCHRONIZED: Final = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd touches it at its first success."""
VCGENCMD_S: Final = 2.0
TIME_ERROR: Final = 5
"""What adjtimex returns for a clock that nobody disciplines (adjtimex(2))."""
_TIMEX_BYTES: Final = 512
"""struct timex is smaller on every architecture; its first word, 0, asks to change nothing."""


class Host(Protocol):
    """The facts; made up in tests."""

    def free_bytes(self, folder: Path) -> int | None:
        """Space for an ordinary user where `folder` is or will be; None: it cannot be told."""
        ...

    def may_write(self, path: Path) -> bool | None:
        """Whether we may; None: there is no such file."""
        ...

    def clock_synchronized(self) -> bool | None:
        """Whether the wall clock was set by something that knows; None: it cannot be told."""
        ...

    def throttled(self) -> int | None:
        """The Raspberry Pi firmware's bits of get_throttled; None: no Raspberry Pi."""
        ...

    def has_package(self, name: str) -> bool:
        """Whether Python finds it."""
        ...


class ThisHost:
    """The computer we run on."""

    def free_bytes(self, folder: Path) -> int | None:
        """By statvfs of the nearest folder that exists."""
        for place in (folder, *folder.absolute().parents):
            try:
                room = os.statvfs(place)
            except FileNotFoundError:
                continue
            except OSError:
                return None
            return room.f_bavail * room.f_frsize
        return None

    def may_write(self, path: Path) -> bool | None:
        """By access(2); a device is not opened."""
        return os.access(path, os.W_OK) if path.exists() else None

    def clock_synchronized(self) -> bool | None:
        """The kernel's word; where a container hides it, systemd's mark."""
        if SYNCHRONIZED.exists():
            return True
        try:
            state = ctypes.CDLL(None, use_errno=True).adjtimex(
                ctypes.create_string_buffer(_TIMEX_BYTES)
            )
        except (OSError, AttributeError):
            return None
        return None if state < 0 else bool(state != TIME_ERROR)

    def throttled(self) -> int | None:
        """From the kernel, or else from the firmware's own tool."""
        try:
            kernels = throttled_file(Path("/sys"))
            if kernels is not None:
                return int(kernels.read_text(encoding="ascii"), 16)
        except (OSError, ValueError):
            pass
        try:
            said = subprocess.run(
                ["vcgencmd", "get_throttled"],
                capture_output=True,
                text=True,
                timeout=VCGENCMD_S,
                check=False,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(r"throttled=0x([0-9a-fA-F]+)", said)
        return int(found[1], 16) if found else None

    def has_package(self, name: str) -> bool:
        """Without importing it."""
        return importlib.util.find_spec(name) is not None
