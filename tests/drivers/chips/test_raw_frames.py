"""InvenSense's byte FIFO on both families: no cut frame is delivered, every gap is counted.

Nothing in the FIFO tells how many samples are missing, so counts are by host time: exact once the
rate is learned, but for what arrives while the FIFO is being started.
"""

from collections import Counter
from typing import Final

import numpy as np
import pytest

from drivers.catalog import PARTS
from drivers.chunk import Chunk
from drivers.errors import BusError, ChipError
from drivers.part import Setup
from drivers.sim.bytes_fifo import BytesFifo
from drivers.sim.icm20948 import SimIcm20948
from drivers.sim.mpu6050 import SimMpu6050
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import Scheduler, random_stalls
from drivers.sim.wire import KERNEL_TIMEOUT_S, Fault, FaultPlan
from dsp.block import FloatArray, Mount
from tests.drivers.chips.rig import Rig, Telltale, hold_to_law, make_rig, told_times, turn
from tests.thorough import some

SETUPS: Final = {
    f"{name}-{mount.value}": Setup(part, mode)
    for name, part in PARTS.items()
    for mount, mode in part.modes.items()
    if name in ("MPU-6050", "MPU-6500", "ICM-20689", "ICM-20948", "ICM-20649")
}
EVERY: Final = pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
ONE_EACH: Final = pytest.mark.parametrize(
    "setup",
    [SETUPS["MPU-6050-waist"], SETUPS["MPU-6500-shoe"], SETUPS["ICM-20948-waist"]],
    ids=["6050", "6500", "20948"],
)
LEARNED_S: Final = 2.0
APART: Final = 11
"""Transactions from fault to fault: with as many offsets every transaction has its turn."""
APART_STARTS: Final = 13
"""As far where a time-out lasts longer than the FIFO: each then costs a start of it, which takes 14
transactions or more with all its looks. Every 11, samples would come so seldom that the reader,
rightly, restarts the chip after a second."""
DRAINS: Final = 200


