"""Pairing of what was found with what was there."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import FloatArray
from firmware_py.evaluate.matching import match, per_stride
from tests.thorough import examples


def at(*times: float) -> FloatArray:
    return np.array(times)


instants = st.lists(st.integers(0, 2000), max_size=25, unique=True).map(
    lambda ms: np.array(sorted(ms)) / 1000.0
)


def test_each_is_paired_once_and_the_nearest_first() -> None:
    assert match(at(1.0, 2.0), at(1.01, 1.04, 2.2), 0.05) == [(0, 0)]
    assert match(at(1.0, 1.06), at(1.04), 0.05) == [(1, 0)]
    # The nearest pair goes first, even where another choice would have paired all four.
    assert match(at(1.0, 1.04), at(1.03, 1.09), 0.05) == [(1, 0)]
    assert match(at(1.0, 1.04), at(1.01, 1.08), 0.05) == [(0, 0), (1, 1)]


def test_the_edge_of_the_window_counts_and_beyond_it_nothing() -> None:
    assert match(at(1.0), at(1.5), 0.5) == [(0, 0)]
    assert match(at(1.0), at(1.5), 0.499) == []


def test_nothing_pairs_with_nothing() -> None:
    assert match(at(), at(), 0.05) == []
    assert match(at(1.0), at(), 0.05) == []
    assert match(at(), at(1.0), 0.05) == []


@given(instants, instants, st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=examples(50, 200))
def test_pairs_are_one_to_one_in_order_within_the_window_and_none_is_left_out(
    truth: FloatArray, found: FloatArray, window_s: float
) -> None:
    pairs = match(truth, found, window_s)
    assert pairs == sorted(pairs)
    rows, columns = {i for i, _ in pairs}, {j for _, j in pairs}
    assert len(rows) == len(columns) == len(pairs)
    assert all(abs(found[j] - truth[i]) <= window_s for i, j in pairs)
    for i in set(range(len(truth))) - rows:
        for j in set(range(len(found))) - columns:
            assert abs(found[j] - truth[i]) > window_s


def test_strikes_are_counted_in_each_running_stride_only() -> None:
    marks = at(0.0, 0.7, 1.4, 2.6, 3.3, 3.6)  # 1.4 to 2.6 is no running stride, nor 3.3 to 3.6
    counts = per_stride(marks, at(0.2, 0.9, 1.1, 2.0, 3.4))
    assert counts.tolist() == [1, 2, 0]


def test_a_strike_at_a_mark_belongs_to_the_stride_that_ends_there() -> None:
    assert per_stride(at(0.0, 0.7, 1.4), at(0.7)).tolist() == [1, 0]


def test_fewer_than_two_marks_enclose_nothing() -> None:
    assert per_stride(at(1.0), at(1.0, 2.0)).tolist() == []
    assert per_stride(at(), at()).tolist() == []
