import tomllib
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from dsp.errors import ConfigError
from firmware_py.pinmap import NAMES, PinMap, pin_map

ROOT = Path(__file__).resolve().parent.parent
DRAWN = ROOT / "hardware" / "pinmap.toml"
CARRIED = ROOT / "firmware_py" / "pinmap.toml"


def test_the_program_carries_the_map_that_the_hardware_is_built_from() -> None:
    assert CARRIED.read_bytes() == DRAWN.read_bytes()


def test_every_pin_has_its_place_on_the_header_and_a_reason() -> None:
    table = tomllib.loads(DRAWN.read_text(encoding="utf-8"))
    assert sorted(table) == sorted(NAMES)
    board = MockFactory().board_info
    for name, row in table.items():
        assert set(row) == {"gpio", "header", "why"}
        ((header, place),) = board.find_pin(f"GPIO{row['gpio']}")
        assert (header.name, place.number) == ("J8", row["header"]), name
        assert row["why"]


def test_no_pin_is_used_twice_or_belongs_to_something_else() -> None:
    pins = [getattr(pin_map(), name) for name in NAMES]
    assert len(set(pins)) == len(pins)
    assert not set(pins) & {0, 1, 2, 3, 7, 8, 9, 10, 11, 14, 15, 20, 26}


def test_what_must_be_still_at_boot_is_on_a_pin_that_is_pulled_down() -> None:
    pins = pin_map()
    for pin in (pins.buzzer, pins.motor, pins.piezo, pins.haptic_trigger, pins.haptic_enable):
        assert 9 <= pin <= 27


def test_motor_and_piezo_could_have_the_hardware_pwm_each_a_channel() -> None:
    assert (pin_map().motor, pin_map().piezo) == (12, 13)


def test_a_pin_can_be_moved() -> None:
    pins = pin_map({"buzzer": 5, "led": 23})
    assert (pins.buzzer, pins.led) == (5, 23)
    assert pins.button == pin_map().button


def test_two_pins_can_be_exchanged() -> None:
    before = pin_map()
    after = pin_map({"motor": before.piezo, "piezo": before.motor})
    assert (after.motor, after.piezo) == (before.piezo, before.motor)


@pytest.mark.parametrize(
    ("moved", "text"),
    [
        ({"buzer": 5}, "unknown key cues.pins.buzer; did you mean buzzer?"),
        ({"buzzer": 28}, "cues.pins.buzzer = 28: must be <= 27"),
        ({"buzzer": 1}, "cues.pins.buzzer = 1: must be >= 2"),
        ({"buzzer": "GPIO5"}, 'cues.pins.buzzer = "GPIO5": must be a whole number'),
        ({"buzzer": True}, "cues.pins.buzzer = true: must be a whole number"),
        (
            {"buzzer": 3},
            "cues.pins.buzzer = 3: GPIO3 is SCL of the sensor's I2C bus; choose another",
        ),
        (
            {"buzzer": 27},
            "cues.pins.buzzer = 27: GPIO27 is cues.pins.led already; choose another for one of "
            "them",
        ),
        (
            {"buzzer": 5, "piezo": 5},
            "cues.pins.piezo = 5: GPIO5 is cues.pins.buzzer already; choose another for one of "
            "them",
        ),
        (
            {"speaker_din": 5},
            "cues.pins.speaker_din = 5: I2S has only GPIO21 for it; leave it out",
        ),
    ],
)
def test_what_cannot_be_is_one_line_that_says_so(moved: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError) as e:
        pin_map(moved)
    assert str(e.value) == text


def test_the_message_names_where_it_stands() -> None:
    with pytest.raises(ConfigError, match=r"^pins\.led = 99: "):
        pin_map({"led": 99}, "pins.")


def test_a_map_is_a_value() -> None:
    assert pin_map() == PinMap(**{name: getattr(pin_map(), name) for name in NAMES})
