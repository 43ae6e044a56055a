"""A cue becomes edges of a pin; a press of the button becomes a wish."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from feedback.actuators.errors import ActuatorError
from feedback.actuators.played import NotPlayed, Played
from feedback.cue import Cue, Pattern
from feedback.gesture import Gesture
from firmware_py.ear.build import actuators_of
from firmware_py.ear.button import Button
from firmware_py.ear.ear import Ear
from firmware_py.ear.settings import CueSettings


@pytest.fixture
def factory() -> Iterator[Any]:
    made = MockFactory(pin_class=MockPWMPin)
    yield made
    made.reset()


def no_sleep(seconds: float) -> None:
    """Nothing here needs to wait."""


def word(pattern: Pattern) -> Cue:
    now = time.monotonic()
    return Cue(now, now, pattern, "why", now)


def test_a_cue_moves_the_pins_of_all_that_is_configured(factory: Any) -> None:
    settings = CueSettings(actuators=("buzzer", "motor"), realtime=0)
    made, problems = actuators_of(settings, None, lambda: factory, no_sleep)
    assert problems == []
    told: list[Played] = []
    buzzer, motor = factory.pin(settings.pin_map.buzzer), factory.pin(settings.pin_map.motor)
    ear = Ear(settings, made, time.monotonic, told.append)
    ear.play(word(Pattern.QUICKER))
    ear.finish()
    assert [p.pattern for p in told] == [Pattern.QUICKER]
    assert {s.name for s in told[0].actuators} == {"buzzer", "motor"}
    for pin in (buzzer, motor):
        assert sum(bool(s.state) for s in pin.states) >= 2, "a pattern has several pulses"
        assert not pin.states[-1].state


def test_what_is_missing_is_told_and_the_rest_is_played(factory: Any) -> None:
    settings = CueSettings(actuators=("haptic", "buzzer"), realtime=0)
    made, problems = actuators_of(settings, None, lambda: factory, no_sleep)
    assert [m.name for m in made] == ["buzzer"]
    assert problems == ["haptic: there is no I2C bus; the run goes on without it"]


def test_without_gpio_nothing_is_made_and_each_is_told() -> None:
    def none() -> Any:
        raise ActuatorError("GPIO: cannot be used")

    made, problems = actuators_of(CueSettings(actuators=("buzzer", "motor")), None, none, no_sleep)
    assert made == []
    assert len(problems) == 2
    assert all("GPIO: cannot be used; the run goes on without it" in p for p in problems)


def test_a_stop_takes_back_the_beats_that_were_decided(factory: Any) -> None:
    settings = CueSettings(actuators=("buzzer",), realtime=0)
    made, _ = actuators_of(settings, None, lambda: factory, no_sleep)
    told: list[Played] = []
    ear = Ear(settings, made, time.monotonic, told.append)
    now = time.monotonic()
    ear.play(Cue(now + 60.0, now, Pattern.BEAT, "beat", now))
    ear.play(word(Pattern.PAUSED))
    ear.finish()
    became = {p.pattern: p.not_played for p in told}
    assert became == {Pattern.BEAT: NotPlayed.CANCELED, Pattern.PAUSED: None}


def test_two_presses_are_a_double_press(factory: Any) -> None:
    heard, done = list[Gesture](), threading.Event()
    now = [10.0]

    def take(gesture: Gesture) -> None:
        heard.append(gesture)
        done.set()

    pin = factory.pin(17)
    button = Button(17, factory, lambda: now[0], take)
    for step in (0.1, 0.2):
        pin.drive_low()
        now[0] += step
        pin.drive_high()
        now[0] += 0.05
    now[0] += 1.0
    assert done.wait(5.0)
    button.close()
    assert heard == [Gesture.DOUBLE]
