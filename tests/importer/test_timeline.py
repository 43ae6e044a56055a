"""Times: true rate, holes, jitter and rounding told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.block import FloatArray
from dsp.errors import RecordingError
from firmware_py.importer.timeline import from_rate, from_times, resolution


def where(row: int) -> str:
    return f"f.csv:{row + 2}"


def without(t: FloatArray, gone: list[int]) -> FloatArray:
    return np.delete(t, gone)


@given(
    rate=st.floats(26.0, 2000.0),
    start=st.floats(-10.0, 1e5),
    gone=st.sets(st.integers(1, 498), max_size=60),
    seed=st.integers(0, 1000),
)
def test_every_hole_is_counted_on_the_sample_after_it(
    rate: float, start: float, gone: set[int], seed: int
) -> None:
    jitter = np.random.default_rng(seed).uniform(-0.1, 0.1, 500)
    t = start + (np.arange(500) + jitter) / rate
    left = np.setdiff1d(np.arange(500), list(gone))
    line = from_times(t[left], where)
    np.testing.assert_array_equal(line.lost, np.diff(left, prepend=-1) - 1)
    np.testing.assert_array_equal(line.t, t[left])
    assert line.rate_hz == pytest.approx(rate, rel=2e-3)


@pytest.mark.parametrize("k", [1, 2, 7, 100, 6000])
def test_a_hole_of_k_samples_is_k_lost_and_the_times_are_kept(k: int) -> None:
    t = without(np.arange(7000) / 416.0, list(range(300, 300 + k)))
    line = from_times(t, where)
    assert line.lost[300] == k
    assert line.lost.sum() == k
    np.testing.assert_array_equal(line.t, t)
    assert line.rate_hz == pytest.approx(416.0, rel=1e-6)


def test_a_grid_with_every_ninth_sample_missing_is_the_grid_with_holes() -> None:
    kept = np.setdiff1d(np.arange(9000), np.arange(5, 9000, 9))
    line = from_times(np.round(kept * 0.01, 2), where)
    assert line.rate_hz == pytest.approx(100.0)
    assert line.lost.sum() == 1000


def test_a_stated_rate_tells_periodic_holes_from_rounding() -> None:
    kept = np.setdiff1d(np.arange(5000), np.arange(5, 5000, 6))
    t = kept / 1000.0
    assert from_times(t, where, 1000.0).lost.sum() == 833
    assert from_times(t, where, 833.33).lost.sum() == 0


def test_random_holes_in_a_millisecond_grid_are_not_rounding() -> None:
    rng = np.random.default_rng(3)
    kept = np.flatnonzero(rng.random(8000) > 0.15)
    line = from_times(kept / 1000.0, where)
    assert line.rate_hz == pytest.approx(1000.0)
    assert line.lost.sum() == kept[-1] - kept[0] + 1 - len(kept)


@pytest.mark.parametrize("rate", [104.0, 119.0, 208.0, 238.0, 333.0, 416.0, 476.0, 833.0, 952.0])
@pytest.mark.parametrize("rounding", [np.rint, np.floor])
def test_times_rounded_to_milliseconds_are_no_holes(rate: float, rounding: np.ufunc) -> None:
    t = rounding(np.arange(6000) / rate * 1000) / 1000
    line = from_times(t, where)
    assert line.lost.sum() == 0
    assert line.rate_hz == pytest.approx(rate, rel=1e-3)
    np.testing.assert_array_equal(line.t, t)


@pytest.mark.parametrize("rate", [208.0, 416.0, 833.0])
@pytest.mark.parametrize("k", [1, 3, 50])
def test_a_hole_in_rounded_times_is_counted_right(rate: float, k: int) -> None:
    t = np.rint(without(np.arange(6000) / rate, list(range(2000, 2000 + k))) * 1000) / 1000
    line = from_times(t, where)
    assert line.lost.sum() == k
    assert line.rate_hz == pytest.approx(rate, rel=1e-3)


def test_equal_times_that_come_of_rounding_are_spread_within_their_tick() -> None:
    t = np.floor(np.arange(8000) / 1666.0 * 1000) / 1000
    line = from_times(t, where)
    assert (np.diff(line.t) > 0).all()
    assert np.abs(line.t - t).max() < 1e-3
    assert line.lost.sum() == 0
    assert line.rate_hz == pytest.approx(1666.0, rel=1e-3)
    assert any("rounded to 0.001 s" in note for note in line.notes)


def test_a_stated_rate_tells_rounding_from_a_row_written_twice() -> None:
    t = np.rint(np.arange(800) / 100.3 * 100) / 100
    assert np.count_nonzero(np.diff(t) == 0) in (2, 3)
    with pytest.raises(RecordingError, match="same time as the row before"):
        from_times(t, where)
    line = from_times(t, where, 100.3)
    assert line.lost.sum() == 0
    assert line.rate_hz == pytest.approx(100.3, rel=2e-3)


def test_a_single_late_time_stamp_is_jitter_not_a_hole() -> None:
    t = np.arange(1000) / 200.0
    t[500] += 0.0034
    t[700] -= 0.0034
    assert from_times(t, where).lost.sum() == 0


def test_bursts_of_transmission_are_no_holes() -> None:
    # Four samples at a time, 1 ms apart on arrival, 40 ms between bursts.
    t = (np.arange(1000) // 4) * 0.040 + (np.arange(1000) % 4) * 0.009
    assert from_times(t, where).lost.sum() == 0


def test_a_clock_that_drifts_is_no_hole() -> None:
    k = np.arange(300_000)
    t = k / 100.0 * (1 + 5e-5 * k / len(k))
    line = from_times(t, where)
    assert line.lost.sum() == 0


def test_times_since_1970_work() -> None:
    t = 1.7e9 + np.round(without(np.arange(5000) / 416.0, [77, 78]), 3)
    line = from_times(t, where)
    assert line.lost.sum() == 2
    np.testing.assert_array_equal(line.t, t)


@pytest.mark.parametrize(
    ("t", "stated", "says"),
    [
        (np.array([0.0]), None, "f.csv:2: holds one sample only"),
        (np.array([0, 0.01, 0.02, 0.015, 0.03]), None, "f.csv:5: time goes back from 0.02 s"),
        (np.array([0, 0.01, 0.02, 0.02, 0.03]), None, "f.csv:5: has the same time as the"),
        (np.repeat(np.arange(10.0), 100), None, "f.csv:3: 100 rows share one time"),
        (np.arange(50) / 10.0, None, "f.csv:2: the times give 10 Hz, outside 25 to 10000 Hz"),
        (np.arange(50) / 20e3, None, "the times give 2e+04 Hz, outside 25 to 10000 Hz"),
        (np.arange(50) / 100.0, 200.0, "the times give 100 Hz but 200 Hz is stated"),
    ],
)  # fmt: skip
def test_impossible_times_are_refused_with_the_line(
    t: FloatArray, stated: float | None, says: str
) -> None:
    with pytest.raises(RecordingError) as caught:
        from_times(t, where, stated)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_times_of_arrival_are_refused() -> None:
    rng = np.random.default_rng(5)
    with pytest.raises(RecordingError, match=r"regular sampling.*--map t=none"):
        from_times(np.cumsum(rng.choice([0.01, 0.035], 2000)), where)


def test_a_stated_rate_makes_the_times() -> None:
    line = from_rate(5, 50.0, where)
    np.testing.assert_allclose(line.t, [0, 0.02, 0.04, 0.06, 0.08])
    assert line.lost.sum() == 0
    with pytest.raises(RecordingError, match=r"f.csv:2: the stated rate is 1e\+05 Hz"):
        from_rate(5, 1e5, where)


@pytest.mark.parametrize("quantum", [1.0, 0.1, 0.01, 0.001, 1e-4])
def test_the_resolution_of_times_is_found(quantum: float) -> None:
    k = np.cumsum(np.random.default_rng(0).integers(1, 30, 500))
    assert resolution((5.5 + k * quantum).astype(np.float64)) == pytest.approx(quantum)
