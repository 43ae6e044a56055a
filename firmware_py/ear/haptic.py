"""Auto-calibration of the motor on a DRV2605L: what `gaitcoach calibrate --haptic` does."""

from pathlib import Path
from typing import TYPE_CHECKING

from feedback.actuators.drv2605 import Drv2605
from feedback.actuators.haptic_calibration import HapticCalibration, save
from firmware_py.ear.settings import CueSettings

if TYPE_CHECKING:
    from drivers.bus import Bus

FILE = "haptic.json"


def calibrate(settings: CueSettings, bus: "Bus", path: Path | None) -> HapticCalibration:
    """Checks the motor, calibrates it and keeps the result.

    Args:
        settings: which motor it is.
        bus: of the chip.
        path: where it is kept; None: nowhere.

    Raises:
        ActuatorError: no motor, no chip, or it failed, with what to check.
        OSError: the bus failed.
    """
    chip = Drv2605(bus, settings.motor, bus.time.sleep)
    try:
        chip.diagnose()
        found = chip.auto_calibrate()
    finally:
        chip.close()
    if path is not None:
        save(path, found)
    return found


def simulated_bus(settings: CueSettings) -> "Bus":
    """A bus with a simulated chip and its motor."""
    from drivers.bus import Bus
    from drivers.sim.drv2605 import SimDrv2605, SimMotor
    from drivers.sim.time import VirtualTime
    from drivers.sim.wire import SimPins, SimWire
    from feedback.actuators.haptic_calibration import MotorKind

    time = VirtualTime()
    motor = SimMotor(lra=settings.motor.kind is MotorKind.LRA, rated_v=settings.motor.rated_v)
    wire = SimWire(time, [SimDrv2605(motor=motor)])
    return Bus(wire, time, SimPins(wire))
