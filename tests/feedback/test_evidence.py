"""What is known of a figure that scatters round its limit."""

import numpy as np
import pytest

from feedback.cue import Pattern
from feedback.evidence import Evidence
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.feedback.runner import Runner

STEP_S = 0.36
LIMIT = FeedbackSettings(
    cadence_target_spm=170.0,
    cadence_baseline_spm=160.0,
    waist_impact_limit_g=1.0,
    shoe_impact_limit_g=1.0,
)


def steps_until_over(mean: float, sd: float, seed: int) -> int:
    """How many steps it takes, once it is known how much they scatter."""
    rng, found = np.random.default_rng(seed), Evidence()
    for n in range(1000):
        if n == 300:
            found.restart()
        now = mean if n >= 300 else 0.0
        found.push(n * STEP_S, now + sd * float(rng.standard_normal()), 0.05)
        if n >= 300 and found.over_since is not None:
            return n - 299
    return 1000


def typical(mean: float, sd: float) -> float:
    return float(np.median([steps_until_over(mean, sd, seed) for seed in range(21)]))


@pytest.mark.parametrize(("excess", "seconds"), [(0.1, 15.0), (0.2, 8.0)])
def test_a_tenth_too_much_is_known_within_seconds_however_steps_scatter(
    excess: float, seconds: float
) -> None:
    assert all(typical(excess, sd) * STEP_S < seconds for sd in (0.1, 0.2, 0.3))


def test_the_more_steps_scatter_the_longer_it_takes() -> None:
    took = [typical(0.1, sd) for sd in (0.05, 0.15, 0.3)]
    assert took == sorted(took)
    assert took[2] > 2 * took[0]


@pytest.mark.parametrize("sd", [0.1, 0.2, 0.3])
def test_who_lands_a_tenth_below_the_limit_is_hardly_ever_over_it(sd: float) -> None:
    rng, found, over = np.random.default_rng(4), Evidence(), 0
    for n in range(10000):
        found.push(n * STEP_S, -0.1 + sd * float(rng.standard_normal()), 0.05)
        over += found.over_since is not None
    assert over < 100
    assert found.under_since is not None


def test_it_says_since_when_and_a_single_step_does_not_turn_it() -> None:
    found = Evidence()

    def pushed(begin: int, end: int, excess: float) -> tuple[float | None, float | None]:
        for n in range(begin, end):
            found.push(float(n), excess, 0.05)
        return found.over_since, found.under_since

    assert pushed(0, 100, -0.1) == (None, 0.0)
    assert pushed(100, 130, 0.2) == (100.0, None)
    assert pushed(130, 131, -0.01) == (100.0, None)
    assert pushed(131, 160, -0.1) == (None, 131.0 - 1.0)
    found.restart()
    assert (found.over_since, found.under_since) == (None, None)


@pytest.mark.parametrize("asymmetry", [0.0, 0.6])
def test_two_feet_that_land_differently_do_not_make_it_slower(asymmetry: float) -> None:
    found, rng = Evidence(), np.random.default_rng(3)
    for n in range(200):
        foot = asymmetry if n % 2 else -asymmetry
        found.push(n * STEP_S, -0.1 + foot + 0.1 * float(rng.standard_normal()), 0.05)
    found.restart()
    over = []
    for n in range(30):
        foot = asymmetry if n % 2 else -asymmetry
        found.push(n * STEP_S, 0.2 + foot + 0.1 * float(rng.standard_normal()), 0.05)
        over.append(found.over_since is not None)
    assert over.index(True) < 12


@pytest.mark.parametrize("shoe", [False, True])
def test_a_scattering_runner_is_told_of_a_tenth_too_much_and_of_a_tenth_less_hears_nothing(
    shoe: bool,
) -> None:
    def words(mean: float) -> int:
        rng, runner, policy = np.random.default_rng(2), Runner(shoe=shoe), Policy(LIMIT)
        count = 0
        while runner.t < 240:
            impact = mean * float(np.exp(0.2 * rng.standard_normal() - 0.02))
            cues = [c for e in runner.step(170.0, impact) for c in policy.push(e)]
            count += sum(c.pattern is Pattern.SOFTER for c in cues)
        return count

    assert words(0.9) == 0
    assert words(1.1) >= 3
