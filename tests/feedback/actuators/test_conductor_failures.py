"""Actuators that fail, and what is told of every cue."""

import json
from collections.abc import Callable

import pytest

from feedback.actuators.conductor import Conductor
from feedback.actuators.guarded import OFF_AGAIN_S, RETRY_S
from feedback.cue import Cue, Pattern
from feedback.pulse import Voice
from tests.feedback.actuators.stage import PATTERNS, Diarist, Stage


def motor(clock: Callable[[], float], onset_s: float = 0.06) -> Diarist:
    return Diarist(clock, "motor", Voice.BUZZ, onset_s)


def test_an_actuator_that_fails_is_told_once_and_the_others_play_on() -> None:
    stage = Stage(Diarist, motor)
    stage.actuators[1].broken = OSError("0x5a: nobody answers")
    for _ in range(3):
        stage.give(Pattern.QUICKER)
        stage.run()
    assert stage.failures == [("motor", "0x5a: nobody answers")]
    assert [[s.name for s in p.actuators] for p in stage.played] == [["beeper"]] * 3
    assert stage.actuators[1].tried == 1


def test_a_failed_actuator_is_tried_again_by_the_first_cue_after_a_while() -> None:
    stage = Stage(Diarist, motor)
    buzz = stage.actuators[1]
    buzz.broken = RuntimeError("gone")
    stage.give(Pattern.QUICKER)
    stage.run(100.0 + RETRY_S - 0.1)
    buzz.broken = None
    stage.give(Pattern.QUICKER)
    stage.run(100.0 + RETRY_S)
    assert not buzz.diary
    stage.give(Pattern.SOFTER)
    stage.run()
    assert buzz.times[0] == (130.0, "on")
    buzz.broken = RuntimeError("gone again")
    stage.give(Pattern.SOFTER)
    assert stage.failures == [("motor", "gone")]
    stage.run()
    assert [text for _, text in stage.failures] == ["gone", "gone again"]


def test_a_cue_that_nobody_can_play_says_so() -> None:
    stage = Stage()
    stage.actuators[0].broken = OSError("no")
    stage.give(Pattern.QUICKER)
    stage.run()
    stage.give(Pattern.QUICKER)
    stage.run()
    assert stage.outcomes == [("quicker", "failed"), ("quicker", "failed")]


def test_an_actuator_that_cannot_be_silenced_is_tried_soon_and_then_now_and_then() -> None:
    stage = Stage()
    (beeper,) = stage.actuators
    stage.give(Pattern.SOFTER)
    stage.run(100.1)
    beeper.stuck = OSError("bus")
    stage.run(100.5 + sum(OFF_AGAIN_S) + 0.01)
    assert beeper.tried == 1 + 1 + len(OFF_AGAIN_S)
    stage.run(stage.t + 3 * RETRY_S)
    assert beeper.tried == 1 + 1 + len(OFF_AGAIN_S) + 3
    beeper.stuck = None
    stage.run()
    assert beeper.times == [
        (100.0, "on"),
        (pytest.approx(100.5 + sum(OFF_AGAIN_S) + 4 * RETRY_S), "off"),
    ]
    assert stage.failures == [("beeper", "bus")]


def test_a_late_try_to_silence_one_pattern_does_not_cut_the_next() -> None:
    stage = Stage()
    (beeper,) = stage.actuators
    stage.give(Pattern.SOFTER)
    stage.run(100.1)
    beeper.stuck = OSError("bus")
    stage.give(Pattern.SOFTER)
    beeper.stuck = None
    stage.run()
    assert beeper.times == [(100.0, "on"), (100.1, "on"), (100.6, "off")]


def test_an_actuator_that_never_sounded_needs_no_second_try_to_silence_it() -> None:
    stage = Stage()
    stage.actuators[0].stuck = OSError("no such chip")
    stage.conductor.prepare()
    assert stage.conductor.step() is None


def test_who_fails_at_the_start_is_told_before_the_first_cue() -> None:
    stage = Stage()
    stage.actuators[0].stuck = OSError("no such chip")
    stage.conductor.prepare()
    assert stage.failures == [("beeper", "no such chip")]


def test_closing_leaves_nothing_sounding() -> None:
    stage = Stage(Diarist, motor)
    stage.give(Pattern.SOFTER)
    stage.run(100.1)
    stage.conductor.close()
    assert [a.diary[-1][1] for a in stage.actuators] == ["off", "off"]
    assert not any(a.open for a in stage.actuators)


def test_a_listener_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()

    def fails(*_: object) -> None:
        raise ValueError("listener")

    conductor = Conductor(stage.actuators, PATTERNS, stage.now, played=fails, failed=fails)
    conductor.take(Cue(100.0, 100.0, Pattern.SOFTER, "why"), 100.0)
    conductor.step()
    assert stage.actuators[0].times == [(100.0, "on")]
    stage.actuators[0].broken = OSError("no")
    conductor.take(Cue(100.0, 100.0, Pattern.QUICKER, "why"), 100.0)
    conductor.step()
    assert stage.actuators[0].times[-1] == (100.0, "off")
    assert "listener" in caplog.text


def test_what_was_played_is_ready_for_json() -> None:
    stage = Stage(lambda clock: Diarist(clock, onset_s=0.01))
    stage.conductor.take(Cue(100.0, 100.0, Pattern.QUICKER, "why", 99.98), 99.99)
    stage.run()
    stage.give(Pattern.GOOD)
    first, second = (json.loads(json.dumps(p.as_dict())) for p in stage.played)
    assert first == {
        "type": "played",
        "t": 100.0,
        "t_decision": 100.0,
        "pattern": "quicker",
        "strike_t": 99.98,
        "queued_t": 99.99,
        "due_t": 99.99,
        "edge_t": 100.0,
        "onset_t": pytest.approx(100.01),
        "late_s": pytest.approx(0.01),
        "actuators": [{"name": "beeper", "t": 100.0, "onset_t": pytest.approx(100.01)}],
        "not_played": None,
    }
    assert (second["edge_t"], second["late_s"], second["not_played"]) == (None, None, "no shape")
