"""LSM6DSV16X and LSM6DSV320X: the law in every mode and under faults, the high-g channel."""

from typing import Final

import numpy as np
import pytest

from drivers.chips.lsm6dsv import LSM6DSV320X
from drivers.decode import ChunkDecoder, gather
from drivers.errors import BusError, ChipError, ChipNotFoundError
from drivers.part import Mode, Setup
from drivers.sim.lsm6dsv import SimLsm6dsv
from drivers.sim.time import Scheduler, random_stalls
from drivers.sim.wire import Fault, FaultPlan
from dsp.block import FloatArray
from dsp.units import STANDARD_GRAVITY as G
from tests.drivers.chips.lsm6dsv_rig import (
    BOTH,
    EVERY,
    SHOE_320X,
    Shaken,
    places,
    simulated,
)
from tests.drivers.chips.rig import (
    START_S,
    UNIT_S,
    Telltale,
    hold_to_law,
    make_rig,
    told_times,
    turn,
)
from tests.thorough import examples, some

DRAINS: Final = 200
APART: Final = 23
"""Transactions from fault to fault: with as many offsets every transaction has its turn. Closer
together there would be no timestamp between them that tells where a sample belongs."""
READ_ON_S: Final = 0.1
"""A level that came corrupted and too high makes the driver read on for so long."""


@EVERY
def test_what_is_delivered_is_what_the_chip_felt_sample_by_sample(setup: Setup) -> None:
    rig = make_rig(setup, sim=simulated(setup, Shaken(), trim=-31), scheduler=Scheduler(1e-3))
    rig.reader.open()
    rig.run(10.0)
    np.testing.assert_array_equal(gather(rig.chunks).counts, rig.log[places(rig)])
    # What looks like the words of the start-up phase is left out.
    assert sum(c.lost for c in rig.chunks) < 40
    assert len(places(rig)) > 9.7 * setup.rate_hz
    assert rig.sim.illegal == []


@EVERY
def test_an_overrun_is_counted_to_the_sample(setup: Setup) -> None:
    seconds = examples(20, 40)
    stalls = random_stalls(float(seconds), 0.5, 0.01, 2.0, seed=5, start=START_S + 0.5)
    motion = Telltale(setup)
    rig = make_rig(
        setup, sim=simulated(setup, motion, trim=17), scheduler=Scheduler(1e-3, stalls, seed=3)
    )
    rig.reader.open()
    rig.run(float(seconds))
    account = hold_to_law(rig)
    assert account.restarts == 0
    assert account.lost > seconds / 8 * setup.rate_hz
    assert account.delivered + account.lost > (seconds - 1) * setup.rate_hz


@EVERY
@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_at_any_transaction_of_the_start_is_refused_or_harmless(
    setup: Setup, fault: Fault
) -> None:
    clean = make_rig(setup, sim=simulated(setup))
    clean.reader.open()
    for index in some(range(clean.wire.transactions), 4, turn(fault)):
        faults = FaultPlan({index: fault}, seed=index)
        rig = make_rig(setup, sim=simulated(setup, Telltale(setup)), faults=faults)
        try:
            rig.reader.open()
        except (BusError, ChipError, ChipNotFoundError):
            rig.reader.open()
        rig.run(0.1)
        counts = gather(rig.chunks).counts
        # What a start that failed had put into the FIFO is not counted.
        begins = told_times(counts[:1])[0] - UNIT_S / 2
        first = int(np.searchsorted(told_times(rig.log), begins))
        np.testing.assert_array_equal(counts, rig.log[places(rig, first=first)])
        assert len(counts) > 0.07 * setup.rate_hz
        assert rig.sim.illegal == []
        assert rig.chip.rate_hz == clean.chip.rate_hz


