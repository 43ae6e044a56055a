"""What is the LSM6DSO family's own; what holds for every chip is in test_all_*.py."""

import pytest

from drivers.chips.lsm6dso import BASE_HZ, LSM6DSO32, PARTS
from drivers.errors import ChipError, ChipNotFoundError
from drivers.part import Part, Setup
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.motion import Still
from drivers.sim.wire import Fault
from dsp.block import Mount
from tests.drivers.chips.rig import Rig, Telltale, hold_to_law, make_rig

WAIST = Setup(LSM6DSO32, LSM6DSO32.modes[Mount.WAIST])


def rig_of(sim: SimLsm6dso, setup: Setup = WAIST) -> Rig:
    """A rig with this specimen."""
    sim.motion = Telltale(setup)
    return make_rig(setup, sim=sim)


@pytest.mark.parametrize("identity", [0x00, 0x69, 0x6B, 0x70, 0xFF])
def test_another_identity_is_told_with_both_values(identity: int) -> None:
    rig = rig_of(SimLsm6dso(identity=identity))
    with pytest.raises(ChipNotFoundError, match=f"0x{identity:02x}, LSM6DSO32 says 0x6c"):
        rig.reader.open()


@pytest.mark.parametrize("trim", [-128, -41, -1, 0, 1, 127])
def test_the_factory_trim_corrects_the_rate(trim: int) -> None:
    rig = rig_of(SimLsm6dso(trim=trim))
    rig.reader.open()
    assert rig.chip.rate_hz == pytest.approx(BASE_HZ / 16 * (1.0 + 0.0015 * trim), rel=1e-9)
    assert rig.chip.fingerprint() == f"trim {trim:+d}"
    rig.run(5.0)
    account = hold_to_law(rig)
    assert account.lost == 0
    assert account.delivered / 5.0 == pytest.approx(rig.chip.rate_hz, rel=0.01)


@pytest.mark.parametrize("part", PARTS, ids=[p.name for p in PARTS])
def test_the_self_test_passes_and_finds_dead_axes(part: Part) -> None:
    setup = Setup(part, part.modes[Mount.WAIST])
    dso32 = part is LSM6DSO32
    for dead in (False, True):
        rig = rig_of(SimLsm6dso(dso32=dso32, dead_axes=dead), setup)
        rig.sim.motion = Still()
        rig.chip.reset()
        outcome = rig.chip.self_test()
        assert outcome.passed is not dead
        assert len(outcome.detail) == 6
        assert rig.sim.illegal == []


def test_a_failed_drain_gives_what_it_read_with_the_next() -> None:
    rig = make_rig(WAIST)
    rig.reader.open()
    rig.time.sleep(0.3)
    # The status, then bursts of 36 words; the third fails.
    rig.wire.faults.at = {rig.wire.transactions + 3: Fault.NACK}
    rig.reader.step()
    assert rig.reader.counters.samples == 0
    rig.run(0.1)
    account = hold_to_law(rig)
    # The sample that was cut between two bursts.
    assert account.lost <= 1
    assert account.delivered > 0.38 * WAIST.rate_hz


def test_an_overrun_whose_flag_was_lost_on_the_wire_is_still_counted() -> None:
    # Some of these lose whole turns of the slot counter, which only the flag can tell of at once.
    for k in range(12):
        rig = make_rig(WAIST)
        rig.reader.open()
        rig.run(1.0)
        rig.time.sleep(1.5 + k / WAIST.rate_hz)
        rig.wire.faults.at = {rig.wire.transactions: Fault.CUT}
        rig.run(0.5)
        account = hold_to_law(rig)
        assert account.lost > 300
        assert account.restarts == 0


def test_stopping_powers_down_and_the_next_start_streams_anew() -> None:
    rig = make_rig(WAIST)
    rig.reader.open()
    rig.run(0.5)
    rig.reader.close()
    assert (rig.sim.regs[0x10], rig.sim.regs[0x11], rig.sim.regs[0x0A]) == (0, 0, 0)
    before = len(rig.log)
    rig.time.sleep(1.0)
    rig.chip.check()
    rig.reader.open()
    rig.run(0.5)
    assert len(rig.log) - before == pytest.approx(0.5 * WAIST.rate_hz, abs=5)


def test_the_watermark_raises_the_interrupt_and_a_drain_lowers_it() -> None:
    rig = make_rig(WAIST)
    rig.chip.reset()
    rig.chip.start(8)
    sim = rig.sim
    assert isinstance(sim, SimLsm6dso)
    rig.time.sleep(5 / WAIST.rate_hz)
    sim.run(rig.time.now())
    assert not sim.interrupt()
    rig.time.sleep(4 / WAIST.rate_hz)
    sim.run(rig.time.now())
    assert sim.interrupt()
    rig.chip.drain()
    assert not sim.interrupt()


def test_a_reset_that_never_ends_is_told() -> None:
    rig = make_rig(WAIST)
    index = 4 + rig.wire.transactions
    # WHO_AM_I, three writes, the reset; then the bit reads as set for ever.
    rig.wire.faults.at = {index + k: Fault.ONES for k in range(1, 60)}
    with pytest.raises(ChipError, match=r"CTRL3_C\.SW_RESET never ends"):
        rig.reader.open()
