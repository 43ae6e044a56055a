"""LSM6DSV16X and LSM6DSV320X: who they are, settings, self-test, and what the maker forbids."""

from collections.abc import Callable

import numpy as np
import pytest

from drivers.chips.lsm6dsv import LSM6DSV320X
from drivers.decode import gather
from drivers.errors import ChipError, ChipNotFoundError
from drivers.part import Mode, Setup
from drivers.sim.lsm6dsv import SimLsm6dsv
from drivers.sim.motion import Still
from drivers.sim.time import VirtualTime
from dsp.errors import ConfigError
from tests.drivers.chips.lsm6dsv_rig import (
    BOTH,
    EVERY,
    SHOE_320X,
    WAIST_16X,
    places,
    simulated,
)
from tests.drivers.chips.rig import START_S, Telltale, make_rig


@BOTH
def test_the_self_test_passes_at_rest_and_fails_with_dead_masses(setup: Setup) -> None:
    for dead in (False, True):
        sim = SimLsm6dsv(0x6A, Still(), v320x=setup.part is LSM6DSV320X, dead_axes=dead)
        rig = make_rig(setup, sim=sim)
        rig.chip.reset()
        result = rig.chip.self_test()
        assert result.passed is not dead
        moved = "0" if dead else "480"
        assert result.detail[2].startswith(f"acc z moved by {moved} mg")
        assert sum("gyro" in line for line in result.detail) == 3
        assert sim.illegal == []
        # A stream after it is as good as any.
        rig.reader.open()
        rig.run(0.5)
        np.testing.assert_array_equal(gather(rig.chunks).counts, rig.log[places(rig)])
        assert sim.illegal == []


@pytest.mark.parametrize(
    ("register", "name"),
    [
        (0x07, "FIFO_CTRL1"),
        (0x09, "FIFO_CTRL3"),
        (0x0A, "FIFO_CTRL4"),
        (0x0B, "COUNTER_BDR_REG1.XL_HG_BATCH_EN"),
        (0x0D, "INT1_CTRL"),
        (0x10, "CTRL1"),
        (0x11, "CTRL2"),
        (0x15, "CTRL6.FS_G"),
        (0x17, "CTRL8.FS_XL"),
        (0x4E, "CTRL1_XL_HG"),
        (0x50, "FUNCTIONS_ENABLE.TIMESTAMP_EN"),
    ],
)
def test_a_setting_that_does_not_read_back_is_named(register: int, name: str) -> None:
    rig = make_rig(SHOE_320X, sim=StuckAt(register))
    with pytest.raises(ChipError, match=rf"0x6a: {name} was set to 0x.. and reads back"):
        rig.reader.open()


class StuckAt(SimLsm6dsv):
    """A specimen one of whose registers takes no value.

    Args:
        register: that one.
    """

    def __init__(self, register: int) -> None:
        self.writable = SimLsm6dsv.writable - {register}  # type: ignore[misc]
        super().__init__()


@BOTH
def test_a_setting_that_changes_in_mid_run_is_noticed_and_the_stream_restarted(
    setup: Setup,
) -> None:
    rig = make_rig(setup, sim=simulated(setup, Telltale(setup)))
    rig.reader.open()
    rig.run(2.3)
    rig.sim.regs[0x17] = 0
    rig.run(2.5)
    assert rig.reader.counters.restarts == 1
    assert rig.sim.regs[0x17] == 3


@pytest.mark.parametrize("identity", [0x71, 0x70, 0x6C, 0x00, 0xFF])
def test_another_chip_is_refused_with_its_id_in_the_message(identity: int) -> None:
    rig = make_rig(SHOE_320X, sim=SimLsm6dsv(identity=identity))
    with pytest.raises(ChipNotFoundError, match=f"0x{identity:02x}"):
        rig.chip.reset()


def test_the_parts_with_reversed_axes_are_named() -> None:
    rig = make_rig(WAIST_16X, sim=SimLsm6dsv(identity=0x71))
    with pytest.raises(ChipNotFoundError, match=r"LSM6DSV16B.*ISM330BX.*axes in reverse"):
        rig.chip.reset()


@pytest.mark.parametrize("rate_hz", [400.0, 800.0, 240.0, 625.0 / 3.0])
def test_the_high_g_channel_has_two_rates_only(rate_hz: float) -> None:
    rates = dict.fromkeys(LSM6DSV320X.rates_hz)
    rate = min(rates, key=lambda r: abs(r - rate_hz))
    setup = Setup(LSM6DSV320X, Mode(rate, 16, 2000, high_g=320))
    with pytest.raises(ConfigError, match="480 or 960 Hz"):
        make_rig(setup, sim=simulated(setup))


