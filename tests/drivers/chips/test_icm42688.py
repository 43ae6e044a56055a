"""ICM-42688-P: records stamped by a clock that goes round in 70 ms, and every loss counted."""

import contextlib
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from drivers.bus import Bus
from drivers.chips.icm42688 import ICM42688P
from drivers.errors import ChipError, ChipNotFoundError
from drivers.part import setup_for
from drivers.sim.catalog import sim_driver
from drivers.sim.icm42688 import SimIcm42688
from drivers.sim.motion import Still
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimWire
from dsp.block import Mount
from dsp.errors import GaitCoachError
from tests.drivers.chips.rig import START_S, Rig, Telltale, hold_to_law, make_rig, turn
from tests.thorough import some

SETUP = setup_for(ICM42688P, Mount.WAIST)
MOUNTS = [Mount.WAIST, Mount.SHOE]
DRAINS = 200
SECOND_TRY = (Fault.NACK, Fault.TIMEOUT, Fault.CUT)
"""Faults that a second try mends."""
EVERY = 23
"""Transactions from one fault to the next."""


def rig_of(
    mount: Mount = Mount.WAIST,
    make: Callable[..., SimIcm42688] = SimIcm42688,
    *,
    error: float = 0.0,
    late_s: float = 0.0,
    stalls: tuple[tuple[float, float], ...] = (),
    faults: FaultPlan | None = None,
) -> Rig:
    """A reader on the specimen that `make` makes; stalls are (s after the start, duration)."""
    setup = setup_for(ICM42688P, mount)
    sim = make(0x68, Telltale(setup), Oscillator(error, 1e-4))
    scheduler = Scheduler(late_s, tuple((START_S + t, s) for t, s in stalls))
    return make_rig(setup, sim=sim, scheduler=scheduler, faults=faults)


def opened(
    mount: Mount = Mount.WAIST,
    error: float = 0.0,
    *,
    late_s: float = 0.0,
    stalls: tuple[tuple[float, float], ...] = (),
    faults: FaultPlan | None = None,
) -> Rig:
    rig = rig_of(mount, error=error, late_s=late_s, stalls=stalls, faults=faults)
    rig.reader.open()
    return rig


@pytest.mark.parametrize("error", [-0.04, 0.0, 0.04])
@pytest.mark.parametrize("mount", MOUNTS)
def test_without_faults_every_sample_arrives_once(mount: Mount, error: float) -> None:
    rig = opened(mount, error, late_s=1.5e-3)
    rig.run(20.0)
    assert hold_to_law(rig).lost == 0
    assert rig.fresh
    assert rig.bus.counters.failures <= 1, "but for INTF_CONFIG6"


@pytest.mark.parametrize("error", [-0.04, 0.0, 0.04])
@pytest.mark.parametrize("mount", MOUNTS)
def test_an_overrun_is_counted_exactly_however_long_the_stall(mount: Mount, error: float) -> None:
    rng = np.random.default_rng(7)
    lengths = [0.07, 0.14, 0.2, 0.26, 0.3, 0.35, 0.5, 0.7, 1.0, 1.468, 2.0, 3.0, 5.0]
    starts = 3.0 + np.cumsum(np.array(lengths) + rng.uniform(1.0, 1.1, len(lengths)))
    stalls = tuple(zip((starts - np.array(lengths)).tolist(), lengths, strict=True))
    rig = opened(mount, error, late_s=1e-3, stalls=stalls)
    rig.run(float(starts[-1]) + 1.0)
    assert isinstance(rig.sim, SimIcm42688)
    assert hold_to_law(rig).lost == rig.sim.dropped > 0
    assert rig.reader.counters.restarts == 0
    assert rig.fresh


@pytest.mark.parametrize("stall_s", [0.3, 0.5, 1.3])
@pytest.mark.parametrize("mount", MOUNTS)
def test_an_overrun_in_the_middle_of_a_drain_is_counted(mount: Mount, stall_s: float) -> None:
    rig = opened(mount, 0.02)
    for k in range(24):
        rig.run(0.5)
        rig.time.pass_by(0.11)
        rig.wire.at(rig.time.now() + 1e-3 * k, partial(rig.time.pass_by, stall_s))
    rig.run(1.0)
    assert hold_to_law(rig).lost > 0
    assert rig.fresh


def test_counts_are_of_the_scale_that_the_setup_tells() -> None:
    force, rate = (30.0, -50.0, 9.80665), (2.0, -11.0, 31.0)
    time = VirtualTime()
    sim = SimIcm42688(0x68, Still(force, rate))
    chip = sim_driver(Bus(SimWire(time, [sim]), time), 0x68, SETUP)
    chip.reset()
    chip.start(4)
    row = chip.drain()[0].counts[-1].astype(float)
    assert row[:3] * SETUP.acc_scale == pytest.approx(force, abs=SETUP.acc_scale)
    assert row[3:] * SETUP.gyr_scale == pytest.approx(rate, abs=SETUP.gyr_scale)


