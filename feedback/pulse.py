"""The letters that patterns are written in: pulses of sound or vibration."""

from dataclasses import dataclass
from enum import StrEnum


class Voice(StrEnum):
    """How an actuator speaks; every pattern has a shape for each."""

    BEEP = "beep"
    """Sound: on within milliseconds, short pulses stay apart, pitch may mean something."""
    BUZZ = "buzz"
    """Vibration: a motor needs some 50 to 200 ms to be felt; length and rhythm mean something."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Sound or vibration, then silence.

    Args:
        on_s: how long it lasts, s. off_s: the silence after it, s.
        pitch_hz: of a sound, Hz; a buzzer with one tone and a motor leave it out.
        strength: share of the level that the wearer chose, 0 to 1.
    """

    on_s: float
    off_s: float = 0.0
    pitch_hz: float = 2700.0
    strength: float = 1.0
