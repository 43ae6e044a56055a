from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.actuators.conductor import NIGHT_LEVEL
from feedback.actuators.edges import Action, edges_of
from feedback.actuators.played import NotPlayed, Played
from feedback.cue import Pattern
from feedback.pulse import Pulse, Voice
from tests.feedback.actuators.stage import Diarist, ShapedDiarist, Stage


def motor(clock: Callable[[], float], onset_s: float = 0.06) -> Diarist:
    return Diarist(clock, "motor", Voice.BUZZ, onset_s)


def test_a_pattern_is_played_pulse_by_pulse() -> None:
    stage = Stage()
    stage.give(Pattern.QUICKER)
    stage.run()
    (beeper,) = stage.actuators
    assert beeper.times == [(100.0, "on"), (100.1, "off"), (100.2, "on"), (100.3, "off")]
    assert [(p.pitch_hz, p.strength) for p in beeper.pulses] == [(2000.0, 1.0), (3000.0, 0.5)]


def test_each_actuator_plays_the_shape_of_its_voice_at_once() -> None:
    stage = Stage(Diarist, motor)
    stage.give(Pattern.QUICKER)
    stage.run()
    beeper, buzz = stage.actuators
    assert beeper.times[0] == buzz.times[0] == (100.0, "on")
    assert buzz.times == [(100.0, "on"), (100.2, "off"), (100.3, "on"), (100.5, "off")]


def test_a_buzzer_does_not_wait_for_a_motor_that_takes_its_time() -> None:
    class Hanging(Diarist):
        def on(self, pulse: Pulse, level: float) -> None:
            stage.t += 0.1
            raise OSError("timed out")

    stage = Stage(lambda clock: Hanging(clock, "motor", Voice.BUZZ, 0.06), Diarist)
    stage.give(Pattern.QUICKER)
    stage.run()
    assert stage.actuators[1].times[0] == (100.0, "on")
    assert stage.failures == [("motor", "timed out")]
    assert stage.played[0].edge_t == 100.0


def test_pulses_without_silence_between_them_are_joined() -> None:
    edges = edges_of((Pulse(0.1, 0.0, 2000.0), Pulse(0.1, 0.0, 3000.0)))
    assert [(e.after_s, e.action) for e in edges] == [
        (0.0, Action.ON),
        (0.1, Action.ON),
        (0.2, Action.OFF),
    ]


def test_a_part_with_inertia_is_kicked_first_and_braked_last() -> None:
    stage = Stage(lambda clock: ShapedDiarist(clock, voice=Voice.BUZZ))
    stage.give(Pattern.SOFTER)
    stage.run()
    assert stage.actuators[0].times == [
        (100.0, "kick"),
        (100.03, "on"),
        (100.5, "brake"),
        (100.52, "off"),
    ]


def test_a_pulse_shorter_than_the_kick_is_not_kicked() -> None:
    edges = edges_of((Pulse(0.02),), kick_s=0.03)
    assert edges[0].action is Action.ON


def test_a_part_that_runs_already_is_not_kicked_again() -> None:
    edges = edges_of((Pulse(0.1), Pulse(0.1, 0.1), Pulse(0.1)), kick_s=0.03, brake_s=0.02)
    assert [e.action.value for e in edges] == [
        *("kick", "on", "on", "brake", "off"),
        *("kick", "on", "brake", "off"),
    ]


def test_the_newest_cue_wins() -> None:
    stage = Stage()
    stage.give(Pattern.SOFTER)
    stage.run(100.2)
    stage.give(Pattern.QUICKER)
    stage.run()
    assert stage.actuators[0].times[:3] == [(100.0, "on"), (100.2, "off"), (100.2, "on")]
    assert stage.outcomes == [("softer", None), ("quicker", None)]


def test_of_two_cues_at_once_the_older_is_not_played() -> None:
    stage = Stage()
    stage.give(Pattern.SOFTER)
    stage.give(Pattern.QUICKER)
    stage.run()
    assert stage.outcomes == [("softer", "replaced"), ("quicker", None)]
    assert len(stage.actuators[0].pulses) == 2


