from collections.abc import Callable

import pytest

from drivers.sim.drv2605 import SimDrv2605, SimMotor
from drivers.sim.wire import Fault, FaultPlan
from feedback.actuators.actuator import Actuator
from feedback.actuators.conductor import Conductor
from feedback.actuators.drv2605 import EDGE, REAL_TIME
from feedback.actuators.errors import ActuatorError
from feedback.actuators.guarded import RETRY_S
from feedback.actuators.haptic import BRAKE_S, KICK_S, Haptic, TriggeredHaptic
from feedback.actuators.haptic_calibration import HapticCalibration
from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern
from feedback.pulse import Pulse
from tests.feedback.actuators.haptics import ERM, LRA, HapticRig
from tests.feedback.actuators.stage import PATTERNS

FULL = Pulse(0.2)


def driven(rig: HapticRig) -> Actuator:
    return Haptic(rig.chip)


def triggered(rig: HapticRig) -> Actuator:
    return TriggeredHaptic(rig.chip, rig.trigger)


BOTH = pytest.mark.parametrize("make", [driven, triggered])


@BOTH
@pytest.mark.parametrize("motor", [LRA, ERM])
def test_it_shakes_from_on_to_off(make: Callable[[HapticRig], Actuator], motor: object) -> None:
    rig = HapticRig(motor)  # type: ignore[arg-type]
    haptic = make(rig)
    haptic.off()
    assert rig.volts == 0.0
    haptic.on(FULL, 1.0)
    rig.time.sleep(0.1)
    assert rig.volts > 0.9 * rig.chip.motor.rated_v
    assert rig.sim.felt(rig.time.now()) > 0.8
    haptic.off()
    rig.time.sleep(0.3)
    assert rig.volts == 0.0
    assert rig.sim.felt(rig.time.now()) < 0.05
    assert not rig.sim.illegal


@BOTH
def test_a_softer_level_shakes_less(make: Callable[[HapticRig], Actuator]) -> None:
    rig = HapticRig()
    haptic = make(rig)
    got = []
    for level in (1.0, 0.6, 0.2, 0.0):
        haptic.on(FULL, level)
        got.append(rig.volts)
        haptic.off()
    assert got == sorted(got, reverse=True)
    assert got[0] == pytest.approx(LRA.rated_v, rel=0.02)
    assert 0.0 < got[2] < 0.4 * got[0]
    assert got[3] == 0.0


def test_in_open_loop_the_motor_is_overdriven_first_and_braked_last() -> None:
    rig = HapticRig(ERM)
    haptic = Haptic(rig.chip)
    assert (haptic.kick_s, haptic.brake_s) == (KICK_S, BRAKE_S)
    haptic.kick(FULL, 0.5)
    assert rig.volts == pytest.approx(ERM.clamp_v, rel=0.01)
    haptic.on(FULL, 1.0)
    assert rig.volts == pytest.approx(ERM.rated_v, rel=0.02)
    haptic.brake()
    assert rig.volts == pytest.approx(-ERM.clamp_v, rel=0.01)
    haptic.off()
    assert rig.volts == 0.0


def test_in_closed_loop_the_chip_overdrives_and_brakes_by_itself() -> None:
    haptic = Haptic(HapticRig(LRA).chip)
    assert (haptic.kick_s, haptic.brake_s) == (0.0, 0.0)


def test_the_kick_brings_a_motor_to_its_strength_sooner() -> None:
    def until_felt(kicked: bool) -> float:
        rig = HapticRig(ERM)
        haptic = Haptic(rig.chip)
        haptic.off()
        start = rig.time.now()
        if kicked:
            haptic.kick(FULL, 1.0)
            rig.time.sleep(KICK_S)
        haptic.on(FULL, 1.0)
        while rig.sim.felt(rig.time.now()) < 0.8:
            rig.time.sleep(0.001)
        return rig.time.now() - start

    assert until_felt(True) < until_felt(False) - 0.010


def test_a_triggered_pulse_does_not_wait_for_the_bus() -> None:
    rig = HapticRig()
    haptic = TriggeredHaptic(rig.chip, rig.trigger)
    haptic.off()
    before, start = rig.wire.transactions, rig.time.now()
    haptic.on(FULL, 1.0)
    assert rig.wire.transactions == before
    t, volts = rig.sim.drive[-1]
    assert t == start
    assert volts == pytest.approx(LRA.rated_v, rel=0.01)


def test_a_triggered_pulse_goes_on_into_the_next_and_another_strength_takes_over() -> None:
    rig = HapticRig()
    haptic = TriggeredHaptic(rig.chip, rig.trigger)
    haptic.on(FULL, 1.0)
    changes = len(rig.sim.drive)
    haptic.on(FULL, 1.0)
    assert len(rig.sim.drive) == changes
    haptic.on(FULL, 0.4)
    assert rig.volts == pytest.approx(0.4 * LRA.rated_v, rel=0.02)
    haptic.on(FULL, 0.0)
    assert rig.volts == 0.0


