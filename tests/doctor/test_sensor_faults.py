"""Every fault of bus and sensor is named, with a figure and what to do."""

import pytest

from drivers.catalog import part_named
from drivers.errors import BusError
from drivers.part import setup_for
from drivers.sim.catalog import sim_chip
from drivers.sim.chip import SimChip
from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.lsm6dsv import SimLsm6dsv
from drivers.sim.motion import Recorded, Still
from drivers.sim.oscillator import Oscillator
from drivers.sim.time import VirtualTime
from drivers.sim.wire import Fault, FaultPlan
from dsp.block import Mount
from dsp.synth import Motion, Phase, synthesize
from firmware_py.doctor.check import Check, Result, worst
from tests.doctor.patients import MadeUpHost, Setting, sensor

G = 9.80665
OF_SENSOR = {"bus speed", "gravity", "self-test", "interrupt", "rate", "losses"}


class Register(SimChip):
    """A chip of which every register reads the same."""

    value = 0x00

    def read(self, register: int) -> int:
        return self.value


class Loose(Register):
    value = 0xFF


class Haptic(SimChip):
    """Something at a known address that is no sensor."""


def broken_bus(kind: type[Exception]) -> BusError:
    error = BusError("/dev/i2c-1: in words; a remedy")
    error.__cause__ = kind("cause")
    return error


def is_fault(check: Check, seen: str, remedy: str) -> None:
    assert check.result is Result.FAULT, check
    assert seen in check.seen
    assert remedy in check.remedy


def test_a_healthy_device_has_nothing_to_be_said_about() -> None:
    checks = Setting().checks()
    assert worst(list(checks.values())) is Result.OK
    assert {n for n, c in checks.items() if c.result is Result.SKIPPED} == {"interrupt"}
    assert checks["scan"].seen == "0x6a LSM6DSO32 or LSM6DSO or LSM6DSOX"
    assert checks["sensor"].seen.startswith("LSM6DSO32 at 0x6a (trim +0); waist: 417 Hz, ±16 g")
    assert checks["self-test"].seen == "passed on 6 axes"
    assert checks["losses"].figures["lost"] == 0


@pytest.mark.parametrize(
    ("error", "seen", "remedy"),
    [
        (broken_bus(FileNotFoundError), "/dev/i2c-1: no such bus", "do_i2c 0"),
        (broken_bus(PermissionError), "/dev/i2c-1: permission denied", "adduser $USER i2c"),
        (broken_bus(OSError), "/dev/i2c-1: in words", "a remedy"),
        (
            broken_bus(ModuleNotFoundError),
            "/dev/i2c-1: Python package smbus2 is missing",
            "gaitcoach[pi]",
        ),
    ],
)
def test_a_bus_that_does_not_open_is_a_fault_and_the_rest_goes_on(
    error: Exception, seen: str, remedy: str
) -> None:
    checks = Setting(error=error).checks()
    is_fault(checks["bus"], seen, remedy)
    assert {n for n, c in checks.items() if c.seen == "no bus"} == OF_SENSOR | {"scan", "sensor"}
    assert checks["space"].result is Result.OK


def test_an_empty_bus_points_to_the_wires() -> None:
    checks = Setting(chips=()).checks()
    is_fault(checks["scan"], "nobody answers", "SDA and SCL")
    assert checks["losses"].result is Result.SKIPPED


def test_a_bus_that_hangs_is_told_from_an_empty_one() -> None:
    checks = Setting(stuck=True).checks()
    is_fault(checks["scan"], "timed out", "holds a line down")
    assert checks["sensor"].seen == "the bus hangs"


@pytest.mark.parametrize("chip", [Register, Loose])
def test_a_dead_chip_is_called_dead(chip: type[Register]) -> None:
    checks = Setting(chips=(chip(0x6A),)).checks()
    assert "dead, or a loose wire" in checks["scan"].seen
    is_fault(checks["sensor"], "dead, or a loose wire", "check power")


def test_other_chips_are_named_and_are_no_sensor() -> None:
    chips = tuple(Haptic(a) for a in (0x36, 0x40, 0x52, 0x57, 0x5A))
    checks = Setting(chips=chips).checks()
    for name in ("MAX17048", "INA219", "RV-3028", "PiSugar 3", "DRV2605L"):
        assert name in checks["scan"].seen
    is_fault(checks["sensor"], "nobody answers", "check power")


class Clock(SimChip):
    """A clock chip where sensors sit, too."""

    def read(self, register: int) -> int:
        return register


def test_a_clock_at_a_sensors_address_is_taken_for_none() -> None:
    checks = Setting(chips=(Clock(0x68), SimLsm6dso(0x6A))).checks()
    assert "0x68 no sensor: PiSugar 3 or a DS3231 clock" in checks["scan"].seen
    assert checks["sensor"].result is Result.OK


