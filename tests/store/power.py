"""A card that goes dark before any of its operations, and every card that may then be found."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from firmware_py.disk import Disk, RawFile


@dataclass
class Contents:
    """A file's bytes: those that are safe, and those that are still on the way."""

    safe: bytes = b""
    newest: bytes = b""

    def found(self, share: float) -> bytes:
        """What is there after a cut, with a share of what was on the way."""
        if self.newest.startswith(self.safe):
            n = len(self.safe)
            return self.newest[: n + int((len(self.newest) - n) * share)]
        if self.safe.startswith(self.newest):
            return self.safe if share < 1.0 else self.newest
        # Cut off and written on: what both have in common was never touched.
        both = zip(self.safe, self.newest, strict=False)
        common = next((k for k, (a, b) in enumerate(both) if a != b), 0)
        if share <= 0.0:
            return self.safe
        return self.newest[: common + int((len(self.newest) - common) * share)]


@dataclass
class Names:
    """A folder's names: those that are safe, and those that are still on the way."""

    safe: dict[str, "Contents | Names"] = field(default_factory=dict)
    newest: dict[str, "Contents | Names"] = field(default_factory=dict)


class DarkError(OSError):
    """The card is gone."""


class DarkDisk(Disk):
    """Works in a real folder until its operation number `cut_at` (from 0); None: for ever.

    What comes after has no effect and fails.
    """

    def __init__(self, root: Path, cut_at: int | None = None) -> None:
        self.root = root
        self.cut_at = cut_at
        self.done = 0
        self.syncs: dict[str, int] = {}
        self._tree = _loaded(root)

    @property
    def dark(self) -> bool:
        return self.done == self.cut_at

    def step(self) -> None:
        """Before every operation."""
        if self.dark:
            raise DarkError(5, "the power is cut")
        self.done += 1

    def write(self, path: Path, data: bytes) -> None:
        self.step()
        super().write(path, data)
        names = self._names(path.parent)
        contents = names.newest.setdefault(path.name, Contents())
        assert isinstance(contents, Contents)
        contents.newest = data

    def sync(self, path: Path) -> None:
        self.step()
        node = self._node(path)
        assert isinstance(node, Contents)
        node.safe = node.newest

    def sync_folder(self, folder: Path) -> None:
        self.step()
        names = self._names(folder)
        names.safe = dict(names.newest)

    def replace(self, old: Path, new: Path) -> None:
        self.step()
        super().replace(old, new)
        self._names(new.parent).newest[new.name] = self._names(old.parent).newest.pop(old.name)

    def remove(self, path: Path) -> None:
        self.step()
        super().remove(path)
        self._names(path.parent).newest.pop(path.name, None)

    def make_folder(self, path: Path) -> None:
        self.step()
        super().make_folder(path)
        self._names(path.parent).newest[path.name] = Names()

    def remove_folder(self, path: Path) -> None:
        self.step()
        super().remove_folder(path)
        self._names(path.parent).newest.pop(path.name)

    def create(self, path: Path) -> RawFile:
        self.step()
        contents = Contents()
        file = DarkFile(path, self, contents, new=True)
        self._names(path.parent).newest[path.name] = contents
        return file

    def reopen(self, path: Path) -> RawFile:
        node = self._node(path)
        assert isinstance(node, Contents)
        return DarkFile(path, self, node, new=False)

    def after_the_cut(self, into: Path) -> Iterator[Path]:
        """Every card that may be found when the power is back, each once, in a new folder."""
        seen = set()
        for safe_names, shares in ((True, (0.0, 1.0)), (False, (0.0, 0.5, 1.0))):
            for share in shares:
                files = dict(_found(self._tree, safe_names, share))
                key = tuple(sorted(files.items()))
                if key in seen:
                    continue
                seen.add(key)
                folder = into / f"{self.cut_at}-{len(seen)}"
                folder.mkdir(parents=True)
                for name, data in files.items():
                    path = folder / name
                    if data is None:
                        path.mkdir(exist_ok=True)
                    else:
                        path.write_bytes(data)
                yield folder
                shutil.rmtree(folder)

    def _names(self, folder: Path) -> Names:
        node = self._node(folder)
        assert isinstance(node, Names)
        return node

    def _node(self, path: Path) -> "Contents | Names":
        node: Contents | Names = self._tree
        for part in path.relative_to(self.root).parts:
            assert isinstance(node, Names)
            node = node.newest[part]
        return node


class DarkFile(RawFile):
    """A growing file on such a card."""

    def __init__(self, path: Path, disk: DarkDisk, contents: Contents, *, new: bool) -> None:
        super().__init__(path, new=new)
        self._disk, self._contents = disk, contents

    def append(self, data: bytes) -> None:
        self._disk.step()
        super().append(data)
        self._contents.newest += data

    def cut(self, size: int) -> None:
        self._disk.step()
        super().cut(size)
        self._contents.newest = self._contents.newest[:size]

    def sync(self) -> None:
        self._disk.step()
        self._contents.safe = self._contents.newest
        name = self.path.name
        self._disk.syncs[name] = self._disk.syncs.get(name, 0) + 1


def _loaded(folder: Path) -> Names:
    names = Names()
    for path in folder.iterdir():
        data = b"" if path.is_dir() else path.read_bytes()
        names.newest[path.name] = _loaded(path) if path.is_dir() else Contents(data, data)
    names.safe = dict(names.newest)
    return names


def _found(
    names: Names, safe: bool, share: float, at: str = ""
) -> Iterator[tuple[str, bytes | None]]:
    for name, node in (names.safe if safe else names.newest).items():
        if isinstance(node, Contents):
            yield at + name, node.found(share)
        else:
            yield at + name, None
            yield from _found(node, safe, share, f"{at}{name}/")
