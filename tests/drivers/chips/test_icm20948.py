"""ICM-20948 and ICM-20649: banks, trim, settings, self-test; the FIFO is in test_raw_frames.py."""

from typing import Final

import pytest

from drivers.bus import Bus
from drivers.catalog import PARTS, make_chip
from drivers.chips.chip import Chip
from drivers.errors import ChipError, ChipNotFoundError, ChipResetError
from drivers.part import Mode, Setup, setup_for
from drivers.sim.icm20948 import SimIcm20948
from drivers.sim.motion import Still
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire
from dsp.block import Mount
from dsp.units import STANDARD_GRAVITY as G

NAMES: Final = ("ICM-20948", "ICM-20649")


def on_bus(sim: SimIcm20948, part: str, mode: Mode | None = None) -> tuple[Chip, SimWire]:
    """The driver of `part` on this specimen."""
    time = VirtualTime()
    wire = SimWire(time, [sim])
    setup = setup_for(PARTS[part], Mount.WAIST) if mode is None else Setup(PARTS[part], mode)
    return make_chip(Bus(wire, time), sim.address, setup), wire


@pytest.mark.parametrize("name", NAMES)
def test_the_other_part_is_refused(name: str) -> None:
    other = NAMES[1 - NAMES.index(name)]
    chip, _ = on_bus(SimIcm20948(part=other), name)
    with pytest.raises(ChipNotFoundError, match="WHO_AM_I is 0xe"):
        chip.reset()


@pytest.mark.parametrize("pll", [-127, -30, 0, 24, 127])
def test_the_rate_is_the_one_that_the_factory_measured(pll: int) -> None:
    sim = SimIcm20948(pll=pll)
    sim.log = []
    chip, wire = on_bus(sim, "ICM-20948")
    chip.reset()
    chip.start(5)
    began, got = wire.time.now(), 0
    while wire.time.now() < began + 2.0:
        wire.time.sleep(0.01)
        got += sum(len(d.counts) for d in chip.drain())
    assert chip.rate_hz == pytest.approx(562.5 * (1 + pll / 1270))
    assert got / (wire.time.now() - began) == pytest.approx(chip.rate_hz, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "acc_g", "dps"),
    [("ICM-20948", g, d) for g, d in zip((2, 4, 8, 16), (250, 500, 1000, 2000), strict=True)]
    + [("ICM-20649", g, d) for g, d in zip((4, 8, 16, 30), (500, 1000, 2000, 4000), strict=True)],
)
def test_gravity_is_1_g_and_a_turn_a_turn_in_every_range(name: str, acc_g: int, dps: int) -> None:
    mode = Mode(375.0, acc_g, dps)
    motion = Still((0.0, -G, 0.0), (0.0, 0.0, 3.0))
    chip, wire = on_bus(SimIcm20948(part=name, motion=motion), name, mode)
    chip.reset()
    chip.start(3)
    wire.time.sleep(0.04)
    (drained,) = chip.drain()
    assert len(drained.counts) == pytest.approx(15, abs=1)
    assert drained.counts[:, 1] * chip.setup.acc_scale == pytest.approx(-G, rel=1e-3)
    assert drained.counts[:, 5] * chip.setup.gyr_scale == pytest.approx(3.0, rel=2e-3)


@pytest.mark.parametrize("name", NAMES)
def test_both_sensors_run_at_one_rate(name: str) -> None:
    for mount in Mount:
        sim = SimIcm20948(part=name)
        chip, _ = on_bus(sim, name, PARTS[name].modes[mount])
        chip.reset()
        chip.start(5)
        assert sim.illegal == []
        assert sim.regs[0x209] == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_reset_behind_our_back_is_noticed_in_any_bank(name: str) -> None:
    sim = SimIcm20948(part=name)
    chip, wire = on_bus(sim, name)
    chip.reset()
    chip.start(5)
    chip.check()
    sim.power_up(wire.time.now(), cold=False)
    with pytest.raises(ChipResetError, match="the chip was reset"):
        chip.check()
    chip.reset()
    chip.start(5)
    sim.regs[0x214] = 0x01
    with pytest.raises(ChipResetError, match="ACCEL_CONFIG reads 0x01"):
        chip.check()
    # Another bank is selected after a check; the next drain finds its way back.
    wire.time.sleep(0.02)
    assert chip.drain()


class Stubborn(SimIcm20948):
    """A chip that does not take ODR_ALIGN_EN."""

    def wrote(self, register: int, before: int, value: int) -> None:
        """Keeps what was there."""
        super().wrote(register, before, value)
        if register == 0x209:
            self.regs[register] = before


def test_a_setting_that_does_not_read_back_is_an_error() -> None:
    chip, _ = on_bus(Stubborn(), "ICM-20948")
    chip.reset()
    with pytest.raises(ChipError, match="ODR_ALIGN_EN was set to 0x01 and reads back 0x00"):
        chip.start(5)


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_chip_passes_its_self_test_and_a_dead_one_fails(name: str) -> None:
    chip, _ = on_bus(SimIcm20948(part=name), name)
    chip.reset()
    sound = chip.self_test()
    assert sound.passed is True
    assert len(sound.detail) == 6
    chip, _ = on_bus(SimIcm20948(part=name, dead_axes=True), name)
    chip.reset()
    assert chip.self_test().passed is False


def test_after_a_self_test_it_streams_what_it_feels() -> None:
    sim = SimIcm20948(motion=Still((0.0, 0.0, G)))
    chip, wire = on_bus(sim, "ICM-20948")
    chip.reset()
    chip.self_test()
    chip.reset()
    chip.start(5)
    wire.time.sleep(0.02)
    (drained,) = chip.drain()
    assert set(drained.counts[:, 2].tolist()) == {2048}
    assert not drained.counts[:, 3:].any()


def test_the_fingerprint_tells_specimens_apart() -> None:
    prints = set()
    for pll, codes in ((0, b"\x5a\x5f\x64\x3c\x42\x48"), (3, b"\x5a\x5f\x64\x3c\x42\x48")):
        chip, _ = on_bus(SimIcm20948(pll=pll, codes=codes), "ICM-20948")
        chip.reset()
        prints.add(chip.fingerprint())
    assert prints == {"codes 5a5f643c4248 pll +0", "codes 5a5f643c4248 pll +3"}


def test_stop_puts_it_to_sleep() -> None:
    sim = SimIcm20948(oscillator=Oscillator(0.01))
    chip, _ = on_bus(sim, "ICM-20948")
    chip.reset()
    chip.start(5)
    assert not sim.regs[0x06] & 0x40
    chip.stop()
    assert sim.regs[0x06] == 0x41


def test_two_rates_in_the_fifo_are_no_frames() -> None:
    sim = SimIcm20948()
    wire = SimWire(VirtualTime(), [sim])
    for register, value in ((0x06, 0x01), (0x03, 0x40), (0x67, 0x1E)):
        wire.transfer(0x69, bytes((register, value)), 0)
    assert any("ODR_ALIGN_EN" in text for text in sim.illegal)