def test_another_part_than_configured_is_a_fault() -> None:
    checks = Setting(settings=sensor(part="LSM6DSV16X")).checks()
    is_fault(checks["sensor"], "no LSM6DSV16X", "sensor.part")
    assert "seen: 0x6a: LSM6DSO32" in checks["sensor"].seen


def test_a_dso_posing_as_a_dso32_is_found_out_by_gravity() -> None:
    checks = Setting(
        chips=(SimLsm6dso(0x6A, dso32=False),), settings=sensor(part="LSM6DSO32")
    ).checks()
    is_fault(checks["sensor"], "as an LSM6DSO32 it would measure 2.0", "correct sensor.part")


def test_a_sensor_that_clips_strikes_at_the_shoe_is_a_warning() -> None:
    checks = Setting(
        chips=(SimLsm6dso(0x6A, dso32=False),), settings=sensor(mount="shoe", side="left")
    ).checks()
    assert checks["sensor"].result is Result.WARNING
    assert "cadence only" in checks["sensor"].seen
    assert checks["sensor"].figures["cadence_only"] is True


def test_a_moving_sensor_is_asked_to_be_laid_still_and_the_rest_goes_on() -> None:
    run = synthesize([Phase(Motion.RUN, 30.0, 165.0)], seed=3)
    checks = Setting(
        chips=(SimLsm6dso(0x6A, Recorded(run.block, 100.0)),), settings=sensor(part="LSM6DSO32")
    ).checks()
    for name in ("gravity", "self-test"):
        assert checks[name].result is Result.SKIPPED
        assert "still" in checks[name].remedy
    assert checks["rate"].result is Result.OK


def test_a_rest_that_is_not_1_g_is_a_fault() -> None:
    # A part with an id of its own: nothing but the rest weighs it.
    chip = SimLsm6dsv(0x6A, Still((0.0, 0.0, 1.3 * G)))
    checks = Setting(chips=(chip,)).checks()
    is_fault(checks["gravity"], "1.300 g at rest", "damaged")


def test_a_gyro_far_off_zero_is_a_warning() -> None:
    checks = Setting(chips=(SimLsm6dso(0x6A, Still(rate=(0.0, 0.6, 0.0))),)).checks()
    assert checks["gravity"].result is Result.WARNING
    assert "34.4 deg/s" in checks["gravity"].seen


def test_a_failing_self_test_names_the_axes() -> None:
    checks = Setting(chips=(SimLsm6dso(0x6A, dead_axes=True),)).checks()
    is_fault(checks["self-test"], "acc x moved by 0 mg: outside 50 to 1700", "replace")


@pytest.mark.parametrize(("error", "result"), [(0.04, Result.OK), (0.07, Result.WARNING)])
def test_the_true_rate_is_told_and_5_percent_off_is_a_warning(error: float, result: Result) -> None:
    checks = Setting(chips=(SimLsm6dso(0x6A, oscillator=Oscillator(error)),)).checks()
    assert checks["rate"].result is result
    off = checks["rate"].figures["off_percent"]
    assert isinstance(off, float)
    assert off == pytest.approx(100 * error, abs=0.1)


@pytest.mark.parametrize(
    ("clock_hz", "result"),
    [(400e3, Result.OK), (310e3, Result.OK), (250e3, Result.WARNING), (62.5e3, Result.WARNING)],
)
def test_the_bus_is_timed_and_a_slow_one_is_a_warning(clock_hz: float, result: Result) -> None:
    checks = Setting(clock_hz=clock_hz).checks()
    speed = checks["bus speed"]
    assert speed.result is result
    hz = speed.figures["bus_hz"]
    assert isinstance(hz, int)
    assert hz == pytest.approx(clock_hz, rel=0.01)
    assert ("core_freq=250" in speed.remedy) is (result is Result.WARNING)


def test_a_host_that_stalls_loses_samples_and_they_are_counted() -> None:
    checks = Setting(stalls=((106.0, 1.5),)).checks()
    is_fault(checks["losses"], "longest wait 15", "end other programs")
    lost = checks["losses"].figures["lost"]
    assert isinstance(lost, int)
    assert 300 < lost < 700


def test_a_short_loss_is_a_warning() -> None:
    checks = Setting(stalls=((106.0, 0.615),)).checks()
    assert checks["losses"].result is Result.WARNING
    assert checks["losses"].figures["lost"]


def test_a_loose_contact_shows_in_retries_and_points_to_the_wires() -> None:
    faults = FaultPlan(dict.fromkeys(range(2000, 9000, 50), Fault.NACK))
    checks = Setting(faults=faults).checks(60.0)
    assert checks["losses"].result is Result.WARNING
    assert "EREMOTEIO" in checks["losses"].seen
    assert "loose plug" in checks["losses"].remedy
    assert "swapped" not in checks["losses"].remedy