def test_a_long_triggered_pulse_lasts_until_it_is_told_to_end() -> None:
    rig = HapticRig()
    haptic = TriggeredHaptic(rig.chip, rig.trigger)
    haptic.on(FULL, 1.0)
    rig.time.sleep(1.0)
    assert rig.volts > 0.0
    haptic.off()
    assert rig.volts == 0.0


@BOTH
def test_a_chip_that_was_reset_is_set_up_again_at_the_end_of_the_pulse(
    make: Callable[[HapticRig], Actuator],
) -> None:
    rig = HapticRig()
    haptic = make(rig)
    haptic.on(FULL, 0.5)
    rig.sim.power_up(rig.time.now(), cold=False)
    haptic.off()
    haptic.on(FULL, 0.5)
    assert 0.3 * LRA.rated_v < rig.volts < 0.7 * LRA.rated_v
    assert haptic.restarts == 1  # type: ignore[attr-defined]


@BOTH
def test_a_chip_that_was_without_power_shakes_with_the_first_pulse_after_it(
    make: Callable[[HapticRig], Actuator],
) -> None:
    rig = HapticRig()
    haptic = make(rig)
    haptic.off()
    start = rig.time.now()
    rig.wire.unplug(0x5A, start, start + 5.0)
    with pytest.raises(OSError, match="nobody answers"):
        haptic.on(FULL, 0.5)
    with pytest.raises(OSError, match="nobody answers"):
        haptic.off()
    rig.time.sleep(10.0)
    haptic.on(FULL, 0.5)
    assert 0.3 * LRA.rated_v < rig.volts < 0.7 * LRA.rated_v


def test_a_shorted_motor_is_told() -> None:
    rig = HapticRig(real=SimMotor(shorted=True))
    haptic = Haptic(rig.chip)
    haptic.on(FULL, 1.0)
    with pytest.raises(ActuatorError, match="over-current; is the motor shorted"):
        haptic.off()


@BOTH
def test_closing_leaves_the_chip_in_standby(make: Callable[[HapticRig], Actuator]) -> None:
    rig = HapticRig()
    haptic = make(rig)
    haptic.on(FULL, 1.0)
    haptic.close()
    assert rig.volts == 0.0
    assert rig.sim.regs[0x01] == 0x40
    assert not rig.enable.high
    assert not rig.enable.open


@pytest.mark.parametrize(("identity", "name"), [(7, "DRV2605L"), (3, "DRV2605")])
def test_both_parts_are_known(identity: int, name: str) -> None:
    rig = HapticRig(identity=identity)
    rig.chip.open(REAL_TIME)
    assert rig.chip.part == name


def test_another_chip_is_refused() -> None:
    with pytest.raises(ActuatorError, match="STATUS reads 0x40, which is no DRV2605L"):
        HapticRig(identity=2).chip.open(REAL_TIME)


def test_a_missing_chip_is_an_error_of_the_bus() -> None:
    rig = HapticRig()
    rig.wire.chips.clear()
    with pytest.raises(OSError, match=r"0x5a.*nobody answers"):
        Haptic(rig.chip).off()


def test_what_the_registers_hold_is_what_the_datasheet_asks_for() -> None:
    rig = HapticRig(LRA)
    rig.chip.open(EDGE)
    regs = rig.sim.regs
    assert regs[0x16] == 91  # 2.0 V
    assert regs[0x1A] & 0x80
    assert regs[0x1B] & 0x1F == 24  # half of 1/175 s, less 0.5 ms, in 0.1 ms
    assert not regs[0x1D] & 0x01
    assert regs[0x03] == 6
    rig = HapticRig(ERM)
    rig.chip.open(EDGE)
    assert not rig.sim.regs[0x1A] & 0x80
    assert rig.sim.regs[0x1D] & 0x20
    assert rig.sim.regs[0x03] == 1


def test_auto_calibration_takes_a_second_and_its_result_is_used_at_once() -> None:
    rig = HapticRig()
    start = rig.time.now()
    found = rig.chip.auto_calibrate()
    assert 1.0 < rig.time.now() - start < 1.2
    assert found == HapticCalibration(LRA, 0x0D, 0x70, 1)
    assert found != HapticCalibration(LRA, 0x0C, 0x6C, 2)
    again = HapticRig(calibration=found)
    again.chip.open(REAL_TIME)
    assert [again.sim.regs[r] for r in (0x18, 0x19)] == [0x0D, 0x70]
    assert again.sim.regs[0x1A] & 3 == 1


