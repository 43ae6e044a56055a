"""BMI270: frames with headers, placed by sensor time, without faults and with every one."""

from functools import partial

import numpy as np
import pytest

from drivers.sim.bmi270 import SimBmi270, fake_image
from drivers.sim.wire import Fault, FaultPlan
from dsp.block import Mount
from dsp.errors import GaitCoachError
from tests.drivers.chips.bmi270_rig import opened, rig_of, with_image
from tests.drivers.chips.rig import START_S, hold_to_law, turn
from tests.thorough import some

MOUNTS = [Mount.WAIST, Mount.SHOE]
DRAINS = 200
SECOND_TRY = (Fault.NACK, Fault.TIMEOUT, Fault.CUT)
"""Faults that a second try mends."""
EVERY = 23
"""Transactions from one fault to the next."""
WRAP_TICKS = 1 << 24


@pytest.mark.parametrize("error", [-0.04, 0.0, 0.04])
@pytest.mark.parametrize("mount", MOUNTS)
def test_without_faults_every_sample_arrives_once(mount: Mount, error: float) -> None:
    rig = opened(mount, error, late_s=1.5e-3)
    rig.run(20.0)
    assert hold_to_law(rig).lost == 0
    assert rig.fresh
    assert rig.bus.counters.failures == 0


@pytest.mark.parametrize("size", [328, 8192])
@pytest.mark.parametrize("error", [-0.04, 0.0, 0.04])
@pytest.mark.parametrize("mount", MOUNTS)
def test_an_overrun_is_counted_exactly_however_long_the_stall(
    mount: Mount, error: float, size: int
) -> None:
    rng = np.random.default_rng(5)
    lengths = np.array([0.1, 0.19, 0.2, 0.3, 0.38, 0.4, 0.57, 0.6, 0.8, 1.18, 1.3, 2.0, 5.0])
    ends = START_S + 2.0 + np.cumsum(lengths + rng.uniform(0.7, 0.8, len(lengths)))
    rig = with_image(fake_image(size), mount, error)
    rig.reader.open()
    for end, length in zip(ends.tolist(), lengths.tolist(), strict=True):
        rig.run(end - length - rig.time.now())
        rig.time.pass_by(length)
    rig.run(1.0)
    assert isinstance(rig.sim, SimBmi270)
    assert hold_to_law(rig).lost == rig.sim.dropped > 0
    assert rig.reader.counters.restarts == 0
    assert rig.fresh


@pytest.mark.parametrize("stall_s", [1.5, 3.0])
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


@pytest.mark.parametrize("stall_s", [0.0, 1.0, 654.0, 700.0, 1400.0])
def test_sensor_time_goes_round_unnoticed(stall_s: float) -> None:
    rig = opened(error=0.03, make=partial(SimBmi270, begins=WRAP_TICKS - 3 * 25600))
    rig.run(1.5)
    rig.time.pass_by(stall_s)
    rig.run(3.0)
    assert isinstance(rig.sim, SimBmi270)
    assert hold_to_law(rig).lost == rig.sim.dropped
    assert rig.reader.counters.bad_data == 0


@pytest.mark.parametrize("clock_hz", [250_000.0, 400_000.0])
@pytest.mark.parametrize("mount", MOUNTS)
def test_samples_between_sensor_time_and_level_do_no_harm(mount: Mount, clock_hz: float) -> None:
    late = 14 * 9 / clock_hz
    start = opened(
        mount, make=partial(SimBmi270, level_late_s=late), clock_hz=clock_hz
    ).wire.transactions
    for late_ticks in range(4):
        hit = range(start + late_ticks, start + 800, 17)
        rig = opened(
            mount,
            0.01,
            make=partial(SimBmi270, level_late_s=late, late_ticks=late_ticks),
            faults=FaultPlan(dict.fromkeys(hit, Fault.CUT)),
            clock_hz=clock_hz,
        )
        rig.run(3.0)
        account = hold_to_law(rig)
        assert account.lost > 0
        assert account.delivered > 2.0 * rig.setup.rate_hz


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_in_start_up_is_refused_or_harmless(fault: Fault) -> None:
    for index in some(range(opened().wire.transactions), 4, turn(fault)):
        rig = rig_of(faults=FaultPlan({index: fault}, seed=index))
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


@pytest.mark.parametrize("fault", [Fault.ONES, Fault.ZEROS, Fault.NOISE])
def test_a_dead_line_gives_errors_and_no_samples(fault: Fault) -> None:
    rig = opened()
    rig.run(0.5)
    n = len(rig.chunks)
    rig.wire.faults.always = fault
    for _ in range(50):
        with pytest.raises(GaitCoachError):
            rig.chip.drain()
        rig.time.pass_by(0.01)
    rig.wire.faults.always = None
    rig.run(1.0)
    assert len(rig.chunks) > n
    hold_to_law(rig)


@pytest.mark.parametrize(
    "frame", [b"\x48\x01\x02\x03\x04", b"\x44\x01\x02\x03"], ids=["changed", "time"]
)
def test_frames_without_samples_are_passed_over(frame: bytes) -> None:
    rig = opened()
    assert isinstance(rig.sim, SimBmi270)
    for k in range(40):
        rig.run(0.05 + 1e-3 * k)
        rig.sim.insert(frame)
    rig.run(0.5)
    assert hold_to_law(rig).lost == 0


def test_a_frame_split_by_a_burst_comes_again_whole() -> None:
    rig = opened()
    assert isinstance(rig.sim, SimBmi270)
    rig.chip.drain()
    rig.got.clear()
    log = len(rig.log)
    rig.sim.insert(b"\x44\x01\x02\x03")
    rig.time.pass_by(0.15)
    (piece,) = rig.chip.drain()
    assert piece.lost == 0
    assert len(piece.counts) == 60
    assert np.array_equal(piece.counts, rig.log[log : log + 60])


class Boastful(SimBmi270):
    """At times it tells of more than it holds."""

    def level(self) -> int:
        """Two frames too many for a quarter of the time."""
        return super().level() + (26 if self._now % 0.4 < 0.1 else 0)


def test_a_level_too_high_costs_nothing() -> None:
    rig = opened(make=Boastful)
    rig.run(5.0)
    assert hold_to_law(rig).lost == 0
    assert rig.fresh


def test_a_brown_out_is_noticed_at_once() -> None:
    rig = opened()
    rig.wire.brown_out(0x68, rig.time.now() + 1.0)
    rig.run(3.0)
    hold_to_law(rig)
    assert rig.reader.counters.restarts == 1
    assert max(np.diff([c.host_time for c in rig.chunks])) < 0.5
