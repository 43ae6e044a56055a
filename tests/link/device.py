"""A device for the link's tests: a real shelf, and a desk that answers from memory."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from dsp.errors import GaitCoachError
from firmware_py.link.core import Core
from firmware_py.link.feed import Feed
from firmware_py.link.log_ring import LogRing
from firmware_py.link.serial_link import make_core
from firmware_py.link.tokens import Tokens
from firmware_py.session.summary import SCHEMA
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import WallClock

TRACE = bytes(range(256)) * 1000
SUMMARY = {"schema": SCHEMA, "duration_s": 60.0}
NOON = 1_790_000_000.0


class Machine:
    """A computer that has just started and knows no date."""

    def boot_id(self) -> str:
        return "one"

    def monotonic(self) -> float:
        return 12.0

    def unix(self) -> float:
        return 12.0

    def synchronized(self) -> bool:
        return False

    def free_bytes(self, folder: Path) -> int | None:
        return None

    def name(self) -> str:
        return "gc-0001"


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
        self.wall = WallClock(self.folder, Machine())
        self.shelf = Shelf(self.folder, self.wall)
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
