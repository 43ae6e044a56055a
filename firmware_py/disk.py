"""The file operations that must survive a power cut, one by one: each may be the last."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


class RawFile:
    """A file that grows at its end only.

    Args:
        path: the file.
        new: it must not exist yet; False: it must.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, *, new: bool) -> None:
        self.path = path
        self._file = path.open("xb" if new else "r+b", buffering=0)
        self._file.seek(0, os.SEEK_END)

    @property
    def closed(self) -> bool:
        return self._file.closed

    def append(self, data: bytes) -> None:
        """Writes at the end; not yet for good.

        Raises:
            OSError: some of it, or nothing, was written; `cut` takes that back.
        """
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) or 0 :]

    def cut(self, size: int) -> None:
        """Leaves the first `size` bytes."""
        self._file.truncate(size)
        self._file.seek(size)

    def sync(self) -> None:
        """What was written is there after a power cut."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class Disk:
    """The real one. Raises OSError as the system does."""

    def read(self, path: Path) -> bytes | None:
        """What is in a file; None: there is none."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                # A device or pipe may have no end.
                raise OSError(None, "is no regular file", str(path))
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: Path, data: bytes) -> None:
        """Makes or empties a file and writes to it; not yet for good."""
        path.write_bytes(data)

    def sync(self, path: Path) -> None:
        """What was written to a file is there after a power cut."""
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def replace(self, old: Path, new: Path) -> None:
        """Gives a file or folder another's name, in one step."""
        old.replace(new)

    def sync_folder(self, folder: Path) -> None:
        """The names in a folder are there after a power cut."""
        # Windows cannot open folders and need not.
        if os.name == "posix":
            self.sync(folder)

    def put_whole(self, path: Path, data: bytes, mark: str = "") -> None:
        """Replaces a file in one step: after a power cut there is the old one or the new.

        Args:
            mark: tells the file beside it from that of another program.
        """
        temp = path.with_name(f".{path.name}{mark}.tmp")
        try:
            self.write(temp, data)
            self.sync(temp)
            self.replace(temp, path)
        except OSError:
            with suppress(OSError):
                self.remove(temp)
            raise
        self.sync_folder(path.parent)

    def exists(self, path: Path) -> bool:
        return path.exists()

    def create(self, path: Path) -> RawFile:
        """A new file that grows; not yet for good, nor is its name."""
        return RawFile(path, new=True)

    def reopen(self, path: Path) -> RawFile:
        """A file that goes on growing."""
        return RawFile(path, new=False)

    def remove(self, path: Path) -> None:
        """Removes a file, where there is one."""
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path) -> None:
        """Makes a folder; its name is not there for good until its parent is synced."""
        path.mkdir()

    def remove_folder(self, path: Path) -> None:
        """Removes an empty folder."""
        path.rmdir()

    def claimed(self, folder: Path) -> IO[str] | None:
        """One program's run at a time, until it is closed or ends; None: another's is going on."""
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".programme.run.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return None
        return lock

    @contextmanager
    def locked(self, folder: Path) -> Iterator[None]:
        """Makes the folder; one program at a time changes what is in it."""
        # Not on Windows, where no device runs.
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".programme.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
