"""When the metronome goes: off target, for as long as it takes, and never without a runner."""

from dataclasses import replace
from itertools import pairwise

import pytest

from dsp.events import Event, FootStrike
from feedback.cue import Cue, Pattern
from feedback.plan import CadenceCue, SessionPlan, Window
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.feedback.runner import Runner

PLAN = SessionPlan(
    "easy", cadence=CadenceCue.METRONOME, baseline_cadence_spm=160.0, cadence_percent=5.0
)


def foreseen(events: list[Event], spm: float) -> list[Event]:
    """The strikes with the next one's time, as the pipeline gives it in a steady run."""
    out: list[Event] = []
    for event in events:
        if isinstance(event, FootStrike):
            event = replace(event, next_t=event.t + 60.0 / spm, next_sd_s=0.01)
        out.append(event)
    return out


def coached(policy: Policy, events: list[Event]) -> list[Cue]:
    return [c for e in events for c in policy.push(e) if c.coaching]


def slow(policy: Policy, runner: Runner, seconds: float, spm: float = 160.0) -> list[Cue]:
    return coached(policy, foreseen(runner.run(seconds, spm), spm))


def test_a_slow_runner_hears_beats_at_the_target_instead_of_a_word() -> None:
    policy, runner = Policy(FeedbackSettings(), PLAN), Runner()
    beats = slow(policy, runner, 60)
    assert {c.pattern for c in beats} == {Pattern.BEAT}
    assert beats[0].because.startswith("cadence 160 spm, below your band 164-172 for ")
    intervals = [b.t - a.t for a, b in pairwise(beats)]
    assert intervals[-1] == pytest.approx(60.0 / 168.0, abs=0.002)
    assert all(c.t > c.t_decision for c in beats)


def test_they_last_half_a_minute_then_the_least_time_between_cues_counts() -> None:
    policy, runner = Policy(FeedbackSettings(), PLAN), Runner()
    beats = slow(policy, runner, 200)
    breaks = [(a.t, b.t) for a, b in pairwise(beats) if b.t - a.t > 2.0]
    assert 29.0 < breaks[0][0] - beats[0].t < 32.0
    assert all(29.0 < b - a < 33.0 for a, b in breaks)


def test_they_end_soon_once_the_runner_is_there() -> None:
    policy, runner = Policy(FeedbackSettings(), PLAN), Runner()
    beats = slow(policy, runner, 40)
    began = beats[0].t
    more = slow(policy, runner, 60, 168.0)
    assert more[-1].t - began < 25.0


def test_nothing_beats_once_nobody_runs() -> None:
    policy, runner = Policy(FeedbackSettings(), PLAN), Runner()
    assert slow(policy, runner, 35)
    stood = runner.t
    assert coached(policy, runner.stand(30)) == []
    again = slow(policy, runner, 40)
    assert again[0].t - stood > 30.0


def test_the_metronome_of_a_session_goes_on_all_the_time_within_its_windows() -> None:
    plan = replace(PLAN, metronome_always=True, feedback=(Window(0.0, 90.0),))
    policy, runner = Policy(FeedbackSettings(), plan), Runner()
    beats = slow(policy, runner, 180, 168.0)
    assert max(b.t - a.t for a, b in pairwise(beats)) < 0.8
    assert 29.0 < beats[0].t < 32.0
    assert 88.0 < beats[-1].t < 92.0


def test_it_goes_when_the_runner_wants_it_and_stops_when_not() -> None:
    policy, runner = Policy(FeedbackSettings(cadence_baseline_spm=160.0)), Runner()
    slow(policy, runner, 25)
    assert policy.metronome(runner.t) == []
    beats = slow(policy, runner, 20)
    assert len(beats) > 30
    policy.metronome(runner.t)
    assert slow(policy, runner, 9) == []


def test_no_beat_is_quicker_than_ten_percent_over_the_baseline() -> None:
    plan = replace(PLAN, cadence_percent=None, cadence_target_spm=190.0)
    beats = slow(Policy(FeedbackSettings(), plan), Runner(), 120)
    assert beats
    least = min(b.t - a.t for a, b in pairwise(beats))
    assert 60.0 / least <= 176.0 * (1 + 1e-6)


def test_a_silenced_coach_beats_no_more() -> None:
    policy, runner = Policy(FeedbackSettings(), PLAN), Runner()
    assert slow(policy, runner, 35)
    policy.silence(runner.t)
    assert slow(policy, runner, 120) == []


def test_the_least_time_between_cues_counts_from_the_last_beat_heard() -> None:
    plan = replace(PLAN, impact=True, waist_impact_limit_g=0.5)
    runner, policy = Runner(), Policy(FeedbackSettings(), plan)
    cues = slow(policy, runner, 45)
    cues += coached(policy, foreseen(runner.run(90, 168.0, impact=1.5), 168.0))
    beats = [c.t for c in cues if c.pattern is Pattern.BEAT]
    words = [c.t for c in cues if c.pattern is Pattern.SOFTER]
    assert beats[-1] < words[0]
    assert words[0] - beats[-1] >= 30.0


def test_beats_at_a_target_do_not_raise_the_baseline_that_caps_it() -> None:
    policy, runner = Policy(FeedbackSettings(cadence_target_spm=190.0)), Runner()
    slow(policy, runner, 25)
    policy.metronome(runner.t)
    assert slow(policy, runner, 20)
    slow(policy, runner, 200, 176.0)
    assert policy.target.baseline_spm == pytest.approx(160.0, abs=0.1)
    assert policy.target.cadence_spm == pytest.approx(176.0, abs=0.2)


def test_beats_that_were_asked_for_do_not_move_the_cap() -> None:
    policy = Policy(FeedbackSettings(cadence_target_spm=185.0))
    runner = Runner()
    slow(policy, runner, 25)
    policy.metronome(runner.t)
    slow(policy, runner, 60)
    # The runner follows for minutes; the baseline is what it was before the first beat.
    slow(policy, runner, 240, 176.0)
    assert policy.target.baseline_spm == pytest.approx(160.0)
    assert policy.target.cadence_spm == pytest.approx(176.0)


def test_the_quickest_runner_is_given_no_beat_that_nobody_can_step() -> None:
    plan = replace(PLAN, baseline_cadence_spm=232.0, cadence_percent=7.5)
    policy = Policy(FeedbackSettings(), plan)
    beats = slow(policy, Runner(), 60, 230.0)
    assert policy.target.cadence_spm == 240.0
    assert all(b.t - a.t > 0.249 for a, b in pairwise(beats))


def test_the_metronome_that_was_asked_for_goes_on_outside_the_windows() -> None:
    plan = replace(PLAN, feedback=(Window(0.0, 1.0),))
    policy, runner = Policy(FeedbackSettings(), plan), Runner()
    assert slow(policy, runner, 60) == []
    policy.metronome(runner.t)
    assert len(slow(policy, runner, 20)) > 30
