"""What a writer refuses, what it never overwrites, and what is readable while it is open."""

import math
from pathlib import Path

import numpy as np
import pytest

from drivers.chunk import Chunk
from dsp.block import join
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter, replace_trace
from tests.trace.recordings import (
    COUNT_HEADER,
    RATE_HZ,
    SI_HEADER,
    event_at,
    numbered_chunks,
    numbered_samples,
    write_counts,
)


def test_what_was_synced_is_readable_while_the_writer_is_still_open(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    w = TraceWriter(path, COUNT_HEADER)
    for chunk in numbered_chunks(2):
        w.write_chunk(chunk)
    w.write_event(event_at(1.0))
    w.sync()
    trace = open_trace(path)
    assert len(join(trace.blocks())) == 2 * RATE_HZ
    assert list(trace.events()) == [event_at(1.0)]
    w.close()
    w.close()
    assert open_trace(path).damage is None


def test_a_trace_takes_either_counts_or_samples(tmp_path: Path) -> None:
    with (
        TraceWriter(tmp_path / "a.mcap", COUNT_HEADER) as w,
        pytest.raises(ValueError, match="takes chunks"),
    ):
        w.write_samples(numbered_samples(1))
    with (
        TraceWriter(tmp_path / "b.mcap", SI_HEADER) as w,
        pytest.raises(ValueError, match="takes SI samples"),
    ):
        w.write_chunk(next(numbered_chunks(1)))


@pytest.mark.parametrize(
    "chunk",
    [
        Chunk(np.zeros((2, 6), dtype=np.int16), 1.0, lost=-1),
        Chunk(np.zeros((2, 6), dtype=np.int16), math.nan),
        Chunk(np.full((2, 6), 40_000), 1.0),
    ],
    ids=["lost", "time", "counts"],
)
def test_a_chunk_that_cannot_be_kept_exactly_is_refused(tmp_path: Path, chunk: Chunk) -> None:
    with (
        TraceWriter(tmp_path / "a.mcap", COUNT_HEADER) as w,
        pytest.raises(ValueError, match="no chunk"),
    ):
        w.write_chunk(chunk)


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    write_counts(path, 1)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        TraceWriter(path, COUNT_HEADER)
    assert path.read_bytes() == before


def interrupted_import(path: Path) -> None:
    with replace_trace(path, SI_HEADER) as w:
        w.write_samples(numbered_samples(1))
        w.sync()
        raise KeyboardInterrupt


def test_a_replaced_trace_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    with replace_trace(path, SI_HEADER) as w:
        w.write_samples(numbered_samples(2))
        assert not path.exists()
    assert len(join(open_trace(path).blocks())) == 2 * RATE_HZ
    with pytest.raises(KeyboardInterrupt):
        interrupted_import(path)
    assert [p.name for p in tmp_path.iterdir()] == ["trace.mcap"]
    assert len(join(open_trace(path).blocks())) == 2 * RATE_HZ
