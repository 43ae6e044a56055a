"""Between intervals nobody is coached; whoever just goes slower for good is."""

import numpy as np
import pytest

from dsp.events import Event, Step
from feedback.cue import Cue, Pattern
from feedback.policy import Policy
from feedback.rests import Rests
from feedback.settings import FeedbackSettings
from tests.feedback.runner import Runner

COACH = FeedbackSettings(cadence_target_spm=176.0, cadence_baseline_spm=165.0)


def coached(policy: Policy, events: list[Event]) -> list[Cue]:
    return [c for e in events for c in policy.push(e) if c.coaching]


def jog(runner: Runner, seconds: float) -> list[Event]:
    """Slow and soft: 155 steps a minute, an active peak of 1.7 g instead of 2.4."""
    out: list[Event] = []
    end = runner.t + seconds
    while runner.t < end:
        out += runner.step(155.0, active=1.7)
    return out


def fast(runner: Runner, seconds: float) -> list[Event]:
    out: list[Event] = []
    end = runner.t + seconds
    while runner.t < end:
        out += runner.step(178.0, active=2.4)
    return out


def test_a_jogged_rest_between_intervals_is_silent() -> None:
    policy, runner = Policy(COACH), Runner()
    for _ in range(5):
        assert coached(policy, fast(runner, 120)) == []
        assert coached(policy, jog(runner, 90)) == []


def test_going_slower_for_good_is_told_after_three_minutes() -> None:
    policy, runner = Policy(COACH), Runner()
    assert coached(policy, fast(runner, 300)) == []
    slower = runner.t
    cues = coached(policy, jog(runner, 400))
    assert cues[0].pattern is Pattern.QUICKER
    assert 180.0 < cues[0].t_decision - slower < 230.0


def test_a_cadence_that_sinks_within_one_effort_is_no_rest() -> None:
    policy, runner = Policy(COACH), Runner()
    coached(policy, runner.run(120, 176))
    slower = runner.t
    cues = coached(policy, runner.run(60, 165))
    assert cues[0].t_decision - slower < 20.0


def test_a_rest_is_known_within_ten_seconds_and_ends_as_soon() -> None:
    rests, runner = Rests(), Runner()

    def changes(events: list[Event]) -> list[tuple[float, bool]]:
        out = []
        for event in events:
            if isinstance(event, Step):
                before = rests.resting
                rests.push(event)
                if rests.resting is not before:
                    out.append((event.t, rests.resting))
        return out

    assert changes(fast(runner, 120)) == []
    began = runner.t
    (known,) = changes(jog(runner, 60))
    assert known[1]
    assert known[0] - began <= 11.0
    ended = runner.t
    (over,) = changes(fast(runner, 60))
    assert not over[1]
    assert over[0] - ended <= 11.0


def test_a_shoe_knows_rests_by_cadence_alone() -> None:
    rests, runner = Rests(), Runner(shoe=True)
    for spm, rest in ((178.0, False), (155.0, True), (178.0, False)):
        for event in runner.run(60, spm):
            if isinstance(event, Step):
                rests.push(event)
        assert rests.resting is rest


@pytest.mark.parametrize("shoe", [False, True])
@pytest.mark.parametrize("percent", [7.5, 10.0])
def test_who_falls_back_to_the_old_cadence_is_told_and_not_taken_to_rest(
    shoe: bool, percent: float
) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        coach = FeedbackSettings(
            cadence_target_spm=160.0 * (1 + percent / 100), cadence_baseline_spm=160.0
        )
        policy, runner = Policy(coach), Runner(shoe=shoe)

        def run(
            seconds: float,
            spm: float,
            policy: Policy = policy,
            runner: Runner = runner,
            rng: np.random.Generator = rng,
        ) -> list[Cue]:
            cues, wander = [], 0.0
            end = runner.t + seconds
            while runner.t < end:
                # 1 % of wander over some 20 s, and the noise of steps.
                wander += -wander / 60.0 + rng.normal(0.0, 0.01 * (2.0 / 60.0) ** 0.5)
                noise = wander + rng.normal(0.0, 0.012 if shoe else 0.02)
                active = 2.2 * float(np.exp(rng.normal(0.0, 0.05)))
                cues += coached(policy, runner.step(spm * float(np.exp(noise)), active=active))
            return cues

        run(200, 160.0 * (1 + percent / 100))
        back = runner.t
        cues = run(60, 160.0)
        assert cues, f"seed {seed}"
        assert cues[0].t_decision - back < 35.0
