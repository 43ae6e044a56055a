"""BMI270: an image first; then frames with headers, placed by sensor time."""

from functools import partial

import numpy as np
import pytest

from drivers.bus import Bus
from drivers.chips.bmi270 import BMI270, Bmi270
from drivers.errors import ChipError, ChipNotFoundError, ChipResetError
from drivers.part import setup_for
from drivers.reader import Reader
from drivers.sim.bmi270 import SimBmi270, fake_image
from drivers.sim.catalog import sim_driver
from drivers.sim.motion import Still
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, FaultPlan, SimWire
from dsp.block import Mount
from dsp.errors import GaitCoachError
from tests.drivers.chips.timed import START_S, Make, Telling, Timed, lawful, timed

MOUNTS = [Mount.WAIST, Mount.SHOE]
DRAINS = 200
SECOND_TRY = (Fault.NACK, Fault.TIMEOUT, Fault.CUT)
"""Faults that a second try mends."""
EVERY = 23
"""Transactions from one fault to the next."""
WRAP_TICKS = 1 << 24


def plain(**differs: int | float | bool) -> Make:
    """A simulated specimen."""
    return lambda motion, oscillator: SimBmi270(0x68, motion, oscillator, **differs)  # type: ignore[arg-type]


def opened(
    mount: Mount = Mount.WAIST,
    error: float = 0.0,
    *,
    make: Make | None = None,
    late_s: float = 0.0,
    stalls: tuple[tuple[float, float], ...] = (),
    faults: FaultPlan | None = None,
    clock_hz: float = 400_000.0,
) -> Timed:
    rig = timed(
        BMI270,
        make or plain(),
        mount=mount,
        error=error,
        late_s=late_s,
        stalls=stalls,
        faults=faults,
        clock_hz=clock_hz,
    )
    rig.reader.open()
    return rig


def with_image(image: bytes, mount: Mount = Mount.WAIST, error: float = 0.0) -> Timed:
    """A rig whose driver has this image."""
    setup = setup_for(BMI270, mount)
    rig = timed(BMI270, plain(), mount=mount, error=error)
    rig.chip = Bmi270(rig.bus, 0x68, setup, lambda: image)
    rig.reader = Reader(rig.bus, rig.chip, rig.got.append)
    return rig


@pytest.mark.parametrize("error", [-0.04, 0.0, 0.04])
@pytest.mark.parametrize("mount", MOUNTS)
def test_without_faults_every_sample_arrives_once(mount: Mount, error: float) -> None:
    rig = opened(mount, error, late_s=1.5e-3)
    rig.run(20.0)
    assert lawful(rig)[1] == 0
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
    _, lost = lawful(rig)
    assert lost == rig.sim.dropped > 0
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
    assert lawful(rig)[1] > 0
    assert rig.fresh


def test_counts_are_of_the_scale_that_the_setup_tells() -> None:
    force, rate = (30.0, -50.0, 9.80665), (2.0, -11.0, 31.0)
    setup = setup_for(BMI270, Mount.WAIST)
    time = VirtualTime()
    sim = SimBmi270(0x68, Still(force, rate))
    chip = sim_driver(Bus(SimWire(time, [sim]), time), 0x68, setup)
    chip.reset()
    chip.start(4)
    row = chip.drain()[0].counts[-1].astype(float)
    assert row[:3] * setup.acc_scale == pytest.approx(force, abs=setup.acc_scale)
    assert row[3:] * setup.gyr_scale == pytest.approx(rate, abs=setup.gyr_scale)


@pytest.mark.parametrize("stall_s", [0.0, 1.0, 654.0, 700.0, 1400.0])
def test_sensor_time_goes_round_unnoticed(stall_s: float) -> None:
    rig = opened(error=0.03, make=plain(begins=WRAP_TICKS - 3 * 25600))
    rig.run(1.5)
    rig.time.pass_by(stall_s)
    rig.run(3.0)
    assert isinstance(rig.sim, SimBmi270)
    assert lawful(rig)[1] == rig.sim.dropped
    assert rig.reader.counters.bad_data == 0


@pytest.mark.parametrize("clock_hz", [250_000.0, 400_000.0])
@pytest.mark.parametrize("mount", MOUNTS)
def test_samples_between_sensor_time_and_level_do_no_harm(mount: Mount, clock_hz: float) -> None:
    late = 14 * 9 / clock_hz
    start = opened(mount, make=plain(level_late_s=late), clock_hz=clock_hz).wire.transactions
    for late_ticks in range(4):
        hit = range(start + late_ticks, start + 800, 17)
        rig = opened(
            mount,
            0.01,
            make=plain(level_late_s=late, late_ticks=late_ticks),
            faults=FaultPlan(dict.fromkeys(hit, Fault.CUT)),
            clock_hz=clock_hz,
        )
        rig.run(3.0)
        delivered, lost = lawful(rig)
        assert lost > 0
        assert delivered > 2.0 * rig.setup.rate_hz


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_in_start_up_is_refused_or_harmless(fault: Fault) -> None:
    for index in range(opened().wire.transactions):
        rig = timed(BMI270, plain(), faults=FaultPlan({index: fault}, seed=index))
        try:
            rig.reader.open()
        except GaitCoachError:
            assert fault not in SECOND_TRY, f"transaction {index}"
            rig.reader.open()
        rig.run(0.2)
        assert lawful(rig, begins_anywhere=True)[0] > 50, f"transaction {index}"
        assert rig.reader.counters.restarts == 0


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(("mount", "step"), [(Mount.WAIST, 1), (Mount.SHOE, 5)])
def test_a_fault_at_any_transaction_of_a_run_is_counted(
    mount: Mount, step: int, fault: Fault
) -> None:
    start = opened(mount, 0.03).wire.transactions
    for first in range(0, EVERY, step):
        hit = range(start + first, start + 3 * DRAINS, EVERY)
        rig = opened(mount, 0.03, faults=FaultPlan(dict.fromkeys(hit, fault), seed=first))
        rig.run(0.01 * DRAINS)
        delivered, lost = lawful(rig)
        assert delivered > 0.5 * len(rig.log)
        assert delivered + lost > 0.95 * len(rig.log)


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
    lawful(rig)


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
    assert lawful(rig)[1] == 0


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
    rig = opened(make=partial(Boastful, 0x68))
    rig.run(5.0)
    assert lawful(rig)[1] == 0
    assert rig.fresh


