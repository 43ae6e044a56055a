"""What is done once on each card, before the coach starts the first time.

    python -m firmware_py.install.first_boot

A card that was prepared elsewhere may carry the runner's configuration on the partition that every
computer can write: gaitcoach.toml beside config.txt.
"""

import sys
from pathlib import Path
from typing import Final

from dsp.errors import ConfigError
from firmware_py.install.identity import device_id
from firmware_py.install.manifest import FOLDER
from firmware_py.install.plan import CONFIG, TEMPLATE
from firmware_py.install.tree import NEW, Tree

BROUGHT: Final = "/boot/firmware/gaitcoach.toml"
DONE: Final = f"{FOLDER}/first-boot-done"


def first_boot(tree: Tree) -> list[str]:
    """Does what is left to do; returns it in words."""
    if tree.read(DONE) is not None:
        return ["the first boot was long ago"]
    said = [f"this is {device_id(tree.root)}", _configuration(tree)]
    tree.write(DONE, b"")
    return said


def _configuration(tree: Tree) -> str:
    template = TEMPLATE.read_bytes()
    there, brought = tree.read(CONFIG), tree.read(BROUGHT)
    if there is None:
        tree.write(CONFIG, template)
    if brought is None:
        return f"{CONFIG}: made anew" if there is None else f"{CONFIG}: as it was"
    if there not in (None, template):
        return f"{CONFIG}: as it was, {BROUGHT} is not used"
    problem = _problem(tree, brought)
    if problem:
        return f"{BROUGHT} is not used: {problem}"
    tree.write(CONFIG, brought)
    return f"{CONFIG}: from {BROUGHT}"


def _problem(tree: Tree, brought: bytes) -> str | None:
    """What is wrong with a configuration, judged where it would lie."""
    from firmware_py.config import load_config

    trial = tree.at(CONFIG + NEW)
    try:
        trial.write_bytes(brought)
        load_config(trial)
    except ConfigError as e:
        return str(e).removeprefix(f"{trial}: ")
    finally:
        trial.unlink(missing_ok=True)
    return None


def main() -> int:
    """Returns the exit code."""
    try:
        for line in first_boot(Tree(Path("/"))):
            sys.stdout.write(f"gaitcoach-firstboot: {line}\n")
    except OSError as e:
        sys.stderr.write(f"gaitcoach-firstboot: {e.filename}: {e.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
