"""Power cuts on a real ext4: every write and flush is logged, the card rebuilt as a cut leaves it.

A card that was flushed to an instant holds what was flushed, and of what came later some, some of
it torn. Each such card is mounted, the program started on it, and every promise looked for. Needs
root, loop devices, FUSE and qemu-storage-daemon; without them it says so and ends with 0.

usage: python -m tests.crash.lab [CUTS] [SEED] [careless]
With careless nothing is synced, and the lab must find that.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firmware_py.programme.state_file import StateFile
from firmware_py.replay import open_recorded
from firmware_py.session.files import read_summary
from firmware_py.session.folder import part_files
from firmware_py.store.folders import session_folders
from firmware_py.trace.mend import is_whole
from firmware_py.trace.reader import open_trace
from tests.crash.block_log import FLUSH, cut_cards, read_log
from tests.store.machine import MadeUp, shelf_on
from tests.trace.recordings import RATE_HZ, numbers

TOOLS = ("qemu-storage-daemon", "losetup", "mkfs.ext4", "e2fsck", "mount", "umount")
CARD_MB = 64
LOG_MB = 512


def missing() -> str | None:
    """Why it cannot run here; None: it can."""
    if os.getuid() != 0:
        return "it mounts file systems: needs root"
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for tool in TOOLS:
        if shutil.which(tool) is None:
            return f"{tool} is not on this machine (apt: qemu-system-common, e2fsprogs)"
    if not Path("/dev/fuse").exists() or not Path("/dev/loop-control").exists():
        return "no FUSE or no loop devices"
    return None


def sh(*words: object) -> str:
    """Runs a command; its output."""
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def logged_card(at: Path) -> Iterator[Path]:
    """An empty ext4 on a disk that logs every write to `at`/log; its mount point."""
    base, work, log, export = (at / n for n in ("base", "work", "log", "export"))
    for file, size in ((base, CARD_MB), (log, LOG_MB)):
        with file.open("wb") as f:
            f.truncate(size << 20)
    sh("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", base)
    sh("cp", "--sparse=always", base, work)
    export.touch()
    words = [
        "qemu-storage-daemon",
        *("--blockdev", f"driver=file,node-name=d,filename={work}"),
        *("--blockdev", f"driver=file,node-name=l,filename={log}"),
        *("--blockdev", "driver=blklogwrites,node-name=w,file=d,log=l,log-sector-size=512"),
        *("--export", f"type=fuse,id=e,node-name=w,mountpoint={export},writable=on"),
    ]
    with ExitStack() as stack:
        daemon = stack.enter_context(subprocess.Popen(words, stderr=subprocess.PIPE))
        stack.callback(daemon.terminate)
        for _ in range(100):
            if export.stat().st_size:
                break
            threading.Event().wait(0.1)
        else:
            raise RuntimeError("the disk that logs did not come up")
        loop = sh("losetup", "-f", "--show", export)
        stack.callback(sh, "losetup", "-d", loop)
        mounted = at / "mnt"
        mounted.mkdir()
        sh("mount", "-t", "ext4", loop, mounted)
        stack.callback(sh, "umount", mounted)
        yield mounted


@contextmanager
def found_card(at: Path, card: bytes) -> Iterator[Path]:
    """A card as it was found, mounted; afterwards its file system is checked."""
    image, mounted = at / "found", at / "found-mnt"
    image.write_bytes(card)
    mounted.mkdir(exist_ok=True)
    loop = sh("losetup", "-f", "--show", image)
    try:
        sh("mount", "-t", "ext4", loop, mounted)
        try:
            yield mounted
        finally:
            sh("umount", mounted)
    finally:
        sh("losetup", "-d", loop)
    sh("e2fsck", "-fn", image)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was on the card for good when the log had so many entries."""

    entries: int
    session: str
    what: str
    seconds: int


def broken(base: Path, promises: list[Promise]) -> list[str]:
    """Starts the program on a card; which promises were not kept."""
    shelf = shelf_on(base, MadeUp().restarted())
    told = shelf.close_unfinished()
    wrong = [t for t in told if "cannot be closed" in t]
    verified = {p.session for p in promises if p.what == "verified"}
    for p in promises:
        folder = base / p.session
        if p.what == "closed":
            read_summary(folder / "summary.json")
        if not p.what.endswith(".mcap") or p.seconds == 0:
            continue
        if p.session in verified and not (folder / p.what).exists():
            continue
        found = np.concatenate([numbers(b) for b in open_trace(folder / p.what).blocks()])
        if len(found) < p.seconds * RATE_HZ or (found != np.arange(len(found))).any():
            wrong.append(f"{p.session}/{p.what}: {len(found)} samples of {p.seconds} s promised")
    for folder in session_folders(base):
        if not (folder / "summary.json").exists():
            wrong.append(f"{folder.name}: no summary")
        if not all(is_whole(f) for f in part_files(folder)):
            wrong.append(f"{folder.name}: not whole")
        elif part_files(folder):
            samples = sum(len(b) for b in open_recorded(folder).blocks())
            said = read_summary(folder / "summary.json")["quality"]["samples"]
            if samples != said:
                wrong.append(f"{folder.name}: {samples} samples, its summary says {said}")
    state = StateFile(base).load().state
    sources = [d.source for d in state.log] if state is not None else []
    if len(set(sources)) != len(sources):
        wrong.append("a run counts twice")
    if shelf_on(base, MadeUp().restarted()).close_unfinished():
        wrong.append("a second start found something to do")
    return wrong


def main(cuts: int, seed: int, *careless: str) -> int:
    """Runs the lab; 0: every promise was kept."""
    why = missing()
    if why:
        print(f"crash lab: skipped, {why}")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-") as place:
        at = Path(place)
        with logged_card(at) as mounted:
            words = ["tests.crash.runs", mounted / "kept", at / "log", at / "promises", *careless]
            sh(sys.executable, "-m", *words)
        entries = read_log(at / "log")
        lines = (at / "promises").read_text().splitlines()
        promises = [
            Promise(int(n), session, what, int(s))
            for n, session, what, s in (line.split() for line in lines)
        ]
        flushes = sum(1 for e in entries if e.flags & FLUSH)
        print(f"{len(entries)} writes and flushes ({flushes}), {len(promises)} promises")
        wrong = 0
        promised = 0
        for k, card in cut_cards((at / "base").read_bytes(), entries, cuts, seed):
            kept = [p for p in promises if p.entries <= k]
            promised += len(kept)
            try:
                with found_card(at, card) as mounted:
                    problems = broken(mounted / "kept", kept) if kept else []
            except Exception as e:  # noqa: BLE001 - one card must not hide the others
                problems = [f"{type(e).__name__}: {e}"]
            wrong += bool(problems)
            for problem in problems:
                print(f"cut at {k}: {problem}")
    seconds = time.monotonic() - began
    print(
        f"crash lab: {cuts - wrong} of {cuts} cuts kept all of {promised} promises, {seconds:.0f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    figures = [int(w) for w in sys.argv[1:] if w.isdigit()]
    words = [w for w in sys.argv[1:] if not w.isdigit()]
    cuts, seed = [*figures, *(100, 1)[len(figures) :]]
    sys.exit(main(cuts, seed, *words))
