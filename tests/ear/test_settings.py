"""`[cues]`: what is refused, and how."""

from pathlib import Path

import pytest

from dsp.errors import ConfigError
from firmware_py.config import load_config
from firmware_py.ear.settings import CueSettings


def loaded(tmp_path: Path, text: str) -> CueSettings:
    path = tmp_path / "c.toml"
    path.write_text(f"[cues]\n{text}\n", encoding="utf-8")
    return load_config(path).cues


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('actuators = ["pieso"]', "unknown actuator pieso; did you mean piezo?"),
        ('actuators = "piezo"', "must be a list of buzzer"),
        ('actuators = ["piezo", "piezo"]', "each once"),
        ('actuators = ["haptic", "haptic-trigger"]', "one chip: name one of them"),
        ("level = 0", "cues.level = 0: must be >= 1"),
        ("haptic_rated_v = 3\nhaptic_clamp_v = 2", "the clamp not below the rated voltage"),
        ("[cues.pins]\nbuzer = 5", "did you mean buzzer?"),
        ("[cues.pins]\nbuzzer = 3", "GPIO3 is SCL of the sensor's I2C bus"),
        ("[cues.pins]\nbuzzer = 13", "GPIO13 is cues.pins.piezo already"),
        ("pins = 5", "write [cues.pins] on a line of its own"),
    ],
)
def test_what_cannot_be_is_one_line_that_says_what_to_do(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pin_is_moved_and_the_others_stay(tmp_path: Path) -> None:
    said = loaded(tmp_path, 'actuators = ["piezo", "motor"]\n[cues.pins]\npiezo = 5')
    assert said.actuators == ("piezo", "motor")
    assert said.pin_map.piezo == 5
    assert said.pin_map.motor == CueSettings().pin_map.motor


def test_own_patterns_are_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    said = loaded(tmp_path, 'patterns = "mine.toml"')
    assert said.patterns == str(tmp_path / "mine.toml")


def test_patterns_that_cannot_be_are_told_before_a_run_begins(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mine\.toml: no such file"):
        loaded(tmp_path, 'patterns = "mine.toml"')
