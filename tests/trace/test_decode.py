"""Counts become samples: scales, limits, lost counts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.chunk import Chunk
from drivers.decode import ChunkDecoder, gather
from dsp.block import join
from tests.trace.recordings import numbered_counts


def decoder(acc_limit: float | None = None, gyr_limit: float | None = None) -> ChunkDecoder:
    return ChunkDecoder(100.0, 0.5, 0.25, acc_limit, gyr_limit)


def test_counts_are_scaled() -> None:
    counts = numbered_counts(0, 10)
    block = decoder().push(gather([Chunk(counts, 5.0)]))
    np.testing.assert_array_equal(block.acc, counts[:, :3] * 0.5)
    assert block.gyr is not None
    np.testing.assert_array_equal(block.gyr, counts[:, 3:] * 0.25)
    np.testing.assert_allclose(block.t, 5.0 - np.arange(9, -1, -1) / 100)
    # The same layout live and in bulk: BLAS rounds by layout, and replay must give the same bits.
    assert block.acc.flags.c_contiguous
    assert block.gyr.flags.c_contiguous


def test_a_chip_without_gyro_gives_none() -> None:
    chunk = Chunk(numbered_counts(0, 4)[:, :3], 5.0)
    block = ChunkDecoder(100.0, 0.5).push(gather([chunk]))
    assert block.gyr is None
    assert not block.gyr_clipped.any()


@pytest.mark.parametrize(
    ("value", "limit", "clipped"),
    [
        (32759, None, False),
        (32760, None, True),
        (-32760, None, True),
        (-32768, None, True),
        (200, 100.0, True),
        (-200, 100.0, True),
        (199, 100.0, False),
        (32760, 1e9, True),
    ],
)
def test_samples_at_the_end_of_the_range_or_the_limit_are_clipped(
    value: int, limit: float | None, clipped: bool
) -> None:
    counts = np.zeros((3, 6), dtype=np.int16)
    counts[1, 2] = value
    block = decoder(acc_limit=limit).push(gather([Chunk(counts, 1.0)]))
    assert block.acc_clipped.tolist() == [False, clipped, False]
    assert not block.gyr_clipped.any()
    turned = decoder(gyr_limit=None if limit is None else limit / 2).push(
        gather([Chunk(counts[:, ::-1], 1.0)])
    )
    assert turned.gyr_clipped.tolist() == [False, clipped, False]


def test_a_limit_that_is_a_product_of_the_scale_is_met_by_its_count() -> None:
    scale = 0.488e-3 * 9.80665
    counts = np.full((1, 6), 32000, dtype=np.int16)
    block = ChunkDecoder(100.0, scale, scale, acc_limit=32000 * scale * (1 + 1e-15)).push(
        gather([Chunk(counts, 1.0)])
    )
    assert block.acc_clipped.all()


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=30),
    st.data(),
)
def test_lost_samples_are_counted_once_also_around_empty_chunks(
    drawn: list[tuple[int, int]], data: st.DataObject
) -> None:
    chunks, expected, index, pending = [], [], 0, 0
    for n, lost in drawn:
        index += lost + n
        chunks.append(Chunk(numbered_counts(index, n), 50.0 + index / 100.0, lost))
        pending += lost
        if n:
            expected += [pending, *[0] * (n - 1)]
            pending = 0
    whole = decoder().push(gather(chunks))
    assert whole.lost.tolist() == expected
    cuts = sorted(data.draw(st.sets(st.integers(0, len(chunks)))) | {0, len(chunks)})
    d = decoder()
    parts = [d.push(gather(chunks[a:b])) for a, b in pairwise(cuts)]
    assert join(parts).lost.tolist() == expected
    np.testing.assert_array_equal(join(parts).t, whole.t)
    live = decoder()
    one_by_one = join([live.push_chunk(c) for c in chunks])
    for name in ("t", "acc", "gyr", "lost", "acc_clipped", "gyr_clipped"):
        np.testing.assert_array_equal(getattr(one_by_one, name), getattr(whole, name))
