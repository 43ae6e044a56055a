"""Whatever a power cut or a bad card does to the file, the rest of it is read, at its own times."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import SampleBlock, join
from dsp.errors import TraceError
from firmware_py.trace.mcap_end import MAGIC
from firmware_py.trace.reader import Trace, open_trace
from firmware_py.trace.writer import TraceWriter
from tests.thorough import every, examples
from tests.trace.recordings import (
    COUNT_HEADER,
    RATE_HZ,
    SI_HEADER,
    event_at,
    numbered_chunks,
    numbers,
    write_counts,
    write_samples,
)

SECONDS = 4


def samples_of(trace: Trace) -> SampleBlock | None:
    blocks = list(trace.blocks())
    return join(blocks) if blocks else None


class Synced:
    """A trace's bytes; after each sync: bytes of the file, samples, events so far."""

    # No dataclass: hypothesis would print every byte.
    def __init__(self, data: bytes, synced: list[tuple[int, int, int]]) -> None:
        self.data, self.synced = data, synced


class Recording:
    """An imported trace's bytes and what was imported."""

    def __init__(self, data: bytes, block: SampleBlock) -> None:
        self.data, self.block = data, block


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage")


@pytest.fixture(scope="module")
def counts(folder: Path) -> Synced:
    path = folder / "counts.mcap"
    synced = write_counts(path, SECONDS)
    return Synced(path.read_bytes(), synced)


@pytest.fixture(scope="module")
def recording(folder: Path) -> Recording:
    path = folder / "si.mcap"
    block = write_samples(path, SECONDS)
    return Recording(path.read_bytes(), block)


def test_a_file_cut_at_any_byte_holds_everything_synced_before(
    counts: Synced, folder: Path
) -> None:
    data, synced = counts.data, counts.synced
    path = folder / "cut.mcap"
    unreadable = 0
    ends = [size + k for size, _, _ in synced for k in (-1, 0, 1) if size + k < len(data)]
    for cut in sorted({*range(0, len(data), every(9)), *range(len(MAGIC) + 2), *ends}):
        path.write_bytes(data[:cut])
        safe = max((s for s in synced if s[0] <= cut), default=(0, 0, 0))
        try:
            trace = open_trace(path)
        except TraceError:
            unreadable += 1
            assert safe[1] == 0
            continue
        block = samples_of(trace)
        read = 0 if block is None else len(block)
        assert read >= safe[1]
        if block is not None:
            np.testing.assert_array_equal(numbers(block), np.arange(read))
            assert not block.lost.any()
        if read < SECONDS * RATE_HZ:
            assert trace.damage is not None
            assert "cut off" in trace.damage
        assert len(list(trace.events())) >= safe[2]
        assert trace.header == COUNT_HEADER
    # Only a cut inside the header itself, which is on the disk before the first sample.
    assert 8 <= unreadable < synced[0][0]


def test_an_uncut_file_has_no_damage(counts: Synced, folder: Path) -> None:
    path = folder / "whole.mcap"
    path.write_bytes(counts.data)
    trace = open_trace(path)
    block = samples_of(trace)
    assert block is not None
    assert len(block) == SECONDS * RATE_HZ
    assert trace.damage is None
    assert trace.fraction_read == 1.0


def check_counts(path: Path) -> int:
    """Reads a damaged copy: what is there is right and in its place. Returns samples missing."""
    trace = open_trace(path)
    assert trace.header == COUNT_HEADER
    total = int(SECONDS * RATE_HZ)
    block = samples_of(trace)
    if block is None:
        return total
    index = np.cumsum(1 + block.lost) - 1
    np.testing.assert_array_equal(numbers(block), index)
    # The chip's clock is even, so every time is known; nothing may have shifted.
    np.testing.assert_allclose(block.t, 100.0 + index / RATE_HZ, atol=1e-6)
    missing = total - len(block)
    if missing:
        assert trace.damage is not None
    if block.lost.any():
        assert f"{block.lost.sum()} samples lost" in str(trace.damage)
    list(trace.events())
    return missing


