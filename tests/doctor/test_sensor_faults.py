"""Every fault of the sensor is named, with a figure and what to do."""

import pytest

from drivers.sim.lsm6dso import SimLsm6dso
from drivers.sim.lsm6dsv import SimLsm6dsv
from drivers.sim.motion import Recorded, Still
from drivers.sim.time import VirtualTime
from dsp.synth import Motion, Phase, synthesize
from firmware_py.doctor.check import Result, worst
from tests.doctor.patients import MadeUpHost, Setting, is_fault, sensor

G = 9.80665


def test_a_healthy_device_has_nothing_to_be_said_about() -> None:
    checks = Setting().checks()
    assert worst(list(checks.values())) is Result.OK
    assert {n for n, c in checks.items() if c.result is Result.SKIPPED} == {"interrupt", "battery"}
    assert checks["scan"].seen == "0x6a LSM6DSO32 or LSM6DSO or LSM6DSOX"
    assert checks["sensor"].seen.startswith("LSM6DSO32 at 0x6a (trim +0); waist: 417 Hz, ±16 g")
    assert checks["self-test"].seen == "passed on 6 axes"
    assert checks["losses"].figures["lost"] == 0


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
