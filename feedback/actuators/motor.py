"""A vibration motor (ERM) behind a transistor: strength by pulse width."""

from typing import Any, Final

from gpiozero import PWMOutputDevice

from feedback.actuators.gpio import claimed
from feedback.pulse import Pulse, Voice

ONSET_S: Final = 0.060
"""A small coin motor with a kick, 40 to 90 ms; a larger one takes up to 180 ms (305-000 by
Precision Microdrives) and is set in the configuration."""
KICK_S: Final = 0.030
LEAST: Final = 0.3
"""Share of the full duty below which a motor does not start to turn."""
FREQUENCY_HZ: Final = 200
"""lgpio's pulses are made by software, in steps of 10 us: 500 steps of strength."""


class PwmMotor:
    """A motor on a transistor.

    Args:
        pin: GPIO number.
        factory: gpiozero's pin factory, with PWM.

    Raises:
        ActuatorError: the pin cannot be had.
    """

    voice = Voice.BUZZ

    def __init__(
        self,
        pin: int,
        factory: Any,
        *,
        onset_s: float = ONSET_S,
        kick_s: float = KICK_S,
        name: str = "motor",
    ) -> None:
        self.name = name
        self.onset_s = onset_s
        self.kick_s = kick_s
        # One transistor cannot turn the current round.
        self.brake_s = 0.0
        self._device = claimed(
            name, pin, lambda: PWMOutputDevice(pin, frequency=FREQUENCY_HZ, pin_factory=factory)
        )

    def on(self, pulse: Pulse, level: float) -> None:
        """Turns."""
        strength = min(1.0, max(0.0, level * pulse.strength))
        self._device.value = LEAST + (1.0 - LEAST) * strength if strength > 0.0 else 0.0

    def kick(self, pulse: Pulse, level: float) -> None:
        """Turns with all there is."""
        self._device.value = 1.0 if level * pulse.strength > 0.0 else 0.0

    def brake(self) -> None:
        """It can only be let go."""
        self._device.off()

    def off(self) -> None:
        """At rest."""
        self._device.off()

    def close(self) -> None:
        """At rest, and the pin is free."""
        self._device.close()
