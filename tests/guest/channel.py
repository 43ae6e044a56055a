"""The test's end of the agent: requests to the guest, and the edges of its GPIO lines."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

STEP_S: Final = 600.0
"""Longest that a step in the guest takes if nothing else is said."""
LOOK_S: Final = 0.3


class GuestError(Exception):
    """The guest did not do what it was asked."""


class GoneError(GuestError):
    """The machine is not there any more."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a program in the guest did."""

    rc: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One GPIO line was set.

    Args:
        line: GPIO number. value: 0 or 1. t: guest's monotonic time by its kernel, s.
    """

    line: int
    value: int
    t: float


class Channel:
    """Requests and answers by JSON lines.

    Args:
        listener: QEMU connects to it.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._socket: socket.socket | None = None
        self._lock = threading.Condition()
        self._answers: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._gone = False
        self.is_ready = False
        self.edges: list[Edge] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """No more of it."""
        self._listener.close()
        if self._socket is not None:
            self._socket.close()

    def wait_ready(self, seconds: float) -> None:
        """Until the agent has reported.

        Raises:
            GuestError: it did not in time.
        """
        with self._lock:
            if not self._lock.wait_for(lambda: self.is_ready or self._gone, seconds):
                raise GuestError(f"the guest was not up within {seconds:.0f} s")
            if self._gone:
                raise GoneError("the machine ended while it booted")

    def ask(self, do: str, timeout_s: float = STEP_S, **more: Any) -> dict[str, Any]:
        """One request's answer.

        Raises:
            GuestError: it could not be done, or not in time.
        """
        with self._lock:
            self._number += 1
            number = self._number
            if self._socket is None or self._gone:
                raise GoneError("the machine is not there")
            line = json.dumps({"id": number, "do": do, "timeout_s": timeout_s, **more})
            try:
                self._socket.sendall(line.encode() + b"\n")
            except OSError as e:
                raise GoneError(str(e)) from e
            there = lambda: number in self._answers or self._gone  # noqa: E731
            if not self._lock.wait_for(there, timeout_s + 20.0):
                raise GuestError(f"no answer within {timeout_s + 20.0:.0f} s: {line[:200]}")
            if number not in self._answers:
                raise GoneError("the machine ended")
            answer = self._answers.pop(number)
        if "error" in answer:
            raise GuestError(f"{line[:200]}: {answer['error']}")
        return answer

    def run(self, *argv: str, timeout_s: float = STEP_S, text: str = "") -> Done:
        """A program's end, whatever its exit code."""
        said = self.ask("run", timeout_s, argv=list(argv), input=text)
        return Done(said["rc"], said["out"], said["err"])

    def sh(self, script: str, timeout_s: float = STEP_S) -> str:
        """What a script prints.

        Raises:
            GuestError: it failed.
        """
        done = self.run("sh", "-ec", script, timeout_s=timeout_s)
        if done.rc:
            raise GuestError(f"{script[:300]}: exit code {done.rc}: {done.err[-2000:]}")
        return done.out

    def write(self, path: str, text: str) -> float:
        """Writes a file; the guest's time before it did, s."""
        return float(self.ask("write", path=path, text=text)["t"])

    def read(self, path: str) -> bytes:
        """A file's content."""
        return base64.b64decode(self.ask("read", path=path)["base64"])

    def until(self, script: str, timeout_s: float = STEP_S) -> str:
        """What a script prints as soon as it succeeds.

        Raises:
            GuestError: it did not in time.
        """
        end = time.monotonic() + timeout_s
        while True:
            done = self.run("sh", "-ec", script, timeout_s=timeout_s)
            if not done.rc:
                return done.out
            if time.monotonic() > end:
                raise GuestError(f"not within {timeout_s:.0f} s: {script}: {done.out}{done.err}")
            threading.Event().wait(LOOK_S)

    def wait_edge(self, wanted: Callable[[Edge], bool], timeout_s: float, since: int = 0) -> Edge:
        """The first edge from number `since` on that is wanted.

        Raises:
            GuestError: none in time.
        """
        found: list[Edge] = []

        def there() -> bool:
            found[:] = [e for e in self.edges[since:] if wanted(e)][:1]
            return bool(found) or self._gone

        with self._lock:
            if not self._lock.wait_for(there, timeout_s) or not found:
                raise GuestError(f"no such edge within {timeout_s:.0f} s")
        return found[0]

    def now(self) -> float:
        """The guest's monotonic time, s."""
        return float(self.ask("clock")["t"])

    def sleep(self, seconds: float) -> float:
        """Lets so much of the guest's time pass; what it then is, s.

        An emulated machine on a busy computer may take many times as long.
        """
        return float(self.ask("sleep", max(STEP_S, 60.0 * seconds), seconds=seconds)["t"])

    def press(self, line: int, seconds: float) -> float:
        """Presses a button to GND; the guest's time when it went down, s."""
        return float(self.ask("press", line=line, seconds=seconds)["t"])

    def _listen(self) -> None:
        try:
            self._socket, _ = self._listener.accept()
            held = b""
            while got := self._socket.recv(1 << 16):
                *lines, held = (held + got).split(b"\n")
                with self._lock:
                    for line in lines:
                        self._take(json.loads(line))
                    self._lock.notify_all()
        except (OSError, ValueError):
            pass
        with self._lock:
            self._gone = True
            self._lock.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        if "edge" in message:
            line, value, t = message["edge"]
            self.edges.append(Edge(line, value, t))
        elif "ready" in message:
            self.is_ready = True
        else:
            self._answers[message["id"]] = message


def listen(path: Path) -> socket.socket:
    """A local socket that QEMU connects to."""
    path.unlink(missing_ok=True)
    out = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    out.bind(str(path))
    out.listen(1)
    return out
