"""A cue is decided by earlier steps and released by the strike of the foot that it is about."""

from dataclasses import replace

import pytest

from dsp.block import Side
from dsp.events import Activity, Event, Foot, FootStrike, Segment, Step
from feedback.armed import Armed, Wish
from feedback.cue import Cue, Pattern
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from tests.feedback.runner import DELAY_S, Runner

SOFT = FeedbackSettings(
    cadence_target_spm=170.0, cadence_baseline_spm=160.0, waist_impact_limit_g=1.0
)


def footed(events: list[Event]) -> list[Event]:
    """The runner's steps with letters: even strikes are A's."""
    out: list[Event] = []
    number = 0
    strikes: dict[float, Foot] = {}
    for event in events:
        if isinstance(event, FootStrike):
            foot = (Foot.A, Foot.B)[number % 2]
            strikes[event.t] = foot
            number += 1
            event = replace(event, foot=foot)
        elif isinstance(event, Step):
            event = replace(event, foot=strikes[event.strike_t])
        out.append(event)
    return out


def limping(seconds: float) -> list[Event]:
    """Every second step lands hard."""
    runner, out = Runner(), list[Event]()
    while runner.t < seconds:
        out += runner.step(170.0, impact=1.0) + runner.step(170.0, impact=1.6)
    return footed(out)


def given(policy: Policy, events: list[Event]) -> list[tuple[Event, Cue]]:
    return [(e, c) for e in events for c in policy.push(e) if c.coaching]


def test_a_cue_comes_with_a_strike_and_as_early_as_that_is_known() -> None:
    policy = Policy(FeedbackSettings(cadence_target_spm=170.0, cadence_baseline_spm=160.0))
    for event, cue in given(policy, Runner().run(120, 160)):
        assert isinstance(event, FootStrike)
        assert cue.strike_t == event.t
        assert cue.t == cue.t_decision == event.t_decision
        assert cue.t_decision - cue.strike_t == pytest.approx(DELAY_S)


def test_softer_is_said_at_the_strike_of_the_foot_whose_step_decided_it() -> None:
    events = limping(120)
    said = given(Policy(SOFT), events)
    assert said
    for event, cue in said:
        assert cue.pattern is Pattern.SOFTER
        assert isinstance(event, FootStrike)
        earlier = [e for e in events if isinstance(e, Step) and e.t_decision < event.t_decision]
        assert event.foot is earlier[-1].foot


def test_a_missed_strike_does_not_put_it_on_the_other_foot() -> None:
    armed = Armed()
    armed.hold(Wish(10.0, Pattern.SOFTER, "hard", foot=Foot.A))
    assert armed.release(FootStrike(10.4, 10.43, Side.UNKNOWN, 1.0, foot=Foot.B)) is None
    released = armed.release(FootStrike(10.7, 10.73, Side.UNKNOWN, 1.0, foot=Foot.A))
    assert released is not None
    assert released[1].strike_t == 10.7


def test_what_waits_in_vain_is_never_said() -> None:
    armed = Armed()
    armed.hold(Wish(10.0, Pattern.QUICKER, "slow"))
    assert armed.release(FootStrike(13.0, 13.03, Side.UNKNOWN, 1.0)) is None
    assert not armed


def test_a_run_that_ends_takes_the_cue_that_waits_with_it() -> None:
    policy = Policy(FeedbackSettings(cadence_target_spm=170.0, cadence_baseline_spm=160.0))
    events = Runner().run(120, 160)
    cues = given(policy, events)
    first = events.index(cues[0][0])
    # The same run, which ends with the step that armed the cue.
    other = Policy(FeedbackSettings(cadence_target_spm=170.0, cadence_baseline_spm=160.0))
    assert given(other, events[:first]) == []
    t = events[first - 1].t_decision
    assert given(other, [Segment(t, t, Activity.STAND)]) == []
    strike = events[first]
    assert given(other, [strike]) == []


def test_the_pitch_of_softer_grows_with_the_excess() -> None:
    grades = []
    for impact in (1.05, 1.25, 1.45, 1.65, 1.9, 3.0):
        cues = given(Policy(SOFT), Runner().run(60, 170, impact=impact))
        grades.append(cues[0][1].grade)
    assert grades == [0, 2, 4, 5, 5, 5]
