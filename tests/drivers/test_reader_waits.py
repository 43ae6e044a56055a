"""Who waits for the reader and for whom it waits; and the times that come of it."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from drivers.backlog import Backlog
from drivers.chunk import Chunk
from drivers.clock import SampleClock
from drivers.notes import Note
from drivers.reader import POLL_S, Reader, ReaderState
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.time import Scheduler, VirtualTime, random_stalls
from drivers.sim.wire import Fault
from tests.drivers.diary import Diary
from tests.drivers.rig import ADDRESS, RATE_HZ, Rig, opened


def test_the_reader_ends_soon_though_the_sensor_is_lost_and_powers_the_chip_down() -> None:
    rig = Rig()
    rig.reader.open()
    rig.fail_between(20.0, 24.0, Fault.NACK)
    rig.run(24.0)
    assert rig.notes == ["SensorLost"]
    rig.reader.close()
    assert rig.time.now() - 124.0 < 0.2
    assert rig.reader.state is ReaderState.STOPPED
    assert rig.sim.regs[0x10] == rig.sim.regs[0x11] == rig.sim.regs[0x0A] == 0


def test_a_consumer_that_takes_nothing_does_not_hold_the_reader_up() -> None:
    rig = Rig()
    backlog = Backlog[Note](RATE_HZ, limit_s=2.0)
    reader = Reader(rig.bus, rig.chip, backlog.put)
    reader.open()
    while rig.time.now() < rig.start + 10.0:
        reader.step()
    dropped = backlog.dropped
    assert dropped == pytest.approx(8.0 * RATE_HZ, rel=0.05)
    chunks: list[Chunk] = []

    def take() -> None:
        while True:
            try:
                item = backlog.get(timeout=0)
            except TimeoutError:
                return
            assert isinstance(item, Chunk)
            chunks.append(item)

    take()
    for _ in range(100):
        reader.step()
        take()
    assert rig.wrong_gaps(chunks) == []
    assert sum(c.lost for c in chunks) == dropped
    assert reader.counters.lost == 0


# the interrupt


class SimLine:
    """The chip's interrupt line, in virtual time.

    Args:
        stuck: its level where it is stuck; None: it works.
    """

    def __init__(self, time: VirtualTime, sim: SimLsm6dso, stuck: bool | None = None) -> None:
        self._time = time
        self._sim = sim
        self._stuck = stuck

    def wait(self, timeout: float) -> bool:
        """See `drivers.reader.Watermark`."""
        end = self._time.now() + timeout
        while not self._high():
            if self._time.now() >= end:
                return False
            self._time.pass_by(0.2e-3)
        return True

    def _high(self) -> bool:
        if self._stuck is not None:
            return self._stuck
        self._sim.run(self._time.now())
        return self._sim.interrupt()


Line = Callable[[VirtualTime, SimLsm6dso], SimLine]


def always_high(time: VirtualTime, sim: SimLsm6dso) -> SimLine:
    return SimLine(time, sim, stuck=True)


def never_high(time: VirtualTime, sim: SimLsm6dso) -> SimLine:
    return SimLine(time, sim, stuck=False)


def test_the_interrupt_brings_the_same_samples_as_polling() -> None:
    polled, woken = opened(Rig(error=0.03), 10.0), opened(Rig(error=0.03, watermark=SimLine), 10.0)
    a, b = (np.concatenate([c.counts for c in r.chunks]) for r in (polled, woken))
    n = min(len(a), len(b))
    assert n > 9.5 * RATE_HZ
    np.testing.assert_array_equal(a[:n], b[:n])
    assert woken.wrong_gaps() == []
    assert woken.reader.counters.false_alarms <= 2
    # The watermark is a poll's worth of samples: no more drains than by polling, and no later.
    assert woken.reader.counters.drains == pytest.approx(polled.reader.counters.drains, rel=0.1)


@pytest.mark.parametrize("watermark", [always_high, never_high])
def test_a_stuck_interrupt_line_neither_spins_nor_hangs_the_reader(watermark: Line) -> None:
    rig = opened(Rig(watermark=watermark), 10.0)
    assert rig.wrong_gaps() == []
    assert rig.reader.counters.samples > 9.5 * RATE_HZ
    assert 0.8 * 10.0 / (2 * POLL_S) < rig.reader.counters.drains <= 10.0 / (POLL_S / 2)


def test_a_line_that_stays_high_while_the_bus_fails_does_not_hammer_it() -> None:
    rig = opened(Rig(watermark=always_high), 5.0)
    before = rig.bus.counters.transfers
    rig.fail_between(5.0, 5.9, Fault.NACK)
    rig.run(5.9)
    assert rig.bus.counters.transfers - before <= 2 * 0.95 / (POLL_S / 2)


# times


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x**2)))


@pytest.mark.parametrize(
    ("error", "drift", "seed"), [(-0.04, 1e-3, 1), (0.0, 1e-3, 2), (0.04, 1e-3, 3)]
)
def test_step_intervals_are_true_to_20_us_behind_a_busy_host(
    error: float, drift: float, seed: int
) -> None:
    seconds = 120.0
    stalls = random_stalls(seconds, 1 / 10, 0.08, 0.35, seed, start=100.0)
    assert len(stalls) > 4
    rig = opened(Rig(error=error, drift=drift, scheduler=Scheduler(1.5e-3, stalls, seed)), seconds)
    chunks = rig.chunks
    t = SampleClock(RATE_HZ).stamp(
        np.array([len(c.counts) for c in chunks]),
        np.array([c.lost for c in chunks]),
        np.array([c.host_time for c in chunks]),
    )
    numbers = np.concatenate([Diary.numbers(c.counts) for c in chunks])
    assert np.all(np.diff(numbers) == 1)
    true_t = rig.diary.t[numbers]
    assert np.all(np.diff(t) > 0)
    settled = slice(int(10 * RATE_HZ), None)
    k = int(0.33 * RATE_HZ)
    off = (t - true_t)[settled]
    assert rms(off[k:] - off[:-k]) <= 0.02e-3
    assert np.abs(off).max() < 3e-3


def test_times_never_go_back_whatever_happens_to_the_chip() -> None:
    rig = opened(Rig(error=0.04))
    rig.wire.brown_out(ADDRESS, rig.start + 22.0)
    rig.wire.unplug(ADDRESS, rig.start + 30.0, rig.start + 35.0)
    rig.fail_between(45.0, 45.8, Fault.CUT_HALF)
    rig.run(60.0)
    chunks = rig.chunks
    t = SampleClock(RATE_HZ).stamp(
        np.array([len(c.counts) for c in chunks]),
        np.array([c.lost for c in chunks]),
        np.array([c.host_time for c in chunks]),
    )
    assert np.all(np.diff(t) > 0)
    true_t = rig.diary.t[np.concatenate([Diary.numbers(c.counts) for c in chunks])]
    assert np.abs(t - true_t)[int(10 * RATE_HZ) :].max() < 5e-3
    assert all(a.host_time <= b.host_time for a, b in pairwise(chunks))
