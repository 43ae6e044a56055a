"""The queue between reader and consumer: in order, never in the reader's way, nothing unsaid."""

import threading

import numpy as np
import pytest

from drivers.backlog import Backlog
from drivers.chunk import Chunk
from drivers.notes import Note, SensorLost


def chunk(n: int, lost: int = 0) -> Chunk:
    return Chunk(np.zeros((n, 6), dtype=np.int16), 1.0, lost)


def test_items_come_out_in_order_and_unchanged() -> None:
    backlog = Backlog[Note](100.0)
    items: list[Chunk | Note] = [chunk(4), SensorLost(2.0, "gone"), chunk(5, 3)]
    for item in items:
        backlog.put(item)
    backlog.close()
    got = [backlog.get(), backlog.get(), backlog.get()]
    assert all(a is b for a, b in zip(got, items, strict=True))
    assert backlog.get() is None


def test_chunks_that_do_not_fit_show_as_lost_before_the_next_that_does() -> None:
    backlog = Backlog[Note](100.0, limit_s=0.1)
    for item in (chunk(6), chunk(5, lost=2), chunk(7, lost=1)):
        backlog.put(item)
    first = backlog.get(timeout=0)
    assert isinstance(first, Chunk)
    assert (len(first.counts), first.lost) == (6, 0)
    backlog.put(chunk(3, lost=4))
    second = backlog.get(timeout=0)
    assert isinstance(second, Chunk)
    assert (len(second.counts), second.lost) == (3, 4 + 5 + 2 + 7 + 1)
    assert backlog.dropped == 12
    backlog.put(chunk(1))
    third = backlog.get(timeout=0)
    assert isinstance(third, Chunk)
    assert third.lost == 0


def test_notes_always_fit() -> None:
    backlog = Backlog[Note](100.0, limit_s=0.01)
    backlog.put(chunk(1))
    backlog.put(chunk(1))
    backlog.put(SensorLost(2.0, "gone"))
    backlog.get(timeout=0)
    assert isinstance(backlog.get(timeout=0), SensorLost)


def test_nothing_there_is_a_timeout() -> None:
    with pytest.raises(TimeoutError):
        Backlog(100.0).get(timeout=0)


def test_two_threads_lose_nothing() -> None:
    backlog = Backlog[Note](1e9)
    sizes = np.random.default_rng(1).integers(1, 9, 5000).tolist()

    def feed() -> None:
        for n in sizes:
            backlog.put(chunk(n))
        backlog.close()

    thread = threading.Thread(target=feed)
    thread.start()
    got = []
    while (item := backlog.get(timeout=10.0)) is not None:
        assert isinstance(item, Chunk)
        got.append(len(item.counts))
        backlog.done()
    backlog.done()
    thread.join()
    backlog.wait_until_done()
    assert got == sizes
