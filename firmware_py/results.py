"""Where a replay's results go: checked before it begins, there whole or not at all."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError
from firmware_py.session.files import write_summary
from firmware_py.session.folder import PART
from firmware_py.trace.mcap_end import MAGIC

DEVICES: Final = Path("/dev")


def events_paths(traces: Sequence[Path], folder: Path) -> list[Path]:
    """One file in `folder` per trace: its own name, or that of its session's folder.

    Raises:
        GaitCoachError: `folder` is a file, or two traces would share a name.
    """
    if folder.exists() and not folder.is_dir():
        raise GaitCoachError(
            f"--events {folder}: is a file; with several traces name a folder for their events"
        )
    taken: dict[str, Path] = {}
    paths = []
    for trace in traces:
        name = _name(trace)
        # Cards and some disks do not tell a from A.
        other = taken.setdefault(name.casefold(), trace)
        if other is not trace:
            raise GaitCoachError(
                f"--events {folder}: {other} and {trace} would both be written to "
                f"{folder / name}; replay them one by one"
            )
        paths.append(folder / name)
    return paths


def _name(trace: Path) -> str:
    if trace.is_dir():
        return f"{trace.resolve().name}.jsonl"
    part = PART.fullmatch(trace.name)
    session = trace.resolve().parent.name
    if part is None or not session:
        return f"{trace.stem}.jsonl"
    return f"{session}-{part[1]}.jsonl" if part[1] else f"{session}.jsonl"


def make_folder(folder: Path) -> None:
    """Makes the folder for the events of several traces, where it is missing.

    Raises:
        GaitCoachError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise GaitCoachError(
            f"--events {folder}: cannot be made ({e.strerror}); name another folder"
        ) from None


def check_result(option: str, path: Path, inputs: Sequence[Path]) -> None:
    """Makes sure that a result may be written to `path`: never over what cannot be made again.

    Args:
        option: which one names it, for messages.
        path: the file, there or not; its folder may still be missing only if it is made later.
        inputs: what is read, which is not to be replaced.

    Raises:
        GaitCoachError: a folder, an input, a trace, or its folder is missing or not writable.
    """
    where = f"{option} {path}"
    if path.is_dir():
        raise GaitCoachError(f"{where}: is a directory; name a file in it")
    if path.exists():
        if any(i.exists() and path.samefile(i) for i in inputs):
            raise GaitCoachError(f"{where}: is what is read here; name another file")
        if path.is_file() and _is_trace(path):
            raise GaitCoachError(f"{where}: is a trace, which is not replaced; name another file")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise GaitCoachError(f"{where}: there is no folder {path.parent}; create it first")
    # root may write anywhere; for others this says so before a long replay, not after it.
    if not _is_device(path) and not os.access(folder, os.W_OK | os.X_OK):
        raise GaitCoachError(f"{where}: the folder is not writable; name another place")


def _is_trace(path: Path) -> bool:
    if path.suffix.lower() == ".mcap" and path.stat().st_size > 0:
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _is_device(path: Path) -> bool:
    return path.parent == DEVICES or (path.exists() and not path.is_file())


@contextmanager
def whole_file(option: str, path: Path) -> Iterator[Callable[[str], object]]:
    """What writes to a text file that appears at `path` when all of it was written.

    It is written beside `path` and moved there at the end; after any error, or Ctrl-C, nothing is
    left behind and what was at `path` stays. A pipe or device is written to as it is.

    Raises:
        GaitCoachError: the disk is full, the folder is not writable, ...
    """
    # A link goes on pointing where it does.
    final = path.resolve()
    part = None if _is_device(path) else final.with_name(f".{final.name}.{os.getpid()}.part")
    with _named(option, path):
        file = (part or path).open("w", encoding="utf-8")

    def write(text: str) -> None:
        with _named(option, path):
            file.write(text)

    try:
        yield write
        with _named(option, path):
            file.close()
            if part is not None:
                part.replace(final)
    finally:
        # Closing writes what is left, which on a full disk fails once more.
        with suppress(OSError):
            file.close()
        if part is not None:
            part.unlink(missing_ok=True)


@contextmanager
def _named(option: str, path: Path) -> Iterator[None]:
    """Errors that name the path which was asked for, not the one beside it."""
    try:
        yield
    except OSError as e:
        raise GaitCoachError(
            f"{option} {path}: cannot be written ({e.strerror or e}); name another place"
        ) from None


def write_summary_to(option: str, path: Path, summary: dict[str, Any]) -> None:
    """The summary's file, whole or not at all.

    Raises:
        GaitCoachError: it cannot be written; an old file is left as it was.
    """
    with _named(option, path):
        write_summary(path.resolve(), summary)
