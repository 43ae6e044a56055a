"""The sample clock against a simulated scheduler, and the laws it holds for any input."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.clock import SampleClock
from dsp.block import FloatArray, IntArray
from tests.drivers.scheduler import Drains, drains
from tests.thorough import examples

RATE_HZ = 416.0
STEP_S = 0.33
"""About one running step: the interval that every metric is made of."""


def stamped(d: Drains, lost: IntArray | None = None, rate_hz: float = RATE_HZ) -> FloatArray:
    return SampleClock(rate_hz).stamp(
        d.n, np.zeros_like(d.n) if lost is None else lost, d.host_time
    )


def interval_errors(true_t: FloatArray, t: FloatArray, rate_hz: float = RATE_HZ) -> FloatArray:
    """Errors of the lengths of all `STEP_S` intervals, s."""
    k = int(STEP_S * rate_hz)
    error = t - true_t
    return np.asarray(error[k:] - error[:-k])


def rms(x: FloatArray) -> float:
    return float(np.sqrt(np.mean(x**2)))


@pytest.mark.parametrize("rate_error", [-0.04, -0.01, 0.0, 0.03, 0.04])
@pytest.mark.parametrize("seed", [1, 2])
def test_step_intervals_are_true_to_10_us_behind_a_bad_scheduler(
    rate_error: float, seed: int
) -> None:
    d = drains(seed, 600.0, rate_error=rate_error)
    t = stamped(d)
    settled = slice(int(10 * RATE_HZ), None)
    errors = interval_errors(d.true_t[settled], t[settled])
    assert rms(errors) < 0.01e-3
    assert np.abs(errors).max() < 0.1e-3
    assert np.abs(t - d.true_t)[settled].max() < 3e-3
    assert np.diff(t).min() > 0.9 / RATE_HZ


@pytest.mark.parametrize(
    ("rate_hz", "batch"), [(416.0, 8), (833.0, 8), (208.0, 2), (416.0, 83)], ids=str
)
def test_other_rates_and_batches_are_stamped_as_truly(rate_hz: float, batch: int) -> None:
    d = drains(3, 300.0, rate_hz=rate_hz, batch=batch)
    t = stamped(d, rate_hz=rate_hz)
    settled = slice(int(10 * rate_hz), None)
    assert rms(interval_errors(d.true_t[settled], t[settled], rate_hz)) < 0.02e-3


def test_frequent_stalls_do_not_stretch_steps() -> None:
    d = drains(4, 300.0, stall_every_s=2.0)
    t = stamped(d)
    settled = slice(int(10 * RATE_HZ), None)
    assert rms(interval_errors(d.true_t[settled], t[settled])) < 0.02e-3


def test_the_rate_is_learned() -> None:
    d = drains(5, 60.0, rate_error=0.04, drift=0.0)
    clock = SampleClock(RATE_HZ)
    clock.stamp(d.n, np.zeros_like(d.n), d.host_time)
    assert clock.rate_hz == pytest.approx(RATE_HZ * 1.04, rel=5e-5)


def test_a_hole_is_stepped_over_and_steps_after_it_are_true() -> None:
    d = drains(6, 120.0)
    ends = np.cumsum(d.n)
    a = int(np.searchsorted(ends, 60 * RATE_HZ))
    b = int(np.searchsorted(ends, 63 * RATE_HZ))
    there = np.r_[0:a, b : len(d.n)]
    lost = np.zeros_like(d.n)
    lost[b] = ends[b - 1] - ends[a - 1]
    seen = np.r_[0 : ends[a - 1], ends[b - 1] : ends[-1]]
    t = SampleClock(RATE_HZ).stamp(d.n[there], lost[there], d.host_time[there])
    first = int(ends[a - 1])
    assert t[first] - t[first - 1] == pytest.approx(
        d.true_t[seen[first]] - d.true_t[seen[first - 1]], abs=5e-3
    )
    later = slice(first + int(2 * RATE_HZ), None)
    assert rms(interval_errors(d.true_t[seen][later], t[later])) < 0.05e-3


@pytest.mark.parametrize("jump_s", [1.5, 30.0, 8 * 3600.0])
def test_a_sleeping_laptop_costs_a_second_and_not_the_line(jump_s: float) -> None:
    d = drains(7, 120.0)
    at = len(d.n) // 2
    first = int(d.n[:at].sum())
    d.host_time[at:] += jump_s
    d.true_t[first:] += jump_s
    t = stamped(d)
    assert np.all(np.diff(t) > 0)
    later = slice(first + int(2 * RATE_HZ), None)
    assert np.abs(t - d.true_t)[later].max() < 5e-3
    assert rms(interval_errors(d.true_t[later], t[later])) < 0.05e-3


@pytest.mark.parametrize("late_s", [0.05, 0.35])
def test_a_late_first_drain_is_forgotten_within_ten_seconds(late_s: float) -> None:
    d = drains(8, 60.0)
    d.host_time[0] += late_s
    t = stamped(d)
    assert np.all(np.diff(t) > 0)
    assert np.abs(t - d.true_t)[int(10 * RATE_HZ) :].max() < 5e-3


def test_a_miscounted_hole_is_corrected_within_ten_seconds() -> None:
    d = drains(9, 120.0)
    at = len(d.n) // 2
    first = int(d.n[:at].sum())
    lost = np.zeros_like(d.n)
    lost[at] = 20
    t = stamped(d, lost)
    assert np.all(np.diff(t) > 0)
    assert np.abs(t - d.true_t)[first + int(10 * RATE_HZ) :].max() < 3e-3


chunks = st.lists(
    st.tuples(
        st.integers(1, 300),
        st.integers(0, 3) | st.integers(0, 100_000),
        st.floats(-0.5, 2.0) | st.floats(-1e3, 1e5),
    ),
    min_size=1,
    max_size=60,
)


def arrays(drawn: list[tuple[int, int, float]]) -> tuple[IntArray, IntArray, FloatArray]:
    """Chunks with host times that wander as they like, for a clock at 100 Hz."""
    n = np.array([c[0] for c in drawn])
    lost = np.array([c[1] for c in drawn])
    host_time = 50.0 + np.cumsum(n + lost) / 100.0 + np.array([c[2] for c in drawn])
    return n, lost, host_time


@given(chunks, st.data())
@settings(max_examples=examples(40, 150))
def test_no_time_depends_on_later_chunks_or_on_how_chunks_are_packed(
    drawn: list[tuple[int, int, float]], data: st.DataObject
) -> None:
    n, lost, host_time = arrays(drawn)
    whole = SampleClock(100.0).stamp(n, lost, host_time)
    clock = SampleClock(100.0)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(n)))) | {0, len(n)})
    packed = [clock.stamp(n[a:b], lost[a:b], host_time[a:b]) for a, b in pairwise(cuts)]
    np.testing.assert_array_equal(np.concatenate(packed), whole)
    k = data.draw(st.integers(1, len(n)))
    prefix = SampleClock(100.0).stamp(n[:k], lost[:k], host_time[:k])
    np.testing.assert_array_equal(prefix, whole[: n[:k].sum()])


@given(chunks)
@settings(max_examples=examples(40, 150))
def test_times_always_increase(drawn: list[tuple[int, int, float]]) -> None:
    t = SampleClock(100.0).stamp(*arrays(drawn))
    assert len(t) == sum(c[0] for c in drawn)
    assert np.all(np.isfinite(t))
    assert np.all(np.diff(t) > 0)


def test_nothing_gives_nothing() -> None:
    none = np.empty(0, dtype=np.int64)
    assert len(SampleClock(RATE_HZ).stamp(none, none, np.empty(0))) == 0
