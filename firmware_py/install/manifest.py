"""What was done to a system, written down before it is done, so that it can be undone."""

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any, Final

from firmware_py.install.errors import InstallError
from firmware_py.install.tree import Tree

FOLDER: Final = "/var/lib/gaitcoach-install"
FILE: Final = f"{FOLDER}/manifest.json"
VERSION: Final = 1


@dataclass(slots=True)
class OurFile:
    """A file of ours.

    Args:
        before: what was there; None: nothing.
        ours: digests of everything we have written there, the newest last.
    """

    before: bytes | None
    ours: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Manifest:
    """All that was done.

    Args:
        options: as last asked for, by name.
        files: by path.
        links: by path: where each led before; None: it was not there.
        folders: made by us, the highest first.
        accounts: users and groups that were not there before, e.g. `user gaitcoach`.
        packages: installed by us.
        unknown: packages that apt did not know.
        program: whether /opt/gaitcoach is ours.
        boot: whether config.txt has our block.
        pending: commands that must still run.
        rebooted_from: boot in which config.txt was changed; None: it has no news.
    """

    options: dict[str, bool] = field(default_factory=dict)
    files: dict[str, OurFile] = field(default_factory=dict)
    links: dict[str, str | None] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    program: bool = False
    boot: bool = False
    pending: list[str] = field(default_factory=list)
    rebooted_from: str | None = None

    def save(self, tree: Tree) -> None:
        """Beside what it tells of."""
        tree.make_folder(FOLDER)
        tree.write(FILE, (json.dumps(self._as_dict(), indent=1) + "\n").encode(), 0o600)

    def _as_dict(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        said["files"] = {
            path: {
                "before": None if f.before is None else b64encode(f.before).decode("ascii"),
                "ours": f.ours,
            }
            for path, f in self.files.items()
        }
        return {"version": VERSION, **said}


def load(tree: Tree) -> Manifest | None:
    """The manifest; None: nothing was ever done.

    Raises:
        InstallError: it cannot be read.
    """
    text = tree.read(FILE)
    if text is None:
        return None
    try:
        said = json.loads(text)
        if said.pop("version") != VERSION:
            raise InstallError(f"{FILE}: of another version of gaitcoach; uninstall with that one")
        files = {
            path: OurFile(None if f["before"] is None else b64decode(f["before"]), list(f["ours"]))
            for path, f in said.pop("files").items()
        }
        return Manifest(files=files, **said)
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise InstallError(f"{FILE}: damaged ({e}); move it away to begin anew") from e


def digest(data: bytes) -> str:
    """How a file's content is recognized."""
    return hashlib.sha256(data).hexdigest()
