"""The file operations that the programme's state needs, one by one: each may be the last."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
        """Gives a file another's name, in one step."""
        old.replace(new)

    def sync_folder(self, folder: Path) -> None:
        """The names in a folder are there after a power cut."""
        self.sync(folder)

    def exists(self, path: Path) -> bool:
        return path.exists()

    @contextmanager
    def locked(self, folder: Path) -> Iterator[None]:
        """Makes the folder; one program at a time changes what is in it."""
        # Not on Windows, where no device runs.
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".programme.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
