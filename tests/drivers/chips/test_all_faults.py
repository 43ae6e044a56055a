"""Every chip under every fault: what is delivered is the chip's, in order, and gaps are counted."""

import pytest

from drivers.chunk import Chunk
from drivers.notes import SensorBack, SensorLost, SensorRestarted
from drivers.part import Setup
from drivers.reader import POLL_S
from drivers.sim.oscillator import Oscillator
from drivers.sim.wire import Fault, FaultPlan
from dsp.errors import GaitCoachError
from tests.drivers.chips.rig import (
    Rig,
    distinct,
    hold_to_law,
    make_rig,
    mode_setups,
    part_setups,
    turn,
)
from tests.thorough import examples, some

MODES = distinct(mode_setups())
ONE_EACH = distinct(part_setups())
SECOND_TRY_HELPS = (Fault.NACK, Fault.TIMEOUT, Fault.CUT)
EVERY = 37
EVERY_FEW = 97
"""Transactions from one fault to the next: primes, so that kinds and places mix. Several in a row
may call for a restart, which must not meet the next ones."""
READ_ON_S = 0.2
DRAINS = examples(120, 250)
"""With faults; as many again as LEARNING takes where runs of them come."""
LEARNING = 500
"""Transactions of the first two seconds."""
OSCILLATOR = Oscillator(0.02)


def opened(setup: Setup, faults: FaultPlan | None = None) -> Rig:
    rig = make_rig(setup, oscillator=OSCILLATOR, faults=faults)
    rig.reader.open()
    return rig


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("name", ONE_EACH)
def test_a_fault_in_start_up_is_refused_or_harmless(name: str, fault: Fault) -> None:
    setup = ONE_EACH[name]
    clean = opened(setup)
    refusals: list[str] = []
    for index in some(range(clean.wire.transactions), 4, turn(fault)):
        rig = make_rig(setup, oscillator=OSCILLATOR, faults=FaultPlan({index: fault}, seed=index))
        try:
            rig.reader.open()
        except GaitCoachError as e:
            refusals.append(str(e))
            rig.reader.open()
        assert rig.chip.rate_hz == clean.chip.rate_hz, f"transaction {index}"
        already = len(rig.log)
        rig.run(0.12)
        account = hold_to_law(rig, gap_error=already + 2)
        assert account.delivered > 0.05 * setup.rate_hz, f"transaction {index}"
        assert rig.reader.counters.restarts == 0, f"transaction {index}"
    assert all("0x" in text for text in refusals)
    if fault in SECOND_TRY_HELPS:
        assert refusals == []


def held(setup: Setup, faults: FaultPlan, drains: int) -> None:
    """Runs so many drains with these faults and holds them to the law."""
    rig = opened(setup, faults)
    while rig.reader.counters.drains + rig.reader.counters.bus_errors < drains:
        rig.reader.step()
    account = hold_to_law(rig, early_s=READ_ON_S)
    assert account.delivered > 0.5 * drains * POLL_S * setup.rate_hz


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("name", MODES)
def test_no_single_fault_in_mid_run_shifts_a_sample(name: str, fault: Fault) -> None:
    setup = MODES[name]
    start = opened(setup).wire.transactions
    plan = FaultPlan(dict.fromkeys(range(start + 1, start + 5 * DRAINS, EVERY), fault))
    held(setup, plan, DRAINS)


@pytest.mark.parametrize("width", [2, 3])
@pytest.mark.parametrize("name", MODES)
def test_no_run_of_faults_shifts_a_sample(name: str, width: int) -> None:
    setup = MODES[name]
    # These may call for a restart: the gap is reckoned by the rate, which is learned first.
    start = opened(setup).wire.transactions + LEARNING
    kinds = list(Fault)
    at = {
        i + k: kinds[(i + 2 * k) % len(kinds)]
        for i in range(start, start + 2500, EVERY_FEW)
        for k in range(width)
    }
    held(setup, FaultPlan(at, seed=width), LEARNING // 2 + DRAINS)


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_brown_out_at_any_moment_is_noticed_and_its_gap_counted(name: str) -> None:
    setup = ONE_EACH[name]
    for k in some(range(5), 2):
        rig = opened(setup)
        at = rig.time.now() + 2.0 + 0.2137 * k
        rig.wire.brown_out(rig.sim.address, at)
        rig.run(5.0)
        account = hold_to_law(rig)
        assert account.restarts == 1
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_brown_out_in_start_up_is_refused_or_noticed(name: str) -> None:
    setup = ONE_EACH[name]
    took = opened(setup).time.now()
    began = make_rig(setup).time.now()
    for k in some(range(12), 3, list(ONE_EACH).index(name)):
        rig = make_rig(setup)
        rig.wire.brown_out(rig.sim.address, began + (took - began) * k / 12)
        try:
            rig.reader.open()
        except GaitCoachError:
            rig.reader.open()
        # A chip that loses power between two writes is misused unwittingly.
        rig.sim.illegal.clear()
        rig.run(2.5)
        hold_to_law(rig, gap_error=len(rig.log))
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05
        assert rig.chunks[-1].lost == 0


@pytest.mark.parametrize("away_s", [0.02, 0.5, 7.3])
@pytest.mark.parametrize("name", ONE_EACH)
def test_an_unplugged_sensor_comes_back(name: str, away_s: float) -> None:
    setup = ONE_EACH[name]
    for k in some(range(2), 2, list(ONE_EACH).index(name)):
        rig = opened(setup)
        start = rig.time.now() + away_s + 2.0 + 0.0713 * k
        rig.wire.unplug(rig.sim.address, start, start + away_s)
        rig.run(2.0 * away_s + 6.0)
        account = hold_to_law(rig)
        assert account.restarts == 1
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05
        if away_s > 5.0:
            notes = [type(n) for n in rig.got if not isinstance(n, Chunk)]
            assert notes == [SensorLost, SensorBack]


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_stuck_bus_is_freed(name: str) -> None:
    setup = ONE_EACH[name]
    for k in some(range(3), 2):
        rig = opened(setup)
        rig.wire.stick(rig.time.now() + 2.0 + 0.0071 * k, pulses=1 + 2 * k)
        rig.run(6.0)
        account = hold_to_law(rig)
        assert account.restarts == 1
        assert [type(n) for n in rig.got if not isinstance(n, Chunk)] == [SensorRestarted]
        assert rig.time.now() - rig.chunks[-1].host_time < 0.05
        assert rig.bus.counters.recoveries == 1
