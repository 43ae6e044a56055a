"""The link over a pseudo terminal: hang-ups, stalls, garbage; nothing blocks, nothing is lost."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware_py.link.client import Notice, Reply
from firmware_py.link.download import Download
from firmware_py.link.log_ring import LogRing
from firmware_py.link.serial_link import SerialLink
from firmware_py.link.settings import LinkSettings
from tests.link.device import TRACE, Desk, Device
from tests.link.terminal import PATIENCE_S, Cable, Laptop

ONE = {"session": "session-0001", "file": "trace.mcap"}


class Running:
    """A device whose link runs, and its cable."""

    def __init__(self, folder: Path, stall_s: float, desk: Desk | None = None) -> None:
        self.device = d = Device(folder)
        self.desk = desk or Desk()
        self.port = folder / "ttyGS0"
        self.cable = Cable(self.port)
        self.link = SerialLink(
            LinkSettings(port=str(self.port), stall_s=stall_s),
            d.shelf,
            d.wall,
            self.desk,
            d.config,
            d.folder,
            LogRing(),
            retry_s=0.01,
        )


@contextmanager
def running(folder: Path, stall_s: float = 30.0, desk: Desk | None = None) -> Iterator[Running]:
    r = Running(folder, stall_s, desk)
    r.link.start()
    try:
        yield r
    finally:
        assert r.link.close(), "the link's thread hangs"


@contextmanager
def plugged(r: Running) -> Iterator[Laptop]:
    laptop = r.cable.plug()
    try:
        yield laptop
    finally:
        r.cable.pull(laptop)


class Told(logging.Handler):
    """Waits for a line of the log.

    Args:
        text: what it contains.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._seen = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self._text in record.getMessage():
            self._seen.set()

    def wait(self) -> None:
        assert self._seen.wait(PATIENCE_S), f"the device has not told: {self._text}"


@contextmanager
def told(text: str) -> Iterator[Told]:
    logger, handler = logging.getLogger("firmware_py.link.port"), Told(text)
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def download(laptop: Laptop, got: bytearray, most: int | None = None) -> Download:
    """Until it is done, or `most` bytes more are there."""
    d = Download(
        laptop.client, ONE["session"], ONE["file"], got.extend, offset=len(got), block=16_384
    )
    enough = len(TRACE) if most is None else len(got) + most
    laptop.write(d.ask())
    while not d.done and len(got) < enough:
        for one in laptop.arrivals():
            assert isinstance(one, Reply)
            laptop.write(d.take(one))
    return d


def test_a_laptop_downloads_a_file(tmp_path: Path) -> None:
    with running(tmp_path) as r, plugged(r) as laptop:
        assert laptop.resync().checked()["device"] == "gc-0001"
        got = bytearray()
        hexdigest = download(laptop, got).sha256.hexdigest()
        assert got == TRACE
        said = laptop.ask("verified", **ONE, sha256=hexdigest).checked()
        assert said["token"]


def test_the_port_may_come_later_and_its_absence_is_told_once(tmp_path: Path) -> None:
    with told("cannot be opened") as missing, running(tmp_path) as r:
        missing.wait()
        before = r.link.beat
        with plugged(r) as laptop:
            laptop.resync()
            assert r.link.beat > before


def test_what_is_no_terminal_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "ttyGS0").write_bytes(b"precious")
    with told("cannot be opened") as refused, running(tmp_path):
        refused.wait()
    assert (tmp_path / "ttyGS0").read_bytes() == b"precious"


def test_a_cable_that_is_pulled_in_mid_block_costs_nothing_but_time(tmp_path: Path) -> None:
    dice = random.Random(3)
    got = bytearray()
    with running(tmp_path) as r:
        pulls = 0
        while len(got) < len(TRACE):
            with plugged(r) as laptop:
                laptop.resync()
                d = download(laptop, got, dice.randrange(30_000))
                if not d.done:
                    # More is under way, some of it half written.
                    laptop.read()
            pulls += 1
        assert got == TRACE
        assert r.link.opened == pulls >= 10