@EVERY
def test_the_trim_is_in_the_rate_and_in_the_fingerprint(setup: Setup) -> None:
    for trim in (-128, -20, 0, 127):
        sim = SimLsm6dsv(v320x=setup.part is LSM6DSV320X, trim=trim)
        rig = make_rig(setup, sim=sim)
        rig.reader.open()
        before, began = len(rig.log), rig.time.now()
        rig.run(2.0)
        true_hz = (len(rig.log) - before) / (rig.time.now() - began)
        assert rig.chip.rate_hz == pytest.approx(true_hz, rel=3e-3)
        assert rig.chip.fingerprint() == f"trim {trim:+d}"


@EVERY
def test_the_interrupt_pin_rises_at_the_watermark_and_not_before(setup: Setup) -> None:
    rig = make_rig(setup, sim=simulated(setup))
    sim = rig.sim
    assert isinstance(sim, SimLsm6dsv)
    rig.chip.reset()
    rig.chip.start(8)
    level = 0
    while not sim.interrupt():
        level = sim.level()
        rig.time.sleep(1e-4)
        sim.run(rig.time.now())
    words = 8 * setup.columns // 3
    assert level < words <= sim.level()
    rig.chip.drain()
    assert not sim.interrupt()


@EVERY
def test_the_highest_watermark_is_208_words(setup: Setup) -> None:
    rig = make_rig(setup, sim=simulated(setup))
    rig.chip.reset()
    rig.chip.start(1000)
    assert rig.sim.regs[0x07] == 208


def test_the_simulator_spoils_the_head_of_a_stream_whose_fifo_came_first() -> None:
    sim, write = bare(v320x=True)
    sim.log = []
    for register, value in ((0x09, 0x99), (0x0A, 0x06), (0x17, 3), (0x10, 9), (0x11, 9)):
        write(register, value)
    sim.run(START_S + 1.01)
    data = sim.transact(b"\x78", 28, START_S + 1.01)
    axes = np.frombuffer(data, np.dtype([("tag", "u1"), ("axes", "<i2", 3)]))["axes"]
    assert (axes[:2] == 0x5A5A).all()
    assert not (axes[2:] == 0x5A5A).any()
    np.testing.assert_array_equal(axes[2:], np.concatenate(sim.log)[1, [[3, 4, 5], [0, 1, 2]]])


@pytest.mark.parametrize(
    ("v320x", "writes", "complaint"),
    [
        (True, [(0x10, 0x18), (0x62, 2)], "while a sensor runs"),
        (True, [(0x10, 0x18), (0x10, 0), (0x62, 2)], "too soon after power-down"),
        (True, [(0x62, 2), (0x10, 0x18)], "too soon after HAODR_SEL"),
        (True, [(0x10, 0x18), (0x11, 0x08)], "the other not"),
        (False, [(0x62, 3)], "no HAODR_SEL = 3"),
        (False, [(0x4E, 0x20)], "no CTRL1_XL_HG"),
        (True, [(0x15, 0x04)], "bit 3"),
        (True, [(0x15, 0x08)], "reserved FS_G"),
        (True, [(0x4E, 0x84 | 2 << 3)], "reserved CTRL1_XL_HG"),
        (True, [(0x4E, 0x85 | 3 << 3)], "reserved CTRL1_XL_HG"),
        (True, [(0x10, 0x48), (0x4E, 0x84 | 3 << 3)], "forbids"),
        (True, [(0x10, 0x09), (0x4E, 0x84 | 3 << 3)], "rate of its own"),
        (True, [(0x12, 0x45), (0x10, 0x08)], "during the software reset"),
        (True, [(0x19, 0x03)], "self-test"),
        (True, [(0x7A, 0x00)], "0x07a"),
    ],
)
def test_the_simulator_notes_what_the_makers_code_forbids(
    v320x: bool, writes: list[tuple[int, int]], complaint: str
) -> None:
    sim, write = bare(v320x)
    for register, value in writes:
        write(register, value)
    assert any(complaint in text for text in sim.illegal), sim.illegal


def bare(v320x: bool) -> tuple[SimLsm6dsv, Callable[[int, int], bytes]]:
    """A chip that has been on for a second, and how to write its registers, 70 us apart."""
    sim = SimLsm6dsv(v320x=v320x)
    time = VirtualTime(START_S + 1.0)

    def write(register: int, value: int) -> bytes:
        time.pass_by(70e-6)
        return sim.transact(bytes((register, value)), 0, time.now())

    return sim, write