class Shaken:
    """White noise on all axes, to the ends of all ranges."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        rows = self._rng.normal(0.0, 1.0, (len(t), 6))
        return rows[:, :3] * 80.0, rows[:, 3:] * 20.0


def gap_errors(rig: Rig) -> list[int]:
    """By how many samples each counted gap is off, in order; without gaps over restarts."""
    times = told_times(rig.log)
    errors, end, fresh = [], 0, False
    for got in rig.got:
        if not isinstance(got, Chunk):
            fresh = True
            continue
        at = int(np.searchsorted(times, told_times(got.counts[:1])[0] - 25e-6))
        if (got.lost or at != end) and not fresh:
            errors.append(got.lost - (at - end))
        fresh = False
        end = at + len(got.counts)
    return errors


def settled(
    setup: Setup, error: float = 0.02, drift: float = 0.0, faults: FaultPlan | None = None
) -> Rig:
    """A rig that has streamed for two seconds."""
    scheduler = Scheduler(0.2e-3, seed=round(abs(error) * 1e4))
    rig = make_rig(setup, oscillator=Oscillator(error, drift), scheduler=scheduler, faults=faults)
    rig.reader.open()
    rig.run(LEARNED_S)
    return rig


@EVERY
def test_random_motion_comes_through_sample_by_sample(setup: Setup) -> None:
    stalls = random_stalls(8.0, 2.0, 0.005, 0.02, seed=4, start=100.5)
    rig = make_rig(
        setup,
        motion=Shaken(),
        oscillator=Oscillator(-0.013, 1e-3),
        scheduler=Scheduler(1e-3, stalls),
    )
    rig.reader.open()
    rig.run(10.0)
    log = rig.log
    got = np.concatenate([c.counts for c in rig.chunks])
    assert rig.reader.counters.lost == 0
    assert np.array_equal(got, log[: len(got)])
    assert len(got) > 0.99 * len(log)
    assert rig.sim.illegal == []


@EVERY
def test_a_host_that_stalls_every_second_gets_what_there_is(setup: Setup) -> None:
    stalls = random_stalls(30.0, 1.0, 0.01, 0.5, seed=4, start=102.5)
    rig = make_rig(setup, oscillator=Oscillator(-0.013, 1e-3), scheduler=Scheduler(1.5e-3, stalls))
    rig.reader.open()
    rig.run(30.0)
    assert hold_to_law(rig).restarts == 0
    errors = gap_errors(rig)
    assert set(errors) <= {-1, 0, 1}
    assert errors.count(0) >= 0.9 * len(errors)


@pytest.mark.parametrize("error", [-0.04, -0.011, 0.004, 0.023, 0.04])
@EVERY
def test_overruns_of_any_length_are_counted_exactly(setup: Setup, error: float) -> None:
    full_s = setup.part.fifo_samples / setup.rate_hz
    for k, length in enumerate((1.1, 1.3, 2.0, 4.0, 1.0 / full_s)):
        rig = settled(setup, error, drift=1e-3)
        rig.time.sleep(length * full_s + 0.0007 * k)
        rig.run(0.1)
        assert hold_to_law(rig).restarts == 0
        errors = gap_errors(rig)
        assert errors == [0], f"{length:.2f} times the FIFO"


@EVERY
def test_a_chip_in_step_with_the_polls_is_miscounted_by_one_at_most(setup: Setup) -> None:
    # Every look falls to the same place between two samples: where exactly they are stays open.
    full_s = setup.part.fifo_samples / setup.rate_hz
    for length in (1.1, 2.0, 4.0):
        rig = settled(setup, 0.0)
        rig.time.sleep(length * full_s)
        rig.run(0.1)
        assert set(gap_errors(rig)) <= {-1, 0, 1}


@EVERY
def test_a_stall_of_up_to_the_whole_fifo_loses_nothing(setup: Setup) -> None:
    rig = settled(setup, 0.0)
    full_s = setup.part.fifo_samples / setup.rate_hz
    # What a drain of so many bytes takes at 400 kHz, and one poll, are not bridged.
    rig.time.sleep(full_s - 0.010 - 3.0 / setup.rate_hz)
    rig.run(0.2)
    assert hold_to_law(rig).lost == 0


@pytest.mark.parametrize("fault", list(Fault))
@ONE_EACH
def test_any_fault_at_any_transaction_costs_a_counted_gap(setup: Setup, fault: Fault) -> None:
    start = settled(setup).wire.transactions
    wrong: Counter[int] = Counter()
    full_s = setup.part.fifo_samples / setup.rate_hz
    apart = APART_STARTS if fault is Fault.TIMEOUT and full_s < KERNEL_TIMEOUT_S else APART
    for offset in some(range(apart), 5, turn(fault)):
        at = range(start + offset, start + 2 * DRAINS, apart)
        rig = settled(setup, faults=FaultPlan(dict.fromkeys(at, fault), seed=offset))
        drains = rig.reader.counters.drains
        while rig.reader.counters.drains < drains + DRAINS:
            rig.reader.step()
        rig.run(0.1)
        assert hold_to_law(rig, early_s=0.1).restarts == 0
        wrong.update(gap_errors(rig))
    assert set(wrong) <= {-1, 0, 1}
    assert wrong[-1] + wrong[1] <= 0.02 * wrong.total()


@ONE_EACH
def test_a_drain_that_nobody_acknowledged_loses_nothing(setup: Setup) -> None:
    start = settled(setup).wire.transactions
    lost = []
    for offset in some(range(20), 2):
        rig = settled(setup, faults=FaultPlan({start + offset: Fault.NACK}))
        rig.run(0.3)
        hold_to_law(rig)
        lost.append(rig.reader.counters.lost)
    # A look in the very moment of a sample tells nothing; then the FIFO is started anew.
    assert lost.count(0) >= 0.8 * len(lost)


@ONE_EACH
def test_a_burst_cut_at_its_end_costs_that_burst_alone(setup: Setup) -> None:
    start = settled(setup).wire.transactions
    exact = []
    for offset in some(range(20), 2, 1):
        rig = settled(setup, faults=FaultPlan({start + offset: Fault.CUT}))
        rig.run(0.3)
        hold_to_law(rig)
        counters = rig.reader.counters
        assert counters.bad_data == 0
        exact.append(counters.lost <= 0.012 * setup.rate_hz)
    assert sum(exact) >= 0.8 * len(exact)


@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS, Fault.NOISE])
@ONE_EACH
def test_garbage_for_good_is_never_delivered(setup: Setup, fault: Fault) -> None:
    rig = settled(setup)
    delivered = rig.reader.counters.samples
    rig.wire.faults.always = fault
    rig.run(1.5)
    assert rig.reader.counters.samples - delivered <= 2
    rig.wire.faults.always = None
    rig.run(3.0)
    account = hold_to_law(rig)
    assert account.restarts == 1
    assert rig.time.now() - rig.chunks[-1].host_time < 0.05


@pytest.mark.parametrize("size", [256, 500, 512])
@ONE_EACH
def test_a_fifo_smaller_than_its_part_says_shifts_nothing(setup: Setup, size: int) -> None:
    # Copies may be built with less.
    part = setup.part.name
    motion = Telltale(setup)
    oscillator = Oscillator(0.02)
    sim = (
        SimMpu6050(0x68, motion, oscillator, part=part, fifo=size)
        if setup.part.family == "mpu6050"
        else SimIcm20948(0x68, motion, oscillator, part=part, fifo=size)
    )
    rig = make_rig(setup, sim=sim, scheduler=Scheduler(0.2e-3))
    rig.reader.open()
    rig.run(LEARNED_S)
    for length in (0.02, 0.03, 0.05, 0.08, 0.1, 0.2):
        rig.time.sleep(length)
        rig.run(0.5)
    account = hold_to_law(rig)
    assert account.lost > 0
    assert account.restarts == 0
    assert set(gap_errors(rig)) == {0}


@ONE_EACH
def test_an_overflow_between_level_and_burst_is_not_delivered(setup: Setup) -> None:
    rig = settled(setup)
    stall_s = 1.5 * setup.part.fifo_samples / setup.rate_hz
    rig.time.sleep(0.005)
    rig.wire.at(rig.time.now() + 50e-6, lambda: rig.time.sleep(stall_s))
    assert rig.chip.drain() == []
    rig.run(0.2)
    account = hold_to_law(rig, early_s=1.0)
    assert account.lost > setup.part.fifo_samples
    assert gap_errors(rig) == [0]


@ONE_EACH
def test_a_level_that_cannot_be_is_an_error(setup: Setup) -> None:
    rig = settled(setup)
    rig.wire.faults.always = Fault.ONES
    with pytest.raises(ChipError, match="claims 65535 bytes"):
        rig.chip.drain()
    rig.wire.faults.always = Fault.NACK
    with pytest.raises(BusError, match="nobody answers"):
        rig.chip.drain()
    rig.wire.faults.always = None
    rig.run(0.1)
    assert hold_to_law(rig).lost > 0


def test_a_full_ring_cuts_its_oldest_frame() -> None:
    fifo = BytesFifo(512)
    for k in range(43):
        fifo.push(bytes([k]) * 12)
    assert fifo.overflow
    assert fifo.level == 512
    # 43 frames are 516 bytes: four of the oldest frame's are gone.
    assert fifo.dropped == 4
    assert fifo.pop(10) == bytes([0] * 8 + [1] * 2)


def test_an_empty_ring_reads_as_its_part_does() -> None:
    later, first = BytesFifo(512), BytesFifo(1024, repeats=True)
    for fifo in (later, first):
        fifo.push(b"\x01\x02")
    assert later.pop(4) == b"\x01\x02\xff\xff"
    assert first.pop(4) == b"\x01\x02\x02\x02"


def test_the_level_is_latched_by_its_high_byte() -> None:
    fifo = BytesFifo(1024)
    fifo.push(bytes(255))
    assert fifo.count_high() == 0
    fifo.push(bytes(12))
    assert fifo.count_low() == 255


def test_each_mount_says_what_a_user_should_know() -> None:
    for name in ("MPU-6500", "ICM-20948"):
        modes = PARTS[name].modes
        assert "ms" in modes[Mount.WAIST].note
        assert modes[Mount.SHOE].cadence_only
        assert "no impact" in modes[Mount.SHOE].note
    assert not PARTS["ICM-20649"].modes[Mount.SHOE].cadence_only
