"""Writes sessions to a card, and notes every promise when it has been made.

usage: python -m tests.crash.runs FOLDER LOG PROMISES [careless]
A promise is a line: entries of the log so far, session, trace or "closed", seconds. A careless one
syncs nothing and promises all the same: what the lab must find.
"""

import sys
from pathlib import Path

from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import start
from firmware_py.disk import Disk, RawFile
from firmware_py.programme.due import Due
from firmware_py.programme.state_file import StateFile
from firmware_py.store.ledger import sha256_of
from tests.crash.block_log import entries_so_far
from tests.store.machine import HEADER, MadeUp, record, shelf_on, summed

SESSIONS = 12
SECONDS = 6


class Promises:
    """The file of the promises."""

    def __init__(self, log: Path, file: Path) -> None:
        self._log = log
        self._file = file.open("w")

    def made(self, session: str, what: str, seconds: int) -> None:
        """Notes what is on the card for good now."""
        self._file.write(f"{entries_so_far(self._log)} {session} {what} {seconds}\n")
        self._file.flush()


class PromisingFile(RawFile):
    """Every sync after the header's promises one second more."""

    def __init__(self, path: Path, promises: Promises, *, careless: bool) -> None:
        super().__init__(path, new=True)
        self._promises = promises
        self._careless = careless
        self._syncs = 0

    def sync(self) -> None:
        if not self._careless:
            super().sync()
        seconds = min(self._syncs, SECONDS)
        self._syncs += 1
        self._promises.made(self.path.parent.name, self.path.name, seconds)


class PromisingDisk(Disk):
    """Makes such files."""

    def __init__(self, promises: Promises, *, careless: bool) -> None:
        self._promises = promises
        self._careless = careless

    def create(self, path: Path) -> RawFile:
        return PromisingFile(path, self._promises, careless=self._careless)

    def sync(self, path: Path) -> None:
        if not self._careless:
            super().sync(path)


def write(base: Path, promises: Promises, *, careless: bool = False) -> None:
    """Sessions that end, sessions that crash and go on, and one that makes room."""
    disk = PromisingDisk(promises, careless=careless)
    standard = built_in("cadence-standard")
    file = StateFile(base)
    file.save(start(standard))
    machine = MadeUp()
    shelf = shelf_on(base, machine, disk)
    plan = plan_next(standard, start(standard))
    for number in range(SESSIONS):
        session = shelf.begin(HEADER, "button", Due(plan, file))
        folder = session.folder
        assert folder is not None
        record(session.recorder, SECONDS, machine.t)
        if number % 3 == 2:
            session.abandon()
            machine.t += SECONDS + 5
            unfinished = shelf.unfinished()
            assert unfinished is not None
            session = shelf.resume(unfinished, HEADER)
            record(session.recorder, SECONDS, machine.t)
        session.recorder.close()
        closed = session.close(summed(folder), "button")
        assert closed.problems == ()
        promises.made(session.id, "closed", 0)
        machine.t += 100.0
        if number == SESSIONS // 2:
            trace = folder / "trace.mcap"
            shelf.verified(session.id, trace.name, sha256_of(trace))
            promises.made(session.id, "verified", 0)
            machine.free = 0
            assert len(shelf.make_room().dropped) == 1
            machine.free = 10**10


if __name__ == "__main__":
    place, log, noted = (Path(word) for word in sys.argv[1:4])
    write(place, Promises(log, noted), careless="careless" in sys.argv[4:])