@pytest.mark.parametrize(
    "real",
    [
        SimMotor(firm=False),
        SimMotor(connected=False),
        SimMotor(lra=False),
        SimMotor(rated_v=1.2),
    ],
)
def test_a_failed_auto_calibration_says_what_to_check(real: SimMotor) -> None:
    rig = HapticRig(real=real)
    with pytest.raises(ActuatorError, match=r"auto-calibration failed: is the motor connected"):
        rig.chip.auto_calibrate()
    assert rig.volts == 0.0
    assert rig.chip.calibration is None


def test_diagnostics_find_a_motor_that_is_not_there() -> None:
    HapticRig().chip.diagnose()
    with pytest.raises(ActuatorError, match="no working motor"):
        HapticRig(real=SimMotor(connected=False)).chip.diagnose()


class Stuck(SimDrv2605):
    """What was started never ends."""

    def run(self, now: float) -> None:
        self._now = now


def test_an_auto_calibration_that_never_ends_is_given_up() -> None:
    rig = HapticRig()
    rig.wire.chips[0x5A] = Stuck()
    with pytest.raises(ActuatorError, match="auto-calibration never ends"):
        rig.chip.auto_calibrate()
    assert rig.time.now() < 105.0


def test_a_calibration_that_breaks_off_leaves_the_motor_at_rest() -> None:
    whole = HapticRig()
    whole.chip.auto_calibrate()
    broken = 0
    for number in range(whole.wire.transactions):
        # The try and its repetition.
        rig = HapticRig(faults=FaultPlan({number: Fault.NACK, number + 1: Fault.NACK}))
        try:
            rig.chip.auto_calibrate()
        except OSError:
            broken += 1
            assert rig.volts == 0.0
    assert broken > 20


def test_a_reset_in_mid_calibration_gives_no_calibration() -> None:
    rig = HapticRig()
    rig.wire.brown_out(0x5A, rig.time.now() + 0.5)
    with pytest.raises(ActuatorError, match="was reset during auto-calibration"):
        rig.chip.auto_calibrate()
    assert rig.chip.calibration is None


def scene(rig: HapticRig, make: Callable[[HapticRig], Actuator]) -> tuple[list[Played], list[str]]:
    """Start, three cues, half a minute later another three; then the end."""
    played: list[Played] = []
    failures: list[str] = []
    conductor = Conductor(
        [make(rig)],
        PATTERNS,
        rig.time.now,
        played=played.append,
        failed=lambda name, text: failures.append(text),
    )
    conductor.prepare()

    def until(end: float) -> None:
        while (due := conductor.step()) is not None and due <= end:
            rig.time.sleep(max(0.0, due - rig.time.now()))
        rig.time.sleep(max(0.0, end - rig.time.now()))

    for wait in (0.0, RETRY_S + 1.0):
        until(rig.time.now() + wait)
        for pattern in (Pattern.QUICKER, Pattern.SOFTER, Pattern.BEAT):
            ahead = 0.1 if pattern is Pattern.BEAT else 0.0
            now = rig.time.now()
            conductor.take(Cue(now + ahead, now, pattern, "because"), now)
            until(now + 1.0)
    rest = rig.volts
    conductor.close()
    assert rest == 0.0
    return played, failures


@BOTH
@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_at_any_transaction_ends_nothing(
    make: Callable[[HapticRig], Actuator], fault: Fault
) -> None:
    whole = HapticRig(ERM)
    played, failures = scene(whole, make)
    assert not failures
    assert all(p.not_played is None for p in played)
    for number in range(whole.wire.transactions):
        rig = HapticRig(ERM, faults=FaultPlan({number: fault}))
        played, failures = scene(rig, make)
        assert len(played) == 6
        # The bus tries once more, so that most go unnoticed; whatever came, it shakes again.
        assert all(p.not_played is None for p in played[3:-1])
        assert rig.volts == 0.0


@pytest.mark.parametrize("fault", list(Fault))
def test_a_bus_that_fails_for_a_while_costs_only_its_cues(fault: Fault) -> None:
    rig = HapticRig()
    begin, end = rig.time.now() + 0.3, rig.time.now() + 5.0
    rig.wire.at(begin, lambda: setattr(rig.wire.faults, "always", fault))
    rig.wire.at(end, lambda: setattr(rig.wire.faults, "always", None))
    played, _ = scene(rig, driven)
    assert [p.not_played for p in played[3:]] == [None] * 3
    assert rig.volts == 0.0


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("what", ["auto_calibrate", "diagnose"])
def test_a_fault_in_calibration_or_diagnosis_is_an_error_or_harmless(
    what: str, fault: Fault
) -> None:
    whole = HapticRig()
    getattr(whole.chip, what)()
    for number in range(whole.wire.transactions):
        rig = HapticRig(faults=FaultPlan({number: fault}))
        try:
            getattr(rig.chip, what)()
        except (ActuatorError, OSError):
            pass
        else:
            assert rig.chip.calibration in (None, whole.chip.calibration)
        rig.time.sleep(5.0)
        rig.chip.open(REAL_TIME)
        rig.chip.drive(1.0)
        assert rig.volts > 0.0
