"""A session's plan: when cues may come, what for, and that it can be kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.events import Event, Step
from feedback.cue import Cue, Pattern
from feedback.plan import CadenceCue, SessionPlan, Window, plan_of
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.feedback.runner import Runner

DEFAULT = FeedbackSettings()


def coached(policy: Policy, events: list[Event]) -> list[Cue]:
    return [c for e in events for c in policy.push(e) if c.coaching]


def faded(**more: object) -> SessionPlan:
    plan = {
        "programme": "p",
        "baseline_cadence_spm": 160.0,
        "cadence_percent": 7.5,
        "feedback": (Window(0.0, 120.0), Window(300.0, 420.0)),
    }
    return SessionPlan(**(plan | more))  # type: ignore[arg-type]


def test_cues_come_in_the_feedback_windows_alone() -> None:
    policy, runner = Policy(DEFAULT, faded()), Runner()
    cues = coached(policy, runner.run(600, 160))
    at = [c.t_decision for c in cues]
    assert any(t < 121 for t in at)
    assert any(t > 300 for t in at)
    assert all(t < 121 or 299 < t < 421 for t in at)


def test_pauses_do_not_use_a_window_up() -> None:
    policy, runner = Policy(DEFAULT, faded()), Runner()
    coached(policy, runner.run(25, 160))
    runner_stood = runner.stand(600)
    coached(policy, runner_stood)
    assert coached(policy, runner.run(60, 160)) != []


def test_probe_windows_are_silent_within_feedback() -> None:
    plan = faded(feedback=None, probes=(Window(100.0, 400.0),))
    cues = coached(Policy(DEFAULT, plan), Runner().run(600, 160))
    at = [c.t_decision for c in cues]
    assert at
    assert not [t for t in at if 101 < t < 399]


def test_an_uncoached_session_says_nothing_and_knows_its_target() -> None:
    policy = Policy(DEFAULT, faded(coached=False))
    assert coached(policy, Runner().run(600, 160)) == []
    assert policy.target.cadence_spm == pytest.approx(172.0)


def test_a_session_without_cadence_asks_for_softness_at_any() -> None:
    plan = SessionPlan("soft", cadence=None, impact=True, impact_percent=20.0)
    policy, runner = Policy(DEFAULT, plan), Runner()
    assert coached(policy, runner.run(185, 160, impact=1.0)) == []
    cues = coached(policy, runner.run(60, 160, impact=1.0))
    assert [c.pattern for c in cues] == [Pattern.SOFTER] * len(cues)
    assert cues
    assert policy.target.impact_limit_g == pytest.approx(0.8)
    assert policy.target.cadence_spm is None


def test_a_cadence_session_does_not_ask_for_softness() -> None:
    policy, runner = Policy(DEFAULT, faded(feedback=None)), Runner()
    coached(policy, runner.run(200, 172, impact=1.0))
    assert coached(policy, runner.run(200, 172, impact=3.0)) == []


def test_the_plans_band_holds() -> None:
    plan = faded(feedback=None, band_percent=5.0)
    assert coached(Policy(DEFAULT, plan), Runner().run(300, 165)) == []
    assert coached(Policy(DEFAULT, faded(feedback=None)), Runner().run(300, 165)) != []


def test_what_the_runner_silenced_stays_silent_until_asked_again() -> None:
    policy, runner = Policy(DEFAULT, faded(feedback=None)), Runner()
    coached(policy, runner.run(20, 160))
    told = policy.silence(runner.t)
    assert [c.pattern for c in told] == [Pattern.PAUSED]
    assert told[0].because == "coaching is off for this run, as you asked"
    assert coached(policy, runner.run(600, 160)) == []
    assert [c.pattern for c in policy.silence(runner.t)] == [Pattern.RESUMED]
    assert coached(policy, runner.run(60, 160)) != []


windows = st.lists(
    st.builds(lambda a, b: Window(a, a + b), st.floats(0, 3600), st.floats(0, 600)), max_size=4
).map(tuple)


@given(
    st.builds(
        SessionPlan,
        programme=st.text(max_size=10),
        session=st.integers(0, 99),
        run_s=st.none() | st.floats(60, 7200),
        coached=st.booleans(),
        cadence=st.none() | st.sampled_from(CadenceCue),
        feedback=st.none() | windows,
        probes=windows,
        baseline_cadence_spm=st.none() | st.floats(120, 240),
    )
)
def test_a_plan_comes_back_from_json(plan: SessionPlan) -> None:
    assert plan_of(json.loads(json.dumps(plan.as_dict()))) == plan


def test_steps_count_a_window_not_the_clock() -> None:
    plan = faded()
    run_s = 0.0
    for event in Runner().run(500, 160):
        if isinstance(event, Step):
            run_s += event.duration_s
    assert plan.may_speak(run_s) is False
    assert plan.may_speak(0.0)
    assert not plan.may_speak(120.0)
    assert plan.may_speak(300.0)


def test_softer_is_said_at_a_target_far_above_the_baseline_too() -> None:
    plan = SessionPlan(
        "p", baseline_cadence_spm=160.0, cadence_percent=10.0, waist_impact_limit_g=1.0
    )
    policy, runner = Policy(DEFAULT, plan), Runner()
    coached(policy, runner.run(60, 160, impact=0.8))
    cues = coached(policy, runner.run(120, 176, impact=1.4))
    assert Pattern.SOFTER in {c.pattern for c in cues}


def test_a_stop_is_told_to_who_has_silenced_the_coach() -> None:
    policy, runner = Policy(DEFAULT, faded(feedback=None)), Runner()
    coached(policy, runner.run(20, 160))
    policy.silence(runner.t)
    told = [c.pattern for e in runner.stand(10) + runner.run(5, 160) for c in policy.push(e)]
    assert told == [Pattern.PAUSED, Pattern.RESUMED]