def test_a_planned_cue_starts_early_by_the_onset_of_each_actuator() -> None:
    stage = Stage(lambda clock: Diarist(clock, onset_s=0.002), motor)
    stage.give(Pattern.BEAT, 101.0)
    stage.run()
    beeper, buzz = stage.actuators
    assert beeper.times[0] == (100.998, "on")
    assert buzz.times[0] == (100.94, "on")
    (played,) = stage.played
    assert [s.name for s in played.actuators] == ["motor", "beeper"]
    assert played.late_s == pytest.approx(0.0, abs=1e-9)
    assert played.due_t == pytest.approx(100.94)


def test_several_beats_may_wait_in_any_order() -> None:
    stage = Stage()
    for t in (101.0, 100.5, 100.75):
        stage.give(Pattern.BEAT, t)
    stage.run()
    assert [t for t, what in stage.actuators[0].times if what == "on"] == [100.5, 100.75, 101.0]


def test_a_beat_interrupts_no_other_pattern() -> None:
    stage = Stage()
    stage.give(Pattern.BEAT, 100.3)
    stage.give(Pattern.BEAT, 100.9)
    stage.give(Pattern.SOFTER)
    stage.run()
    assert stage.outcomes == [("softer", None), ("beat", "busy"), ("beat", None)]
    assert stage.actuators[0].times[:2] == [(100.0, "on"), (100.5, "off")]


def test_a_pattern_interrupts_a_beat_and_leaves_those_to_come() -> None:
    stage = Stage()
    stage.give(Pattern.BEAT, 100.2)
    stage.give(Pattern.BEAT, 101.0)
    stage.run(100.21)
    stage.give(Pattern.QUICKER)
    stage.run()
    assert stage.outcomes == [("beat", None), ("quicker", None), ("beat", None)]


@pytest.mark.parametrize("late_s", [0.021, 0.5, 100.0])
def test_a_beat_in_the_past_is_left_out(late_s: float) -> None:
    stage = Stage()
    stage.give(Pattern.BEAT, stage.t - late_s)
    stage.run()
    assert stage.outcomes == [("beat", "late")]
    assert not stage.actuators[0].diary


def test_a_beat_too_late_for_the_motor_is_still_heard() -> None:
    stage = Stage(Diarist, motor)
    stage.give(Pattern.BEAT, stage.t + 0.02)
    stage.run()
    (played,) = stage.played
    assert [s.name for s in played.actuators] == ["beeper"]


def test_after_a_stall_the_rest_of_a_pattern_moves_back() -> None:
    stage = Stage()
    stage.give(Pattern.QUICKER)
    stage.run(100.05)
    stage.t = 103.0
    stage.run()
    assert stage.actuators[0].times == [
        (100.0, "on"),
        (103.0, "off"),
        (103.1, "on"),
        (103.2, "off"),
    ]


def test_the_level_is_what_the_wearer_chose_last() -> None:
    stage = Stage()
    stage.conductor.level = 0.4
    stage.give(Pattern.SOFTER)
    stage.run()
    stage.conductor.level = 0.7
    stage.give(Pattern.SOFTER)
    stage.run()
    assert [level for _, what, level in stage.actuators[0].diary if what == "on"] == [0.4, 0.7]


def test_at_night_there_is_vibration_and_no_sound() -> None:
    stage = Stage(Diarist, motor)
    stage.conductor.night = True
    stage.give(Pattern.QUICKER)
    stage.run()
    beeper, buzz = stage.actuators
    assert not beeper.diary
    assert buzz.diary[0][2] == 1.0


@pytest.mark.parametrize("level", [1.0, 0.05])
def test_at_night_without_a_motor_the_sound_is_at_its_lowest(level: float) -> None:
    stage = Stage()
    stage.conductor.night, stage.conductor.level = True, level
    stage.give(Pattern.QUICKER)
    stage.run()
    assert stage.actuators[0].diary[0][2] == min(level, NIGHT_LEVEL)


def test_at_night_with_a_broken_motor_the_sound_is_at_its_lowest() -> None:
    stage = Stage(Diarist, motor)
    stage.conductor.night = True
    stage.actuators[1].broken = OSError("nobody answers")
    for _ in range(2):
        stage.give(Pattern.QUICKER)
        stage.run()
    assert stage.actuators[0].diary[0][2] == NIGHT_LEVEL


