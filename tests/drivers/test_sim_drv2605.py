"""The simulated haptic driver by its datasheet, without our driver."""

import pytest

from drivers.bus import Bus
from drivers.errors import BusError
from drivers.sim.drv2605 import SimDrv2605, SimMotor
from drivers.sim.time import VirtualTime
from drivers.sim.wire import SimWire

ADDRESS = 0x5A


class Rig:
    def __init__(self, motor: SimMotor | None = None) -> None:
        self.time = VirtualTime()
        self.sim = SimDrv2605(ADDRESS, motor)
        self.bus = Bus(SimWire(self.time, [self.sim]), self.time)

    def write(self, register: int, *values: int) -> None:
        self.bus.write(ADDRESS, register, *values)

    def read(self, register: int) -> int:
        return self.bus.read(ADDRESS, register, 1)[0]

    def trigger(self, high: bool) -> None:
        self.sim.trigger(high, self.time.now())

    @property
    def volts(self) -> float:
        self.sim.run(self.time.now())
        return self.sim.drive[-1][1] if self.sim.drive else 0.0


def test_it_starts_in_standby_and_does_nothing_there() -> None:
    rig = Rig()
    assert rig.read(0x00) == 0xE0
    assert rig.read(0x01) == 0x40
    rig.write(0x02, 127)
    rig.write(0x0C, 1)
    rig.trigger(True)
    assert rig.volts == 0.0


def test_real_time_playback_is_signed_and_full_scale_is_the_clamp_in_open_loop() -> None:
    rig = Rig()
    rig.write(0x16, 100, 200)
    rig.write(0x01, 5)
    rig.write(0x02, 127)
    assert rig.volts == pytest.approx(200 * 5.6 / 255)
    rig.write(0x02, 0x81)
    assert rig.volts == pytest.approx(-200 * 5.6 / 255)
    rig.write(0x1D, 0x80)
    rig.write(0x02, 127)
    assert rig.volts == pytest.approx(100 * 5.6 / 255)
    rig.write(0x01, 0x40)
    assert rig.volts == 0.0


def test_a_rising_edge_starts_the_sequence_and_a_second_one_ends_it() -> None:
    rig = Rig()
    rig.write(0x01, 1)
    rig.write(0x04, 47, 0x80 | 10, 49, 0)
    rig.trigger(True)
    strong = rig.volts
    assert strong > 0.0
    assert rig.read(0x0C) == 1
    rig.trigger(False)
    assert rig.volts == strong
    rig.time.sleep(0.3)
    assert rig.volts == 0.0
    rig.time.sleep(0.1)
    assert rig.volts == pytest.approx(0.6 * strong)
    rig.trigger(True)
    assert rig.volts == 0.0
    assert rig.read(0x0C) == 0


def test_a_sequence_ends_by_itself() -> None:
    rig = Rig()
    rig.write(0x01, 1)
    rig.trigger(True)
    rig.time.sleep(1.0)
    assert rig.read(0x0C) == 0
    assert rig.volts == 0.0


def test_with_a_level_trigger_it_shakes_while_the_line_is_high() -> None:
    rig = Rig()
    rig.write(0x01, 2)
    rig.trigger(True)
    assert rig.volts > 0.0
    rig.trigger(False)
    assert rig.volts == 0.0


@pytest.mark.parametrize(("code", "length_s"), [(0, 0.15), (1, 0.25), (2, 0.5), (3, 1.0)])
def test_auto_calibration_takes_its_time(code: int, length_s: float) -> None:
    rig = Rig(SimMotor(lra=True))
    rig.write(0x1A, 0xB6)
    rig.write(0x1E, code << 4)
    rig.write(0x01, 7)
    rig.write(0x0C, 1)
    rig.time.sleep(length_s - 0.01)
    assert rig.read(0x0C) == 1
    assert rig.volts > 0.0
    rig.time.sleep(0.02)
    assert rig.read(0x0C) == 0
    assert not rig.read(0x00) & 0x08
    assert (rig.read(0x18), rig.read(0x1A)) == (0x0D, 0xB5)


def test_a_reset_in_mid_effect_stops_the_motor() -> None:
    rig = Rig()
    rig.write(0x01, 5)
    rig.write(0x02, 127)
    rig.write(0x01, 0x80)
    assert rig.volts == 0.0
    assert rig.read(0x01) == 0x40


def test_a_short_shows_once_in_the_status() -> None:
    rig = Rig(SimMotor(shorted=True))
    rig.write(0x01, 5)
    rig.write(0x02, 127)
    assert rig.volts == 0.0
    assert rig.read(0x00) & 1
    assert not rig.read(0x00) & 1


def test_a_motor_takes_time_to_be_felt_and_to_stop() -> None:
    rig = Rig(SimMotor(lra=False, rated_v=2.0, tau_s=0.04))
    rig.write(0x17, 91)
    rig.write(0x01, 5)
    start = rig.time.now()
    rig.write(0x02, 127)
    assert rig.sim.felt(start + 0.02) < 0.5
    assert rig.sim.felt(start + 0.3) == pytest.approx(1.0, abs=0.01)
    rig.time.sleep(0.3)
    rig.write(0x02, 0)
    assert rig.sim.felt(rig.time.now() + 0.02) > 0.5
    assert rig.sim.felt(rig.time.now() + 0.3) < 0.01


def test_a_write_to_a_register_that_cannot_be_written_is_noted() -> None:
    rig = Rig()
    rig.write(0x00, 1)
    assert rig.sim.illegal == ["write of 0x01 to 0x000"]


def test_it_does_not_answer_in_its_first_quarter_of_a_millisecond() -> None:
    rig = Rig()
    rig.sim.power_up(rig.time.now())
    with pytest.raises(BusError):
        rig.bus.read(ADDRESS, 0x00, 1, retry=False)
    rig.time.sleep(250e-6)
    assert rig.read(0x00) == 0xE0
