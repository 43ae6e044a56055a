"""The vertical: what it is, and that no cut of the stream changes a bit of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.deferred import Deferred
from dsp.filters import Filter, lowpass
from dsp.history import History
from dsp.units import STANDARD_GRAVITY
from dsp.waist.upright import HELD_S, Upright

RATE_HZ = 416.0


def bouncing(n: int, seed: int = 0) -> np.ndarray:
    """(n, 3) m/s², tilted, 2.7 steps a second."""
    rng = np.random.default_rng(seed)
    up = np.array([0.36, -0.48, 0.8])
    bounce = 1.0 + 1.2 * np.sin(2 * np.pi * 2.7 * np.arange(n) / RATE_HZ)
    acc: np.ndarray = STANDARD_GRAVITY * bounce[:, None] * up + rng.normal(0.0, 0.3, (n, 3))
    return acc


@given(cuts=st.lists(st.integers(1, 1999), max_size=12), seed=st.integers(0, 5))
def test_no_cut_changes_a_bit(cuts: list[int], seed: int) -> None:
    acc = bouncing(2000, seed)
    whole = Upright(RATE_HZ).push(acc)
    cut = Upright(RATE_HZ)
    pieces = [cut.push(part) for part in np.split(acc, sorted(set(cuts))) if len(part)]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_blocks_of_four_are_the_whole() -> None:
    acc = bouncing(4000, 3)
    live = Upright(RATE_HZ)
    pieces = [live.push(acc[i : i + 4]) for i in range(0, len(acc), 4)]
    assert np.array_equal(np.concatenate(pieces), Upright(RATE_HZ).push(acc))


def test_its_mean_is_one_g_however_the_sensor_is_mounted_and_scaled() -> None:
    vertical = Upright(RATE_HZ).push(1.07 * bouncing(8000))
    assert vertical[2000:].mean() == pytest.approx(1.0, abs=0.01)
    assert np.ptp(vertical[2000:]) == pytest.approx(2.4, abs=0.25)


def test_without_a_vertical_axis_there_is_nothing_to_see() -> None:
    acc = bouncing(2000)
    acc[:, 2] = acc[:, 0] = 0.0
    acc[:, 1] *= 0.5
    assert np.array_equal(Upright(RATE_HZ).push(acc), np.ones(2000))


def test_the_first_moment_is_not_guessed() -> None:
    held = round(HELD_S * RATE_HZ)
    vertical = Upright(RATE_HZ).push(bouncing(200))
    assert np.array_equal(vertical[:held], np.ones(held))
    assert not (vertical[held:] == 1.0).all()


@given(
    cuts=st.lists(st.integers(1, 2999), max_size=10),
    looks=st.lists(st.integers(0, 10), max_size=5),
    hole=st.integers(0, 10),
)
def test_a_deferred_channel_is_the_filter_whenever_one_looks(
    cuts: list[int], looks: list[int], hole: int
) -> None:
    x = bouncing(3000)[:, 0]
    section = lowpass(10.0, RATE_HZ)
    history = History(2, keep=500)
    deferred = Deferred(history, 0, 1, section, most=200)
    plain = Filter(section)
    pieces = [p for p in np.split(x, sorted(set(cuts))) if len(p)]
    for k, piece in enumerate(pieces):
        if k == hole:
            deferred.restart()
            plain.restart()
        first = history.end
        history.push(piece, np.full(len(piece), np.nan))
        deferred.pushed()
        expected = plain.push(piece)
        if k in looks:
            deferred.settle()
            assert np.array_equal(history.view(1, first, history.end), expected)
