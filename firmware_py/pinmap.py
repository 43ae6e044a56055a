"""Which GPIO does what: the built-in map, with the pins that the configuration moves."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dsp.errors import ConfigError
from feedback.tables import from_table, setting

FILE: Final = "pinmap.toml"
_I2C: Final = {2: "SDA", 3: "SCL"}
_LOWEST: Final = 2
_HIGHEST: Final = 27
"""GPIO0 and 1 belong to the EEPROM of add-on boards; above 27 the header has none."""


def _pin(help: str) -> Any:
    return setting(help, at_least=_LOWEST, at_most=_HIGHEST)


@dataclass(frozen=True, slots=True)
class PinMap:
    """GPIO numbers (BCM). hardware/pinmap.toml says why each is where it is."""

    imu_interrupt: int = _pin("FIFO interrupt of the sensor.")
    button: int = _pin("Button, to GND when pressed.")
    led: int = _pin("LED.")
    battery_low: int = _pin("Low when the battery is.")
    buzzer: int = _pin("Active buzzer, through a transistor.")
    haptic_trigger: int = _pin("IN/TRIG of the haptic driver.")
    haptic_enable: int = _pin("EN of the haptic driver.")
    motor: int = _pin("Vibration motor, through a transistor.")
    piezo: int = _pin("Passive piezo.")
    speaker_bclk: int = _pin("Bit clock of the I2S amplifier.")
    speaker_lrclk: int = _pin("Word clock of the I2S amplifier.")
    speaker_din: int = _pin("Data of the I2S amplifier.")


NAMES: Final = tuple(f.name for f in fields(PinMap))


def pin_map(moved: Mapping[str, Any] | None = None, prefix: str = "cues.pins.") -> PinMap:
    """The pins.

    Args:
        moved: pins that are elsewhere than in the built-in map.
        prefix: where `moved` stands in the configuration, for messages.

    Raises:
        ConfigError: an unknown name, no number of a pin, a pin that is taken.
    """
    moved = moved or {}
    own = _built_in()
    pins = from_table(PinMap, {**own, **moved}, prefix)
    users: dict[int, str] = {}
    # Those that were moved come last: the message is about them.
    for name in sorted(NAMES, key=lambda each: each in moved):
        pin = getattr(pins, name)
        said = f"{prefix}{name} = {pin}"
        if pin in _I2C:
            raise ConfigError(
                f"{said}: GPIO{pin} is {_I2C[pin]} of the sensor's I2C bus; choose another"
            )
        if name.startswith("speaker_") and pin != own[name]:
            raise ConfigError(f"{said}: I2S has only GPIO{own[name]} for it; leave it out")
        if pin in users:
            raise ConfigError(
                f"{said}: GPIO{pin} is {prefix}{users[pin]} already; choose another for one of them"
            )
        users[pin] = name
    return pins


@cache
def _built_in() -> Mapping[str, int]:
    table = tomllib.loads(files("firmware_py").joinpath(FILE).read_text(encoding="utf-8"))
    return {name: row["gpio"] for name, row in table.items()}
