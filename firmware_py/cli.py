"""`gaitcoach`: finds its commands by entry point, turns errors into one line and an exit code.

A command is a module with `HELP: str`, `add_arguments(parser)` and `run(args) -> int`.
Exit codes: 0 done, 1 failed, 2 usage, 78 bad configuration (EX_CONFIG of sysexits.h), 128 + the
signal's number where one ended it (130: Ctrl-C).
"""

import argparse
import ast
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from dsp.errors import ConfigError, GaitCoachError, UsageError

EX_USAGE = 2
EX_CONFIG = 78


class Command(Protocol):
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    points = {p.name: p for p in entry_points(group="gaitcoach.commands")}
    # Only the wanted command is imported, and none for the overview: on a Zero every import costs.
    wanted = words[0] if words else None
    parser = argparse.ArgumentParser(prog="gaitcoach", description="A running coach that you wear.")
    parser.add_argument("--version", action="version", version=f"gaitcoach {version('gaitcoach')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    try:
        if wanted not in points:
            for name, point in sorted(points.items()):
                commands.add_parser(name, help=_help(point).splitlines()[0])
            parser.parse_args(words)
            return EX_USAGE
        command = cast(Command, points[wanted].load())
        command.add_arguments(
            commands.add_parser(wanted, help=command.HELP.splitlines()[0], description=command.HELP)
        )
        return command.run(parser.parse_args(words))
    except UsageError as e:
        print(f"gaitcoach: {e}", file=sys.stderr)
        return EX_USAGE
    except ConfigError as e:
        print(f"gaitcoach: {e}", file=sys.stderr)
        return EX_CONFIG
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error worth a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except GaitCoachError as e:
        print(f"gaitcoach: {e}", file=sys.stderr)
        return 1
    except OSError as e:
        # What the system refused, in its words, with the file first and no number.
        where = f"{e.filename}: " if e.filename else ""
        print(f"gaitcoach: {where}{e.strerror or e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _help(point: EntryPoint) -> str:
    """A command's HELP, read from its source where it is a literal there: nothing is imported."""
    spec = find_spec(point.module)
    if spec is not None and spec.origin is not None and Path(spec.origin).suffix == ".py":
        for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HELP":
                with suppress(ValueError):
                    return str(ast.literal_eval(node.value))
    return cast(Command, point.load()).HELP
