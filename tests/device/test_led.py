"""The LED's codes, on gpiozero's mock pins."""

from itertools import combinations

import pytest
from gpiozero.pins.mock import MockFactory

from feedback.actuators.errors import ActuatorError
from firmware_py.device.led import CODES, MEANING, TROUBLES, Code, Led, code_of
from firmware_py.device.machine import ENDS, State


def test_every_code_is_documented_and_differs_from_every_other_by_a_third_at_least() -> None:
    assert set(CODES) == set(MEANING) == set(Code)
    for one, other in combinations(CODES.values(), 2):
        ratios = [
            max(a, b) / max(min(a, b), 0.01) for a, b in zip(one, other, strict=True) if a or b
        ]
        assert max(ratios) > 1.33


def test_in_every_state_with_every_trouble_there_is_a_code() -> None:
    for state in State:
        for n in range(len(TROUBLES) + 1):
            for troubles in combinations(TROUBLES, n):
                code = code_of(state, troubles)
                if state in ENDS:
                    assert code is Code.SHUTTING_DOWN
                elif troubles and code is not Code.SHUTTING_DOWN:
                    assert code in (*troubles, Code.SENSOR)
    assert code_of(State.IDLE, ()) is Code.IDLE
    assert code_of(State.RUNNING, ()) is Code.RUNNING
    assert code_of(State.RESTING, ()) is Code.PAUSED
    assert code_of(State.ABSENT, ()) is Code.SENSOR


def test_the_pin_is_lit_while_shutting_down_and_free_afterwards() -> None:
    factory = MockFactory()
    led = Led(27, factory)
    led.show(Code.RUNNING)
    led.show(Code.SHUTTING_DOWN)
    assert factory.pin(27).state
    with pytest.raises(ActuatorError, match="LED on GPIO27"):
        Led(27, factory)
    led.close()
    Led(27, factory).close()
    assert not factory.pin(27).state
