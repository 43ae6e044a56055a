"""Garbage for the serial link: `python -m tests.bench.link_fuzz [--part N] [--seed N]`.

1,000,000 random and mutated bytes of requests, 10,000 mutated configurations, and 10,000 mutated
sessions (trace, summary and records), all through the device's end of the link on a real shelf.
Told is every answer that says "a mistake of ours", everything logged as an error, the longest
step, and every file that was opened elsewhere than on the shelf and beside the configuration; the
folders have symbolic links, pipes and names that would lead there.
"""

import argparse
import json
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError
from firmware_py.config import load_config
from firmware_py.link.methods import METHODS
from firmware_py.link.protocol import Code
from firmware_py.trace.reader import open_trace
from tests.link.fuzz import CONFIG, Fuzz, Watch
from tests.trace.recordings import write_counts, write_samples

BYTES: Final = 1_000_000
CONFIGURATIONS: Final = 10_000
SESSIONS: Final = 10_000
TOO_LONG_S: Final = 5.0


def fuzz_bytes(fuzz: Fuzz, count: int) -> None:
    """Requests, whole, mutated and not at all."""
    d, given = fuzz.dice, 0
    values: dict[str, Sequence[Any]] = {
        "session": ["session-0001", "session-0002", "session-0066", "session-1", "../x"],
        "file": ["trace.mcap", "summary.json", "trace-7.mcap", "trace-8.mcap", "session.json"],
        "offset": [0, 100, 255_999, 256_000, 2**53], "length": [1, 65_536, 262_144],
        "encoding": ["raw", "base64"], "sha256": ["0" * 64], "token": ["00000001", "00000002"],
        "text": [CONFIG, "", "[feedback]\nprogramme = 'out.toml'", "[cues]\nlevel = 9"],
        "state": [{}, {"schema": "gaitcoach.programme-state/1"}], "unix_s": [1.8e9, 0],
    }  # fmt: skip
    while given < count:
        name = d.choice(list(METHODS))
        keys = [k for k in METHODS[name].usage() if d.random() < 0.9]
        params = {k: d.choice(values.get(k, [True, 1, None, "x", 3.5])) for k in keys}
        record = {"jsonrpc": "2.0", "id": d.choice([1, "a", None]), "method": name}
        line = json.dumps(record | {"params": params}).encode()
        kind = d.random()
        if kind < 0.45:
            line = fuzz.mutated(line)
        elif kind < 0.6:
            line = d.randbytes(d.randint(1, 400))
        given += len(line) + 1
        cut = d.randrange(len(line) + 1)
        fuzz.give(line[:cut])
        fuzz.give(line[cut:] + d.choice([b"\n", b"\r", b"\r\n", b""]))
        if d.random() < 0.02:
            d.choice([fuzz.device.core.abandon, fuzz.device.core.reset])()
        if d.random() < 0.02:
            said = fuzz.give(b'\n{"id":"here","method":"hello"}\n')[-1]
            if said.get("id") != "here" or "result" not in said:
                raise AssertionError(f"hello was not answered but {said}")


def fuzz_configurations(fuzz: Fuzz, count: int) -> None:
    """Whole files: taken if they are right, else nothing changes."""
    path = fuzz.device.config
    for _ in range(count):
        text = fuzz.mutated(CONFIG.encode(), 2).decode("utf-8", "surrogateescape")
        before = path.read_bytes()
        said = fuzz.ask("config_put", text=text)
        if "code" in said:
            if path.read_bytes() != before:
                raise AssertionError(f"refused, but there: {text!r}")
        else:
            load_config(path)
            if path.read_bytes() != text.encode():
                raise AssertionError(f"taken, but not there: {text!r}")


def fuzz_sessions(fuzz: Fuzz, count: int) -> None:
    """Traces, summaries and records that a bad card has spoiled, and the trace's own reader."""
    d, device = fuzz.dice, fuzz.device
    folder = device.folder / "session-0002"
    good = [folder / "a.tmp", folder / "b.tmp"]
    write_counts(good[0], 3)
    write_samples(good[1], 3)
    traces = [p.read_bytes() for p in good]
    for p in good:
        p.unlink()
    summary = (folder / "summary.json").read_bytes()
    record = {"schema": "gaitcoach.session/1", "boot_id": "one", "began_monotonic": 3.0}
    kept = json.dumps(record | {"wall": 1.8e9, "wall_trusted": True, "state": "open"}).encode()
    for n in range(count):
        trace = folder / "trace.mcap"
        trace.write_bytes(fuzz.mutated(d.choice(traces), 8))
        for name, data in (("summary.json", summary), ("session.json", kept)):
            (folder / name).unlink(missing_ok=True)
            if d.random() < 0.8:
                (folder / name).write_bytes(fuzz.mutated(data))
        fuzz.ask("list")
        fuzz.ask("summary", session="session-0002")
        fuzz.ask("read", session="session-0002", file="trace.mcap", encoding="raw", length=999)
        fuzz.ask("sha256", session="session-0002", file="trace.mcap")
        try:
            opened = open_trace(trace)
            for _block in opened.blocks():
                pass
            for _event in opened.events():
                pass
        except GaitCoachError:
            fuzz.codes["trace refused"] += 1
        if n % 20 == 0:
            # As after a power cut.
            device.shelf.close_unfinished()
            # What nobody can read was set aside.
            for aside in device.folder.glob("session-*.unreadable*"):
                shutil.rmtree(aside)
            folder.mkdir(exist_ok=True)
            for left in folder.iterdir():
                left.unlink()


PARTS: Final[dict[str, tuple[Callable[[Fuzz, int], None], int]]] = {
    "bytes": (fuzz_bytes, BYTES),
    "configurations": (fuzz_configurations, CONFIGURATIONS),
    "sessions": (fuzz_sessions, SESSIONS),
}


def main() -> int:
    """Prints what was found; 1 if anything was."""
    parser = argparse.ArgumentParser(description="Garbage for the serial link.")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual amount")
    args = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())
    watch, bad = Watch(), False
    for part in args.part or PARTS:
        act, count = PARTS[part]
        count = round(count * args.share)
        with tempfile.TemporaryDirectory() as folder:
            fuzz = Fuzz(Path(folder).resolve(), args.seed, watch)
            began = time.monotonic()
            act(fuzz, count)
            took = time.monotonic() - began
        ours = fuzz.codes[str(int(Code.INTERNAL))]
        bad |= bool(ours or fuzz.leaks or watch.outside or watch.errors)
        bad |= fuzz.slowest > TOO_LONG_S
        print(
            f"{count} {part} in {took:.0f} s: {ours} mistakes of ours, {fuzz.leaks} leaks, "
            f"{watch.outside.total()} files opened elsewhere, {watch.errors.total()} errors "
            f"logged, slowest step {1e3 * fuzz.slowest:.0f} ms"
        )
        print(f"  answers: {dict(fuzz.codes.most_common())}")
        for found in (watch.outside, watch.errors):
            for what, times in found.most_common(10):
                print(f"  {times}: {what}")
            found.clear()
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
