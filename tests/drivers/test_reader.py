"""The reader and its ladder of remedies, step by step, on a simulated bus in virtual time."""

import pytest

from drivers.chunk import Chunk
from drivers.errors import ChipNotFoundError
from drivers.notes import SensorBack, SensorLost, SensorRestarted
from drivers.reader import ReaderState
from drivers.sim.time import Scheduler
from drivers.sim.wire import Fault, FaultPlan
from tests.drivers.rig import ADDRESS, RATE_HZ, Rig, opened

ONE_BURST = 1
"""Number, in a drain, of the transaction that reads the FIFO; the one before reads its level."""


def test_an_undisturbed_stream_has_every_sample_once_in_batches_of_ten_milliseconds() -> None:
    rig = opened(Rig(error=0.02), 5.0)
    assert rig.wrong_gaps() == []
    assert rig.notes == []
    sizes = {len(c.counts) for c in rig.chunks[5:]}
    assert sizes <= {4, 5}
    counters = rig.reader.counters
    assert counters.samples == sum(len(c.counts) for c in rig.chunks)
    assert (counters.lost, counters.bus_errors, counters.restarts) == (0, 0, 0)
    assert rig.sim.illegal == []


# the ladder


def test_a_failed_read_of_the_level_is_tried_again_at_once_and_costs_nothing() -> None:
    rig = opened(Rig())
    rig.wire.faults.at[rig.wire.transactions] = Fault.NACK
    rig.run(25.0)
    assert rig.wrong_gaps() == []
    assert rig.bus.counters.retries == 1
    assert rig.reader.counters.bus_errors == 0
    assert rig.reader.counters.lost == 0


def test_a_nak_in_the_fifo_costs_no_sample_and_is_not_tried_twice() -> None:
    rig = opened(Rig())
    rig.wire.faults.at[rig.wire.transactions + ONE_BURST] = Fault.NACK
    states = []
    for _ in range(2):
        rig.reader.step()
        states.append(rig.reader.state)
    assert states == [ReaderState.FAILING, ReaderState.STREAMING]
    rig.run(25.0)
    assert rig.wrong_gaps() == []
    assert rig.notes == []
    assert rig.reader.counters.bus_errors == 1
    assert rig.reader.counters.lost == 0
    assert rig.bus.counters.retries == 0
    assert rig.bus.counters.errors == {"EREMOTEIO": 1}


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CUT_HALF])
def test_a_burst_that_broke_off_is_counted_as_lost_to_the_sample(fault: Fault) -> None:
    rig = opened(Rig())
    rig.wire.faults.at[rig.wire.transactions + ONE_BURST] = fault
    rig.run(25.0)
    assert rig.wrong_gaps() == []
    assert 0 < rig.reader.counters.lost <= 5
    assert rig.notes == []


def test_failing_for_less_than_a_second_loses_what_the_fifo_could_not_hold_and_nothing_else() -> (
    None
):
    rig = opened(Rig(error=-0.03))
    rig.fail_between(20.0, 20.9, Fault.NACK)
    rig.run(30.0)
    assert rig.wrong_gaps() == []
    assert rig.notes == []
    assert rig.reader.counters.restarts == 0
    assert rig.reader.counters.bus_errors > 50
    assert 100 < rig.reader.counters.lost < 200


def test_failing_for_longer_is_told_as_lost_and_retried_every_two_seconds() -> None:
    rig = opened(Rig(error=0.04))
    rig.fail_between(20.0, 21.5, Fault.NACK)
    rig.run(30.0)
    assert rig.notes == ["SensorLost", "SensorBack"]
    lost, back = (n for n in rig.got if not isinstance(n, Chunk))
    assert isinstance(lost, SensorLost)
    assert isinstance(back, SensorBack)
    assert lost.host_time - rig.start == pytest.approx(21.0, abs=0.1)
    assert "0x6a" in lost.because
    assert back.host_time - lost.host_time == pytest.approx(2.1, abs=0.2)
    assert back.away_s == pytest.approx(back.host_time - rig.start - 20.0, abs=0.05)
    assert rig.wrong_gaps() == []
    assert rig.reader.counters.sensor_lost == 1
    assert rig.reader.counters.restarts == 1
    assert rig.reader.state is ReaderState.STREAMING


@pytest.mark.parametrize("error", [-0.04, 0.0, 0.04])
def test_a_dip_of_the_supply_is_seen_and_its_gap_is_right_to_a_sample(error: float) -> None:
    rig = opened(Rig(error=error))
    rig.wire.brown_out(ADDRESS, rig.start + 20.003)
    rig.run(30.0)
    assert rig.notes == ["SensorRestarted"]
    note = next(n for n in rig.got if isinstance(n, SensorRestarted))
    assert note.host_time - rig.start - 20.0 < 0.6
    assert "reset" in note.because
    assert rig.wrong_gaps() == []
    assert rig.reader.counters.restarts == 1
    assert rig.reader.counters.lost < 0.6 * RATE_HZ


@pytest.mark.parametrize("error", [-0.04, 0.01, 0.04])
def test_a_plug_out_for_five_seconds_is_a_gap_right_to_a_sample(error: float) -> None:
    rig = opened(Rig(error=error))
    rig.wire.unplug(ADDRESS, rig.start + 20.0, rig.start + 25.0)
    rig.run(40.0)
    assert rig.notes == ["SensorLost", "SensorBack"]
    assert rig.wrong_gaps() == []
    assert rig.reader.counters.lost > 5.0 * RATE_HZ * 0.95
    assert rig.reader.counters.sensor_lost == 1


