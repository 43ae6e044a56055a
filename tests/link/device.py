"""A device for the link's tests: sessions in a real folder, everything else in memory."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from dsp.errors import GaitCoachError
from firmware_py.link.core import Core
from firmware_py.link.feed import Feed
from firmware_py.link.log_ring import LogRing
from firmware_py.link.serial_link import make_core
from firmware_py.link.tokens import Tokens

TRACE = bytes(range(256)) * 1000
SUMMARY = {"schema": "gaitcoach.summary/1", "duration_s": 60.0}
NOON = 1_790_000_000.0


class NoSessionError(GaitCoachError, LookupError):
    pass


@dataclass(frozen=True, slots=True)
class File:
    name: str
    size: int
    verified: str | None


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    started: str | None
    started_trusted: bool
    duration_s: float | None
    open: bool
    files: tuple[File, ...]


class FolderShelf:
    """Sessions in a folder, as firmware_py.store keeps them."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.ledger: dict[tuple[str, str], str] = {}
        self.recording: str | None = None

    def sessions(self) -> list[Session]:
        return [
            Session(
                folder.name,
                None,
                False,
                60.0,
                folder.name == self.recording,
                tuple(
                    File(p.name, p.stat().st_size, self.ledger.get((folder.name, p.name)))
                    for p in sorted(folder.iterdir())
                ),
            )
            for folder in sorted(self.base.glob("session-*"))
        ]

    def open_file(self, session: str, file: str) -> BinaryIO:
        path = self.base / session / file
        if not path.exists():
            raise NoSessionError(f"{session}: there is no {file}")
        return path.open("rb")

    def verified(self, session: str, file: str, sha256: str) -> None:
        if session == self.recording:
            raise GaitCoachError(f"{session}: is still being recorded; download it later")
        self.ledger[session, file] = sha256

    def delete(self, session: str) -> None:
        info = next((s for s in self.sessions() if s.id == session), None)
        if info is None:
            raise NoSessionError(f"there is no {session}")
        missing = [f.name for f in info.files if f.verified is None]
        if missing or info.open:
            raise GaitCoachError(f"{session}: {', '.join(missing)} not verified; download it first")
        for f in info.files:
            (self.base / session / f.name).unlink()
        (self.base / session).rmdir()


@dataclass
class Wall:
    unix_s: float = 12.0
    trusted: bool = False

    def now(self) -> tuple[float, bool]:
        return self.unix_s, self.trusted

    def set(self, unix_s: float, source: str) -> None:
        self.unix_s, self.trusted = unix_s, source == "link"


@dataclass
class Desk:
    asked: list[str] = field(default_factory=list)
    reloads: int = 0
    takers: list[Callable[[dict[str, Any]], object]] = field(default_factory=list)

    def hello(self) -> dict[str, Any]:
        return {"device": "gc-0001", "battery": {"charge": 0.5}, "recording": None}

    def live(self, take: Callable[[dict[str, Any]], object]) -> Callable[[], None]:
        self.takers.append(take)
        return lambda: self.takers.remove(take)

    def reload(self) -> None:
        self.reloads += 1

    def request(self, what: str) -> None:
        if what == "stop" and not self.asked:
            raise GaitCoachError("no session is under way; start one first")
        self.asked.append(what)

    def happen(self, event: dict[str, Any]) -> None:
        for take in self.takers:
            take(event)


class Device:
    """All of it, below a folder."""

    def __init__(self, folder: Path, sessions: int = 2) -> None:
        self.folder = folder / "sessions"
        self.folder.mkdir()
        (folder / "etc").mkdir()
        self.config = folder / "etc" / "config.toml"
        self.shelf = FolderShelf(self.folder)
        self.wall = Wall()
        self.desk = Desk()
        self.feed = Feed()
        self.logs = LogRing()
        self.now = 1000.0
        for n in range(1, sessions + 1):
            self.keep(f"session-{n:04d}")
        ids = itertools.count(1)
        tokens = Tokens(lambda: f"{next(ids):08x}")
        self.core: Core = make_core(
            self.shelf, self.wall, self.desk, self.config, self.folder, self.feed, self.logs, tokens
        )

    def keep(self, session: str, trace: bytes = TRACE) -> None:
        (self.folder / session).mkdir()
        (self.folder / session / "trace.mcap").write_bytes(trace)
        (self.folder / session / "summary.json").write_text(json.dumps(SUMMARY))

    def raw(self, data: bytes) -> bytes:
        """What comes back, all of it."""
        self.core.receive(data)
        return self.flush()

    def flush(self) -> bytes:
        out = []
        while (sent := self.core.send(self.now)) or self.core.busy:
            out.append(sent)
        return b"".join(out)

    def line(self, data: bytes) -> dict[str, Any]:
        """The one line that comes back."""
        answer = self.raw(data)
        assert answer.count(b"\n") == 1, answer
        return cast(dict[str, Any], json.loads(answer))

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A request's result, or its error with `code`."""
        request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        answer = self.line(json.dumps(request).encode() + b"\n")
        assert answer["jsonrpc"] == "2.0"
        assert answer["id"] == 7
        assert ("result" in answer) != ("error" in answer)
        return cast(dict[str, Any], answer.get("result", answer.get("error")))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