def test_a_flipped_byte_anywhere_costs_one_second_at_most(counts: Synced, folder: Path) -> None:
    data = counts.data
    path = folder / "flipped.mcap"
    worst = 0
    for at in range(len(MAGIC), len(data), 5 * every(5)):
        for bits in (0xFF, 1 << (at % 8)):
            damaged = bytearray(data)
            damaged[at] ^= bits
            path.write_bytes(damaged)
            worst = max(worst, check_counts(path))
    assert worst == RATE_HZ


@given(at=st.floats(0, 1), bits=st.integers(1, 255), cut=st.floats(0.5, 1))
@settings(max_examples=examples(50, 200))
def test_imported_samples_keep_their_times_around_damage(
    recording: Recording, folder: Path, at: float, bits: int, cut: float
) -> None:
    data, original = recording.data, recording.block
    damaged = bytearray(data[: int(cut * len(data))])
    place = min(len(damaged) - 1, len(MAGIC) + int(at * len(damaged)))
    damaged[place] ^= bits
    path = folder / "si-damaged.mcap"
    path.write_bytes(damaged)
    trace = open_trace(path)
    assert trace.header == SI_HEADER
    for block in trace.blocks():
        k = np.searchsorted(original.t, block.t)
        np.testing.assert_array_equal(original.t[k], block.t)
        np.testing.assert_array_equal(original.acc[k].astype(np.float32), block.acc)
        np.testing.assert_array_equal(np.diff(k), 1 + block.lost[1:])


@given(
    junk=st.binary(max_size=300),
    at=st.floats(0, 1),
    drop=st.integers(0, 3000),
)
@settings(max_examples=examples(50, 200))
def test_junk_in_place_of_bytes_is_skipped(
    counts: Synced,
    folder: Path,
    junk: bytes,
    at: float,
    drop: int,
) -> None:
    data = counts.data
    # Behind the header: without both of its copies there is nothing to read.
    place = int(1500 + at * (len(data) - 1500))
    path = folder / "junk.mcap"
    path.write_bytes(data[:place] + junk + data[place + drop :])
    check_counts(path)


def test_chunks_that_are_gone_without_a_trace_are_missed_by_the_summary(
    counts: Synced, folder: Path
) -> None:
    ends = [size for size, _, _ in counts.synced]
    path = folder / "gone.mcap"
    path.write_bytes(counts.data[: ends[1]] + counts.data[ends[3] :])
    trace = open_trace(path)
    block = samples_of(trace)
    assert block is not None
    assert len(block) == 2 * RATE_HZ
    assert trace.damage == "2 of 4 chunks are missing"


@given(st.binary(max_size=400))
@settings(max_examples=examples(50, 200))
def test_what_is_no_trace_is_refused_in_one_line(folder: Path, junk: bytes) -> None:
    path = folder / "junk.mcap"
    for content in (junk, MAGIC + junk):
        path.write_bytes(content)
        with pytest.raises(TraceError, match=r"^[^\n]*$"):
            open_trace(path)


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", range(1200, 3600, 200))
def test_a_full_disk_leaves_what_was_written_and_says_that_the_end_is_missing(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "trace.mcap"
    written = safe = 0
    w = TraceWriter(path, COUNT_HEADER)
    with disk_of(size):
        full = True
        with suppress(OSError):
            for chunk in numbered_chunks(SECONDS):
                w.write_chunk(chunk)
                written += len(chunk.counts)
                if written % 100 == 0:
                    w.write_event(event_at(chunk.host_time))
                    w.sync()
                    safe = written
            w.close()
            full = False
        with suppress(OSError):
            w.close()
    trace = open_trace(path)
    block = samples_of(trace)
    assert (0 if block is None else len(block)) == safe
    assert path.stat().st_size <= size
    # Where anything did not fit, it reads as a cut file; nothing else is wrong.
    assert (trace.damage is not None) == full
    assert trace.damage is None or "its end is missing" in trace.damage
