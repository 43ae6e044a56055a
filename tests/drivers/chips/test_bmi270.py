"""BMI270: who it is, its image, settings, self-test; its stream is in test_bmi270_stream.py."""

from functools import partial

import numpy as np
import pytest

from drivers.bus import Bus
from drivers.chips.bmi270 import BMI270, Bmi270
from drivers.errors import ChipError, ChipNotFoundError, ChipResetError
from drivers.part import setup_for
from drivers.sim.bmi270 import SimBmi270, fake_image
from drivers.sim.catalog import sim_driver
from drivers.sim.motion import Still
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire
from dsp.block import Mount
from tests.drivers.chips.bmi270_rig import opened, rig_of, with_image
from tests.drivers.chips.rig import Telltale, make_rig


def test_counts_are_of_the_scale_that_the_setup_tells() -> None:
    force, rate = (30.0, -50.0, 9.80665), (2.0, -11.0, 31.0)
    setup = setup_for(BMI270, Mount.WAIST)
    time = VirtualTime()
    sim = SimBmi270(0x68, Still(force, rate))
    chip = sim_driver(Bus(SimWire(time, [sim]), time), 0x68, setup)
    chip.reset()
    chip.start(4)
    row = chip.drain()[0].counts[-1].astype(float)
    assert row[:3] * setup.acc_scale == pytest.approx(force, abs=setup.acc_scale)
    assert row[3:] * setup.gyr_scale == pytest.approx(rate, abs=setup.gyr_scale)


def test_a_lost_image_is_a_reset() -> None:
    rig = opened()
    rig.chip.check()
    rig.wire.brown_out(0x68, rig.time.now())
    with pytest.raises(ChipResetError, match="image is gone"):
        rig.chip.check()


def test_another_chip_is_refused() -> None:
    rig = rig_of(make=partial(SimBmi270, identity=0x68))
    with pytest.raises(ChipNotFoundError, match="0x68"):
        rig.chip.reset()


def test_without_an_image_the_chip_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    time = VirtualTime()
    bus = Bus(SimWire(time, [SimBmi270()]), time)
    monkeypatch.setenv("GAITCOACH_BMI270_CONFIG", "/tmp/no/such/file.bin")
    with pytest.raises(ChipError, match="bmi270_maximum_fifo"):
        Bmi270(bus, 0x68, setup_for(BMI270, Mount.WAIST)).reset()


@pytest.mark.parametrize("image", [b"", bytes(100), fake_image()[:-1]])
def test_an_image_of_no_known_length_is_refused(image: bytes) -> None:
    with pytest.raises(ChipError, match=f"{len(image)} bytes"):
        with_image(image).chip.reset()


@pytest.mark.parametrize("size", [328, 8192])
def test_a_damaged_image_is_refused_by_the_chip(size: int) -> None:
    for at in (0, size // 2, size - 1):
        image = bytearray(fake_image(size))
        image[at] ^= 0x10
        with pytest.raises(ChipError, match="refuses its configuration image"):
            with_image(bytes(image)).chip.reset()


class Stubborn(SimBmi270):
    """Its gyro range is stuck."""

    def wrote(self, register: int, before: int, value: int) -> None:
        """The write does not stay."""
        super().wrote(register, before, value)
        if register == 0x41:
            self.regs[register] = 0x02


def test_a_setting_that_does_not_stay_is_an_error() -> None:
    rig = rig_of(make=Stubborn)
    rig.chip.reset()
    with pytest.raises(ChipError, match="ACC_RANGE"):
        rig.chip.start(4)


@pytest.mark.parametrize("dead", [False, True])
def test_the_self_test_judges_the_accelerometer(dead: bool) -> None:
    rig = make_rig(setup_for(BMI270, Mount.WAIST), sim=SimBmi270(0x68, Still(), dead_axes=dead))
    rig.chip.reset()
    told = rig.chip.self_test()
    assert told.passed is not dead
    assert len(told.detail) == 3
    assert rig.sim.illegal == []


@pytest.mark.parametrize("cross", [-64, -5, 3, 63])
@pytest.mark.parametrize("size", [328, 8192])
def test_what_the_gyro_shows_of_z_in_x_is_taken_out(cross: int, size: int) -> None:
    setup = setup_for(BMI270, Mount.WAIST)
    time = VirtualTime()
    sim = SimBmi270(0x68, Telltale(setup), cross=cross)
    sim.log = []
    chip = Bmi270(Bus(SimWire(time, [sim]), time), 0x68, setup, lambda: fake_image(size))
    chip.reset()
    chip.start(4)
    time.pass_by(0.1)
    (piece,) = chip.drain()
    raw = np.concatenate(sim.log)[: len(piece.counts)].astype(np.float64)
    wanted = raw[:, 3] - np.trunc(raw[:, 5] * cross / 512)
    assert np.array_equal(piece.counts[:, 3], np.clip(wanted, -32768, 32767))
    assert np.array_equal(piece.counts[:, [0, 1, 2, 4, 5]], raw[:, [0, 1, 2, 4, 5]])


def test_the_interrupt_rises_at_the_watermark() -> None:
    rig = opened()
    assert isinstance(rig.sim, SimBmi270)
    rig.chip.drain()
    assert not rig.sim.interrupt()
    rig.time.pass_by(0.0101)
    rig.sim.run(rig.time.now())
    assert rig.sim.interrupt()


def test_stop_turns_the_sensors_off() -> None:
    rig = opened()
    rig.chip.stop()
    assert rig.sim.regs[0x7D] == 0
    rig.chip.drain()
    rig.time.pass_by(0.1)
    assert rig.chip.drain() == []
    assert rig.sim.illegal == []
