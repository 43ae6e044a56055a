"""The recorder: keeps everything in order, and a card that fails stops nothing else."""

import errno
import resource
import signal
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from drivers.chunk import Chunk
from dsp.block import Mount, join
from firmware_py.recorder import Recorder
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter

HEADER = TraceHeader(Mount.WAIST, 400.0, "device", acc_scale=0.001, gyr_scale=0.001)


def chunks(n: int, rng: np.random.Generator) -> Iterator[Chunk]:
    for k in range(n):
        yield Chunk(rng.integers(-9000, 9000, (4, 6)).astype(np.int16), 10.0 + 0.01 * k)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A full disk, as far as one process can have it: no file grows beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_all_chunks_and_events_are_in_the_trace_in_order(tmp_path: Path) -> None:
    given = list(chunks(500, np.random.default_rng(1)))
    recorder = Recorder(TraceWriter(tmp_path / "t.mcap", HEADER))
    for k, chunk in enumerate(given):
        recorder.chunk(chunk)
        if k % 50 == 0:
            recorder.event({"type": "status", "t": chunk.host_time, "text": f"number {k}"})
    assert recorder.close()
    assert recorder.error is None
    trace = open_trace(tmp_path / "t.mcap")
    acc = join(trace.blocks()).acc / 0.001
    np.testing.assert_array_equal(np.rint(acc), np.concatenate([c.counts[:, :3] for c in given]))
    assert [e["text"] for e in trace.events()] == [f"number {k}" for k in range(0, 500, 50)]


def test_a_full_disk_is_told_and_what_was_written_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    with files_of_at_most(60_000):
        recorder = Recorder(TraceWriter(path, HEADER))
        for chunk in chunks(4000, np.random.default_rng(2)):
            recorder.chunk(chunk)
        assert recorder.close()
    assert recorder.error is not None
    assert recorder.error.errno == errno.EFBIG
    trace = open_trace(path)
    samples = len(join(trace.blocks()))
    assert trace.damage is not None
    assert "its end is missing" in trace.damage
    # 48 bytes of noise a chunk cannot be made much smaller; all but the last second is there.
    assert samples > 4 * (60_000 / 48 - 2 * 100)


def test_nothing_waits_for_the_card_after_it_failed(tmp_path: Path) -> None:
    with files_of_at_most(2_000):
        recorder = Recorder(TraceWriter(tmp_path / "t.mcap", HEADER))
        for chunk in chunks(1000, np.random.default_rng(3)):
            recorder.chunk(chunk)
        recorder.event({"type": "status", "t": 20.0, "text": "still taken"})
        assert recorder.close(timeout=20.0)
    assert recorder.error is not None


@pytest.mark.parametrize("n", [0, 1])
def test_a_session_that_hardly_began_is_a_whole_trace(n: int, tmp_path: Path) -> None:
    recorder = Recorder(TraceWriter(tmp_path / "t.mcap", HEADER))
    for chunk in chunks(n, np.random.default_rng(4)):
        recorder.chunk(chunk)
    assert recorder.close()
    trace = open_trace(tmp_path / "t.mcap")
    assert sum(len(b) for b in trace.blocks()) == 4 * n
    assert trace.damage is None


class Mistaken(TraceWriter):
    """A writer that finds its fifth chunk contradictory, and all after it."""

    calls = 0

    def write_chunk(self, chunk: Chunk) -> None:
        """Raises ValueError, as a mistake of ours would."""
        self.calls += 1
        if self.calls >= 5:
            raise ValueError("contradictory chunk")
        super().write_chunk(chunk)


def test_a_mistake_in_writing_is_told_and_nothing_is_kept_in_memory(tmp_path: Path) -> None:
    writer = Mistaken(tmp_path / "t.mcap", HEADER)
    recorder = Recorder(writer)
    counts = []
    for chunk in chunks(200, np.random.default_rng(5)):
        counts.append(weakref.ref(chunk.counts))
        recorder.chunk(chunk)
    del chunk
    assert recorder.close()
    assert recorder.error is not None
    assert recorder.error.strerror == "ValueError: contradictory chunk"
    assert writer.calls == 5
    # The error that is told holds the fifth.
    assert all(held() is None for held in counts[5:])
    trace = open_trace(tmp_path / "t.mcap")
    assert len(join(trace.blocks())) == 16
    assert trace.damage is None


