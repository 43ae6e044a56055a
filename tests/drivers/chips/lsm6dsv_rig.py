"""Specimens of the LSM6DSV family and their modes."""

from typing import Final

import numpy as np
import pytest

from drivers.chips.lsm6dsv import LSM6DSV16X, LSM6DSV320X
from drivers.part import Mode, Setup
from drivers.sim.lsm6dsv import SimLsm6dsv
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from dsp.block import FloatArray, IntArray, Mount
from tests.drivers.chips.rig import Rig

SETUPS: Final = {
    f"{part.name}-{mode.rate_hz:.0f}": Setup(part, mode)
    for part, modes in (
        (LSM6DSV16X, LSM6DSV16X.modes.values()),
        (LSM6DSV320X, (*LSM6DSV320X.modes.values(), Mode(480.0, 16, 2000, high_g=320))),
    )
    for mode in modes
}
WAIST_16X: Final = Setup(LSM6DSV16X, LSM6DSV16X.modes[Mount.WAIST])
SHOE_320X: Final = Setup(LSM6DSV320X, LSM6DSV320X.modes[Mount.SHOE])
BOTH: Final = pytest.mark.parametrize("setup", [WAIST_16X, SHOE_320X], ids=["16X", "320X"])
EVERY: Final = pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)


class Shaken:
    """White noise on all axes, far into the ends of all ranges.

    Args:
        acc: standard deviation, m/s².
    """

    def __init__(self, acc: float = 80.0, seed: int = 0) -> None:
        self._acc = acc
        self._rng = np.random.default_rng(seed)
        self.felt: list[FloatArray] = []

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        rows = self._rng.normal(0.0, 1.0, (len(t), 6))
        self.felt.append(rows[:, :3] * self._acc)
        return self.felt[-1], rows[:, 3:] * 20.0


def simulated(setup: Setup, motion: SensorMotion | None = None, trim: int = 0) -> SimLsm6dsv:
    return SimLsm6dsv(0x6A, motion, Oscillator(0.013), v320x=setup.part is LSM6DSV320X, trim=trim)


def places(rig: Rig, *, first: int | None = None) -> IntArray:
    """Which of the chip's samples were delivered, by what was counted as lost.

    Args:
        first: the place of the first one, where that is known; None: by what was counted.
    """
    at, out = (rig.chunks[0].lost if first is None else first), []
    for k, c in enumerate(rig.chunks):
        at += c.lost if k else 0
        out.append(np.arange(at, at + len(c.counts)))
        at += len(c.counts)
    return np.concatenate(out)
