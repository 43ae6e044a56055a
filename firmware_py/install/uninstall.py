"""Everything that was done is undone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from firmware_py.install.boot_config import without_block
from firmware_py.install.commands import COMMANDS, Pending
from firmware_py.install.files import CONFIG_TXT, difference, restore
from firmware_py.install.host import Change, Host
from firmware_py.install.manifest import FOLDER
from firmware_py.install.plan import CONFIG, JOURNAL, SESSIONS, UNITS, boot_id
from firmware_py.install.program import HOME

RUNNING: Final = (
    "gaitcoach.service",
    "gaitcoach-poweroff.path",
    "gaitcoach-gadget.service",
    "gaitcoach-firstboot.service",
)
AFTER: Final = ("reload", "udev", "journal")
"""What the system must be told when the files are gone."""
OWNED: Final = (SESSIONS, str(Path(CONFIG).parent))


@dataclass(frozen=True, slots=True)
class Undo:
    """One step back.

    Args:
        change: what a person is shown.
        act: does it; safe to repeat.
    """

    change: Change
    act: Callable[[], object]


def undoing(host: Host, *, purge: bool) -> list[Undo]:
    """All steps back, in order; nothing: nothing is left to undo.

    Args:
        purge: sessions, configuration, user and groups go, too; else they stay, and so does the
            manifest that knows of them.
    """
    manifest, tree = host.manifest, host.tree
    back: list[Undo] = []
    paths = [*reversed(manifest.links), *reversed(manifest.files)]
    manifest.pending = host.will_run(name for name in manifest.pending if name in AFTER)
    if paths:
        host.due("reload", "udev")
    if JOURNAL[0] in manifest.files:
        host.due("journal")
    if f"{UNITS}/{RUNNING[0]}" in manifest.files and host.booted:
        back.append(_run(host, "systemctl", "stop", *RUNNING))
    text = tree.read(CONFIG_TXT) if manifest.boot else None
    if text is not None:
        change = Change("change", CONFIG_TXT, difference(text, without_block(text)))
        back.append(Undo(change, partial(_boot, host)))
    back += [Undo(Change("undo", path), partial(restore, host, path)) for path in paths]
    if manifest.program:
        back.append(Undo(Change("remove", f"{HOME}/"), partial(_program, host)))
    for name in COMMANDS:
        if name in manifest.pending:
            said = " and ".join(c.what for c in Pending(name).shown())
            back.append(Undo(Change("run", said), partial(Pending(name).apply, host)))
    if purge:
        back += _purge(host)
    empty = [f for f in reversed(manifest.folders) if tree.at(f).is_dir() and f not in OWNED]
    if empty:
        change = Change("remove", f"{', '.join(empty)}, where nothing else is in them")
        back.append(Undo(change, partial(_folders, host)))
    if purge or not manifest.accounts:
        back.append(Undo(Change("remove", f"{FOLDER}/"), partial(tree.remove_all, FOLDER)))
    return back


def _run(host: Host, *words: str) -> Undo:
    return Undo(Change("run", " ".join(words)), partial(host.runner.run, *words))


def _boot(host: Host) -> None:
    text = host.tree.read(CONFIG_TXT) or b""
    host.tree.write(CONFIG_TXT, without_block(text))
    host.manifest.boot = False
    host.manifest.rebooted_from = boot_id(host)
    host.save()


def _program(host: Host) -> None:
    host.tree.remove_all(HOME)
    host.manifest.program = False
    host.save()


def _folders(host: Host) -> None:
    ours = [f for f in reversed(host.manifest.folders) if f not in OWNED]
    gone = [f for f in ours if host.tree.remove_folder(f)]
    host.manifest.folders = [f for f in host.manifest.folders if f not in gone]
    host.save()


def _purge(host: Host) -> list[Undo]:
    # What was there before us is not ours to delete.
    owned = [f for f in OWNED if f in host.manifest.folders]
    back = [Undo(Change("remove", f"{f}/"), partial(host.tree.remove_all, f)) for f in owned]
    # A group can only go when nobody has it as the first of his groups.
    for account in sorted(host.manifest.accounts, reverse=True):
        kind, _, name = account.partition(" ")
        words = ("userdel", name) if kind == "user" else ("groupdel", "--force", name)
        back.append(Undo(Change("run", " ".join(words)), partial(_account, host, account, words)))
    return back


def _account(host: Host, account: str, words: tuple[str, ...]) -> None:
    kind, _, name = account.partition(" ")
    file = host.tree.read("/etc/passwd" if kind == "user" else "/etc/group") or b""
    # userdel takes the group of the same name along.
    if any(line.startswith(f"{name}:".encode()) for line in file.splitlines()):
        host.runner.run(*words)
    host.manifest.accounts.remove(account)
    host.save()