class Stuck(TraceWriter):
    """A writer whose card takes nothing until `go` is set."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, HEADER)
        self.go = threading.Event()

    def write_chunk(self, chunk: Chunk) -> None:
        """Waits, then writes."""
        self.go.wait(30.0)
        super().write_chunk(chunk)


def test_a_card_that_is_stuck_does_not_hold_up_the_end(tmp_path: Path) -> None:
    writer = Stuck(tmp_path / "t.mcap")
    recorder = Recorder(writer)
    for chunk in chunks(10, np.random.default_rng(6)):
        recorder.chunk(chunk)
    assert not recorder.close(timeout=0.2)
    assert recorder.error is not None
    assert recorder.error.errno == errno.ETIMEDOUT
    writer.go.set()
    assert recorder.close(timeout=20.0)
    assert recorder.error.errno == errno.ETIMEDOUT


def test_what_a_stream_left_behind_is_synced_by_the_event_that_tells_of_its_end(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.mcap"
    recorder = Recorder(TraceWriter(path, HEADER), idle_s=60.0)
    for chunk in chunks(150, np.random.default_rng(7)):
        recorder.chunk(chunk)
    recorder.event({"type": "status", "t": 12.5, "text": "sensor lost"})
    recorder.event({"type": "status", "t": 13.0, "text": "still lost"})
    found = threading.Event()
    for _ in range(1000):
        trace = open_trace(path)
        if [e["text"] for e in trace.events()] == ["sensor lost"]:
            break
        found.wait(0.01)
    else:
        pytest.fail("the remark is not on the card")
    assert len(join(trace.blocks())) == 4 * 150
    assert recorder.close()


def test_what_a_stream_left_behind_is_synced_soon_without_any_event(tmp_path: Path) -> None:
    path = tmp_path / "t.mcap"
    recorder = Recorder(TraceWriter(path, HEADER), idle_s=0.05)
    for chunk in chunks(30, np.random.default_rng(8)):
        recorder.chunk(chunk)
    found = threading.Event()
    for _ in range(1000):
        if sum(len(b) for b in open_trace(path).blocks()) == 4 * 30:
            break
        found.wait(0.01)
    else:
        pytest.fail("the samples are not on the card")
    assert recorder.close()


class Slow(TraceWriter):
    """A writer whose card takes the next of `times` seconds, on a made-up clock, for each sync."""

    def __init__(self, path: Path, times: list[float]) -> None:
        super().__init__(path, HEADER)
        self.t = 0.0
        self._times = iter(times)

    def now(self) -> float:
        """The made-up clock."""
        return self.t

    def sync(self) -> None:
        """Takes its time."""
        self.t += next(self._times, 0.0)
        super().sync()


def test_the_longest_stall_is_told_where_a_cut_would_have_cost_more_than_two_seconds(
    tmp_path: Path,
) -> None:
    slow = Slow(tmp_path / "t.mcap", [0.3, 0.9, 4.0, 2.0, 0.1])
    recorder = Recorder(slow, now=slow.now)
    assert recorder.new_stall() is None
    for chunk in chunks(600, np.random.default_rng(9)):
        recorder.chunk(chunk)
    assert recorder.close()
    assert recorder.stall_s == pytest.approx(4.0)
    assert recorder.new_stall() == pytest.approx(4.0)
    assert recorder.new_stall() is None


def test_a_stall_that_costs_little_is_no_news(tmp_path: Path) -> None:
    slow = Slow(tmp_path / "t.mcap", [0.9, 0.99])
    recorder = Recorder(slow, now=slow.now)
    for chunk in chunks(300, np.random.default_rng(10)):
        recorder.chunk(chunk)
    assert recorder.close()
    assert recorder.stall_s == pytest.approx(0.99)
    assert recorder.new_stall() is None


def test_a_recorder_without_a_trace_says_why_and_takes_everything() -> None:
    recorder = Recorder(None, OSError(errno.EROFS, "Read-only file system"))
    for chunk in chunks(10, np.random.default_rng(11)):
        recorder.chunk(chunk)
    recorder.event({"type": "status", "t": 20.0, "text": "taken"})
    assert recorder.close()
    assert recorder.error is not None
    assert recorder.error.errno == errno.EROFS
