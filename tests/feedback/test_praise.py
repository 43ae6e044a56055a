"""`good` is rare: what was asked for was done, and it stays."""

from itertools import pairwise

from dsp.events import Event
from feedback.cue import Cue, Pattern
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.feedback.runner import Runner

FIXED = FeedbackSettings(cadence_target_spm=170.0, cadence_baseline_spm=160.0)


def cues(policy: Policy, events: list[Event]) -> list[Cue]:
    return [c for e in events for c in policy.push(e)]


def good(policy: Policy, events: list[Event]) -> list[float]:
    return [c.t_decision for c in cues(policy, events) if c.pattern is Pattern.GOOD]


def test_who_does_what_a_cue_asked_for_hears_it_once() -> None:
    policy, runner = Policy(FIXED), Runner()
    told = cues(policy, runner.run(40, 162))
    assert told[-1].pattern is Pattern.QUICKER
    heard = good(policy, runner.run(300, 170))
    assert len(heard) == 1
    assert 30.0 <= heard[0] - told[-1].t_decision < 50.0


def test_who_was_always_good_hears_nothing() -> None:
    assert good(Policy(FIXED), Runner().run(900, 170)) == []


def test_who_ignores_a_cue_hears_none_and_who_comes_round_later_did_not_answer_it() -> None:
    policy, runner = Policy(FIXED), Runner()
    assert good(policy, runner.run(95, 162)) == []
    # Three cues in vain, then minutes of silence.
    assert good(policy, runner.run(140, 162)) == []
    assert good(policy, runner.run(300, 170)) == []


def test_it_comes_every_ten_minutes_at_most() -> None:
    policy, runner = Policy(FIXED), Runner()
    heard: list[float] = []
    for _ in range(15):
        heard += good(policy, runner.run(60, 162))
        heard += good(policy, runner.run(60, 170))
    assert 2 <= len(heard) <= 3
    assert min(b - a for a, b in pairwise(heard)) >= 600.0