def test_a_pattern_without_a_shape_for_any_actuator_is_not_played() -> None:
    stage = Stage()
    stage.give(Pattern.GOOD)
    stage.give(Pattern.ROUTINE)
    stage.run()
    assert stage.outcomes == [("good", "no shape"), ("routine", "no shape")]


@pytest.mark.parametrize("how", ["silent", "level"])
def test_silenced_cues_are_told_and_not_played(how: str) -> None:
    stage = Stage()
    setattr(stage.conductor, how, True if how == "silent" else 0.0)
    stage.give(Pattern.QUICKER)
    stage.give(Pattern.BEAT, 101.0)
    stage.run()
    assert stage.outcomes == [("quicker", "silenced"), ("beat", "silenced")]
    assert not stage.actuators[0].diary


def test_hush_ends_what_plays_and_what_waits() -> None:
    stage = Stage()
    stage.give(Pattern.BEAT, 101.0)
    stage.give(Pattern.SOFTER)
    stage.run(100.1)
    stage.conductor.hush()
    stage.run()
    assert stage.actuators[0].times == [(100.0, "on"), (100.1, "off")]
    assert stage.outcomes == [("softer", None), ("beat", "silenced")]


def test_beats_can_be_taken_back() -> None:
    stage = Stage()
    stage.give(Pattern.BEAT, 100.5)
    stage.give(Pattern.BEAT, 101.0)
    stage.give(Pattern.SOFTER, 102.0)
    stage.run(100.6)
    stage.conductor.cancel_beats()
    stage.run()
    assert stage.outcomes == [("beat", None), ("beat", "canceled"), ("softer", None)]


CUES = st.lists(
    st.tuples(
        st.floats(0.0, 0.4),
        st.sampled_from([Pattern.QUICKER, Pattern.SOFTER, Pattern.BEAT, Pattern.GOOD]),
        st.floats(-0.1, 1.0),
        st.booleans(),
        st.booleans(),
    ),
    max_size=25,
)


@given(CUES)
def test_every_cue_is_told_once_and_in_the_end_all_is_silent(
    cues: list[tuple[float, Pattern, float, bool, bool]],
) -> None:
    stage = Stage(Diarist, lambda clock: ShapedDiarist(clock, "motor", Voice.BUZZ, 0.05))
    for wait, pattern, ahead, broken, stuck in cues:
        stage.run(stage.t + wait)
        stage.actuators[1].broken = OSError("on") if broken else None
        stage.actuators[1].stuck = OSError("off") if stuck else None
        stage.give(pattern, stage.t + ahead)
    stage.actuators[1].stuck = None
    stage.run()
    assert len(stage.played) == len(cues)
    for actuator in stage.actuators:
        assert not actuator.diary or actuator.diary[-1][1] == "off"
    assert all((p.edge_t is None) == (p.not_played is not None) for p in stage.played)
    assert stage.conductor.step() is None


@given(CUES)
def test_no_beat_sounds_into_another_pattern(
    cues: list[tuple[float, Pattern, float, bool, bool]],
) -> None:
    stage = Stage()
    for wait, pattern, ahead, _, _ in cues:
        stage.run(stage.t + wait)
        stage.give(pattern, stage.t + max(0.0, ahead) if pattern is Pattern.BEAT else None)
    stage.run()
    for beat in (p for p in stage.played if p.pattern is Pattern.BEAT):
        _heard_alone(beat, stage.played)


def _heard_alone(beat: Played, played: list[Played]) -> None:
    if beat.edge_t is None:
        assert beat.not_played in (NotPlayed.BUSY, NotPlayed.REPLACED, NotPlayed.LATE)
        return
    lengths = {Pattern.QUICKER: 0.3, Pattern.SOFTER: 0.5}
    # They are told as they begin; of two at one time the later is the one that goes on.
    before = [p for p in played[: played.index(beat)] if p.edge_t and p.pattern in lengths]
    if before:
        t, pattern = before[-1].edge_t or 0.0, before[-1].pattern
        assert beat.edge_t >= t + lengths[pattern] - 1e-6
