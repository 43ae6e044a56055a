"""The file of a programme's state: whole after a power cut, with a copy, nothing ever deleted."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from dsp.errors import GaitCoachError
from feedback.programmes.state import NewerStateError, ProgrammeState, StateError, state_of
from firmware_py.disk import Disk

NAME: Final = "programme.json"
COPY: Final = "programme.last.json"
_ASIDE: Final = 1000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say.

    Args:
        state: where the runner stands; None: in no programme.
        told: what was wrong with the files and what became of them, a line each.
    """

    state: ProgrammeState | None
    told: tuple[str, ...] = ()


class StateFile:
    """The state in a folder: `programme.json`, and its copy `programme.last.json`.

    Args:
        folder: where sessions are kept.
        disk: file operations.
        option: of the command, by which another folder is named.
    """

    def __init__(self, folder: Path, disk: Disk | None = None, option: str = "--folder") -> None:
        self._folder = folder
        self._option = option
        self._disk = disk or Disk()
        self.path = folder / NAME
        self._copy = folder / COPY

    @property
    def unsettled(self) -> bool:
        """Whether a damaged state was set aside and none has come in its place."""
        damaged = self._folder.glob("programme.damaged-*.json")
        return not self._disk.exists(self.path) and any(True for _ in damaged)

    def claim(self) -> IO[str] | None:
        """Takes the folder for a run, until what is returned is closed; None: it is taken.

        Raises:
            GaitCoachError: the folder cannot be written.
        """
        with self._named("written"):
            return self._disk.claimed(self._folder)

    def load(self) -> Loaded:
        """The state. A file that is damaged or not ours is set aside and the copy taken.

        Raises:
            GaitCoachError: the folder cannot be read, or a state is of a later version.
        """
        with self._named("read"):
            state, wrong = self._parsed(self.path)
            if state is not None or (not wrong and not self._disk.exists(self._copy)):
                return Loaded(state)
            with self._disk.locked(self._folder):
                return self._from_copy(wrong)

    def save(self, state: ProgrammeState) -> None:
        """Replaces the file, then its copy, each in one step.

        Raises:
            GaitCoachError: the disk is full, ...; what was there is still there.
        """
        with self._named("written"), self._disk.locked(self._folder):
            self._save(state)

    def change(self, change: Callable[[ProgrammeState], ProgrammeState]) -> ProgrammeState:
        """Loads, changes and saves the state, with nobody in between.

        Raises:
            GaitCoachError: there is no programme, or the file cannot be read or written.
        """
        with self._named("written"), self._disk.locked(self._folder):
            state, wrong = self._parsed(self.path)
            if state is None:
                state = self._from_copy(wrong).state
            if state is None:
                raise GaitCoachError(
                    f"{self.path}: no programme is under way; begin one with "
                    "gaitcoach programme start NAME"
                )
            after = change(state)
            if after != state:
                self._save(after)
            return after

    def replace(self, state: ProgrammeState) -> Path | None:
        """Begins another programme; the state of the one before is kept under another name.

        Returns:
            That file; None: there was none.

        Raises:
            GaitCoachError: as `save`.
        """
        with self._named("written"), self._disk.locked(self._folder):
            old = self._disk.read(self.path)
            kept = None
            if old is not None:
                kept = self._free("before")
                self._disk.put_whole(kept, old)
            self._save(state)
            return kept

    def _from_copy(self, wrong: str) -> Loaded:
        told = []
        if wrong:
            told.append(self._aside(self.path, wrong))
        state, copy_wrong = self._parsed(self._copy)
        if copy_wrong:
            told.append(self._aside(self._copy, copy_wrong))
        if state is None:
            if told:
                told.append(
                    "there is no good copy: begin again with gaitcoach programme start, or adopt "
                    "an exported file"
                )
            return Loaded(None, tuple(told))
        runs = len(state.log)
        how = "" if wrong else f"{self.path} was missing; "
        told.append(f"{how}the copy {self._copy.name} was taken: {state.programme}, {runs} runs")
        self._disk.put_whole(self.path, _bytes(state))
        return Loaded(state, tuple(told))

    def _parsed(self, path: Path) -> tuple[ProgrammeState | None, str]:
        """The state in a file, or what is wrong with it; neither: there is no file."""
        data = self._disk.read(path)
        if data is None:
            return None, ""
        try:
            return parsed(data), ""
        except NewerStateError as e:
            raise NewerStateError(f"{path} {e}") from e
        except StateError as e:
            return None, str(e)

    def _aside(self, path: Path, wrong: str) -> str:
        there = self._free("damaged")
        self._disk.replace(path, there)
        self._disk.sync_folder(self._folder)
        return f"{path} {wrong}; it was set aside as {there.name}"

    def _free(self, word: str) -> Path:
        names = (self._folder / f"programme.{word}-{n}.json" for n in range(1, _ASIDE))
        free = next((p for p in names if not self._disk.exists(p)), None)
        if free is None:
            raise GaitCoachError(
                f"{self._folder}: too many programme.{word}-N.json; move some away"
            )
        return free

    def _save(self, state: ProgrammeState) -> None:
        data = _bytes(state)
        self._disk.put_whole(self.path, data)
        self._disk.put_whole(self._copy, data)

    @contextmanager
    def _named(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as e:
            where = e.filename or self.path
            raise GaitCoachError(
                f"{os.fspath(where)}: cannot be {done} ({e.strerror or e}); name another folder "
                f"with {self._option}"
            ) from e


def parsed(data: bytes) -> ProgrammeState:
    """The state in a file's bytes.

    Raises:
        StateError: there is none, or a damaged one.
    """
    try:
        record: Any = json.loads(data)
    except (ValueError, RecursionError) as e:
        raise StateError("is damaged: no JSON") from e
    return state_of(record)


def _bytes(state: ProgrammeState) -> bytes:
    text = json.dumps(state.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
