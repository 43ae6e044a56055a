"""A haptic driver on a simulated bus, in virtual time."""

from dataclasses import dataclass, field

from drivers.bus import Bus
from drivers.sim.drv2605 import SimDrv2605, SimMotor
from drivers.sim.time import VirtualTime
from drivers.sim.wire import FaultPlan, SimWire
from feedback.actuators.drv2605 import Drv2605
from feedback.actuators.haptic_calibration import HapticCalibration, Motor, MotorKind

LRA = Motor(MotorKind.LRA, rated_v=2.0, clamp_v=2.8)
ERM = Motor(MotorKind.ERM, rated_v=2.7, clamp_v=3.6)


@dataclass(slots=True)
class Line:
    """A pin that is wired to IN/TRIG, or to EN.

    Args:
        history: (time, level) of every change.
    """

    rig: "HapticRig"
    trigger: bool
    high: bool = False
    open: bool = True
    history: list[tuple[float, bool]] = field(default_factory=list)

    def on(self) -> None:
        self._set(True)

    def off(self) -> None:
        self._set(False)

    def close(self) -> None:
        self.open = False

    def _set(self, high: bool) -> None:
        if high == self.high:
            return
        self.high = high
        now = self.rig.time.now()
        self.history.append((now, high))
        if self.trigger:
            self.rig.sim.trigger(high, now)
        elif high:
            self.rig.sim.power_up(now)


class HapticRig:
    """Chip, bus and time.

    Args:
        motor: as configured. real: what is connected; None: the same.
    """

    def __init__(
        self,
        motor: Motor = LRA,
        real: SimMotor | None = None,
        *,
        faults: FaultPlan | None = None,
        identity: int = 7,
        calibration: HapticCalibration | None = None,
    ) -> None:
        self.time = VirtualTime()
        lra = motor.kind is MotorKind.LRA
        fits = SimMotor(lra, motor.rated_v, 0.008 if lra else 0.040)
        self.sim = SimDrv2605(motor=real or fits, identity=identity)
        self.wire = SimWire(self.time, [self.sim], faults=faults)
        self.bus = Bus(self.wire, self.time)
        self.trigger = Line(self, trigger=True)
        self.enable = Line(self, trigger=False)
        self.chip = Drv2605(
            self.bus, motor, self.time.sleep, calibration=calibration, enable=self.enable
        )

    @property
    def volts(self) -> float:
        """What the motor gets now."""
        self.sim.run(self.time.now())
        return self.sim.drive[-1][1] if self.sim.drive else 0.0
