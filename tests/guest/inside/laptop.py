"""A laptop, as bare as can be: pyserial and docs/link.md, nothing of the project.

usage: laptop.py hello | list | ask METHOD [PARAMS_JSON] | pull SESSION FOLDER [BLOCK]. Prints one
JSON object. A broken link is opened anew, and goes on from the last good byte.
"""

import contextlib
import glob
import hashlib
import json
import os
import sys
import time
import zlib
from typing import Any, Final

import serial

PORT: Final = "/dev/serial/by-id/*gaitcoach*"
PATIENCE_S: Final = 120.0
ANSWER_S: Final = 20.0


class LostError(Exception):
    """The link broke."""


class Laptop:
    """One program that talks to one device."""

    def __init__(self) -> None:
        self._port: serial.Serial | None = None
        self._held = b""
        self._number = 0
        self.opened = 0

    def ask(self, method: str, params: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The answer, and the raw bytes behind it."""
        if self._port is None:
            self._open()
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            answer = json.loads(self._line())
            if answer.get("id") == self._number:
                break
        if "error" in answer:
            raise SystemExit(f"{method}: {answer['error']}")
        result = answer["result"]
        raw = self._bytes(result["bytes"]) if result.get("encoding") == "raw" else b""
        return result, raw

    def patient(self, method: str, params: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Asks again, on a new link, until it is answered."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.ask(method, params)
            except (LostError, OSError, ValueError) as e:
                self._close()
                if time.monotonic() > end:
                    raise SystemExit(f"{method}: {type(e).__name__}: {e}") from e
                time.sleep(0.1)

    def _open(self) -> None:
        found = glob.glob(PORT)
        if not found:
            raise LostError("no device there")
        self._port = serial.Serial(found[0], timeout=ANSWER_S, write_timeout=ANSWER_S)
        self._held = b""
        self.opened += 1
        nonce = os.urandom(8).hex()
        self._port.write(b"\n")
        self._send({"id": nonce, "method": "hello", "params": {"protocol": 1, "fresh": True}})
        mark = b'{"jsonrpc":"2.0","id":"%s","result":' % nonce.encode()
        while mark not in self._held:
            self._more()
        self._held = self._held[self._held.index(mark) :]
        self._line()

    def _close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError):
                port.close()

    def _send(self, request: dict[str, Any]) -> None:
        assert self._port is not None
        self._port.write(json.dumps({"jsonrpc": "2.0", **request}).encode() + b"\n")

    def _more(self) -> None:
        assert self._port is not None
        got = self._port.read(max(1, self._port.in_waiting))
        if not got:
            raise LostError("no answer")
        self._held += got

    def _line(self) -> bytes:
        while b"\n" not in self._held:
            self._more()
        line, _, self._held = self._held.partition(b"\n")
        return line

    def _bytes(self, count: int) -> bytes:
        while len(self._held) < count:
            self._more()
        out, self._held = self._held[:count], self._held[count:]
        return out

    def pull(self, session: str, folder: str, block: int) -> dict[str, Any]:
        """Every file of a session to a folder, each checked against the device's own hash."""
        listed, _ = self.patient("list", {})
        files = next(s["files"] for s in listed["sessions"] if s["id"] == session)
        os.makedirs(folder, exist_ok=True)
        began, total, retries = time.monotonic(), 0, 0
        hashes = {}
        for name in (f["name"] for f in files):
            data = b""
            while True:
                want = {"session": session, "file": name, "offset": len(data), "length": block}
                answer, raw = self.patient("read", {**want, "encoding": "raw"})
                if zlib.crc32(raw) != answer["crc32"]:
                    retries += 1
                    continue
                data += raw
                if answer["eof"]:
                    break
            with open(os.path.join(folder, name), "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            total += len(data)
            mine = hashlib.sha256(data).hexdigest()
            theirs = self.patient("sha256", {"session": session, "file": name})[0]["sha256"]
            if mine != theirs:
                raise SystemExit(f"{session}/{name}: {mine} here, {theirs} on the device")
            self.patient("verified", {"session": session, "file": name, "sha256": mine})
            hashes[name] = mine
        took = time.monotonic() - began
        return {
            "bytes": total,
            "seconds": took,
            "wrong_crc": retries,
            "links": self.opened,
            "files": hashes,
        }


def main(words: list[str]) -> Any:
    laptop = Laptop()
    match words:
        case ["hello" | "list" as method]:
            return laptop.patient(method, {})[0]
        case ["ask", method, *params]:
            return laptop.patient(method, json.loads(params[0]) if params else {})[0]
        case ["pull", session, folder, *block]:
            return laptop.pull(session, folder, int(block[0]) if block else 65536)
    raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
