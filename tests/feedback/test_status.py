from collections.abc import Iterable

import pytest

from dsp.events import Activity, Event, Segment
from feedback.cue import Cue, Pattern
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.feedback.runner import Runner


def told(policy: Policy, events: Iterable[Event]) -> list[Cue]:
    return [c for e in events for c in policy.push(e) if not c.coaching]


def patterns(cues: Iterable[Cue]) -> list[str]:
    return [c.pattern.value for c in cues]


@pytest.fixture
def policy() -> Policy:
    return Policy(FeedbackSettings())


def test_a_run_with_a_break_tells_its_four_words(policy: Policy) -> None:
    r = Runner()
    events = [*r.walk(20), *r.run(30, 165), *r.walk(12), *r.run(30, 165)]
    cues = told(policy, events) + policy.finish(r.t)
    assert patterns(cues) == ["started", "paused", "resumed", "stopped"]
    assert cues[1].because in {"walking for 3 s", "walking for 4 s"}
    assert all(c.t <= c.t_decision for c in cues)
    assert [c.t_decision for c in cues] == sorted(c.t_decision for c in cues)


def test_a_stop_of_less_than_three_seconds_is_not_worth_a_word(policy: Policy) -> None:
    r = Runner()
    cues = told(policy, [*r.run(30, 165), *r.stand(2.9), *r.run(30, 165)])
    assert patterns(cues) == ["started"]


def test_a_pause_is_told_with_the_first_event_after_three_seconds(policy: Policy) -> None:
    r = Runner()
    told(policy, r.run(30, 165))
    stop = r.t
    cue = told(policy, r.walk(30))[0]
    assert cue.t == stop
    assert 3.0 <= cue.t_decision - stop < 3.7


def test_a_stand_that_is_known_late_enough_is_a_pause_at_once(policy: Policy) -> None:
    r = Runner()
    told(policy, r.run(30, 165))
    (cue,) = policy.push(Segment(r.t, r.t + 3.1, Activity.STAND))
    assert (cue.pattern, cue.t, cue.t_decision) == (Pattern.PAUSED, r.t, r.t + 3.1)


def test_a_silent_stand_is_told_when_the_run_goes_on(policy: Policy) -> None:
    r = Runner()
    cues = told(policy, [*r.run(30, 165), *r.stand(60), *r.run(10, 165)])
    assert patterns(cues) == ["started", "paused", "resumed"]
    assert cues[2].because == "running again after 60 s"


def test_walking_then_standing_is_one_pause(policy: Policy) -> None:
    r = Runner()
    cues = told(policy, [*r.run(30, 165), *r.walk(20), *r.stand(20), *r.walk(20)])
    assert patterns(cues) == ["started", "paused"]


def test_without_running_nothing_starts_and_nothing_stops(policy: Policy) -> None:
    r = Runner()
    assert told(policy, [*r.walk(60), *r.stand(60)]) == []
    assert policy.finish(r.t) == []


@pytest.mark.parametrize(
    "pattern", [Pattern.SENSOR_LOST, Pattern.STORAGE_FULL, Pattern.BATTERY_LOW]
)
def test_the_firmwares_own_words_pass_at_once(policy: Policy, pattern: Pattern) -> None:
    (cue,) = policy.status(pattern, 5.0, "what happened")
    assert (cue.pattern, cue.t, cue.t_decision) == (pattern, 5.0, 5.0)
    assert cue.because == "what happened"


def test_every_loss_of_the_sensor_is_told(policy: Policy) -> None:
    for t in (5.0, 65.0):
        lost = policy.status(Pattern.SENSOR_LOST, t, "no answer for 1 s")
        assert patterns(lost) == ["sensor_lost"]
        assert lost[0].t == t


def test_the_firmware_cannot_coach(policy: Policy) -> None:
    with pytest.raises(ValueError, match="quicker is a coaching pattern"):
        policy.status(Pattern.QUICKER, 5.0, "faster!")