def test_a_brown_out_is_noticed_at_once() -> None:
    rig = opened()
    rig.wire.brown_out(0x68, rig.time.now() + 1.0)
    rig.run(3.0)
    lawful(rig)
    assert rig.reader.counters.restarts == 1
    assert max(np.diff([c.host_time for c in rig.chunks])) < 0.5


def test_a_lost_image_is_a_reset() -> None:
    rig = opened()
    rig.chip.check()
    rig.wire.brown_out(0x68, rig.time.now())
    with pytest.raises(ChipResetError, match="image is gone"):
        rig.chip.check()


def test_another_chip_is_refused() -> None:
    rig = timed(BMI270, plain(identity=0x68))
    with pytest.raises(ChipNotFoundError, match="0x68"):
        rig.chip.reset()


def test_without_an_image_the_chip_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    time = VirtualTime()
    bus = Bus(SimWire(time, [SimBmi270()]), time)
    monkeypatch.setenv("GAITCOACH_BMI270_CONFIG", "/tmp/no/such/file.bin")
    with pytest.raises(ChipError, match="bmi270_maximum_fifo"):
        Bmi270(bus, 0x68, setup_for(BMI270, Mount.WAIST)).reset()


@pytest.mark.parametrize("image", [b"", bytes(100), fake_image()[:-1]])
def test_an_image_of_no_known_length_is_refused(image: bytes) -> None:
    with pytest.raises(ChipError, match=f"{len(image)} bytes"):
        with_image(image).chip.reset()


@pytest.mark.parametrize("size", [328, 8192])
def test_a_damaged_image_is_refused_by_the_chip(size: int) -> None:
    for at in (0, size // 2, size - 1):
        image = bytearray(fake_image(size))
        image[at] ^= 0x10
        with pytest.raises(ChipError, match="refuses its configuration image"):
            with_image(bytes(image)).chip.reset()


class Stubborn(SimBmi270):
    """Its gyro range is stuck."""

    def wrote(self, register: int, before: int, value: int) -> None:
        """The write does not stay."""
        super().wrote(register, before, value)
        if register == 0x41:
            self.regs[register] = 0x02


def test_a_setting_that_does_not_stay_is_an_error() -> None:
    rig = timed(BMI270, partial(Stubborn, 0x68))
    rig.chip.reset()
    with pytest.raises(ChipError, match="ACC_RANGE"):
        rig.chip.start(4)


@pytest.mark.parametrize("dead", [False, True])
def test_the_self_test_judges_the_accelerometer(dead: bool) -> None:
    rig = timed(BMI270, lambda m, o: SimBmi270(0x68, Still(), o, dead_axes=dead))
    rig.chip.reset()
    told = rig.chip.self_test()
    assert told.passed is not dead
    assert len(told.detail) == 3
    assert rig.sim.illegal == []


@pytest.mark.parametrize("cross", [-64, -5, 3, 63])
@pytest.mark.parametrize("size", [328, 8192])
def test_what_the_gyro_shows_of_z_in_x_is_taken_out(cross: int, size: int) -> None:
    setup = setup_for(BMI270, Mount.WAIST)
    time = VirtualTime()
    sim = SimBmi270(0x68, Telling(setup), cross=cross)
    sim.log = []
    chip = Bmi270(Bus(SimWire(time, [sim]), time), 0x68, setup, lambda: fake_image(size))
    chip.reset()
    chip.start(4)
    time.pass_by(0.1)
    (piece,) = chip.drain()
    raw = np.concatenate(sim.log)[: len(piece.counts)].astype(np.float64)
    wanted = raw[:, 3] - np.trunc(raw[:, 5] * cross / 512)
    assert np.array_equal(piece.counts[:, 3], np.clip(wanted, -32768, 32767))
    assert np.array_equal(piece.counts[:, [0, 1, 2, 4, 5]], raw[:, [0, 1, 2, 4, 5]])


def test_the_interrupt_rises_at_the_watermark() -> None:
    rig = opened()
    assert isinstance(rig.sim, SimBmi270)
    rig.chip.drain()
    assert not rig.sim.interrupt()
    rig.time.pass_by(0.0101)
    rig.sim.run(rig.time.now())
    assert rig.sim.interrupt()


def test_stop_turns_the_sensors_off() -> None:
    rig = opened()
    rig.chip.stop()
    assert rig.sim.regs[0x7D] == 0
    rig.chip.drain()
    rig.time.pass_by(0.1)
    assert rig.chip.drain() == []
    assert rig.sim.illegal == []
