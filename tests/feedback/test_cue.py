import json

from feedback.console import CueLines, clock, cue_line
from feedback.cue import COACHING, STATUS, Cue, Pattern

WHY = "cadence 163 spm, below your band 166-174 for 12 s"


def test_a_cue_is_written_with_the_keys_of_the_events_file() -> None:
    cue = Cue(82.0, 83.2, Pattern.QUICKER, WHY, 83.1)
    assert json.loads(json.dumps(cue.as_dict())) == {
        "type": "cue",
        "t": 82.0,
        "t_decision": 83.2,
        "pattern": "quicker",
        "because": WHY,
        "strike_t": 83.1,
        "grade": 0,
    }


def test_every_pattern_is_either_coaching_or_status() -> None:
    assert {p.value for p in COACHING} == {"quicker", "softer", "beat"}
    assert not COACHING & STATUS
    assert set(Pattern) == COACHING | STATUS


def test_a_line_of_the_console_says_when_what_and_why() -> None:
    line = cue_line(Cue(1082.0, 1083.2, Pattern.QUICKER, WHY), start_t=1000.0)
    assert line.split(maxsplit=2) == ["0:01:23", "quicker", WHY]


def test_reasons_stand_below_each_other() -> None:
    lines = [cue_line(Cue(0.0, 0.0, p, "why")) for p in Pattern]
    assert len({line.index("why") for line in lines}) == 1


def test_a_clock_goes_past_the_hour_and_before_zero() -> None:
    assert clock(3 * 3600 + 59.99) == "3:01:00"
    assert clock(4.96) == "0:00:05"
    assert clock(4.49) == "0:00:04"
    assert clock(-5.0) == "-0:00:05"
    assert clock(-0.5) == "0:00:00"


def test_of_beats_in_a_row_the_first_says_it() -> None:
    lines = CueLines()
    beats = [10.0, 10.4, 10.8, 14.0, 30.0, 30.4]
    told = [lines.line(Cue(t, t - 0.3, Pattern.BEAT, WHY)) is not None for t in beats]
    assert told == [True, False, False, False, True, False]
    assert lines.line(Cue(31.0, 31.0, Pattern.QUICKER, WHY)) is not None
