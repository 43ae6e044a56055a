"""The newest samples by their number, however long the stream and its pieces were."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsp.history import History
from tests.thorough import examples

KEEP = 20


def filled(sizes: list[int]) -> History:
    """Channel 0 holds sample numbers, channel 1 their negatives."""
    history = History(2, keep=KEEP)
    first = 0
    for n in sizes:
        piece = np.arange(first, first + n, dtype=np.float64)
        history.push(piece, -piece)
        first += n
    return history


sizes = st.lists(st.integers(1, 3 * KEEP) | st.just(10 * KEEP), min_size=1, max_size=40)


@given(sizes)
@example([3 * KEEP, KEEP // 2, KEEP // 2, 1])
@settings(max_examples=examples(30, 100))
def test_numbers_stay_valid_and_the_newest_samples_are_kept(pushed: list[int]) -> None:
    history = filled(pushed)
    total = sum(pushed)
    assert history.end == total
    assert history.start <= max(0, total - KEEP)
    whole = np.arange(history.start, total)
    np.testing.assert_array_equal(history.view(0, history.start, total), whole)
    np.testing.assert_array_equal(history.view(1, history.start, total), -whole)
    for number in (history.start, total - 1, max(history.start, total - KEEP)):
        assert history.at(0, number) == number


@given(sizes, st.integers(-50, 400), st.integers(-50, 400))
@settings(max_examples=examples(30, 100))
def test_a_view_holds_what_is_asked_for_as_far_as_it_is_kept(
    pushed: list[int], first: int, last: int
) -> None:
    history = filled(pushed)
    expected = [k for k in range(history.start, history.end) if first <= k < last]
    assert history.view(0, first, last).tolist() == expected


def test_a_view_ends_with_the_newest_sample() -> None:
    assert filled([5]).view(0, 3, 9).tolist() == [3, 4]


def test_a_piece_that_is_longer_than_all_that_is_kept_is_kept_whole() -> None:
    history = filled([5, 50 * KEEP])
    assert history.view(0, 5, history.end).tolist() == list(range(5, 5 + 50 * KEEP))


def test_memory_does_not_grow_with_the_stream() -> None:
    history = filled([7] * 5000)
    assert history.end - history.start <= 4 * KEEP


def test_channels_of_different_length_or_number_are_refused() -> None:
    history = History(2, keep=KEEP)
    with pytest.raises(ValueError, match="1 channels given, 2 are kept"):
        history.push(np.zeros(3))
    with pytest.raises(ValueError, match="broadcast"):
        history.push(np.zeros(3), np.zeros(2))