def test_half_a_line_of_one_laptop_does_not_spoil_the_next_ones_first(tmp_path: Path) -> None:
    with running(tmp_path) as r:
        with plugged(r) as laptop:
            laptop.resync()
            laptop.write(b'{"method":"hel')
        with plugged(r) as laptop:
            laptop.write(b'{"id":1,"method":"hello"}\n')
            answer = b""
            while not answer.endswith(b"}\n"):
                answer += laptop.read()
            assert answer.strip().startswith(b'{"jsonrpc":"2.0","id":1,"result"')


def test_megabytes_without_a_line_are_taken_and_forgotten(tmp_path: Path) -> None:
    with running(tmp_path) as r, plugged(r) as laptop:
        laptop.resync()
        laptop.write(b"x" * 3_000_000 + b"\n")
        (refused,) = laptop.arrivals()
        assert isinstance(refused, Reply)
        assert refused.error is not None
        assert laptop.ask("hello").checked()["device"] == "gc-0001"


def test_a_laptop_that_does_not_read_is_given_up_and_may_come_again(tmp_path: Path) -> None:
    with told("has not read for") as stalled, running(tmp_path, stall_s=0.5) as r:
        with plugged(r) as laptop:
            laptop.resync()
            lines = [laptop.client.request("read", **ONE, encoding="raw")[1] for _ in range(50)]
            laptop.write(b"".join(lines))
            stalled.wait()
            assert time.monotonic() - r.link.beat < PATIENCE_S / 2
            hello = laptop.resync()
            assert hello.checked()["device"] == "gc-0001"
            got = bytearray()
            download(laptop, got)
            assert got == TRACE
        assert r.link.stalls >= 1


def test_live_events_never_wait_for_the_laptop(tmp_path: Path) -> None:
    count = 20_000
    with running(tmp_path, stall_s=0.5) as r, plugged(r) as laptop:
        laptop.resync()
        laptop.ask("live")
        with told("has not read for") as stalled:
            for n in range(count):
                r.desk.happen({"type": "gap", "t": float(n), "why": "x" * 100})
            stalled.wait()
        laptop.resync()
        assert laptop.ask("live").checked()["dropped"] > count / 2


def test_every_event_arrives_or_is_counted(tmp_path: Path) -> None:
    with running(tmp_path) as r, plugged(r) as laptop:
        laptop.resync()
        laptop.ask("live")
        for n in range(5000):
            r.desk.happen({"t": n})
        r.desk.happen({"last": True})
        events = dropped = 0
        while True:
            for one in laptop.arrivals():
                assert isinstance(one, Notice)
                events += one.method == "event"
                dropped += one.params["count"] if one.method == "dropped" else 0
                last = one.params.get("last", False)
            if last:
                break
        assert events + dropped == 5001


def test_it_ends_at_once_although_nobody_reads(tmp_path: Path) -> None:
    r = Running(tmp_path, 60.0)
    r.link.start()
    with plugged(r) as laptop:
        laptop.resync()
        laptop.write(laptop.client.request("read", **ONE, encoding="raw")[1] * 20)
        laptop.read()
        began = time.monotonic()
        assert r.link.close()
        assert time.monotonic() - began < PATIENCE_S / 2


def test_a_link_that_was_never_started_can_be_closed(tmp_path: Path) -> None:
    assert Running(tmp_path, 1.0).link.close()


class Clumsy(Desk):
    """A desk that fails where nothing should."""

    def live(self, take: Callable[[dict[str, Any]], object]) -> Callable[[], None]:
        def end() -> None:
            raise RuntimeError("clumsy")

        return end


def test_a_mistake_of_ours_costs_no_more_than_a_pulled_cable(tmp_path: Path) -> None:
    with running(tmp_path, desk=Clumsy()) as r:
        for _ in range(2):
            with plugged(r) as laptop:
                laptop.resync()
                laptop.ask("live")
        with plugged(r) as laptop:
            assert laptop.resync().checked()["device"] == "gc-0001"


@pytest.mark.parametrize("what", ["start", "silence"])
def test_controls_reach_the_device(tmp_path: Path, what: str) -> None:
    with running(tmp_path) as r, plugged(r) as laptop:
        laptop.resync()
        assert laptop.ask(what).checked() == {"asked": what}
        assert r.desk.asked == [what]
