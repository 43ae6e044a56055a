"""Calibrations with known numbers, and procedures on simulated sensors."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from drivers.calibration import Calibration, ChipIdentity, FootSigns
from drivers.sim.motion import SensorMotion
from dsp.block import Mount
from firmware_py.calibrate.files import identity_of
from firmware_py.calibrate.listening import Listener
from firmware_py.calibrate.procedure import Outcome
from firmware_py.calibrate.simulated import attach_simulated

SELDOM_S = 0.05
"""From drain to drain: it costs a fifth of the device's; test_command.py does as the device."""
CHIP = ChipIdentity("LSM6DSO32", 0x6A, "trim +3")
COS, SIN = np.cos(0.3), np.sin(0.3)
KNOWN = Calibration(
    CHIP,
    (0.3, -0.2, 0.1),
    ((1.01, 0.0, 0.002), (0.0, 0.99, 0.0), (-0.003, 0.0, 1.0)),
    (0.02, -0.01, 0.005),
    ((float(COS), float(-SIN), 0.0), (float(SIN), float(COS), 0.0), (0.0, 0.0, 1.0)),
    False,
    ("six-positions", "standing", "hops"),
    FootSigns("gyr", (1.0, 0.0, 0.0), 0.8, -0.7, 0.1, 15.0),
)


def procedure(
    motion: SensorMotion,
    do: Callable[[Listener, Calibration, float], Outcome],
    known: Calibration | None = None,
    part: str | None = None,
) -> Outcome:
    """Runs a procedure on a simulated sensor that feels `motion`.

    Args:
        known: what was known before, of any chip.
    """
    attached = attach_simulated(motion, Mount.WAIST, part)
    attached.chip.reset()
    chip = identity_of(attached.chip, attached.address)
    before = Calibration(chip) if known is None else replace(known, chip=chip)
    listener = Listener(attached.bus, attached.chip, SELDOM_S)
    listener.open()
    try:
        return do(listener, before, attached.chip.rate_hz)
    finally:
        listener.close()


def silent(text: str) -> None:
    """Nobody listens."""
