"""Finding the sensor again: in mid-run there is no rest that would tell it from its likes."""

import numpy as np
import pytest

from drivers.bus import Bus
from drivers.errors import ImplausibleError
from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.motion import SensorMotion, Still
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire
from dsp.block import FloatArray
from firmware_py.device.sources import PiSource
from firmware_py.sensor.settings import SensorSettings


class Running:
    """Never at rest."""

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        shaken = 9.8 + 15.0 * np.sin(2 * np.pi * 2.7 * t)
        zero = np.zeros_like(t)
        return np.stack([zero, zero, shaken], axis=1), np.stack([zero + 1.0, zero, zero], axis=1)


def _source(motion: SensorMotion) -> tuple[PiSource, SimChip]:
    time = VirtualTime()
    chip = SimLsm6dso(0x6A, motion, dso32=False)
    bus = Bus(SimWire(time, [chip]), time)
    return PiSource(SensorSettings(), lambda number: bus), chip


def test_who_presses_while_running_gets_the_sensor_that_was_found_at_rest() -> None:
    source, chip = _source(Still())
    at_rest = source.attach()
    chip.motion = Running()
    assert source.attach().name == at_rest.name


def test_after_a_restart_in_mid_run_the_sensor_of_the_session_is_known_again() -> None:
    source, _ = _source(Running())
    with pytest.raises(ImplausibleError, match="moves"):
        source.attach()
    source.expect("LSM6DSOX")
    assert source.attach().chip.setup.part.name == "LSM6DSOX"


def test_another_part_than_expected_is_found_all_the_same() -> None:
    source, _ = _source(Still())
    source.expect("BMI270")
    assert source.attach().chip.setup.part.family == "lsm6dso"
