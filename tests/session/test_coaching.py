"""What the summary says of cues, of the dose, and of what stays without them."""

import pytest

from dsp.events import Event, Step
from feedback.cue import Cue, Pattern
from feedback.plan import SessionPlan, Window
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from firmware_py.session.cues import trains
from firmware_py.session.summary import SummaryBuilder
from firmware_py.session.text import describe
from tests.feedback.runner import Runner
from tests.session.made import WAIST, check, still

PLAN = SessionPlan(
    "standard",
    session=5,
    of=8,
    run_s=600.0,
    baseline_cadence_spm=160.0,
    cadence_percent=7.5,
    feedback=(Window(0.0, 300.0),),
)


def beat(t: float) -> Cue:
    return Cue(t, t - 0.3, Pattern.BEAT, "beat", t - 0.4)


def coached(events: list[Event], plan: SessionPlan, end: float) -> dict[str, object]:
    builder, policy = SummaryBuilder(WAIST, plan=plan), Policy(FeedbackSettings(), plan)
    builder.add_block(still(0.0, end))
    for event in events:
        builder.add_event(event)
        for cue in policy.push(event):
            builder.add_cue(cue)
        if isinstance(event, Step):
            builder.add_reception(policy.reception)
    return check(builder.finish(policy.target))


def test_what_stays_without_cues_is_measured_where_none_could_come() -> None:
    runner = Runner()
    # With cues at the target of 172; without them half of the rise is left.
    events = [*runner.run(300, 172), *runner.run(300, 166)]
    found = coached(events, PLAN, runner.t)["coaching"]
    assert isinstance(found, dict)
    assert found["programme"] == "standard"
    assert (found["session"], found["of"]) == (5, 8)
    assert found["done_share"] == pytest.approx(1.0, abs=0.01)
    # Not the 30 s of warm-up, in which no cue could come.
    assert found["feedback_s"] == pytest.approx(270, abs=1)
    assert found["withheld_s"] == pytest.approx(300, abs=1)
    assert found["coached_in_band"] == pytest.approx(1.0, abs=0.02)
    assert found["uncoached_in_band"] == pytest.approx(0.05, abs=0.05)
    assert found["retained"] == pytest.approx(0.5, abs=0.03)


def test_a_plan_that_lets_cues_come_always_has_nothing_to_say_of_retention() -> None:
    runner = Runner()
    plan = SessionPlan("open", baseline_cadence_spm=160.0, cadence_percent=5.0)
    found = coached(runner.run(300, 168), plan, runner.t)["coaching"]
    assert isinstance(found, dict)
    assert found["retained"] is None
    assert found["planned_s"] is found["done_share"] is None


def test_beats_in_a_row_are_one_cue_and_words_between_them_part_them() -> None:
    word = Cue(20.0, 20.0, Pattern.QUICKER, "slow", 19.9)
    cues = [beat(10.0), beat(10.4), beat(10.8), word, beat(21.0), beat(40.0)]
    assert [len(t) for t in trains(cues)] == [3, 1, 1, 1]


def test_the_text_names_the_session_and_what_was_kept() -> None:
    runner = Runner()
    summary = coached([*runner.run(300, 172), *runner.run(150, 166)], PLAN, runner.t)
    text = describe(summary)
    assert "programme       standard, session 5 of 8, 75 % of the planned 0:10:00" in text
    assert "% of the rise kept" in text