@pytest.mark.parametrize("away", [(40.0, 0.4), (40.0, 5.0), (40.0, 900.0)])
def test_a_plug_that_comes_loose_in_mid_watch_points_to_plug_and_supply(
    away: tuple[float, float],
) -> None:
    checks = Setting(unplugged=away).checks(60.0)
    losses = checks["losses"]
    is_fault(losses, "", "loose plug")
    assert "supply" in losses.remedy
    assert "swapped" not in f"{losses.seen} {losses.remedy}"


def test_a_dip_of_the_supply_in_mid_watch_points_to_the_supply() -> None:
    checks = Setting(dip_s=40.0).checks(60.0)
    is_fault(checks["losses"], "", "supply holds 3.3 V")
    assert "swapped" not in checks["losses"].remedy


@pytest.mark.parametrize(
    ("name", "mount", "ms"),
    [
        ("LSM6DSO32", "waist", 614),
        ("LSM6DSV320X", "waist", 307),
        ("LSM6DSV320X", "shoe", 89),
        ("MPU-6050", "waist", 170),
        ("ICM-20948", "waist", 75),
    ],
)
def test_the_losses_say_what_this_sensors_fifo_holds(name: str, mount: str, ms: int) -> None:
    settings = sensor(part=name, mount=mount)
    chip = sim_chip(name, part_named(name).addresses[0])
    losses = Setting(chips=(chip,), settings=settings).checks(2.0)["losses"]
    assert f"(its FIFO holds {ms} ms)" in losses.seen
    assert losses.figures["fifo_s"] == pytest.approx(ms / 1e3, abs=1e-3)


@pytest.mark.parametrize(("part", "loses"), [(0.7, False), (1.2, True)])
@pytest.mark.parametrize("name", ["LSM6DSO32", "LSM6DSV320X", "MPU-6050", "ICM-20948"])
def test_a_host_may_leave_the_sensor_alone_about_as_long_as_it_says(
    name: str, part: float, loses: bool
) -> None:
    wanted = part_named(name)
    stall = part * setup_for(wanted, Mount.WAIST).fifo_s
    checks = Setting(
        chips=(sim_chip(name, wanted.addresses[0]),),
        settings=sensor(part=name),
        stalls=((106.0, stall),),
    ).checks()
    assert bool(checks["losses"].figures["lost"]) is loses


def test_a_bus_that_fails_after_the_scan_is_a_fault_and_no_crash() -> None:
    whole = Setting()
    whole.checks(3.0)
    for first in range(0, whole.transactions - 60, 113):
        faults = FaultPlan(dict.fromkeys(range(first, 60000), Fault.NACK))
        checks = Setting(faults=faults).checks(3.0)
        assert worst(list(checks.values())) is Result.FAULT, first


class FifoLine:
    """INT1 wired to a pin."""

    def __init__(self, chip: SimLsm6dso, time: VirtualTime) -> None:
        self._chip = chip
        self._time = time
        self.closed = False

    def wait(self, timeout: float) -> bool:
        end = self._time.now() + timeout
        while True:
            self._chip.run(self._time.now())
            if self._chip.interrupt():
                return True
            if self._time.now() >= end:
                return False
            self._time.sleep(1e-3)

    def close(self) -> None:
        self.closed = True


class StuckLine:
    """A pin that is not where INT1 is."""

    def __init__(self, high: bool) -> None:
        self._high = high

    def wait(self, timeout: float) -> bool:
        return self._high

    def close(self) -> None:
        """Nothing to let go of."""


def test_an_interrupt_that_rises_and_falls_with_the_fifo_is_fine() -> None:
    chip = SimLsm6dso(0x6A)
    lines: list[FifoLine] = []

    def wired(time: VirtualTime) -> FifoLine:
        lines.append(FifoLine(chip, time))
        return lines[-1]

    checks = Setting(chips=(chip,), settings=sensor(interrupt_pin=17), line=wired).checks()
    assert checks["interrupt"].result is Result.OK, checks["interrupt"]
    assert [line.closed for line in lines] == [True]


@pytest.mark.parametrize(
    ("high", "seen"), [(False, "does not rise"), (True, "stays high after the FIFO was read")]
)
def test_a_wrong_pin_is_found_out(high: bool, seen: str) -> None:
    checks = Setting(settings=sensor(interrupt_pin=17), line=lambda t: StuckLine(high)).checks()
    is_fault(checks["interrupt"], f"GPIO17 {seen}", "check the wire from INT1 to GPIO17")


def test_a_part_that_cannot_serve_the_mount_is_a_fault_when_it_was_not_asked_for() -> None:
    made = MadeUpHost()
    checks = Setting(host=made, settings=sensor(address=0x6B)).checks()
    is_fault(checks["sensor"], "at I2C 0x6b: nobody answers", "check power")
