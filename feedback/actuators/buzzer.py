"""Buzzers: an active one that has its own tone, and a passive piezo that is given one."""

from math import asin, pi
from typing import Any, Final

from gpiozero import OutputDevice, TonalBuzzer
from gpiozero.tones import Tone

from feedback.actuators.gpio import claimed
from feedback.pulse import Pulse, Voice

ACTIVE_ONSET_S: Final = 0.003
"""Its oscillator starts within a few periods of its tone."""
PIEZO_ONSET_S: Final = 0.001
"""Below 1 ms of a piezo (TDK), and the first period of the tone."""
LOWEST_HZ: Final = 1000.0
HIGHEST_HZ: Final = 4000.0
"""Passive piezos are loud from 2 to 4 kHz; below 1 kHz next to nothing is heard."""
_MIDDLE_HZ: Final = 2000.0
_OCTAVES: Final = 2
"""Either side; gpiozero refuses a tone outside, and one octave ends at 3951 Hz."""


class ActiveBuzzer:
    """A buzzer with its own tone, behind a transistor. It knows one loudness and no pitch.

    Args:
        pin: GPIO number.
        factory: gpiozero's pin factory.
        active_high: whether a high pin sounds.

    Raises:
        ActuatorError: the pin cannot be had.
    """

    voice = Voice.BEEP

    def __init__(
        self,
        pin: int,
        factory: Any,
        *,
        active_high: bool = True,
        onset_s: float = ACTIVE_ONSET_S,
        name: str = "buzzer",
    ) -> None:
        self.name = name
        self.onset_s = onset_s
        self._device = claimed(
            name, pin, lambda: OutputDevice(pin, active_high=active_high, pin_factory=factory)
        )

    def on(self, pulse: Pulse, level: float) -> None:
        """Sounds, unless the level asks for silence."""
        if level * pulse.strength > 0.0:
            self._device.on()
        else:
            self._device.off()

    def off(self) -> None:
        """Silent."""
        self._device.off()

    def close(self) -> None:
        """Silent, and the pin is free."""
        self._device.close()


class Piezo:
    """A passive piezo: pitch from 1 to 4 kHz, loudness by the pulse's width.

    Args:
        pin: GPIO number.
        factory: gpiozero's pin factory, with PWM.

    Raises:
        ActuatorError: the pin cannot be had.
    """

    voice = Voice.BEEP

    def __init__(
        self, pin: int, factory: Any, *, onset_s: float = PIEZO_ONSET_S, name: str = "piezo"
    ) -> None:
        self.name = name
        self.onset_s = onset_s
        self._device = claimed(
            name,
            pin,
            lambda: TonalBuzzer(
                pin, mid_tone=Tone(frequency=_MIDDLE_HZ), octaves=_OCTAVES, pin_factory=factory
            ),
        )

    def on(self, pulse: Pulse, level: float) -> None:
        """Sounds at the nearest pitch that it can."""
        strength = min(1.0, max(0.0, level * pulse.strength))
        if strength <= 0.0:
            self.off()
            return
        pitch = min(HIGHEST_HZ, max(LOWEST_HZ, pulse.pitch_hz))
        self._device.play(Tone(frequency=pitch))
        if strength < 1.0:
            # The fundamental of a rectangle of duty d has the amplitude sin(pi d).
            self._device.pwm_device.value = asin(strength) / pi

    def off(self) -> None:
        """Silent."""
        self._device.stop()

    def close(self) -> None:
        """Silent, and the pin is free."""
        self._device.close()