@pytest.mark.parametrize("stall_s", some(np.arange(0.2, 0.66, 0.0137).tolist(), 3))
def test_an_early_stall_is_counted_before_the_rate_is_learned(stall_s: float) -> None:
    for error in (-0.04, 0.04):
        rig = opened(error=error, stalls=((0.2, stall_s),))
        rig.run(3.0)
        assert isinstance(rig.sim, SimIcm42688)
        assert hold_to_law(rig).lost == rig.sim.dropped


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_in_start_up_is_refused_or_harmless(fault: Fault) -> None:
    for index in some(range(opened().wire.transactions), 4, turn(fault)):
        plan = FaultPlan({index: fault}, seed=index)
        rig = rig_of(faults=plan)
        try:
            rig.reader.open()
        except GaitCoachError:
            assert fault not in SECOND_TRY, f"transaction {index}"
            rig.reader.open()
        rig.run(0.2)
        assert hold_to_law(rig, begins_anywhere=True).delivered > 50, f"transaction {index}"
        assert rig.reader.counters.restarts == 0


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(("mount", "step"), [(Mount.WAIST, 1), (Mount.SHOE, 5)])
def test_a_fault_at_any_transaction_of_a_run_is_counted(
    mount: Mount, step: int, fault: Fault
) -> None:
    start = opened(mount, 0.03).wire.transactions
    for first in some(range(0, EVERY, step), 5, turn(fault)):
        hit = range(start + first, start + 3 * DRAINS, EVERY)
        rig = opened(mount, 0.03, faults=FaultPlan(dict.fromkeys(hit, fault), seed=first))
        rig.run(0.01 * DRAINS)
        account = hold_to_law(rig)
        assert account.delivered > 0.5 * len(rig.log)
        assert account.delivered + account.lost > 0.95 * len(rig.log)


def test_nothing_is_lost_where_nobody_acknowledged() -> None:
    start = opened().wire.transactions
    plan = FaultPlan(dict.fromkeys(range(start + 7, start + 300, 7), Fault.NACK))
    rig = opened(faults=plan)
    rig.run(2.0)
    assert rig.bus.counters.errors["EREMOTEIO"] > 30
    assert hold_to_law(rig).lost == 0


def test_a_read_cut_in_half_does_not_misalign_the_next() -> None:
    start = opened().wire.transactions
    failed = 0
    for seed in range(4):
        hits = np.random.default_rng(seed).choice(400, 30, replace=False) + start
        rig = opened(faults=FaultPlan(dict.fromkeys(hits.tolist(), Fault.CUT_HALF)))
        rig.run(2.0)
        failed += rig.reader.counters.bus_errors
        assert rig.reader.counters.bad_data == 0
        hold_to_law(rig)
    assert failed > 10


def test_an_invalid_sample_is_left_out_and_counted() -> None:
    rig = rig_of(make=partial(SimIcm42688, invalid_every=97))
    rig.reader.open()
    rig.run(5.0)
    account = hold_to_law(rig)
    assert (
        account.lost == int((rig.log[: account.delivered + account.lost, 2] == -32768).sum()) > 20
    )
    assert not any((c.counts == -32768).any() for c in rig.chunks)


@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS, Fault.NOISE])
def test_a_dead_line_gives_no_samples(fault: Fault) -> None:
    rig = opened()
    rig.run(0.5)
    n = len(rig.chunks)
    rig.wire.faults.always = fault
    for _ in range(50):
        # Zeros are a level of 0.
        with contextlib.suppress(GaitCoachError):
            assert rig.chip.drain() == []
        rig.time.pass_by(0.01)
    rig.wire.faults.always = None
    rig.run(1.0)
    assert len(rig.chunks) > n
    hold_to_law(rig)


def test_a_brown_out_is_noticed_at_once() -> None:
    rig = opened()
    rig.wire.brown_out(0x68, rig.time.now() + 1.0)
    rig.run(3.0)
    hold_to_law(rig)
    assert rig.reader.counters.restarts == 1
    gap = max(np.diff([c.host_time for c in rig.chunks]))
    assert gap < 0.2


def test_another_chip_is_refused() -> None:
    rig = rig_of(make=partial(SimIcm42688, identity=0x42))
    with pytest.raises(ChipNotFoundError, match="0x42"):
        rig.chip.reset()


class Stubborn(SimIcm42688):
    """Its gyro range is stuck."""

    def wrote(self, register: int, before: int, value: int) -> None:
        """The write does not stay."""
        super().wrote(register, before, value)
        if register == 0x4F:
            self.regs[register] = 0x06


def test_a_setting_that_does_not_stay_is_an_error() -> None:
    rig = rig_of(make=Stubborn)
    rig.chip.reset()
    with pytest.raises(ChipError, match="GYRO_CONFIG0"):
        rig.chip.start(4)


def test_the_self_test_tells_ratios_and_does_not_judge() -> None:
    rig = make_rig(SETUP, sim=SimIcm42688(0x68, Still()))
    rig.chip.reset()
    told = rig.chip.self_test()
    assert told.passed is None
    assert len(told.detail) == 6
    assert all("0.97 of the factory's" in line for line in told.detail)
    dead = make_rig(SETUP, sim=SimIcm42688(0x68, Still(), dead_axes=True))
    dead.chip.reset()
    assert all("0.00 of the factory's" in line for line in dead.chip.self_test().detail)
    assert rig.sim.illegal == []


def test_specimens_differ_in_their_fingerprints() -> None:
    prints = set()
    for otp in (bytes(range(1, 7)), bytes(range(2, 8))):
        rig = rig_of(make=partial(SimIcm42688, otp=otp))
        rig.chip.reset()
        prints.add(rig.chip.fingerprint())
    assert prints == {"otp 01 02 03 04 05 06", "otp 02 03 04 05 06 07"}


def test_the_interrupt_rises_at_the_watermark() -> None:
    rig = opened()
    assert isinstance(rig.sim, SimIcm42688)
    rig.chip.drain()
    assert not rig.sim.interrupt()
    rig.time.pass_by(0.011)
    rig.sim.run(rig.time.now())
    assert rig.sim.level() >= 5
    assert rig.sim.interrupt()


def test_stop_turns_the_sensors_off() -> None:
    rig = opened()
    rig.chip.stop()
    assert rig.sim.regs[0x4E] == 0
    assert rig.sim.illegal == []
