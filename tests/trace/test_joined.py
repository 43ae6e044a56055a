"""Parts of a session joined: what lies between them is lost, and how blocks are cut is nothing."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import Mount, SampleBlock, join, plain_block
from dsp.errors import TraceError
from firmware_py.trace.joined import JoinedTrace, Seam, join_parts
from firmware_py.trace.writer import TraceWriter
from tests.trace.recordings import COUNT_HEADER, RATE_HZ, numbered_chunks, numbers


def part(path: Path, begin: float, seconds: int = 2) -> Path:
    path.parent.mkdir(exist_ok=True)
    with TraceWriter(path, COUNT_HEADER) as w:
        for chunk in numbered_chunks(seconds):
            w.write_chunk(replace(chunk, host_time=chunk.host_time - 100.0 + begin))
    return path


def block_from(t: float, n: int = 40) -> SampleBlock:
    block = plain_block(t + np.arange(n) / RATE_HZ, np.zeros((n, 3)), np.zeros((n, 3)))
    block.lost[3] = 2
    return block


@settings(max_examples=40)
@given(
    away=st.floats(-0.2, 5.0),
    cuts=st.lists(st.integers(0, 40), max_size=4).map(sorted),
)
def test_what_a_seam_counts_as_lost_does_not_depend_on_how_blocks_are_cut(
    away: float, cuts: list[int]
) -> None:
    block = block_from(10.0 + away)
    whole = Seam(10.0, RATE_HZ).join(block)
    seam = Seam(10.0, RATE_HZ)
    edges = [0, *cuts, len(block)]
    pieces = [seam.join(block[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(join(pieces).t, whole.t)
    np.testing.assert_array_equal(join(pieces).lost, whole.lost)
    assert whole.t[0] > 10.0
    assert whole.lost[0] >= 1
    # Counted by the time that passed, but for half a sample.
    passed = (float(whole.t[0]) - 10.0) * RATE_HZ - 1.0
    left_out = len(block) - len(whole)
    assert abs(int(whole.lost[0]) - max(passed, 1.0, left_out)) <= 3.0


def test_parts_are_one_recording_on_one_time_base(tmp_path: Path) -> None:
    files = [part(tmp_path / "s" / "trace.mcap", 100.0), part(tmp_path / "s" / "b.mcap", 107.0)]
    trace = join_parts(tmp_path / "s", files)
    assert isinstance(trace, JoinedTrace)
    for block_s in (0.13, 4.0):
        block = join(trace.blocks(block_s))
        assert numbers(block).tolist() == [*range(200), *range(200)]
        holes = np.flatnonzero(block.lost)
        assert holes.tolist() == [200]
        assert block.lost[200] == pytest.approx(500, abs=2)
        assert (np.diff(block.t) > 0).all()
    assert trace.duration_s == pytest.approx(9.0, abs=0.1)
    assert trace.fraction_read == 1.0
    assert trace.damage is None


def test_what_does_not_go_on_where_the_other_ended_is_left_out_and_told(tmp_path: Path) -> None:
    first = part(tmp_path / "s" / "trace.mcap", 100.0)
    earlier = part(tmp_path / "s" / "earlier.mcap", 50.0)
    other = tmp_path / "s" / "other.mcap"
    TraceWriter(other, replace(COUNT_HEADER, mount=Mount.SHOE)).close()
    empty = tmp_path / "s" / "empty.mcap"
    empty.touch()
    trace = join_parts(tmp_path / "s", [first, earlier, other, empty])
    assert len(join(trace.blocks())) == 200
    assert trace.damage == (
        "earlier.mcap is left out: it does not follow; replay it alone; "
        "other.mcap is left out: it is of another sensor; replay it alone; "
        "empty.mcap is left out: it cannot be read"
    )
    with pytest.raises(TraceError, match="no trace"):
        join_parts(tmp_path / "s", [empty])
