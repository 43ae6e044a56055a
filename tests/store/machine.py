"""A computer whose clocks, card and starts are made up, and what a session is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drivers.chunk import Chunk
from dsp.block import Mount
from firmware_py.config import Config
from firmware_py.disk import Disk, RawFile
from firmware_py.programme.due import Due
from firmware_py.recorder import Recorder
from firmware_py.replay import open_recorded, replay
from firmware_py.store.settings import StorageSettings
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import WallClock
from firmware_py.trace.header import TraceHeader
from tests.trace.recordings import ACC_SCALE, GYR_SCALE, RATE_HZ, numbered_chunks

HEADER = TraceHeader(Mount.WAIST, RATE_HZ, "device", acc_scale=ACC_SCALE, gyr_scale=GYR_SCALE)
LONG_AGO = 1_000_000.0
"""What the system's clock says at monotonic time 0: 1970."""
TRUE = 1_800_000_000.0


@dataclass
class MadeUp:
    """The facts as they are to be."""

    boot: str = "first"
    t: float = 100.0
    system: float = LONG_AGO
    knows: bool = False
    free: int | None = 10**10

    def boot_id(self) -> str:
        return self.boot

    def monotonic(self) -> float:
        return self.t

    def unix(self) -> float:
        return self.system + self.t

    def synchronized(self) -> bool:
        return self.knows

    def free_bytes(self, folder: Path) -> int | None:
        return self.free

    def name(self) -> str:
        return "pi"

    def restarted(self) -> "MadeUp":
        """After a power cut."""
        return replace(self, boot=self.boot + "+1", t=10.0)


class QuickDisk(Disk):
    """Syncs nothing, where no power is cut."""

    def sync(self, path: Path) -> None:
        pass

    def create(self, path: Path) -> RawFile:
        return QuickFile(path, new=True)

    def reopen(self, path: Path) -> RawFile:
        return QuickFile(path, new=False)


class QuickFile(RawFile):
    """As `QuickDisk`."""

    def sync(self) -> None:
        pass


def shelf_on(base: Path, machine: MadeUp, disk: Disk | None = None, **settings: Any) -> Shelf:
    """A shelf as a program that starts makes it."""
    disk = disk or QuickDisk()
    return Shelf(base, WallClock(base, machine, disk), StorageSettings(**settings), disk)


def chunks(seconds: int, begin: float = 100.0) -> Iterator[Chunk]:
    """Numbered samples, the first second from `begin` on."""
    for chunk in numbered_chunks(seconds):
        yield replace(chunk, host_time=chunk.host_time - 100.0 + begin)


def record(recorder: Recorder, seconds: int, begin: float = 100.0) -> None:
    """Hands the recorder some seconds, as a driver would."""
    for chunk in chunks(seconds, begin):
        recorder.chunk(chunk)


def kept(shelf: Shelf, seconds: int = 2, due: Due | None = None) -> str:
    """A session from begin to end; its id."""
    session = shelf.begin(HEADER, "button", due)
    record(session.recorder, seconds)
    assert session.close(summed(session.folder), "button").problems == ()
    return session.id


def summed(folder: Path | None) -> dict[str, Any]:
    """The summary of what is in a folder."""
    assert folder is not None
    return replay(open_recorded(folder), Config()).summary
