"""What every step of an installation works on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firmware_py.install.manifest import Manifest
from firmware_py.install.runner import Runner
from firmware_py.install.tree import Tree


@dataclass(frozen=True, slots=True)
class Host:
    """A system, what was done to it, and the way to run commands on it.

    Args:
        source: the checkout that is installed.
    """

    tree: Tree
    manifest: Manifest
    runner: Runner
    source: Path

    @property
    def booted(self) -> bool:
        """Whether systemd runs there (sd_booted(3)); it does not in the image of a card."""
        return self.tree.at("/run/systemd/system").is_dir()

    def will_run(self, commands: Iterable[str]) -> list[str]:
        """Those that there is somebody to be told: the first boot of an image reads it all."""
        return [c for c in commands if self.booted or c == "folders"]

    def due(self, *commands: str) -> None:
        """Notes commands that must run after what follows."""
        pending = self.manifest.pending
        pending += [c for c in self.will_run(commands) if c not in pending]

    def save(self) -> None:
        self.manifest.save(self.tree)

    def make_folders(self, path: str) -> None:
        """The folders above `path`, noted before they are made."""
        missing = list(self.tree.missing_folders(path))
        if missing:
            self.manifest.folders += [f for f in missing if f not in self.manifest.folders]
            self.save()
        for folder in missing:
            self.tree.make_folder(folder)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the plan.

    Args:
        verb: e.g. `create`.
        what: a path, or a command.
        lines: how a text changes.
    """

    verb: str
    what: str
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(
            [f"  {self.verb:9} {self.what}", *(f"            {x}" for x in self.lines)]
        )


class Step(Protocol):
    """A part of an installation. Whether it is done is seen in the system, not remembered."""

    def changes(self, host: Host) -> list[Change]:
        """What it will change; nothing: it is done."""
        ...

    def apply(self, host: Host) -> None:
        """Does it; only called when there is something to change. Can be called again after a
        failure at any place.

        Raises:
            InstallError: it cannot.
        """
        ...