@BOTH
@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_at_any_transaction_of_a_run_leaves_every_sample_in_its_place(
    setup: Setup, fault: Fault
) -> None:
    clean = make_rig(setup, sim=simulated(setup))
    clean.reader.open()
    start = clean.wire.transactions
    for offset in some(range(APART), 5, turn(fault)):
        hit = range(start + offset, start + 4 * DRAINS, APART)
        faults = FaultPlan(dict.fromkeys(hit, fault), seed=offset)
        rig = make_rig(setup, sim=simulated(setup, Telltale(setup)), faults=faults)
        rig.reader.open()
        for _ in range(DRAINS):
            rig.reader.step()
        account = hold_to_law(rig, early_s=READ_ON_S)
        assert account.delivered > 0.3 * DRAINS / 100 * setup.rate_hz, f"offset {offset}"
        assert account.restarts == 0


@BOTH
@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS, Fault.NOISE])
@pytest.mark.parametrize("seconds", [0.05, 0.5, 4.0])
def test_no_sample_is_made_of_a_loose_wire(setup: Setup, fault: Fault, seconds: float) -> None:
    for seed in range(examples(1, 4)):
        rig = make_rig(setup, sim=simulated(setup, Telltale(setup)), faults=FaultPlan(seed=seed))
        rig.reader.open()
        rig.run(2.0)
        rig.wire.faults.always = fault
        rig.run(seconds)
        rig.wire.faults.always = None
        rig.run(4.0)
        account = hold_to_law(rig, early_s=READ_ON_S)
        assert account.delivered > 3.5 * setup.rate_hz
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05


def test_a_high_g_word_is_the_motion_on_its_own_scale_to_one_count() -> None:
    for high_g, scale in ((32, 0.976), (64, 1.952), (128, 3.904), (256, 7.808), (320, 10.417)):
        motion = Shaken(acc=high_g * G / 4)
        setup = Setup(LSM6DSV320X, Mode(960.0, 16, 2000, high_g=high_g))
        rig = make_rig(setup, sim=simulated(setup, motion))
        rig.reader.open()
        rig.run(1.0)
        counts = gather(rig.chunks).counts
        felt = np.concatenate(motion.felt)[-len(rig.log) :][places(rig)]
        unclipped = np.abs(felt).max(axis=1) < 0.99 * high_g * G
        assert unclipped.sum() > 800
        off = counts[:, 6:] * scale * 1e-3 * G - felt
        assert np.abs(off[unclipped]).max() <= scale * 1e-3 * G
        assert setup.high_g_scale == pytest.approx(scale * 1e-3 * G)


def test_a_strike_beyond_16_g_arrives_in_the_samples() -> None:
    class Strikes:
        """100 g on z for 10 ms of every 300, 1 g otherwise."""

        def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
            acc = np.zeros((len(t), 3))
            acc[:, 2] = np.where(t % 0.3 < 0.01, 100.0 * G, G)
            return acc, np.zeros((len(t), 3))

    sim = SimLsm6dsv(0x6A, Strikes(), high_g_offset=(0.5 * G, -0.8 * G, 0.9 * G))
    rig = make_rig(SHOE_320X, sim=sim)
    rig.reader.open()
    rig.run(3.0)
    s = SHOE_320X
    decoder = ChunkDecoder(
        s.rate_hz, s.acc_scale, s.gyr_scale, s.acc_limit, s.gyr_limit, s.high_g_scale, 320.0 * G
    )
    block = decoder.push(gather(rig.chunks))
    struck = block.acc[:, 2] > 15 * G
    assert 80 < struck.sum() < 120
    assert not block.acc_clipped.any()
    assert np.abs(block.acc[struck] - [0.0, 0.0, 100.0 * G]).max() < 0.011 * G


@EVERY
def test_the_ranges_and_rates_are_written_before_the_fifo_streams(setup: Setup) -> None:
    rig = make_rig(setup, sim=simulated(setup, Shaken()))
    rig.reader.open()
    rig.run(0.2)
    rows = gather(rig.chunks).counts
    assert not (rows == 0x5A5A).all(axis=1).any()
    np.testing.assert_array_equal(rows, rig.log[places(rig)])
