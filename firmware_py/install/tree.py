"""The files of the system that is installed on; every write whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NEW: Final = ".gaitcoach-new"
"""Ending of a file that is being written; a cut can leave one behind."""


class Tree:
    """Paths are absolute ones of the system; `root` is where it lies.

    Args:
        root: `/`, or a copy of a system.
        durable: whether a write has reached the card when it returns; a copy needs no such care.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root
        self._durable = durable

    def at(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None: there is none."""
        try:
            return self.at(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """A file, with the mode that it had, else `mode`; its folder is there."""
        target = self.at(path)
        new = target.with_name(target.name + NEW)
        with contextlib.suppress(FileNotFoundError):
            mode = target.stat().st_mode & 0o7777
        try:
            with new.open("wb") as f:
                f.write(data)
                f.flush()
                if self._durable:
                    os.fsync(f.fileno())
            new.chmod(mode)
            new.replace(target)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        self._settle(target.parent)

    def remove(self, path: str) -> None:
        """A file or link, and what a cut left of it."""
        target = self.at(path)
        for each in (target.with_name(target.name + NEW), target):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                each.unlink()

    def target(self, path: str) -> str | None:
        """Where a link leads; None: there is no link."""
        link = self.at(path)
        return str(link.readlink()) if link.is_symlink() else None

    def link(self, path: str, target: str) -> None:
        new = self.at(path + NEW)
        new.unlink(missing_ok=True)
        new.symlink_to(target)
        new.replace(self.at(path))

    def missing_folders(self, path: str) -> Iterator[str]:
        """The folders above `path` that are not there, the highest first."""
        for folder in reversed(Path(path).parents):
            if not self.at(str(folder)).is_dir():
                yield str(folder)

    def make_folder(self, path: str, mode: int = 0o755) -> None:
        self.at(path).mkdir(mode, exist_ok=True)

    def remove_folder(self, path: str) -> bool:
        """Only an empty one; returns whether it is gone."""
        try:
            self.at(path).rmdir()
        except OSError:
            return not self.at(path).exists()
        return True

    def remove_all(self, path: str) -> None:
        """A folder with everything in it."""
        if self.at(path).is_dir():
            shutil.rmtree(self.at(path))

    def _settle(self, folder: Path) -> None:
        if not self._durable:
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
