"""MPU-6050 and its relatives: identities, settings, self-tests (FIFO: test_raw_frames.py)."""

from typing import Final

import pytest

from drivers.bus import Bus
from drivers.catalog import PARTS, make_chip
from drivers.chips.chip import Chip
from drivers.chips.mpu6050 import CLONE, PART_OF_ID
from drivers.errors import ChipError, ChipNotFoundError, ChipResetError
from drivers.part import Mode, Setup, setup_for
from drivers.sim.chip import CountRows
from drivers.sim.motion import Still
from drivers.sim.mpu6050 import KINDS, SimMpu6050
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire
from dsp.block import Mount
from dsp.units import STANDARD_GRAVITY as G

NAMES: Final = tuple(name for name, part in PARTS.items() if part.family == "mpu6050")


def on_bus(sim: SimMpu6050, part: str, mode: Mode | None = None) -> tuple[Chip, SimWire]:
    """The driver of `part` on this specimen."""
    time = VirtualTime()
    wire = SimWire(time, [sim])
    setup = setup_for(PARTS[part], Mount.WAIST) if mode is None else Setup(PARTS[part], mode)
    return make_chip(Bus(wire, time), sim.address, setup), wire


def test_every_identity_has_its_part() -> None:
    assert set(NAMES) == set(KINDS)
    for name, kind in KINDS.items():
        assert PART_OF_ID.get(kind.identity, CLONE) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_part_is_refused_where_another_sits_and_the_other_is_named(name: str) -> None:
    for other in NAMES:
        chip, _ = on_bus(SimMpu6050(part=other), name)
        if other == name:
            chip.reset()
        elif other == CLONE:
            with pytest.raises(ChipNotFoundError, match="WHO_AM_I is 0x72"):
                chip.reset()
        else:
            with pytest.raises(ChipNotFoundError, match=f"it is an {other}"):
                chip.reset()


@pytest.mark.parametrize("identity", [0x72, 0x19, 0x68 + 1])
def test_an_unknown_copy_is_served_with_the_least(identity: int) -> None:
    sim = SimMpu6050(part=CLONE, identity=identity)
    chip, wire = on_bus(sim, CLONE)
    chip.reset()
    chip.start(5)
    wire.time.sleep(0.05)
    assert sum(len(d.counts) for d in chip.drain()) >= 24
    chip.check()
    assert PARTS[CLONE].fifo_samples == 42
    assert chip.fingerprint() == ""
    assert chip.self_test().passed is None


@pytest.mark.parametrize("identity", [0x00, 0xFF, 0x68])
def test_a_dead_bus_or_a_known_part_is_no_copy(identity: int) -> None:
    chip, _ = on_bus(SimMpu6050(part=CLONE, identity=identity), CLONE)
    with pytest.raises(ChipNotFoundError):
        chip.reset()


