"""Vibration through a DRV2605L: driven over the bus, or started by a pin."""

import logging
from typing import Final

from feedback.actuators.drv2605 import EDGE, REAL_TIME, Drv2605
from feedback.actuators.haptic_calibration import MotorKind
from feedback.actuators.wiring import Switch
from feedback.pulse import Pulse, Voice

log = logging.getLogger(__name__)

ONSET_S: Final = {MotorKind.LRA: 0.020, MotorKind.ERM: 0.050}
"""LRA 10 to 30 ms, a small ERM with overdrive 40 to 60 ms; of no part known better than this."""
KICK_S: Final = 0.030
BRAKE_S: Final = 0.020
LEAST: Final = {MotorKind.LRA: 0.1, MotorKind.ERM: 0.3}
"""Share of the rated voltage below which a motor does not move."""
BUZZES: Final = (47, 48, 49, 50, 51)
"""Effects of the library: a buzz at 100, 80, 60, 40 and 20 %."""


class _OnChip:
    """What both have in common: the chip is set up when first needed, and after every failure."""

    voice = Voice.BUZZ

    def __init__(self, chip: Drv2605, mode: int, name: str, onset_s: float | None) -> None:
        self.name = name
        self.onset_s = ONSET_S[chip.motor.kind] if onset_s is None else onset_s
        self.restarts = 0
        """How often the chip had lost its settings."""
        self._chip = chip
        self._mode = mode
        self._ready = False

    def _wake(self) -> None:
        if not self._ready:
            self._chip.open(self._mode)
            self._ready = True

    def _check(self) -> None:
        """Sets the chip up anew if its supply had dipped: it answers on and does nothing."""
        if self._ready and self._chip.stands():
            return
        if self._ready:
            self.restarts += 1
            log.warning("%s: the driver chip was reset; set up again", self.name)
        self._ready = False
        self._wake()


class Haptic(_OnChip):
    """Driven over the bus (real-time mode): any length and strength, one transaction an edge.

    In open loop it is overdriven with the clamp voltage at the start and braked at the end; in
    closed loop the chip does both by itself.

    Args:
        chip: not opened.
        onset_s: None: ONSET_S of the motor's kind.
    """

    def __init__(self, chip: Drv2605, name: str = "haptic", onset_s: float | None = None) -> None:
        super().__init__(chip, REAL_TIME, name, onset_s)
        motor = chip.motor
        self._scale = 1.0 if motor.follows else motor.rated_v / motor.clamp_v
        self._least = LEAST[motor.kind]
        self.kick_s = 0.0 if motor.follows else KICK_S
        self.brake_s = 0.0 if motor.follows else BRAKE_S

    def on(self, pulse: Pulse, level: float) -> None:
        """Shakes."""
        self._drive(self._share(pulse, level))

    def kick(self, pulse: Pulse, level: float) -> None:
        """With the clamp voltage."""
        self._drive(1.0 if self._share(pulse, level) else 0.0)

    def brake(self) -> None:
        """With the clamp voltage, against its turning."""
        self._drive(-1.0)

    def off(self) -> None:
        """At rest; then looks whether the chip still stands."""
        if self._ready:
            self._drive(0.0)
        self._check()

    def close(self) -> None:
        """At rest, chip in standby."""
        self._ready = False
        self._chip.close()

    def _share(self, pulse: Pulse, level: float) -> float:
        strength = min(1.0, max(0.0, level * pulse.strength))
        if strength <= 0.0:
            return 0.0
        return self._scale * (self._least + (1.0 - self._least) * strength)

    def _drive(self, share: float) -> None:
        try:
            self._wake()
            self._chip.drive(share)
        except BaseException:
            self._ready = False
            raise


class TriggeredHaptic(_OnChip):
    """Started by a pin (IN/TRIG): the waveform lies ready in the chip, the bus is not waited for.

    Only where the strength differs from the last pulse's is it loaded first, over the bus. Strength
    comes in steps of 20 %.

    Args:
        chip: not opened.
        trigger: the pin that is wired to IN/TRIG.
        onset_s: None: ONSET_S of the motor's kind.
    """

    def __init__(
        self,
        chip: Drv2605,
        trigger: Switch,
        name: str = "haptic",
        onset_s: float | None = None,
    ) -> None:
        super().__init__(chip, EDGE, name, onset_s)
        self._trigger = trigger
        self._loaded = 0
        self._started = False

    def on(self, pulse: Pulse, level: float) -> None:
        """Shakes."""
        strength = min(1.0, max(0.0, level * pulse.strength))
        effect = BUZZES[min(4, round(5.0 * (1.0 - strength)))]
        if self._started:
            if strength > 0.0 and effect == self._loaded:
                return
            self.off()
        if strength <= 0.0:
            return
        try:
            self._wake()
            self._load(effect)
        except BaseException:
            self._ready = False
            raise
        self._started = True
        self._trigger.on()

    def off(self) -> None:
        """At rest; then looks whether the chip still stands."""
        self._trigger.off()
        try:
            if self._ready:
                self._chip.stop()
            self._check()
            self._started = False
            # Loaded ahead, so that the first cue need not.
            self._load(self._loaded or BUZZES[0])
        except BaseException:
            self._ready = False
            raise

    def close(self) -> None:
        """At rest, chip in standby, pin free."""
        self._ready = False
        try:
            self._trigger.off()
            self._trigger.close()
        finally:
            self._chip.close()

    def _wake(self) -> None:
        if not self._ready:
            super()._wake()
            loaded, self._loaded = self._loaded, 0
            self._load(loaded or BUZZES[0])

    def _load(self, effect: int) -> None:
        if effect != self._loaded:
            self._loaded = 0
            # Eight in a row: a buzz ends by itself, a pulse when it is told to.
            self._chip.load((effect,) * 8)
            self._loaded = effect
