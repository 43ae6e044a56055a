"""Which prediction a metronome goes by."""

import numpy as np
import pytest

from dsp.prediction import Prediction
from feedback.steadier import Steadier

PERIOD_S = 0.36
NOISE_S = 0.012


def errors(adds_up: float, own: float, feet: int, seed: int = 1) -> tuple[float, float]:
    """SD of the given prediction and of the chosen one, s."""
    rng, given, chosen = np.random.default_rng(seed), Prediction(feet), Steadier(feet)
    t, due = 0.0, list[tuple[float, float]]()
    off: list[tuple[float, float]] = []
    for n in range(600):
        t += PERIOD_S + adds_up * float(rng.standard_normal())
        seen = t + own * float(rng.standard_normal())
        if n > 60:
            off.append((seen - due[-1][0], seen - due[-1][1]))
        next_t, _ = given.strike(seen)
        if next_t is not None:
            due.append((next_t, chosen.next_t(seen, next_t)))
    first, second = np.array(off).std(axis=0)
    return float(first), float(second)


@pytest.mark.parametrize("feet", [1, 2])
def test_noise_that_adds_up_is_followed_at_once(feet: int) -> None:
    given, chosen = errors(NOISE_S, 0.0, feet)
    assert chosen < 0.95 * given
    assert chosen < 1.05 * NOISE_S


@pytest.mark.parametrize("feet", [1, 2])
def test_noise_of_each_strike_leaves_the_prediction_as_it_is(feet: int) -> None:
    given, chosen = errors(0.0, NOISE_S, feet)
    assert chosen <= 1.03 * given


def test_a_break_and_a_missed_strike_teach_nothing() -> None:
    chosen = Steadier(feet=2)
    for n in range(40):
        assert chosen.next_t(PERIOD_S * n, PERIOD_S * (n + 1)) == pytest.approx(PERIOD_S * (n + 1))
    late = 41 * PERIOD_S
    assert chosen.next_t(late, late + PERIOD_S) == pytest.approx(late + PERIOD_S)
    chosen.restart()
    assert chosen.next_t(90.0, 90.5) == 90.5