def test_samples_lost_after_a_restart_are_not_counted_twice() -> None:
    rig = opened(Rig())
    rig.wire.brown_out(ADDRESS, rig.start + 20.003)
    while not rig.notes:
        rig.reader.step()
    rig.fail_between(rig.time.now() - rig.start, rig.time.now() - rig.start + 0.8, Fault.NACK)
    rig.run(30.0)
    assert rig.notes == ["SensorRestarted"]
    assert rig.wrong_gaps() == []


def test_a_restart_before_the_first_sample_invents_no_gap_later() -> None:
    rig = Rig()
    rig.reader.open()
    rig.wire.brown_out(ADDRESS, rig.time.now() + 0.0001)
    rig.run(5.0)
    assert rig.notes == ["SensorRestarted"]
    assert rig.wrong_gaps() == []
    assert rig.reader.counters.lost <= 1


def test_a_held_bus_is_clocked_free_after_a_second() -> None:
    rig = opened(Rig())
    rig.wire.stick(rig.start + 20.0, pulses=5)
    rig.run(30.0)
    assert rig.notes == ["SensorRestarted"]
    assert rig.wrong_gaps() == []
    assert rig.bus.counters.recoveries == 1
    assert rig.bus.counters.freed == 1
    assert rig.reader.counters.lost < 2.0 * RATE_HZ


def test_a_bus_held_for_more_than_nine_clocks_is_tried_again_every_two_seconds() -> None:
    rig = opened(Rig())
    rig.wire.stick(rig.start + 20.0, pulses=35)
    rig.run(40.0)
    assert rig.notes == ["SensorLost", "SensorBack"]
    assert rig.wrong_gaps() == []
    # Ten rising edges each, as the STOP makes one more.
    assert rig.bus.counters.recoveries == 4
    assert rig.bus.counters.freed == 1
    back = next(n for n in rig.got if isinstance(n, SensorBack))
    assert back.away_s == pytest.approx(1.0 + 3 * 2.0, abs=1.5)


def test_a_held_bus_without_pins_is_lost() -> None:
    rig = opened(Rig(pins=False))
    rig.wire.stick(rig.start + 20.0)
    rig.run(30.0)
    assert rig.notes == ["SensorLost"]
    assert rig.bus.counters.recoveries == 0
    assert rig.wrong_gaps() == []


@pytest.mark.parametrize("fault", [Fault.ZEROS, Fault.ONES, Fault.NOISE])
def test_a_line_that_reads_nonsense_is_never_taken_for_samples(fault: Fault) -> None:
    rig = opened(Rig())
    rig.fail_between(20.0, 23.0, fault)
    rig.run(35.0)
    assert rig.notes == ["SensorLost", "SensorBack"]
    assert rig.wrong_gaps() == []
    assert rig.reader.counters.bad_data > 0


def test_a_chip_that_stops_sending_is_restarted() -> None:
    """Its settings stand and it answers; only its oscillator stands still."""
    rig = opened(Rig())
    rig.at(20.0, lambda: rig.sim.set_rate(0.0))
    rig.run(30.0)
    assert rig.notes == ["SensorRestarted"]
    assert rig.reader.counters.lost > 0
    note = next(n for n in rig.got if isinstance(n, SensorRestarted))
    assert note.host_time - rig.start - 20.0 < 1.6
    assert rig.wrong_gaps() == []


def test_one_disturbed_check_does_not_cost_a_restart() -> None:
    plain = Rig()
    plain.reader.open()
    while True:
        number = plain.wire.transactions
        plain.reader.step()
        if plain.wire.transactions - number > 2 and plain.time.now() - plain.start > 2.0:
            break
    rig = Rig(faults=FaultPlan({number + 2: Fault.ONES}))
    rig.reader.open()
    rig.run(10.0)
    assert rig.reader.counters.bad_data == 1
    assert rig.notes == []
    assert rig.reader.counters.lost == 0
    assert rig.wrong_gaps() == []


def test_a_chip_that_never_comes_back_is_told_once_and_asked_on() -> None:
    rig = opened(Rig())
    rig.wire.unplug(ADDRESS, rig.start + 20.0, float("inf"))
    longest = 0.0
    while rig.time.now() < rig.start + 60.0:
        began = rig.time.now()
        rig.reader.step()
        longest = max(longest, rig.time.now() - began)
    assert rig.notes == ["SensorLost"]
    assert rig.reader.state is ReaderState.LOST
    assert longest < 0.2
    # A start is tried twice each time, and the first read of each is retried.
    assert 40 < rig.bus.counters.errors["EREMOTEIO"] - rig.reader.counters.bus_errors * 2 < 100


def test_a_stall_of_the_host_loses_what_the_fifo_could_not_hold() -> None:
    rig = opened(Rig(error=0.03, scheduler=Scheduler(1.5e-3, [(120.0, 0.9), (125.0, 0.35)])))
    rig.run(30.0)
    assert rig.notes == []
    assert rig.wrong_gaps() == []
    assert len([c for c in rig.chunks if c.lost]) == 1
    assert 100 < rig.reader.counters.lost < 200


def test_no_sensor_at_the_start_is_an_error() -> None:
    rig = Rig()
    rig.sim.regs[0x0F] = 0x6B
    with pytest.raises(ChipNotFoundError, match="0x6b"):
        rig.reader.open()
