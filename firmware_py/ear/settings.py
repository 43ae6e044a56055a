"""`[cues]` of the configuration: what makes cues heard or felt, and how strongly."""

from dataclasses import dataclass
from typing import Any, Final

from dsp.errors import ConfigError
from feedback.actuators.haptic_calibration import Motor, MotorKind
from feedback.tables import setting, unknown
from firmware_py.pinmap import PinMap, pin_map

ACTUATORS: Final = ("buzzer", "piezo", "motor", "haptic", "haptic-trigger", "speaker")
LEVELS: Final = 5


def _actuators(value: Any) -> tuple[str, ...]:
    must = f"must be a list of {', '.join(ACTUATORS)}"
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ValueError(f'{must}, e.g. ["piezo", "motor"]')
    for name in value:
        if name not in ACTUATORS:
            raise ValueError(f"{must}: {unknown(name, ACTUATORS).replace('key', 'actuator', 1)}")
    if len(set(value)) < len(value):
        raise ValueError(f"{must}, each once")
    if {"haptic", "haptic-trigger"} <= set(value):
        raise ValueError("haptic and haptic-trigger are one chip: name one of them")
    return tuple(value)


def _pins(value: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        raise ValueError("must be a table: write [cues.pins] on a line of its own")
    try:
        pin_map(value)
    except ConfigError as e:
        raise ValueError(str(e)) from e
    return tuple(value.items())


@dataclass(frozen=True, slots=True)
class CueSettings:
    """What makes cues heard or felt. docs/actuators.md says what each is for.

    Raises:
        ConfigError: a haptic motor's voltages that cannot be.
    """

    actuators: tuple[str, ...] = setting(
        "What plays the cues: buzzer, piezo, motor, haptic, haptic-trigger, speaker; none: lines "
        "on the terminal only.",
        (),
        read=_actuators,
    )
    level: int = setting("How loud and strong, 1 to 5.", 4, at_least=1, at_most=LEVELS)
    night: bool = setting("Vibration only; without any, the quietest sound.", False)
    patterns: str | None = setting(
        "Path of your own patterns, relative to the configuration file.", None
    )
    speaker: str = setting("ALSA's name of the sound device.", "default")
    haptic_motor: str = setting(
        "What the DRV2605L drives: lra or erm.", "lra", one_of=tuple(MotorKind)
    )
    haptic_rated_v: float = setting(
        "Rated voltage of that motor, V; of an LRA RMS.", 2.0, above=0, at_most=5.6
    )
    haptic_clamp_v: float = setting(
        "The most it may get for a moment, V.", 2.8, above=0, at_most=5.6
    )
    haptic_resonance_hz: float = setting(
        "Resonance of an LRA, Hz.", 175.0, at_least=50, at_most=300
    )
    button: bool = setting(
        "A button is there: two presses silence the coach for this run, three start and stop the "
        "metronome; of the service it begins, pauses and ends sessions, too.",
        False,
    )
    realtime: int = setting(
        "Priority of the player's thread, and of the service's reader, among the kernel's "
        "real-time threads; 0: ordinary threads.",
        1,
        at_least=0,
        at_most=99,
    )
    pins: tuple[tuple[str, int], ...] = setting(
        "Pins that are elsewhere than in the built-in map.", (), read=_pins
    )

    def __post_init__(self) -> None:
        try:
            _ = self.motor
        except ValueError as e:
            raise ConfigError(f"cues.haptic_{e}") from e

    @property
    def pin_map(self) -> PinMap:
        return pin_map(dict(self.pins))

    @property
    def motor(self) -> Motor:
        """The motor on the DRV2605L."""
        return Motor(
            MotorKind(self.haptic_motor),
            self.haptic_rated_v,
            self.haptic_clamp_v,
            self.haptic_resonance_hz,
        )
