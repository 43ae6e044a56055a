"""Symmetry of two feet: what is there is found, what is not is not."""

import numpy as np
import pytest
from scipy import stats

from dsp.symmetry import student, symmetry


def strides(asymmetry: float, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Step times of two feet with 2 % white noise and a slow wander that both share."""
    rng = np.random.default_rng(seed)
    wander = np.cumsum(rng.normal(0.0, 0.001, n))
    a = 0.36 * (1 + asymmetry / 2) * (1 + rng.normal(0.0, 0.02, n)) + wander
    b = 0.36 * (1 - asymmetry / 2) * (1 + rng.normal(0.0, 0.02, n)) + wander
    return a, b


def test_an_asymmetry_of_two_percent_is_found_and_its_interval_holds_it() -> None:
    found = [symmetry(*strides(0.02, 300, seed)) for seed in range(20)]
    assert all(s is not None and s.significant for s in found)
    inside = [s for s in found if s and s.low_percent <= 2.0 <= s.high_percent]
    assert len(inside) >= 17


def test_even_feet_are_called_uneven_in_about_one_case_of_twenty() -> None:
    found = [symmetry(*strides(0.0, 200, seed)) for seed in range(400)]
    share = np.mean([s is not None and s.significant for s in found])
    assert 0.02 <= share <= 0.09


def test_the_sign_is_that_of_the_larger_foot_and_both_measures_agree() -> None:
    a, b = strides(0.04, 100, 1)
    one, other = symmetry(a, b), symmetry(b, a)
    assert one is not None
    assert other is not None
    assert one.index_percent > 0.0 > other.index_percent
    assert one.angle_percent > 0.0 > other.angle_percent
    # For small differences the angle is the index over pi.
    assert one.angle_percent == pytest.approx(one.index_percent / np.pi, rel=0.02)


def test_too_few_strides_and_strides_without_a_value_say_nothing() -> None:
    a, b = strides(0.02, 59, 0)
    assert symmetry(a, b) is None
    a, b = strides(0.02, 80, 0)
    a[::3] = np.nan
    assert symmetry(a, b) is None


def test_a_mean_of_nothing_has_no_symmetry() -> None:
    assert symmetry(np.zeros(100), np.zeros(100)) is None


@pytest.mark.parametrize("freedom", [5, 9, 30, 200])
def test_the_students_points_are_the_tabled_ones(freedom: int) -> None:
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.005)
