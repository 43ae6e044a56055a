"""A simulator for every supported part."""

from collections.abc import Callable
from typing import Final

from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator

Make = Callable[[int, SensorMotion | None, Oscillator | None], SimChip]


def _small_dso(address: int, motion: SensorMotion | None, oscillator: Oscillator | None) -> SimChip:
    return SimLsm6dso(address, motion, oscillator, dso32=False)


_SIMULATORS: Final[dict[str, Make]] = {
    "LSM6DSO32": SimLsm6dso,
    "LSM6DSO": _small_dso,
    "LSM6DSOX": _small_dso,
}


def sim_chip(
    part: str,
    address: int,
    motion: SensorMotion | None = None,
    oscillator: Oscillator | None = None,
) -> SimChip:
    """A simulated specimen of `part`."""
    return _SIMULATORS[part](address, motion, oscillator)
