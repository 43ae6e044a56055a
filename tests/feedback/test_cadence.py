import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.events import Step
from feedback.cadence import Cadence
from tests.feedback.runner import Runner


def steps_of(
    runner: Runner, spm: float, n: int, missed: frozenset[int] = frozenset()
) -> list[Step]:
    events = [e for k in range(n) for e in runner.step(spm, missed=k in missed)]
    return [e for e in events if isinstance(e, Step)]


def test_nothing_is_known_before_some_steps() -> None:
    cadence = Cadence()
    for step in steps_of(Runner(), 165.0, 3):
        cadence.push(step)
    assert cadence.spm is None


@pytest.mark.parametrize("shoe", [False, True])
def test_even_running_reads_its_cadence(shoe: bool) -> None:
    cadence = Cadence()
    for step in steps_of(Runner(shoe=shoe), 165.0, 60):
        assert cadence.push(step)
    assert cadence.spm == pytest.approx(165.0)
    assert cadence.steady


@given(st.frozensets(st.integers(10, 90), max_size=20), st.booleans())
def test_missed_strikes_change_nothing(missed: frozenset[int], shoe: bool) -> None:
    cadence = Cadence()
    for step in steps_of(Runner(shoe=shoe), 165.0, 100, missed):
        cadence.push(step)
        assert cadence.spm is None or cadence.spm == pytest.approx(165.0)


def test_a_false_strike_that_splits_a_step_changes_nothing() -> None:
    cadence, runner = Cadence(), Runner()
    for step in steps_of(runner, 165.0, 30):
        cadence.push(step)
    # 364 ms fall apart into 74 and 290 ms: the second one looks like running at 207 spm.
    for spm in (60 / 0.074, 60 / 0.290):
        cadence.push(steps_of(runner, spm, 1)[0])
    for step in steps_of(runner, 165.0, 30):
        cadence.push(step)
        assert cadence.spm == pytest.approx(165.0)


def test_a_change_is_followed_within_two_time_constants() -> None:
    cadence, runner = Cadence(), Runner()
    for step in [*steps_of(runner, 160.0, 60), *steps_of(runner, 176.0, 42)]:
        cadence.push(step)
    assert cadence.spm is not None
    assert 173.0 < cadence.spm < 176.0


def test_noise_of_single_steps_does_not_bias_the_estimate() -> None:
    rng = np.random.default_rng(3)
    cadence, runner, seen = Cadence(), Runner(), []
    for interval in rng.normal(60 / 165, 0.0086, 3000):
        cadence.push(steps_of(runner, 60 / interval, 1)[0])
        seen.append(cadence.spm)
    settled = np.array(seen[60:], dtype=float)
    assert settled.mean() == pytest.approx(165.0, abs=0.2)
    # A single step's is 3.9 spm, nearly the half width of the band.
    assert settled.std() < 0.9


def test_a_hole_between_steps_starts_the_estimate_anew() -> None:
    cadence, runner = Cadence(), Runner()
    for step in steps_of(runner, 165.0, 30):
        cadence.push(step)
    runner.t += 3.0
    assert not cadence.push(steps_of(runner, 165.0, 1)[0])
    assert cadence.spm is None
    assert not cadence.steady
