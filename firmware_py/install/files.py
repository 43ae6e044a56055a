"""Steps that lay files and links, and take them away again."""

from dataclasses import dataclass
from difflib import unified_diff
from typing import Final

from firmware_py.install.boot_config import with_block, without_block
from firmware_py.install.errors import InstallError
from firmware_py.install.host import Change, Host
from firmware_py.install.manifest import OurFile, digest

CONFIG_TXT: Final = "/boot/firmware/config.txt"
SAVED: Final = ".saved"
"""Ending of what somebody else wrote where a file of ours was."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that is ours from its first byte to its last.

    Args:
        then: commands that must run after it has changed.
    """

    path: str
    data: bytes
    then: tuple[str, ...] = ()

    def changes(self, host: Host) -> list[Change]:
        there = host.tree.read(self.path)
        if there == self.data and self.path in host.manifest.files:
            return []
        if there is None:
            return [Change("create", self.path)]
        if there == self.data:
            return [Change("adopt", self.path)]
        return [Change("change", self.path, difference(there, self.data))]

    def apply(self, host: Host) -> None:
        there = host.tree.read(self.path)
        ours = host.manifest.files.get(self.path)
        if ours is None:
            ours = host.manifest.files[self.path] = OurFile(None if there == self.data else there)
        elif not _known(there, ours):
            keep(host, self.path)
        ours.ours.append(digest(self.data))
        host.due(*self.then)
        host.save()
        host.make_folders(self.path)
        host.tree.write(self.path, self.data)


@dataclass(frozen=True, slots=True)
class FirstFile:
    """A file that we only begin: whatever is there stays."""

    path: str
    data: bytes

    def changes(self, host: Host) -> list[Change]:
        return [] if host.tree.at(self.path).exists() else [Change("create", self.path)]

    def apply(self, host: Host) -> None:
        host.make_folders(self.path)
        host.tree.write(self.path, self.data)


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A symbolic link of ours."""

    path: str
    target: str
    then: tuple[str, ...] = ()

    def changes(self, host: Host) -> list[Change]:
        done = host.tree.target(self.path) == self.target and self.path in host.manifest.links
        return [] if done else [Change("link", f"{self.path} -> {self.target}")]

    def apply(self, host: Host) -> None:
        there = host.tree.target(self.path)
        if there is None and host.tree.at(self.path).exists():
            raise InstallError(f"{self.path}: something else is there; move it away")
        before = None if there == self.target else there
        host.manifest.links.setdefault(self.path, before)
        host.due(*self.then)
        host.save()
        host.make_folders(self.path)
        host.tree.link(self.path, self.target)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is there, with nothing in it yet."""

    path: str
    then: tuple[str, ...] = ()

    def changes(self, host: Host) -> list[Change]:
        there = host.tree.at(self.path).is_dir()
        return [] if there else [Change("create", f"{self.path}/")]

    def apply(self, host: Host) -> None:
        host.due(*self.then)
        host.make_folders(f"{self.path}/x")


@dataclass(frozen=True, slots=True)
class Superseded:
    """A file or link that an earlier installation laid and this one does not."""

    path: str
    then: tuple[str, ...] = ()

    def changes(self, host: Host) -> list[Change]:
        return [Change("remove", self.path)]

    def apply(self, host: Host) -> None:
        host.due(*self.then)
        host.save()
        restore(host, self.path)


@dataclass(frozen=True, slots=True)
class BootBlock:
    """Our lines in config.txt; none: our block is taken out of it."""

    lines: tuple[str, ...]
    boot_id: str

    def changes(self, host: Host) -> list[Change]:
        there = host.tree.read(CONFIG_TXT)
        wanted = self._wanted(there)
        if there is None or there == wanted:
            return []
        return [Change("change", CONFIG_TXT, difference(there, wanted))]

    def apply(self, host: Host) -> None:
        there = host.tree.read(CONFIG_TXT) or b""
        host.manifest.boot = bool(self.lines)
        host.manifest.rebooted_from = self.boot_id
        host.save()
        host.tree.write(CONFIG_TXT, self._wanted(there))

    def _wanted(self, there: bytes | None) -> bytes:
        text = there or b""
        return with_block(text, self.lines) if self.lines else without_block(text)


def restore(host: Host, path: str) -> None:
    """A file or link of ours becomes what was there before; safe to repeat."""
    if path in host.manifest.links:
        before = host.manifest.links[path]
        if before is None:
            host.tree.remove(path)
        else:
            host.tree.link(path, before)
        del host.manifest.links[path]
    elif path in host.manifest.files:
        ours = host.manifest.files[path]
        if not _known(host.tree.read(path), ours):
            keep(host, path)
        if ours.before is None:
            host.tree.remove(path)
        else:
            host.tree.write(path, ours.before)
        del host.manifest.files[path]
    host.save()


def keep(host: Host, path: str) -> None:
    """What somebody else wrote there stays beside it."""
    data = host.tree.read(path)
    if data is not None:
        host.tree.write(path + SAVED, data)


def difference(before: bytes, after: bytes) -> tuple[str, ...]:
    """Lines that go (-) and come (+)."""
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    changed = unified_diff(old, new, n=0, lineterm="")
    return tuple(x for x in changed if not x.startswith(("---", "+++", "@@")))


def _known(there: bytes | None, ours: OurFile) -> bool:
    return there is None or there == ours.before or digest(there) in ours.ours
