"""`gaitcoach programme`: built-in programmes, prescriptions, and where the runner stands in one."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError, UsageError
from feedback.programmes.adherence import adherence
from feedback.programmes.carrying import begun_again, gone_on
from feedback.programmes.history import pain
from feedback.programmes.planning import kind_next, plan_next
from feedback.programmes.prescription import Programme
from feedback.programmes.reading import BUILT_IN, built_in, prescribed
from feedback.programmes.state import ProgrammeState, StateError, Where, programme_of, start
from feedback.tables import read_text
from firmware_py.programme.state_file import StateFile, parsed
from firmware_py.programme.text import HEALTH, next_run, outline, set_back, standing
from firmware_py.results import check_result, whole_file
from firmware_py.session.folder import default_folder

HELP = """Programmes over several sessions: choose one, check a prescription, tell of pain.

A programme is a built-in name or the file of a prescription (docs/programmes.md). `start` begins
one; each run then does the session that is due. Exit code 78: a prescription is wrong."""

_MOST_BYTES: Final = 64_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar="VERB", help="what to do; each has its own --help"
    )

    def verb(name: str, help: str, *, state: bool = True) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help, description=help)
        sub.add_argument("--json", action="store_true", help="print the result as JSON")
        if state:
            sub.add_argument(
                "--folder",
                type=Path,
                metavar="FOLDER",
                help="where sessions are kept (default: gaitcoach in your home)",
            )
        return sub

    verb("list", "the built-in programmes", state=False)
    for name, help in (
        ("show", "a programme's sessions as a table"),
        ("check", "whether a prescription is right; exit code 78 and the line if not"),
    ):
        _what(verb(name, help, state=False), name == "show")
    verb("status", "what was done and what comes next")
    starting = verb("start", "begin a programme")
    _what(starting, True)
    _replace(starting)
    starting.add_argument(
        "--forget",
        action="store_true",
        help="what pain or too quick a run holds back is no longer held back",
    )
    starting.add_argument(
        "--keep-progress",
        action="store_true",
        help="the prescription was changed: go on with it, with all that was done",
    )
    telling = verb("pain", "tell of pain in or after the newest run")
    telling.add_argument("score", type=int, choices=range(11), metavar="SCORE", help="0 to 10")
    telling.add_argument("--where", choices=[w.value for w in Where], help="where it hurts")
    telling.add_argument(
        "--later", action="store_true", help="it is new, and came within a day after the run"
    )
    exporting = verb("export", "write the state to a file, to be adopted by another device")
    exporting.add_argument("file", type=Path, metavar="FILE", help="where to")
    adopting = verb("adopt", "go on with the state that another device exported")
    adopting.add_argument("file", type=Path, metavar="FILE", help="the exported file")
    _replace(adopting)


def run(args: argparse.Namespace) -> int:
    said: dict[str, Any]
    match args.verb:
        case "list":
            said, text = _list()
        case "show":
            programme, _ = _found(args.programme)
            said, text = asdict(programme), outline(programme)
        case "check":
            programme = _prescription(args.programme)[0]
            said = {"name": programme.name, "sessions": len(programme.sessions)}
            text = f"{args.programme}: {programme.name} is right"
        case "status":
            said, text = _status(args)
        case "start":
            said, text = _start(args)
        case "pain":
            said, text = _pain(args)
        case "export":
            said, text = _export(args)
        case _:
            said, text = _begin(args, _exported(args.file))
    print(json.dumps(said, indent=1, ensure_ascii=False) if args.json else text)
    return 0


def _what(parser: argparse.ArgumentParser, names: bool) -> None:
    parser.add_argument(
        "programme",
        metavar="NAME|FILE" if names else "FILE",
        help="a built-in programme, or the file of a prescription" if names else "a prescription",
    )


def _replace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--replace",
        action="store_true",
        help="even if a programme is under way; its state is kept under another name",
    )


def _found(name: str) -> tuple[Programme, str | None]:
    """A programme, and its text if it is not built in.

    Raises:
        ConfigError: it is wrong, or there is none.
    """
    if name in BUILT_IN:
        return built_in(name), None
    if not Path(name).exists() and os.sep not in name and not Path(name).suffix:
        return built_in(name), None
    return _prescription(name)


def _prescription(name: str) -> tuple[Programme, str]:
    text = read_text(Path(name), "prescription")
    return prescribed(text, name), text


def _list() -> tuple[dict[str, Any], str]:
    programmes = [built_in(name) for name in BUILT_IN]
    width = max(len(name) for name in BUILT_IN)
    lines = [f"{p.name:<{width}}  {p.about}" for p in programmes]
    return {p.name: p.about for p in programmes}, "\n".join(lines)


def _file(args: argparse.Namespace) -> StateFile:
    return StateFile(args.folder or default_folder())


def _loaded(file: StateFile) -> ProgrammeState:
    """The state; what was wrong with its files goes to standard error.

    Raises:
        GaitCoachError: there is none.
    """
    loaded = file.load()
    for line in loaded.told:
        print(f"gaitcoach: {line}", file=sys.stderr)
    if loaded.state is None:
        raise GaitCoachError(
            f"{file.path}: no programme is under way; begin one with gaitcoach programme start NAME"
        )
    return loaded.state


def _status(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    state = _loaded(_file(args))
    return _record(state), standing(programme_of(state), state)


def _record(state: ProgrammeState) -> dict[str, Any]:
    programme = programme_of(state)
    return {
        "programme": state.programme,
        "adherence": adherence(programme, state).as_dict(),
        "next": {
            "kind": kind_next(programme, state).value,
            "plan": plan_next(programme, state).as_dict(),
        },
        "state": state.as_dict(),
    }


def _start(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    programme, source = _found(args.programme)
    if not args.keep_progress:
        old = _file(args).load().state
        same = old is not None and old.programme == programme.name and not args.forget
        return _begin(
            args, begun_again(programme, source, old) if same and old else start(programme, source)
        )
    for option in ("replace", "forget"):
        if getattr(args, option):
            raise UsageError(f"--{option}: --keep-progress keeps what was done: leave out one")
    file = _file(args)
    _loaded(file)
    after = file.change(lambda state: gone_on(programme, source, state))
    lines = [f"{after.programme} goes on; next: {next_run(programme, after)}"]
    lines += [] if programme.note is None else [programme.note]
    return _record(after), "\n".join([*lines, HEALTH])


def _begin(args: argparse.Namespace, state: ProgrammeState) -> tuple[dict[str, Any], str]:
    file = _file(args)
    loaded = file.load()
    for line in loaded.told:
        print(f"gaitcoach: {line}", file=sys.stderr)
    old = loaded.state
    if old is not None and old.log and not args.replace:
        done = len(old.done)
        raise GaitCoachError(
            f"{file.path}: {old.programme} is under way, {done} sessions done; add --replace to "
            "begin another, its state is kept"
        )
    kept = file.replace(state)
    programme = programme_of(state)
    lines = [f"{state.programme} it is; next: {next_run(programme, state)}"]
    if state.held is not None and not state.log:
        lines.append(f"still held back: {set_back(state.set_backs[-1])}; --forget ends that")
    if programme.note is not None:
        lines.append(programme.note)
    if kept is not None:
        lines.append(f"the state before is kept as {kept}")
    return _record(state), "\n".join([*lines, HEALTH])


def _pain(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    file = _file(args)
    before = _loaded(file)
    where = None if args.where is None else Where(args.where)
    after = file.change(
        lambda state: pain(programme_of(state), state, args.score, where, later=args.later)
    )
    lines = [f"noted: pain {args.score} of 10" + (f" ({where})" if where else "")]
    fresh = after.set_backs[len(before.set_backs) :]
    lines += [f"the target goes back by half: {set_back(s)}" for s in fresh]
    lines.append(f"next: {next_run(programme_of(after), after)}")
    return _record(after), "\n".join([*lines, HEALTH])


def _export(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    state = _loaded(_file(args))
    check_result("export", args.file, ())
    _check_export(args.file)
    with whole_file("export", args.file) as write:
        write(json.dumps(state.as_dict(), indent=1, ensure_ascii=False) + "\n")
    text = f"{state.programme}: written to {args.file}; the other device adopts it"
    return _record(state), text


def _check_export(path: Path) -> None:
    """Only an older export is replaced.

    Raises:
        GaitCoachError: something else is there.
    """
    if not path.exists():
        return
    try:
        parsed(path.read_bytes())
    except (GaitCoachError, OSError) as e:
        raise GaitCoachError(f"{path}: is there and is no exported state; name another file") from e


def _exported(path: Path) -> ProgrammeState:
    """The state in an exported file.

    Raises:
        OSError: it is missing or unreadable.
        GaitCoachError: it is no exported state.
    """
    if path.is_file() and path.stat().st_size > _MOST_BYTES:
        raise GaitCoachError(f"{path}: is too large for a state; export it again")
    try:
        return parsed(path.read_bytes())
    except StateError as e:
        raise GaitCoachError(f"{path}: {e}; export it again on the other device") from e