@pytest.mark.parametrize("acc_g", [2, 4, 8, 16])
@pytest.mark.parametrize("name", ["MPU-6050", "MPU-9250"])
def test_gravity_is_1_g_in_every_range(name: str, acc_g: int) -> None:
    mode = Mode(250.0, acc_g, 500)
    chip, wire = on_bus(SimMpu6050(part=name, motion=Still((0.0, 0.0, G))), name, mode)
    chip.reset()
    chip.start(3)
    wire.time.sleep(0.04)
    (drained,) = chip.drain()
    assert len(drained.counts) == pytest.approx(10, abs=1)
    assert drained.counts[:, 2] * chip.setup.acc_scale == pytest.approx(G, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_stop_puts_it_to_sleep(name: str) -> None:
    sim = SimMpu6050(part=name)
    chip, _ = on_bus(sim, name)
    chip.reset()
    chip.start(5)
    assert not sim.regs[0x6B] & 0x40
    chip.stop()
    assert sim.regs[0x6B] == 0x40
    assert sim.illegal == []


@pytest.mark.parametrize("name", NAMES)
def test_a_reset_behind_our_back_is_noticed(name: str) -> None:
    sim = SimMpu6050(part=name)
    chip, wire = on_bus(sim, name)
    chip.reset()
    chip.start(5)
    chip.check()
    sim.power_up(wire.time.now(), cold=False)
    with pytest.raises(ChipResetError, match="the chip was reset"):
        chip.check()
    sim.regs[0x75] = 0x00
    with pytest.raises(ChipResetError, match="WHO_AM_I reads 0x00"):
        chip.check()


class Stubborn(SimMpu6050):
    """A chip that does not take one register."""

    stuck = 0x1B

    def wrote(self, register: int, before: int, value: int) -> None:
        """Keeps what was there."""
        super().wrote(register, before, value)
        if register == self.stuck:
            self.regs[register] = before


def test_a_setting_that_does_not_read_back_is_an_error() -> None:
    chip, _ = on_bus(Stubborn(), "MPU-6050")
    chip.reset()
    with pytest.raises(ChipError, match="GYRO_CONFIG was set to 0x18 and reads back 0x00"):
        chip.start(5)


def test_the_large_fifo_of_an_icm_20689_is_asked_for() -> None:
    sim = SimMpu6050(part="ICM-20689")
    chip, wire = on_bus(sim, "ICM-20689")
    chip.reset()
    chip.start(5)
    wire.time.sleep(0.6)
    assert len(chip.drain()[0].counts) >= 299
    assert sim.dropped == 0


@pytest.mark.parametrize("name", [n for n in NAMES if n != CLONE])
def test_a_sound_chip_passes_its_self_test_and_a_dead_one_fails(name: str) -> None:
    chip, _ = on_bus(SimMpu6050(part=name), name)
    chip.reset()
    sound = chip.self_test()
    assert sound.passed is True
    assert len(sound.detail) == 6
    chip, _ = on_bus(SimMpu6050(part=name, dead_axes=True), name)
    chip.reset()
    dead = chip.self_test()
    assert dead.passed is False
    assert all("outside" in text for text in dead.detail)


class Weakened(SimMpu6050):
    """Its gyro z moves less than the factory measured."""

    def _test_response(self, acc_fs: int, gyr_fs: int) -> CountRows:
        out = super()._test_response(acc_fs, gyr_fs)
        out[:, 5] = out[:, 5] * 2 // 5
        return out


@pytest.mark.parametrize("name", ["MPU-6050", "MPU-6500"])
def test_one_weak_axis_fails_alone(name: str) -> None:
    chip, _ = on_bus(Weakened(part=name), name)
    chip.reset()
    result = chip.self_test()
    assert result.passed is False
    assert ["outside" in text for text in result.detail] == [False] * 5 + [True]
    assert result.detail[5].startswith("gyro z")


def test_a_turning_gyro_fails_the_later_self_test() -> None:
    motion = Still(rate=(0.0, 0.5, 0.0))
    chip, _ = on_bus(SimMpu6050(part="MPU-6500", motion=motion), "MPU-6500")
    chip.reset()
    result = chip.self_test()
    assert result.passed is False
    assert "29 deg/s at rest" in result.detail[4]


def test_without_factory_codes_the_later_test_has_absolute_limits() -> None:
    # A response of 2620 / 1.01 counts is 158 mg at ±2 g, 20 deg/s at ±250 deg/s: too little.
    chip, _ = on_bus(SimMpu6050(part="MPU-6500", codes=bytes(6)), "MPU-6500")
    chip.reset()
    result = chip.self_test()
    assert result.passed is False
    assert "mg" in result.detail[0]
    assert chip.fingerprint() == ""


def test_without_factory_codes_the_first_test_says_nothing() -> None:
    chip, _ = on_bus(SimMpu6050(codes=bytes(4)), "MPU-6050")
    chip.reset()
    result = chip.self_test()
    assert result.passed is None
    assert "no factory codes" in result.detail[0]


def test_factory_codes_tell_specimens_apart() -> None:
    first, _ = on_bus(SimMpu6050(codes=b"\x8c\x6d\xae\x1b"), "MPU-6050")
    second, _ = on_bus(SimMpu6050(codes=b"\x8c\x6d\xae\x1a"), "MPU-6050")
    for chip in (first, second):
        chip.reset()
    assert first.fingerprint() == "codes 8c6dae1b"
    assert second.fingerprint() != first.fingerprint()


def test_the_interrupt_is_data_ready_until_its_status_is_read() -> None:
    sim = SimMpu6050()
    wire = SimWire(VirtualTime(), [sim])
    wire.transfer(0x68, bytes((0x6B, 0x01)), 0)
    wire.transfer(0x68, bytes((0x38, 0x01)), 0)
    assert not sim.interrupt()
    wire.time.sleep(0.01)
    wire.transfer(0x68, b"\x75", 1)
    assert sim.interrupt()
    assert wire.transfer(0x68, b"\x3a", 1) == b"\x01"
    assert not sim.interrupt()
