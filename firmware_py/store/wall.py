"""Wall time, and whether it can be trusted: a Pi has no clock that runs while it is off."""

import json
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError
from firmware_py.disk import Disk
from firmware_py.store.host import Machine, ThisMachine

CLOCK: Final = "clock.json"
SYSTEM: Final = "system"
EARLIEST: Final = 1_577_836_800.0
"""2020: before gaitcoach."""
LATEST: Final = 4_102_444_800.0
"""2100."""


@dataclass(frozen=True, slots=True)
class Offset:
    """From monotonic to wall time, in one boot.

    Args:
        seconds: unix time minus monotonic time.
        trusted: set by something that knows the time.
        source: who said so.
    """

    seconds: float
    trusted: bool
    source: str


class WallClock:
    """The wall clock; never the system's own, which is not ours to set.

    A laptop's word holds for the boot it was given in, whatever the system's clock does then.

    Args:
        folder: where the laptop's word is kept.
        machine: the computer.
        disk: file operations.
    """

    def __init__(
        self, folder: Path, machine: Machine | None = None, disk: Disk | None = None
    ) -> None:
        self._path = folder / CLOCK
        self.machine = machine or ThisMachine()
        self._disk = disk or Disk()
        self._lock = threading.Lock()
        self._told: list[Callable[[], object]] = []
        self._word = self._read()

    def now(self) -> tuple[float, bool]:
        """Unix time, s, and whether it can be trusted."""
        offset = self.offset()
        return offset.seconds + self.machine.monotonic(), offset.trusted

    def offset(self) -> Offset:
        """What leads from monotonic time to wall time now."""
        with self._lock:
            if self._word is not None:
                return self._word
        machine = self.machine
        seconds = machine.unix() - machine.monotonic()
        return Offset(seconds, machine.synchronized(), SYSTEM)

    def set(self, unix_s: float, source: str) -> None:
        """Takes somebody's word for what time it is, also for sessions recorded in this boot.

        Raises:
            GaitCoachError: that cannot be the time.
            OSError: it cannot be kept; it holds until the program ends.
        """
        if not (math.isfinite(unix_s) and EARLIEST <= unix_s <= LATEST):
            raise GaitCoachError(
                f"clock: {unix_s} s since 1970 cannot be the time; send the laptop's own"
            )
        offset = Offset(unix_s - self.machine.monotonic(), trusted=True, source=source)
        with self._lock:
            self._word = offset
        try:
            record = {
                "boot_id": self.machine.boot_id(),
                "offset_s": offset.seconds,
                "source": source,
            }
            self._disk.put_whole(self._path, (json.dumps(record) + "\n").encode())
        finally:
            for told in self._told:
                told()

    def when_set(self, told: Callable[[], object]) -> None:
        """Calls `told` after every `set`."""
        self._told.append(told)

    def _read(self) -> Offset | None:
        """What was said earlier in this boot; a damaged file says nothing."""
        try:
            record: Any = json.loads(self._disk.read(self._path) or b"null")
            if record is None or record["boot_id"] != self.machine.boot_id():
                return None
            seconds = float(record["offset_s"])
            if not EARLIEST <= seconds + self.machine.monotonic() <= LATEST:
                return None
            return Offset(seconds, trusted=True, source=str(record["source"]))
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return None


def iso(unix_s: float) -> str:
    """ISO 8601, UTC, to the second."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(unix_s: float) -> int:
    """The day here, counted from 0001-01-01 as 1."""
    return datetime.fromtimestamp(unix_s, UTC).astimezone().date().toordinal()
