"""The installer's command line: `python3 -m firmware_py.install`, as `sudo make install` has it."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from dsp.errors import GaitCoachError
from firmware_py.install.apply import install, uninstall
from firmware_py.install.errors import InstallError
from firmware_py.install.manifest import Manifest, load
from firmware_py.install.plan import Options
from firmware_py.install.runner import RealRunner
from firmware_py.install.tree import Tree

SOURCE: Final = Path(__file__).resolve().parents[2]


def main(words: Sequence[str] | None = None) -> int:
    """Installs or uninstalls; returns the exit code: 0 done, 1 refused or failed, 2 usage."""
    args = _parser().parse_args(words)
    tree = Tree(args.root)
    try:
        if not args.dry_run:
            _allowed(args.root)
        if args.verb == "uninstall":
            uninstall(tree, RealRunner(), SOURCE, _say, purge=args.purge, dry_run=args.dry_run)
        else:
            options = _options(args, load(tree))
            install(tree, RealRunner(), SOURCE, options, _say, dry_run=args.dry_run)
    except GaitCoachError as e:
        sys.stderr.write(f"gaitcoach install: {e}\n")
        return 1
    except OSError as e:
        where = f"{e.filename}: " if e.filename else ""
        sys.stderr.write(f"gaitcoach install: {where}{e.strerror or e}; run it again\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m firmware_py.install",
        description="Puts gaitcoach onto a Raspberry Pi and takes it off again. Every change is "
        "shown; a second run changes nothing.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, help in (("install", "put it on"), ("uninstall", "take it off")):
        one = verbs.add_parser(verb, help=help)
        one.add_argument("--dry-run", action="store_true", help="show every change, make none")
        one.add_argument(
            "--root",
            type=Path,
            default=Path("/"),
            metavar="DIR",
            help="look at the system that lies in DIR; only with --dry-run",
        )
    verbs.choices["uninstall"].add_argument(
        "--purge",
        action="store_true",
        help="delete sessions, configuration, user and groups, too",
    )
    put = verbs.choices["install"]
    put.add_argument(
        "--boot-config",
        action=argparse.BooleanOptionalAction,
        help="edit config.txt; without it a Debian system will do, too (default: as last time, "
        "at first yes)",
    )
    put.add_argument(
        "--volatile-logs",
        action=argparse.BooleanOptionalAction,
        help="keep the journal in memory, off the card (default: as last time, at first no)",
    )
    put.add_argument(
        "--wheels",
        type=Path,
        metavar="DIR",
        help="take Python packages from DIR and from nowhere else, for a device without a network",
    )
    return parser


def _options(args: argparse.Namespace, before: Manifest | None) -> Options:
    chosen = Options(wheels=args.wheels.resolve() if args.wheels else None)
    last = before.options if before else {}
    said = {
        name: last.get(name, getattr(chosen, name)) if asked is None else asked
        for name, asked in (
            ("boot_config", args.boot_config),
            ("volatile_logs", args.volatile_logs),
        )
    }
    return Options(**{**asdict(chosen), **said})


def _say(line: str) -> None:
    # At once: apt and pip write to the same terminal.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _allowed(root: Path) -> None:
    if root.resolve() != Path("/"):
        raise InstallError("--root: its commands cannot be run from here; add --dry-run")
    if os.geteuid() != 0:
        raise InstallError("needs root: sudo make install (--dry-run shows the plan without)")


if __name__ == "__main__":
    sys.exit(main())
