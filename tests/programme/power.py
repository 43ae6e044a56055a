"""A disk whose power may be cut: what is then there is what was synced, and perhaps more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from firmware_py.disk import Disk


class PowerCut(BaseException):
    """The disk went dark."""


@dataclass
class Contents:
    """A file's bytes: those that are safe, and those that are still on the way."""

    safe: bytes = b""
    newest: bytes = b""


@dataclass
class CutDisk(Disk):
    """Fails before its operation number `cut_at` (from 0); None: never."""

    cut_at: int | None = None
    names: dict[Path, Contents] = field(default_factory=dict)
    safe_names: dict[Path, Contents] = field(default_factory=dict)
    pending: list[dict[Path, Contents]] = field(default_factory=list)
    done: int = 0

    def put(self, path: Path, data: bytes) -> None:
        """A file that has been there for long."""
        self.names[path] = self.safe_names[path] = Contents(data, data)

    def read(self, path: Path) -> bytes | None:
        return self.names[path].newest if path in self.names else None

    def write(self, path: Path, data: bytes) -> None:
        self._step()
        contents = self.names.get(path)
        if contents is None:
            contents = Contents()
            self._rename({**self.names, path: contents})
        contents.newest = data

    def sync(self, path: Path) -> None:
        self._step()
        self.names[path].safe = self.names[path].newest

    def replace(self, old: Path, new: Path) -> None:
        self._step()
        names = {**self.names, new: self.names[old]}
        del names[old]
        self._rename(names)

    def sync_folder(self, folder: Path) -> None:
        self._step()
        self.safe_names, self.pending = self.names, []

    def exists(self, path: Path) -> bool:
        return path in self.names

    @contextmanager
    def locked(self, folder: Path) -> Iterator[None]:
        yield

    def after_the_cut(self) -> Iterator["CutDisk"]:
        """Every disk that may be found when the power is back: names up to any of the changes that
        were on their way, contents lost, torn or whole."""
        for names in (self.safe_names, *self.pending):
            for torn in range(3):
                found = CutDisk()
                for path, contents in names.items():
                    on_the_way = contents.newest[: len(contents.newest) * torn // 2]
                    whole = contents.safe == contents.newest
                    found.put(path, contents.safe if whole else on_the_way)
                yield found

    def _rename(self, names: dict[Path, Contents]) -> None:
        self.names = names
        self.pending.append(names)

    def _step(self) -> None:
        if self.done == self.cut_at:
            raise PowerCut
        self.done += 1
