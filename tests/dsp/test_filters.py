"""Filters that carry their state: no start-up step, no trace of the cuts, the stated gains."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import FloatArray
from dsp.filters import Average, Biquad, Filter, bessel_lowpass, highpass, lowpass
from tests.thorough import examples

RATE_HZ = 416.0


def low() -> Filter:
    return Filter(lowpass(10.0, RATE_HZ))


def high() -> Filter:
    return Filter(highpass(20.0, RATE_HZ))


def bessel() -> Filter:
    return Filter(bessel_lowpass(60.0, RATE_HZ))


def average() -> Average:
    return Average(1.5, RATE_HZ)


ALL: list[Callable[[], Filter | Average]] = [low, high, bessel, average]


def noise(n: int, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).normal(5.0, 3.0, (n, 3))


def gain(make: Callable[[], Filter], hz: float) -> float:
    """Of a sine after it has settled."""
    t = np.arange(int(8 * RATE_HZ)) / RATE_HZ
    out = make().push(np.sin(2 * np.pi * hz * t))[len(t) // 2 :]
    return float(np.sqrt(2 * np.mean(out**2)))


@pytest.mark.parametrize("make", ALL)
@given(cuts=st.lists(st.integers(1, 299), max_size=8))
@settings(max_examples=examples(10, 25))
def test_cuts_change_no_bit(make: Callable[[], Filter | Average], cuts: list[int]) -> None:
    x = noise(300)
    stage = make()
    edges = [0, *sorted(set(cuts)), 300]
    parts = [stage.push(x[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(parts), make().push(x))


@pytest.mark.parametrize("make", ALL)
def test_a_restart_forgets_everything(make: Callable[[], Filter | Average]) -> None:
    used = make()
    used.push(noise(200, seed=2))
    used.restart()
    np.testing.assert_array_equal(used.push(noise(100)), make().push(noise(100)))


@pytest.mark.parametrize(("make", "level"), [(low, 7.0), (bessel, 7.0), (high, 0.0)])
def test_a_steady_input_is_settled_from_the_first_sample(
    make: Callable[[], Filter], level: float
) -> None:
    np.testing.assert_allclose(make().push(np.full(100, 7.0)), level, atol=1e-9)
    np.testing.assert_allclose(make().push(np.full((100, 3), 7.0)), level, atol=1e-9)


def test_every_column_is_filtered_by_itself() -> None:
    x = noise(200)
    columns = [low().push(x[:, k]) for k in range(3)]
    np.testing.assert_allclose(low().push(x), np.stack(columns, axis=1), rtol=1e-12)


def test_butterworth_filters_halve_the_power_at_their_corner() -> None:
    half = np.sqrt(0.5)
    assert gain(low, 10.0) == pytest.approx(half, rel=0.01)
    assert gain(high, 20.0) == pytest.approx(half, rel=0.01)
    assert gain(low, 1.0) == pytest.approx(1.0, rel=0.01)
    assert gain(low, 100.0) < 0.01
    assert gain(high, 2.0) < 0.015
    assert gain(high, 150.0) == pytest.approx(1.0, rel=0.02)


def test_the_bessel_filter_delays_an_impact_by_four_milliseconds_without_overshoot() -> None:
    step = np.concatenate([np.zeros(50), np.ones(200)])
    out = bessel().push(step)
    assert out.max() < 1.01
    half = np.interp(0.5, out[50:80], np.arange(30)) / RATE_HZ
    assert half == pytest.approx(0.004, abs=0.0015)


@pytest.mark.parametrize("design", [lowpass, highpass, bessel_lowpass])
def test_a_corner_above_the_band_is_lowered_to_what_the_rate_allows(
    design: Callable[[float, float], Biquad],
) -> None:
    x = noise(200)
    lowered, allowed = Filter(design(60.0, 100.0)), Filter(design(40.0, 100.0))
    np.testing.assert_array_equal(lowered.push(x), allowed.push(x))


def test_the_average_starts_as_a_plain_mean_and_forgets_with_its_time_constant() -> None:
    x = noise(50)
    out = average().push(x)
    np.testing.assert_allclose(out[0], x[0])
    np.testing.assert_allclose(out[-1], x.mean(axis=0), rtol=0.05)
    stage = average()
    stage.push(np.ones((int(20 * RATE_HZ), 1)))
    after = stage.push(np.zeros((int(1.5 * RATE_HZ), 1)))
    assert after[-1, 0] == pytest.approx(np.exp(-1.0), rel=0.01)
