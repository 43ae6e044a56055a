"""The next strike: how well it is foreseen, and what the stated spread is worth."""

from itertools import pairwise

import numpy as np
import pytest

from dsp.prediction import Prediction
from tests.real_data import contact_times


def errors(strikes: list[float], feet: int = 2, settle: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """(n,) what the predictions were off by, s, and the spread they stated, s."""
    prediction = Prediction(feet)
    out = []
    told = None
    for i, t in enumerate(strikes):
        if told is not None and told[0] is not None and i >= settle:
            out.append((t - told[0], told[1]))
        told = prediction.strike(t)
    off, spread = np.array(out).T
    return off, spread


def steps(n: int, seed: int, uneven: float = 0.0, noise_s: float = 0.006) -> list[float]:
    """A runner at 170 steps/min, 1.5 % jitter, seen with `noise_s` of noise."""
    rng = np.random.default_rng(seed)
    foot = np.where(np.arange(n) % 2, 0.5, -0.5) * uneven
    t = np.cumsum(0.353 * (1.0 + foot + rng.normal(0.0, 0.015, n)))
    return list(t + rng.normal(0.0, noise_s, n))


def test_real_contacts_are_foreseen_within_13_ms() -> None:
    off = np.concatenate([errors(list(t))[0] for t in contact_times()])
    assert len(off) > 100
    assert off.std() < 0.0085
    assert np.percentile(np.abs(off), 95) < 0.020


def test_the_stated_spread_is_the_real_one() -> None:
    off, spread = errors(steps(800, 3))
    assert 0.85 < float(np.sqrt(np.mean((off / spread) ** 2))) < 1.2
    assert 0.85 < float(np.mean(np.abs(off) < 1.96 * spread)) <= 0.98


def test_uneven_feet_are_foreseen_as_well_as_even_ones() -> None:
    even, limping = errors(steps(400, 5))[0], errors(steps(400, 5, uneven=0.08), settle=20)[0]
    assert limping.std() < 1.2 * even.std()


def test_a_missed_strike_costs_one_prediction_and_not_the_rhythm() -> None:
    strikes = steps(60, 7)
    del strikes[30]
    prediction = Prediction(2)
    told = [prediction.strike(t) for t in strikes]
    expected, _ = told[29]
    # The one before the hole pointed at the strike that was not seen.
    assert expected is not None
    assert strikes[30] - expected > 0.25
    after = [told[i][0] for i in range(30, 58)]
    off = [abs(strikes[i + 1] - e) for i, e in zip(range(30, 58), after, strict=True) if e]
    assert len(off) == 28
    assert max(off) < 0.06


def test_nothing_is_foreseen_before_the_third_strike_and_after_a_stop() -> None:
    prediction = Prediction(2)
    strikes = steps(10, 1)
    assert [prediction.strike(t) for t in strikes[:2]] == [(None, None)] * 2
    assert prediction.strike(strikes[2])[0] is not None
    prediction.stop()
    assert prediction.strike(strikes[5]) == (None, None)


@pytest.mark.parametrize("jump", [0.1, 0.5, 5.0])
def test_a_broken_rhythm_is_given_up_and_found_again(jump: float) -> None:
    strikes = steps(12, 2)
    later = [t + strikes[-1] + jump for t in steps(6, 4)]
    prediction = Prediction(2)
    told = [prediction.strike(t) for t in [*strikes, *later]]
    for (expected, _), (_, t) in zip(told[-3:-1], pairwise(later[-3:]), strict=True):
        assert expected is not None
        assert abs(t - expected) < 0.05
