"""What is written is read back: counts and times to the last bit, events, header."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from drivers.chunk import Chunk
from drivers.decode import gather
from dsp.block import SampleBlock, join, plain_block
from firmware_py.trace.decoding import make_decoder
from firmware_py.trace.packing import pack_counts, pack_samples, unpack_counts, unpack_samples
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter
from tests.trace.recordings import (
    ACC_SCALE,
    COUNT_HEADER,
    RATE_HZ,
    SI_HEADER,
    event_at,
    numbered_chunks,
    numbered_samples,
    numbers,
    step_at,
    write_counts,
    write_samples,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def chunk_lists(draw: st.DrawFn) -> list[Chunk]:
    axes = draw(st.sampled_from([3, 6, 9]))
    whole_ns = draw(st.booleans())
    times = st.integers(0, 10**15).map(lambda ns: ns / 1e9) if whole_ns else finite
    return [
        Chunk(
            draw(hnp.arrays(np.int16, (draw(st.integers(0, 6)), axes))),
            draw(times),
            draw(st.integers(0, 2**40)),
        )
        for _ in range(draw(st.integers(1, 8)))
    ]


@given(chunk_lists(), st.integers(0, 2**50))
def test_chunks_come_back_bit_for_bit(chunks: list[Chunk], first: int) -> None:
    index, batch = unpack_counts(pack_counts(first, gather(chunks)))
    assert index == first
    assert batch.n.tolist() == [len(c.counts) for c in chunks]
    assert batch.lost.tolist() == [c.lost for c in chunks]
    np.testing.assert_array_equal(batch.host_time, [c.host_time for c in chunks])
    np.testing.assert_array_equal(batch.counts, np.concatenate([c.counts for c in chunks]))


@given(st.data())
def test_samples_come_back_bit_for_bit(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 20))
    single = st.floats(width=32)
    t = np.cumsum(data.draw(hnp.arrays(np.float64, n, elements=st.floats(1e-9, 1e6))))
    acc = data.draw(hnp.arrays(np.float64, (n, 3), elements=single))
    gyr = data.draw(st.none() | hnp.arrays(np.float64, (n, 3), elements=single))
    block = replace(
        plain_block(t, acc, gyr),
        lost=data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, 2**60))),
    )
    index, raw = unpack_samples(pack_samples(7, block))
    assert index == 7
    np.testing.assert_array_equal(raw.t, t)
    np.testing.assert_array_equal(raw.lost, block.lost)
    np.testing.assert_array_equal(raw.values[:, :3], acc)
    np.testing.assert_array_equal(
        raw.values[:, 3:], np.full((n, 3), np.nan) if gyr is None else gyr
    )


def test_a_whole_trace_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    write_counts(path, 5)
    trace = open_trace(path)
    block = join(trace.blocks())
    assert trace.header == COUNT_HEADER
    np.testing.assert_array_equal(numbers(block), np.arange(5 * RATE_HZ))
    np.testing.assert_allclose(block.t, 100.0 + np.arange(5 * RATE_HZ) / RATE_HZ, atol=1e-9)
    assert list(trace.events()) == [event_at(100.49 + 0.5 * k) for k in range(10)]
    assert trace.duration_s == pytest.approx(5.0, abs=0.1)
    assert trace.damage is None


def test_a_trace_with_a_coarse_accelerometer_decodes_as_it_did_live(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    header = replace(
        COUNT_HEADER, acc_limit=30_000.0, high_g_scale=20.0, high_g_limit=400_000.0, rate_hz=100.0
    )
    rng = np.random.default_rng(4)
    fine = rng.integers(-50, 50, (2000, 3))
    fine[rng.random(2000) < 0.05] = 65_000
    fine[1234] = 800_001
    counts = np.hstack(
        [
            np.clip(fine, -32768, 32767),
            rng.integers(-9, 9, (2000, 3)),
            np.rint(fine * ACC_SCALE / 20.0) + 1,
        ]
    )
    live = make_decoder(header)
    seen = []
    with TraceWriter(path, header) as w:
        for a in range(0, 2000, 8):
            chunk = Chunk(counts[a : a + 8].astype(np.int16), 100.0 + (a + 7) / 100)
            w.write_chunk(chunk)
            seen.append(live.push(gather([chunk])))
            if a % 400 == 0:
                w.sync()
    trace = open_trace(path)
    block = join(trace.blocks())
    assert trace.header == header
    assert trace.damage is None
    assert_same(block, join(seen))
    assert np.flatnonzero(block.acc_clipped[200:]).tolist() == [1234 - 200]
    assert block.acc[200:].max() > 30_000.0


@pytest.mark.parametrize("block_s", [0.01, 0.07, 1.0, 3.3, math.inf])
def test_the_length_of_blocks_changes_nothing_else(tmp_path: Path, block_s: float) -> None:
    write_counts(tmp_path / "counts.mcap", 8)
    write_samples(tmp_path / "si.mcap", 8)
    for name in ("counts.mcap", "si.mcap"):
        trace = open_trace(tmp_path / name)
        blocks = list(trace.blocks(block_s))
        assert all(0 < len(b) <= max(1, block_s * RATE_HZ) for b in blocks)
        assert_same(join(blocks), join(trace.blocks()))


def test_how_chunks_are_synced_changes_no_sample(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for name, every in (("often.mcap", 1), ("never.mcap", 10**9)):
        with TraceWriter(tmp_path / name, COUNT_HEADER) as w:
            for k, chunk in enumerate(numbered_chunks(90)):
                late = rng.exponential(0.002)
                w.write_chunk(replace(chunk, host_time=chunk.host_time + late))
                if k % every == 0:
                    w.sync()
        rng = np.random.default_rng(2)
    a, b = (join(open_trace(tmp_path / n).blocks()) for n in ("often.mcap", "never.mcap"))
    assert_same(a, b)


def assert_same(a: SampleBlock, b: SampleBlock) -> None:
    np.testing.assert_array_equal(a.t, b.t)
    np.testing.assert_array_equal(a.acc, b.acc)
    assert a.gyr is not None
    assert b.gyr is not None
    np.testing.assert_array_equal(a.gyr, b.gyr)
    np.testing.assert_array_equal(a.lost, b.lost)
    np.testing.assert_array_equal(a.acc_clipped, b.acc_clipped)
    np.testing.assert_array_equal(a.gyr_clipped, b.gyr_clipped)


def test_imported_samples_keep_their_own_times_and_missing_columns(tmp_path: Path) -> None:
    path = tmp_path / "si.mcap"
    block = numbered_samples(30)
    with TraceWriter(path, SI_HEADER) as w:
        w.write_samples(block)
    read = join(open_trace(path).blocks())
    np.testing.assert_array_equal(read.t, block.t)
    np.testing.assert_array_equal(read.acc, block.acc.astype(np.float32))
    assert np.isnan(read.acc[:, 1]).all()
    assert read.gyr is not None
    assert np.isnan(read.gyr[:, [0, 2]]).all()
    assert not np.isnan(read.gyr[:, 1]).any()


def test_a_recording_without_gyro_has_none(tmp_path: Path) -> None:
    path = tmp_path / "si.mcap"
    with TraceWriter(path, replace(SI_HEADER, gyr_axes="")) as w:
        w.write_samples(replace(numbered_samples(1), gyr=None))
    assert join(open_trace(path).blocks()).gyr is None


def test_lost_samples_of_a_recording_come_back_where_they_were(tmp_path: Path) -> None:
    path = tmp_path / "si.mcap"
    lost = np.zeros(3000, dtype=np.int64)
    lost[[0, 7, 1024, 2047]] = 3, 4, 5, 6
    with TraceWriter(path, SI_HEADER) as w:
        w.write_samples(replace(numbered_samples(30), lost=lost))
    trace = open_trace(path)
    np.testing.assert_array_equal(join(trace.blocks()).lost, lost)
    assert trace.damage is None


def test_samples_at_the_limit_are_clipped_although_float32_rounds_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "si.mcap"
    limit = 16.03 * 9.80665
    assert float(np.float32(limit)) < limit
    acc = np.array([[0, 0, limit], [0, -limit, 0], [0, 0, limit * 0.999], [np.nan, 0, 0]])
    header = replace(SI_HEADER, acc_axes="xyz", gyr_axes="", acc_limit=limit)
    with TraceWriter(path, header) as w:
        w.write_samples(plain_block(np.arange(4.0), acc))
    block = join(open_trace(path).blocks())
    assert block.acc_clipped.tolist() == [True, True, False, False]
    assert not block.gyr_clipped.any()


def test_events_of_any_type_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    events: list[dict[str, Any]] = [
        event_at(1.5),
        step_at(2.5),
        {"type": "cue", "t": 3.0, "because": "ärger", "strike_t": None},
        {"type": "status", "t": -1.0, "free_bytes": 10**12, "list": [1.5, None], "in": {"x": True}},
        {"type": "cue", "t": 4.0, "because": "", "strike_t": 3.9},
    ]
    with TraceWriter(path, COUNT_HEADER) as w:
        for event in events:
            w.write_event(event)
    assert list(open_trace(path).events()) == events


def test_numbers_of_numpy_and_those_not_finite_are_stored_as_json_can(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    with TraceWriter(path, COUNT_HEADER) as w:
        w.write_event(
            {"type": "x", "t": np.float64(1), "n": np.int64(3), "bad": math.nan, "v": np.ones(2)}
        )
    assert list(open_trace(path).events()) == [
        {"type": "x", "t": 1.0, "n": 3, "bad": None, "v": [1.0, 1.0]}
    ]
