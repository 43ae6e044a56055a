"""Holes: short ones bridged and marked, long ones a restart, every lost sample reported once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import FloatArray, Mount, SampleBlock, Stream, plain_block, recut
from dsp.events import Gap
from dsp.grid import BRIDGE_S, Grid, Piece
from tests.thorough import examples

RATE_HZ = 100.0
STREAM = Stream(Mount.WAIST, RATE_HZ)


def ramp(numbers: FloatArray) -> SampleBlock:
    """Samples of a signal that is its own sample number, so that bridges can be checked."""
    values = np.repeat(numbers[:, None], 3, axis=1)
    lost = np.diff(numbers, prepend=numbers[0] - 1).astype(np.int64) - 1
    return replace(plain_block(numbers / RATE_HZ, values, -values), lost=lost)


def without(n: int, *missing: int) -> SampleBlock:
    return ramp(np.setdiff1d(np.arange(n), missing).astype(np.float64))


def one_piece(block: SampleBlock, stream: Stream = STREAM) -> tuple[Piece, list[Gap]]:
    pieces, gaps = Grid(stream).push(block)
    assert len(pieces) == 1
    return pieces[0], gaps


def joined(pieces: list[Piece]) -> list[tuple[float, ...]]:
    """Every sample with all that is known about it, and whether it begins anew."""
    rows: list[tuple[float, ...]] = []
    for p in pieces:
        assert p.gyr is not None
        columns = (p.t, p.known, *p.acc.T, *p.gyr.T, p.unsure, p.clipped)
        first = [p.restart] + [False] * (len(p.t) - 1)
        rows += [tuple(float(x) for x in row) for row in zip(first, *columns, strict=True)]
    return rows


def test_whole_samples_pass_unchanged() -> None:
    block = without(50)
    piece, gaps = one_piece(block)
    assert piece.restart
    assert gaps == []
    np.testing.assert_array_equal(piece.t, block.t)
    np.testing.assert_array_equal(piece.known, block.t)
    np.testing.assert_array_equal(piece.acc, block.acc)
    assert not piece.unsure.any()


def test_a_hole_is_filled_with_a_straight_line_and_marked() -> None:
    piece, gaps = one_piece(without(20, 7, 8))
    np.testing.assert_allclose(piece.acc[:, 0], np.arange(20))
    np.testing.assert_allclose(piece.t, np.arange(20) / RATE_HZ)
    assert piece.gyr is not None
    np.testing.assert_allclose(piece.gyr[:, 2], -np.arange(20))
    assert np.flatnonzero(piece.unsure).tolist() == [7, 8]
    assert not piece.clipped.any()
    (gap,) = gaps
    assert (gap.t, gap.t_decision, gap.lost) == (0.09, 0.09, 2)
    assert gap.duration_s == pytest.approx(0.02)


def test_a_bridged_sample_is_known_only_with_the_one_after_the_hole() -> None:
    piece, _ = one_piece(without(20, 7, 8))
    np.testing.assert_array_equal(piece.known[6:10], [0.06, 0.09, 0.09, 0.09])


def test_recorded_samples_keep_their_very_bits() -> None:
    rng = np.random.default_rng(1)
    block = without(400, *rng.integers(1, 399, 60).tolist())
    block = replace(
        block,
        t=block.t + rng.uniform(-1e-3, 1e-3, len(block)),
        acc=rng.normal(size=(len(block), 3)) * 1e3,
    )
    piece, _ = one_piece(block)
    recorded = ~piece.unsure
    np.testing.assert_array_equal(piece.t[recorded], block.t)
    np.testing.assert_array_equal(piece.acc[recorded], block.acc)
    assert np.all(np.diff(piece.t) > 0)


@pytest.mark.parametrize(("lost", "restarts"), [(8, 1), (9, 1), (10, 2), (50, 2)])
def test_a_hole_longer_than_a_tenth_of_a_second_restarts(lost: int, restarts: int) -> None:
    assert BRIDGE_S == 0.1
    # 9 lost are 0.1 s between neighbors; times a little early, for 0.1 is no binary fraction.
    block = without(200, *range(100, 100 + lost))
    pieces, gaps = Grid(STREAM).push(replace(block, t=block.t * (1 - 1e-6)))
    assert [p.restart for p in pieces] == [True] * restarts
    assert [g.lost for g in gaps] == [lost]
    assert sum(len(p.t) for p in pieces) == (200 if restarts == 1 else 200 - lost)


def test_lost_samples_are_found_from_the_times_alone() -> None:
    block = without(60, 10, 20, 21, 22)
    _, gaps = one_piece(replace(block, lost=np.zeros(len(block), dtype=np.int64)))
    assert [(g.t, g.lost) for g in gaps] == [(0.11, 1), (0.23, 3)]


def test_what_the_source_declares_lost_overrules_the_times() -> None:
    block = without(60, 10)
    lost = block.lost.copy()
    lost[10] = 2  # the count of the chip is exact, times are not
    lost[30] = 1  # no room for it between the times
    piece, gaps = one_piece(replace(block, lost=lost))
    assert [g.lost for g in gaps] == [2, 1]
    assert np.count_nonzero(piece.unsure) == 1


@given(st.sets(st.integers(1, 598), max_size=250), st.lists(st.integers(1, 400), max_size=20))
@settings(max_examples=examples(20, 60))
def test_every_lost_sample_is_counted_once_however_the_samples_are_cut(
    missing: set[int], edges: list[int]
) -> None:
    block = without(600, *missing)
    cut, whole = Grid(STREAM), Grid(STREAM)
    pieces: list[Piece] = []
    gaps: list[Gap] = []
    for part in recut(block, [e for e in edges if e < len(block)]):
        some, holes = cut.push(part)
        pieces += some
        gaps += holes
    assert sum(g.lost for g in gaps) == len(missing)
    expected, holes = whole.push(block)
    assert gaps == holes
    assert joined(pieces) == joined(expected)


def test_an_absent_axis_is_zero_also_in_a_bridge() -> None:
    block = without(30, 12)
    acc = block.acc.copy()
    acc[:, 1] = np.nan
    piece, _ = one_piece(replace(block, acc=acc))
    assert not piece.acc[:, 1].any()
    np.testing.assert_allclose(piece.acc[:, 0], np.arange(30))


def test_no_gyro_stays_no_gyro() -> None:
    piece, _ = one_piece(replace(without(30, 12), gyr=None), Stream(Mount.WAIST, RATE_HZ))
    assert piece.gyr is None


def test_a_clipped_sample_is_unsure_and_so_is_every_bridge() -> None:
    block = without(30, 12)
    clipped = np.zeros(len(block), dtype=bool)
    clipped[20] = True  # sample number 21: one is missing before it
    piece, _ = one_piece(replace(block, acc_clipped=clipped))
    assert np.flatnonzero(piece.clipped).tolist() == [21]
    assert np.flatnonzero(piece.unsure).tolist() == [12, 21]


def test_a_bridge_up_to_a_clipped_sample_is_clipped_with_it() -> None:
    block = without(30, 12)
    clipped = np.zeros(len(block), dtype=bool)
    clipped[12] = True
    piece, _ = one_piece(replace(block, acc_clipped=clipped))
    assert np.flatnonzero(piece.clipped).tolist() == [12, 13]
    assert np.flatnonzero(piece.unsure).tolist() == [12, 13]


def test_clock_jitter_is_no_hole() -> None:
    rng = np.random.default_rng(2)
    block = without(300)
    _, gaps = one_piece(replace(block, t=block.t + rng.uniform(-2e-3, 2e-3, 300)))
    assert gaps == []


def test_samples_lost_before_the_first_one_are_told() -> None:
    block = plain_block(np.array([5.0, 5.01]), np.zeros((2, 3)))
    block = replace(block, lost=np.array([7, 0]))
    _, gaps = Grid(Stream(Mount.WAIST, 100.0, has_gyro=False)).push(block)
    assert [(g.t, g.lost, round(g.duration_s, 6)) for g in gaps] == [(5.0, 7, 0.07)]
