"""A paused session: not a word, whatever happens; and a fresh start after it."""

from feedback.cue import Pattern
from feedback.policy import Policy
from tests.feedback.runner import Runner
from tests.feedback.test_policy import FIXED, coached


def test_in_a_pause_there_is_no_cue_of_any_kind_and_its_ends_are_told() -> None:
    policy, runner = Policy(FIXED), Runner()
    coached(policy, runner.run(35, 170))
    assert [c.pattern for c in policy.pause(runner.t, "paused, as you asked")] == [Pattern.PAUSED]
    events = [*runner.run(60, 150), *runner.walk(20), *runner.run(60, 150)]
    assert [c for e in events for c in policy.push(e)] == []
    policy.metronome(runner.t)
    assert [c for e in runner.run(60, 150) for c in policy.push(e)] == []
    assert [c.pattern for c in policy.resume(runner.t, "going on")] == [Pattern.RESUMED]


def test_what_was_off_in_a_pause_counts_from_its_end() -> None:
    policy, runner = Policy(FIXED), Runner()
    coached(policy, runner.run(35, 170))
    policy.pause(runner.t, "paused")
    coached(policy, runner.run(60, 160))
    policy.resume(runner.t, "going on")
    resumed = runner.t
    cues = coached(policy, runner.run(30, 160))
    assert cues
    assert cues[0].t_decision >= resumed + FIXED.persistence_s


def test_a_pause_by_itself_is_silent() -> None:
    policy, runner = Policy(FIXED), Runner()
    coached(policy, runner.run(35, 170))
    assert policy.pause(runner.t, "standing for 20 s", told=False) == []
    assert policy.paused
