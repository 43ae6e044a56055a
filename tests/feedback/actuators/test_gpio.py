import sys
from collections.abc import Iterator
from importlib.util import find_spec
from math import pi, sin
from types import ModuleType
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from feedback.actuators.actuator import Actuator, Shaped
from feedback.actuators.buzzer import ActiveBuzzer, Piezo
from feedback.actuators.errors import ActuatorError
from feedback.actuators.gpio import lgpio_factory, output
from feedback.actuators.motor import KICK_S, LEAST, PwmMotor
from feedback.pulse import Pulse, Voice

PIN = 12


@pytest.fixture
def factory() -> Iterator[Any]:
    made = MockFactory(pin_class=MockPWMPin)
    yield made
    made.reset()


def test_an_active_buzzer_is_on_or_off(factory: Any) -> None:
    buzzer: Actuator = ActiveBuzzer(PIN, factory)
    pin = factory.pin(PIN)
    assert pin.state == 0
    for strength, level, state in ((1.0, 0.2, 1), (1.0, 0.0, 0), (0.0, 1.0, 0)):
        buzzer.on(Pulse(0.1, strength=strength), level)
        assert pin.state == state
    buzzer.on(Pulse(0.1), 1.0)
    buzzer.off()
    assert pin.state == 0


def test_a_buzzer_that_sounds_at_low_is_silent_at_high(factory: Any) -> None:
    buzzer = ActiveBuzzer(PIN, factory, active_high=False)
    assert factory.pin(PIN).state == 1
    buzzer.on(Pulse(0.1), 1.0)
    assert factory.pin(PIN).state == 0


@pytest.mark.parametrize(
    ("asked", "played"),
    [(2000.0, 2000.0), (1000.0, 1000.0), (4000.0, 4000.0), (50.0, 1000.0), (1e5, 4000.0)],
)
def test_a_piezo_plays_from_1_to_4_khz_and_the_nearest_of_the_rest(
    factory: Any, asked: float, played: float
) -> None:
    piezo = Piezo(PIN, factory)
    piezo.on(Pulse(0.1, pitch_hz=asked), 1.0)
    assert factory.pin(PIN).frequency == pytest.approx(played)
    assert factory.pin(PIN).state == 0.5
    piezo.off()
    assert factory.pin(PIN).state == 0


def test_a_piezos_fundamental_follows_the_level(factory: Any) -> None:
    piezo = Piezo(PIN, factory)
    for level in (1.0, 0.7, 0.1):
        piezo.on(Pulse(0.1, strength=0.5), level)
        assert sin(pi * factory.pin(PIN).state) == pytest.approx(0.5 * level)
    piezo.on(Pulse(0.1), 0.0)
    assert factory.pin(PIN).state == 0


def test_a_motor_turns_from_the_lowest_level_on(factory: Any) -> None:
    motor: Actuator = PwmMotor(PIN, factory)
    pin = factory.pin(PIN)
    assert (pin.frequency, pin.state) == (200, 0)
    for level in (0.0, 0.01, 0.5, 1.0):
        motor.on(Pulse(0.3), level)
        assert pin.state == (pytest.approx(LEAST + (1.0 - LEAST) * level) if level else 0.0)
    motor.off()
    assert pin.state == 0


def test_a_motor_is_kicked_with_all_there_is_and_not_braked(factory: Any) -> None:
    motor = PwmMotor(PIN, factory)
    assert isinstance(motor, Shaped)
    assert (motor.kick_s, motor.brake_s) == (KICK_S, 0.0)
    motor.kick(Pulse(0.3), 0.2)
    assert factory.pin(PIN).state == 1.0
    motor.kick(Pulse(0.3), 0.0)
    assert factory.pin(PIN).state == 0.0
    motor.on(Pulse(0.3), 1.0)
    motor.brake()
    assert factory.pin(PIN).state == 0.0


@pytest.mark.parametrize("kind", [ActiveBuzzer, Piezo, PwmMotor])
def test_closing_silences_and_frees_the_pin(factory: Any, kind: Any) -> None:
    first = kind(PIN, factory)
    first.on(Pulse(0.1), 1.0)
    first.close()
    assert factory.pin(PIN).state == 0
    kind(PIN, factory).close()


@pytest.mark.parametrize("kind", [ActiveBuzzer, Piezo, PwmMotor])
def test_a_pin_in_use_is_one_line_that_names_who_wanted_it(factory: Any, kind: Any) -> None:
    led = output("led", PIN, factory)
    with pytest.raises(ActuatorError, match=rf"on GPIO{PIN}: .*\[cues.pins\] gives it another"):
        kind(PIN, factory)
    led.close()
    kind(PIN, factory).close()


def test_each_says_how_it_speaks_and_how_fast(factory: Any) -> None:
    buzzer, piezo, motor = ActiveBuzzer(4, factory), Piezo(5, factory), PwmMotor(6, factory)
    assert [a.voice for a in (buzzer, piezo, motor)] == [Voice.BEEP, Voice.BEEP, Voice.BUZZ]
    assert piezo.onset_s < buzzer.onset_s < motor.onset_s
    assert PwmMotor(7, factory, onset_s=0.18).onset_s == 0.18


@pytest.mark.skipif(find_spec("lgpio") is not None, reason="lgpio is installed here")
def test_where_there_is_no_lgpio_it_says_how_to_get_it() -> None:
    with pytest.raises(ActuatorError, match=r"GPIO: No module named 'lgpio'; install it"):
        lgpio_factory()


def test_the_empty_package_of_that_name_is_recognized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", ModuleType("lgpio"))
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    with pytest.raises(ActuatorError, match=r"the lgpio that is installed is empty"):
        lgpio_factory()
