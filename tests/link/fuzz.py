"""Garbage for the link's tests: what mutates it, and who watches over what becomes of it."""

import codecs
import json
import logging
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import feedback.programmes.reading
from firmware_py.link.methods import METHODS
from tests.link.device import Device

DATA: Final = Path(feedback.programmes.reading.__file__).parent / "data"
SECRET: Final = b"correct horse battery staple"
CONFIG: Final = """# Anna's
[sensor]
mount = "waist"
part = "LSM6DSO32"
calibration = "calibration.json"
[runner]
height_m = 1.72
[feedback]
programme = "cadence-standard"
cooldown_s = 40
[cues]
actuators = ["piezo", "motor"]
patterns = "mine.toml"
speaker = "default"
[cues.pins]
piezo = 5
[storage]
keep_free_mb = 100
[link]
stall_s = 4
"""
_WORDS: Final = [
    b"../", b"/etc/passwd", b"secret", b"session-0001", b"session-0066", b"trace-7.mcap",
    b"trace.mcap", b"summary.json", b"out.toml", b"pipe.toml", b"~root", b"..", b"\0", b"\xff",
    b"null", b"true", b"1e999", b"-1", b"9" * 40, b"{}", b"[]", b"[[[[[[", b'"', b"\\ud800", b"\n",
    b"\r", b"{", b"}", b":", b",", b"=", b"[", b"]", b"nan", b"\\u0000", b"inf", b"''",
    b"/dev/zero",
]  # fmt: skip


class Watch(logging.Handler):
    """Notes files that are opened elsewhere, and errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.allowed: list[str] = []
        self.armed = False
        self.outside: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        sys.addaudithook(self._audit)
        logging.getLogger().addHandler(self)

    def close(self) -> None:
        """Watches no more; a hook cannot be taken away, but sleeps."""
        self.armed = False
        logging.getLogger().removeHandler(self)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        told = record.getMessage()
        if record.exc_info is not None:
            told += "".join(traceback.format_exception(*record.exc_info)[-3:])
        self.errors[told] += 1

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.armed or event != "open" or isinstance(args[0], int):
            return
        path, flags = os.fsdecode(args[0]), args[2]
        if flags & os.O_NOFOLLOW and os.path.islink(path):  # noqa: PTH114 - no Path in a hook
            return
        real = os.path.realpath(path)
        if not any(real.startswith(f"{a}{os.sep}") or real == a for a in self.allowed):
            self.outside[real] += 1


class Fuzz:
    """A device between lures.

    Args:
        folder: for all of it.
        seed: of the dice.
        watch: notes what happens.
    """

    def __init__(self, folder: Path, seed: int, watch: Watch) -> None:
        self.dice = random.Random(seed)
        self.device = Device(folder)
        self._watch = watch
        self.slowest = 0.0
        self.codes: Counter[str] = Counter()
        self.leaks = 0
        out = folder / "secret"
        out.write_bytes(SECRET)
        base, etc = self.device.folder, self.device.config.parent
        (base / "session-0066").symlink_to(folder)
        (folder / "trace.mcap").write_bytes(SECRET)
        (base / "session-0001" / "trace-7.mcap").symlink_to(out)
        os.mkfifo(base / "session-0001" / "trace-8.mcap")
        (etc / "out.toml").symlink_to(out)
        os.mkfifo(etc / "pipe.toml")
        (etc / "mine.toml").write_text("")
        (etc / "calibration.json").write_text("{}")
        watch.allowed = [str(base.resolve()), str(etc.resolve()), str(DATA)]
        for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8-sig"):
            codecs.lookup(codec)
        for method in METHODS:
            # What is imported only now may be opened.
            self.device.ask(method)
        for text in ('[feedback]\nprogramme = "silent"\n', CONFIG):
            self.device.ask("config_put", text=text)

    @contextmanager
    def _armed(self) -> Iterator[None]:
        self._watch.armed = True
        began = time.monotonic()
        try:
            yield
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
            self._watch.armed = False

    def give(self, data: bytes) -> list[dict[str, Any]]:
        """Sends bytes; the answers."""
        out = []
        self.device.core.receive(data)
        while True:
            with self._armed():
                sent = self.device.core.send(self.device.now)
            if not sent and not self.device.core.busy:
                break
            out.append(sent)
        stream = b"".join(out)
        self.leaks += SECRET in stream
        return self._answers(stream)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One request's result or error."""
        request = {"id": 1, "method": method, "params": params}
        (answer,) = self.give(json.dumps(request).encode() + b"\n")
        return cast(dict[str, Any], answer.get("result", answer.get("error")))

    def _answers(self, stream: bytes) -> list[dict[str, Any]]:
        answers = []
        while stream:
            line, _, stream = stream.partition(b"\n")
            if not line.strip():
                continue
            answer = json.loads(line)
            answers.append(answer)
            result = answer.get("result", {})
            self.codes[str(answer["error"]["code"]) if "error" in answer else "done"] += 1
            if result.get("encoding") == "raw":
                stream = stream[result["bytes"] :]
        return answers

    def mutated(self, data: bytes, most: int = 4) -> bytes:
        """Some bytes changed, cut, doubled, or replaced by words."""
        out, d = bytearray(data), self.dice
        for _ in range(d.randint(1, most)):
            at = d.randrange(len(out) + 1)
            end = min(len(out), at + d.randint(0, 12))
            match d.randrange(6):
                case 0 if at < len(out):
                    out[at] ^= 1 << d.randrange(8)
                case 1:
                    out[at:end] = d.choice(_WORDS)
                case 2:
                    del out[at:end]
                case 3:
                    out[at:at] = out[at:end]
                case 4:
                    out[at:at] = d.randbytes(d.randint(1, 8))
                case _:
                    value = d.choice(_WORDS)
                    colon = max(out.rfind(b":", 0, at), out.rfind(b"=", 0, at))
                    if colon >= 0:
                        out[colon + 1 : end] = d.choice([value, b'"' + value + b'"'])
        return bytes(out)
