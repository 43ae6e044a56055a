"""DRV2605L by its registers (TI SLOS854), and what its motor does."""

from dataclasses import dataclass
from math import exp
from typing import ClassVar, Final

from drivers.sim.chip import SimChip

_FULL_SCALE_V: Final = 5.6
_AUTO_CAL_S: Final = (0.15, 0.25, 0.5, 1.0)
_DIAGNOSTICS_S: Final = 0.1
_EFFECT_S: Final = 0.25
"""The lengths of the library's effects are not published; a buzz is simulated as this long."""
_STRENGTHS: Final = {47: 1.0, 48: 0.8, 49: 0.6, 50: 0.4, 51: 0.2}


@dataclass(slots=True)
class SimMotor:
    """What hangs on the outputs.

    Args:
        lra: a linear actuator, else an eccentric motor.
        rated_v: its rated voltage, V.
        tau_s: time constant of its speed, s.
        connected: whether its wires are whole.
        firm: whether it is held firmly: else auto-calibration fails.
        shorted: it draws too much.
    """

    lra: bool = True
    rated_v: float = 2.0
    tau_s: float = 0.008
    connected: bool = True
    firm: bool = True
    shorted: bool = False


class SimDrv2605(SimChip):
    """One chip.

    Args:
        address: 7 bits.
        motor: what it drives.
        identity: STATUS[7:5]; 7 is a DRV2605L, 3 a DRV2605.
    """

    name = "DRV2605L"
    boot_s: ClassVar = 250e-6
    reset_values: ClassVar = {
        **{0x01: 0x40, 0x04: 0x01, 0x11: 0x05, 0x12: 0x19, 0x13: 0xFF, 0x14: 0x19, 0x15: 0xFF},
        **{0x16: 0x3E, 0x17: 0x8C, 0x18: 0x0C, 0x19: 0x6C, 0x1A: 0x36, 0x1B: 0x93, 0x1C: 0xF5},
        **{0x1D: 0xA0, 0x1E: 0x20, 0x1F: 0x80, 0x20: 0x33},
    }
    writable: ClassVar = frozenset({*range(0x01, 0x21)})

    def __init__(
        self, address: int = 0x5A, motor: SimMotor | None = None, *, identity: int = 7
    ) -> None:
        self.motor = motor or SimMotor()
        self.drive: list[tuple[float, float]] = []
        """(time, V at the motor from then on): all that it ever got."""
        self._identity = identity
        self._failed = False
        self._over_current = False
        self._until: list[tuple[float, float]] = []
        """(end, V) of what GO started, in order."""
        self._line = False
        super().__init__(address)

    def reset_registers(self) -> None:
        """Power-on values; the motor gets nothing."""
        super().reset_registers()
        self._failed = self._over_current = False
        self._until = []
        self._put(self._now, 0.0)

    def read(self, register: int) -> int:
        """STATUS is made on the spot."""
        if register != 0x00:
            return super().read(register)
        status = self._identity << 5 | self._failed << 3 | self._over_current
        self._over_current = False
        return status

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        if register == 0x01:
            if value & 0x80:
                self.reset_registers()
                return
            self._end()
            self._play_rtp()
        elif register == 0x02:
            self._play_rtp()
        elif register == 0x0C:
            self.regs[0x0C] = value & 1
            if value & 1:
                self._go()
            else:
                self._end()

    def trigger(self, high: bool, now: float) -> None:
        """The level of IN/TRIG from `now` on."""
        self.run(now)
        rising, falling = high and not self._line, self._line and not high
        self._line = high
        if rising and self._mode == 1 and self.regs.get(0x0C, 0):
            self._end()
        elif rising and self._mode in (1, 2):
            self.regs[0x0C] = 1
            self._go()
        elif falling and self._mode == 2:
            self._end()

    def run(self, now: float) -> None:
        """Lets time pass: effects, calibration and diagnostics come to their end."""
        super().run(now)
        while self._until and self._until[0][0] <= now:
            end, _ = self._until.pop(0)
            if self._until:
                self._put(end, self._until[0][1])
                continue
            self._put(end, 0.0)
            self.regs[0x0C] = 0
            if self._mode in (6, 7):
                self._conclude()

    def felt(self, t: float) -> float:
        """How strongly it shakes at `t`, 1 at its rated voltage."""
        speed, at, v = 0.0, 0.0, 0.0
        for start, volts in (*((a, b) for a, b in self.drive if a <= t), (t, 0.0)):
            speed = v + (speed - v) * exp(-(start - at) / self.motor.tau_s)
            at, v = start, volts
        right = self.motor.connected and self.motor.lra == bool(self.regs.get(0x1A, 0) & 0x80)
        return abs(speed) / self.motor.rated_v if right else 0.0

    # inside

    @property
    def _mode(self) -> int:
        """STANDBY is no mode that does anything."""
        mode = self.regs.get(0x01, 0x40)
        return -1 if mode & 0x40 else mode & 7

    @property
    def _full_v(self) -> float:
        """What full scale is: the clamp in open loop, else the rated voltage."""
        bit = 0x01 if self.regs[0x1A] & 0x80 else 0x20
        register = 0x17 if self.regs[0x1D] & bit else 0x16
        return self.regs[register] * _FULL_SCALE_V / 255

    def _put(self, t: float, volts: float) -> None:
        if volts and self.motor.shorted:
            self._over_current = True
            volts = 0.0
        if (self.drive[-1][1] if self.drive else 0.0) != volts:
            self.drive.append((t, volts))

    def _play_rtp(self) -> None:
        if self._mode == 5:
            value = self.regs.get(0x02, 0)
            signed = value - 256 if value & 0x80 else value
            self._put(self._now, signed / 127 * self._full_v)

    def _end(self) -> None:
        self._until = []
        self.regs[0x0C] = 0
        self._put(self._now, 0.0)

    def _go(self) -> None:
        mode, at = self._mode, self._now
        self._until = []
        if mode in (0, 1, 2):
            for register in range(0x04, 0x0C):
                effect = self.regs.get(register, 0)
                if not effect:
                    break
                wait = effect & 0x80
                at += (effect & 0x7F) * 0.010 if wait else _EFFECT_S
                strength = 0.0 if wait else _STRENGTHS.get(effect, 1.0)
                self._until.append((at, strength * self._full_v))
        elif mode == 7:
            length = _AUTO_CAL_S[self.regs[0x1E] >> 4 & 3]
            self._until = [(at + length, self.regs[0x16] * _FULL_SCALE_V / 255)]
        elif mode == 6:
            self._until = [(at + _DIAGNOSTICS_S, 0.3)]
        if self._until:
            self._put(self._now, self._until[0][1])
        else:
            self._end()

    def _conclude(self) -> None:
        """Of diagnostics or auto-calibration."""
        motor = self.motor
        right = motor.lra == bool(self.regs[0x1A] & 0x80)
        self._failed = not (motor.connected and right) or motor.shorted
        if self._mode == 6:
            return
        asked_v = self.regs[0x16] * _FULL_SCALE_V / 255
        self._failed |= not motor.firm or asked_v > 1.15 * motor.rated_v
        if not self._failed:
            self.regs[0x18] = 0x0D
            self.regs[0x19] = round(0x60 + 8 * motor.rated_v)
            self.regs[0x1A] = self.regs[0x1A] & 0xFC | 0x01
