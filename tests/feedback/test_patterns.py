"""Patterns as data: what the package ships, and what a runner's own file may say."""

import json
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.errors import ConfigError
from feedback.cue import COACHING, Pattern
from feedback.patterns import GRADES, LONGEST_S, MEANING, graded, length_s, load_patterns
from feedback.pulse import Pulse, Voice

SHIPPED = load_patterns()
URGENT = {Pattern.SENSOR_LOST, Pattern.STORAGE_FULL, Pattern.BATTERY_LOW}
WORDS = set(Pattern) - {Pattern.BEAT}


def own(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shapes_are_a_resource_of_the_package() -> None:
    assert files("feedback").joinpath("patterns.toml").is_file()


def test_every_pattern_has_a_meaning_and_a_shape_in_every_voice() -> None:
    assert set(SHIPPED) == set(MEANING) == set(Pattern)
    assert all(set(voices) == set(Voice) for voices in SHIPPED.values())


@pytest.mark.parametrize("pattern", sorted(COACHING))
def test_what_comes_often_is_short(pattern: Pattern) -> None:
    assert length_s(SHIPPED[pattern][Voice.BEEP]) <= 0.6
    assert length_s(SHIPPED[pattern][Voice.BUZZ]) <= 1.6


@pytest.mark.parametrize("voice", Voice)
def test_what_is_urgent_lasts_longer_than_anything_else(voice: Voice) -> None:
    calm = max(length_s(SHIPPED[p][voice]) for p in set(Pattern) - URGENT)
    assert min(length_s(SHIPPED[p][voice]) for p in URGENT) > calm


@pytest.mark.parametrize("pattern", sorted(WORDS))
def test_a_motor_has_time_to_rise_and_to_come_to_rest(pattern: Pattern) -> None:
    shape = SHIPPED[pattern][Voice.BUZZ]
    assert min(p.on_s for p in shape) >= 0.2
    assert min((p.off_s for p in shape[:-1]), default=1.0) >= 0.15


def test_a_beat_leaves_silence_before_the_next_at_the_quickest_cadence() -> None:
    for shape in SHIPPED[Pattern.BEAT].values():
        assert length_s(shape) <= 60 / 240 / 2


def test_quicker_rises_and_softer_is_lower_and_softer_than_everything_else() -> None:
    pitches = [p.pitch_hz for p in SHIPPED[Pattern.QUICKER][Voice.BEEP]]
    assert pitches == sorted(set(pitches))
    soft = SHIPPED[Pattern.SOFTER][Voice.BEEP]
    others = [q for p in Pattern if p != Pattern.SOFTER for q in SHIPPED[p][Voice.BEEP]]
    assert max(p.pitch_hz for p in soft) < min(q.pitch_hz for q in others)
    assert max(p.strength for p in soft) < min(q.strength for q in others)


def test_no_silence_is_left_at_the_end() -> None:
    assert all(shape[-1].off_s == 0 for v in SHIPPED.values() for shape in v.values())


def test_six_grades_raise_the_pitch_by_whole_tones_and_leave_the_rhythm() -> None:
    shape = SHIPPED[Pattern.SOFTER][Voice.BEEP]
    steps = [graded(shape, g) for g in range(1, GRADES + 1)]
    assert steps[0] == shape
    for low, high in pairwise(steps):
        for a, b in zip(low, high, strict=True):
            assert b.pitch_hz / a.pitch_hz == pytest.approx(2 ** (1 / 6))
            assert replace(b, pitch_hz=a.pitch_hz) == a
    assert graded(shape, 0) == steps[0]
    assert graded(shape, 99) == steps[-1]
    assert graded((Pulse(0.1, pitch_hz=5900.0),), 6)[0].pitch_hz == 6000.0


def test_an_own_shape_replaces_that_one_and_no_other(tmp_path: Path) -> None:
    path = own(tmp_path, "[good]\nbeep = [{ on_s = 0.5 }]\n")
    mine = load_patterns(path)
    assert mine[Pattern.GOOD][Voice.BEEP] == (Pulse(0.5, 0.0, 2700.0, 1.0),)
    assert mine[Pattern.GOOD][Voice.BUZZ] == SHIPPED[Pattern.GOOD][Voice.BUZZ]
    assert {p for p in Pattern if mine[p] != SHIPPED[p]} == {Pattern.GOOD}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sofer]\nbeep = [{ on_s = 0.1 }]", "unknown pattern sofer; did you mean softer?"),
        ("[good]\nbuz = [{ on_s = 0.1 }]", "unknown key good.buz; did you mean buzz?"),
        ("[good]\nbeep = [{ on_ss = 0.1 }]", "pulse 1: on_ss; did you mean on_s?"),
        ("[good]\nbeep = [{ off_s = 0.1 }]", "good.beep, pulse 1: on_s is missing"),
        ("[good]\nbeep = [{ on_s = 0.001 }]", "pulse 1: on_s = 0.001: must be >= 0.01"),
        ("[good]\nbeep = [{ on_s = 2.5 }]", "pulse 1: on_s = 2.5: must be <= 2"),
        ("[good]\nbeep = [{ on_s = 1, off_s = -1 }]", "off_s = -1: must be >= 0"),
        (
            "[good]\nbeep = [{ on_s = 1 }, { on_s = 1 }]",
            "good.beep, pulse 1: off_s = 0: must be >= 0.01 before another pulse",
        ),
        ("[good]\nbeep = [{ on_s = 1, pitch_hz = 100 }]", "pitch_hz = 100: must be >= 200"),
        ("[good]\nbeep = [{ on_s = 1, pitch_hz = 6001 }]", "pitch_hz = 6001: must be <= 6000"),
        ("[good]\nbeep = [{ on_s = 1, strength = 1.1 }]", "strength = 1.1: must be <= 1"),
        ("[good]\nbeep = [{ on_s = nan }]", "on_s = nan: must be a finite number"),
        ('[good]\nbeep = [{ on_s = "1" }]', 'on_s = "1": must be a number'),
        (
            "[good]\nbeep = [{ on_s = 2, off_s = 1 }, { on_s = 1.5 }]",
            "good.beep lasts 4.50 s: must be <= 4 s",
        ),
        ("[good]\nbeep = []", "good.beep is empty"),
        ("[good]\nbeep = 3", "good.beep must be a list of pulses"),
        ("[good]\nbeep = [0.1, 0.2]", "good.beep must be a list of pulses"),
        ("good = 3", "good must be a section"),
        ("[good", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_the_file(
    tmp_path: Path, text: str, says: str
) -> None:
    path = own(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_patterns(path)
    assert str(error.value).startswith(f"{path}: ")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


PULSES = st.builds(
    Pulse,
    st.floats(0.01, 0.2),
    st.floats(0.01, 0.2),
    st.floats(200.0, 6000.0),
    st.floats(0.0, 1.0),
)
SHAPES = st.lists(PULSES, min_size=1, max_size=6).map(tuple)


@given(
    st.dictionaries(
        st.sampled_from(Pattern),
        st.dictionaries(st.sampled_from(Voice), SHAPES, min_size=1),
        min_size=1,
        max_size=3,
    )
)
def test_every_shape_within_the_bounds_comes_back_as_it_was_written(
    shapes: dict[Pattern, dict[Voice, tuple[Pulse, ...]]],
) -> None:
    text = "".join(
        f"[{pattern}]\n" + "".join(f"{voice} = [{_toml(s)}]\n" for voice, s in voices.items())
        for pattern, voices in shapes.items()
    )
    with TemporaryDirectory() as folder:
        read = load_patterns(own(Path(folder), text))
    for pattern, voices in read.items():
        for voice, shape in voices.items():
            assert shape == shapes.get(pattern, {}).get(voice, SHIPPED[pattern][voice])


def _toml(shape: tuple[Pulse, ...]) -> str:
    keys = ("on_s", "off_s", "pitch_hz", "strength")
    return ", ".join(
        "{ " + ", ".join(f"{k} = {json.dumps(getattr(p, k))}" for k in keys) + " }" for p in shape
    )


def test_a_pattern_of_exactly_the_longest_length_is_taken(tmp_path: Path) -> None:
    pulses = ", ".join(["{ on_s = 0.1, off_s = 0.1 }"] * 20)
    mine = load_patterns(own(tmp_path, f"[good]\nbuzz = [{pulses}]\n"))
    shape = mine[Pattern.GOOD][Voice.BUZZ]
    assert sum(p.on_s + p.off_s for p in shape) == pytest.approx(LONGEST_S)
