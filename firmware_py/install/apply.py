"""Plan, show, do."""

from collections.abc import Callable
from pathlib import Path

from firmware_py.install.host import Host
from firmware_py.install.manifest import FILE, FOLDER, Manifest, load
from firmware_py.install.plan import Options, boot_id, outline, steps
from firmware_py.install.runner import Runner
from firmware_py.install.system import recognize
from firmware_py.install.tree import Tree
from firmware_py.install.uninstall import undoing

Say = Callable[[str], object]
NOTHING = "nothing to change"
DRY = "nothing was changed (--dry-run)"
REBOOT = "reboot now: config.txt has changed"


def install(
    tree: Tree, runner: Runner, source: Path, options: Options, say: Say, *, dry_run: bool = False
) -> bool:
    """Puts gaitcoach onto the system in `tree`, or goes on where an earlier run was cut.

    Returns:
        Whether there was anything to change.

    Raises:
        InstallError: an unknown system, or a step that failed; running it again goes on.
    """
    system = recognize(tree.root, boot_config=options.boot_config)
    host = Host(tree, load(tree) or Manifest(), runner, source)
    host.manifest.pending = host.will_run(host.manifest.pending)
    todo = steps(host, system, options)
    say(f"gaitcoach onto {system}")
    changes = outline(host, todo)
    for change in changes:
        say(str(change))
    if dry_run:
        say(DRY if changes else NOTHING)
        return bool(changes)
    if changes:
        host.manifest.options = {
            "boot_config": options.boot_config,
            "volatile_logs": options.volatile_logs,
        }
        for step in todo:
            if "start" in host.manifest.pending and _reboot_due(host):
                # The next boot starts it, with the bus as it will be then.
                host.manifest.pending.remove("start")
            if step.changes(host):
                step.apply(host)
        host.save()
    say("done" if changes else NOTHING)
    if _reboot_due(host):
        say(REBOOT)
    return bool(changes)


def uninstall(
    tree: Tree,
    runner: Runner,
    source: Path,
    say: Say,
    *,
    purge: bool = False,
    dry_run: bool = False,
) -> bool:
    """Takes it off again; the system is as it was before, but for packages, and without `purge`
    for sessions, configuration and user.

    Returns:
        Whether there was anything to undo.

    Raises:
        InstallError: a step failed; running it again goes on.
    """
    manifest = load(tree)
    if manifest is None:
        say("gaitcoach is not installed: nothing to undo")
        if not dry_run:
            # A cut before the very first line was written leaves an empty folder.
            tree.remove(FILE)
            tree.remove_folder(FOLDER)
        return False
    host = Host(tree, manifest, runner, source)
    back = undoing(host, purge=purge)
    for undo in back:
        say(str(undo.change))
    if not back or dry_run:
        say(DRY if back else NOTHING)
        return bool(back)
    rebooting = manifest.boot
    for undo in back:
        undo.act()
    kept = [] if purge else ["sessions and configuration (--purge deletes them)"]
    if manifest.packages:
        kept.append(f"packages: {' '.join(manifest.packages)}")
    say("\n".join(["done", *(f"  kept      {k}" for k in kept)]))
    if rebooting:
        say(REBOOT)
    return True


def _reboot_due(host: Host) -> bool:
    return host.manifest.rebooted_from == boot_id(host)
