"""A simulator for every supported part."""

from collections.abc import Callable
from functools import partial
from typing import Final

from drivers.bus import Bus
from drivers.catalog import make_chip
from drivers.chips.bmi270 import Bmi270
from drivers.chips.chip import Chip
from drivers.part import Setup
from drivers.sim.bmi270 import SimBmi270, fake_image
from drivers.sim.chip import SimChip
from drivers.sim.icm20948 import SimIcm20948
from drivers.sim.icm42688 import SimIcm42688
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.lsm6dsv import SimLsm6dsv
from drivers.sim.motion import SensorMotion
from drivers.sim.mpu6050 import KINDS, SimMpu6050
from drivers.sim.oscillator import Oscillator

Make = Callable[[int, SensorMotion | None, Oscillator | None], SimChip]


def _small_dso(address: int, motion: SensorMotion | None, oscillator: Oscillator | None) -> SimChip:
    return SimLsm6dso(address, motion, oscillator, dso32=False)


def _dsv16x(address: int, motion: SensorMotion | None, oscillator: Oscillator | None) -> SimChip:
    return SimLsm6dsv(address, motion, oscillator, v320x=False)


_SIMULATORS: Final[dict[str, Make]] = {
    "LSM6DSO32": SimLsm6dso,
    "LSM6DSO": _small_dso,
    "LSM6DSOX": _small_dso,
    "LSM6DSV16X": _dsv16x,
    "LSM6DSV320X": SimLsm6dsv,
    **{part: partial(SimMpu6050, part=part) for part in KINDS},
    **{part: partial(SimIcm20948, part=part) for part in ("ICM-20948", "ICM-20649")},
    "ICM-42688-P": SimIcm42688,
    "BMI270": SimBmi270,
}


def sim_chip(
    part: str,
    address: int,
    motion: SensorMotion | None = None,
    oscillator: Oscillator | None = None,
) -> SimChip:
    """A simulated specimen of `part`."""
    return _SIMULATORS[part](address, motion, oscillator)


def sim_driver(bus: Bus, address: int, setup: Setup) -> Chip:
    """The driver of a simulated specimen: `make_chip`, with what a simulator brings along.

    A simulated BMI270 takes the simulator's own configuration image instead of its maker's.
    """
    if setup.part.family == "bmi270":
        return Bmi270(bus, address, setup, fake_image)
    return make_chip(bus, address, setup)
