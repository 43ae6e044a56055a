"""One LED and its few codes."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from feedback.actuators.gpio import claimed
from firmware_py.device.machine import ENDS, State


class Code(StrEnum):
    """What the LED tells; of what holds the first is shown."""

    SHUTTING_DOWN = "shutting down"
    SENSOR = "sensor missing"
    STORAGE = "storage trouble"
    BATTERY = "battery low"
    PAUSED = "paused"
    RUNNING = "running"
    IDLE = "idle"


CODES: Final[Mapping[Code, tuple[float, float]]] = MappingProxyType(
    {
        Code.SHUTTING_DOWN: (1.0, 0.0),
        Code.SENSOR: (0.1, 0.1),
        Code.STORAGE: (0.3, 0.3),
        Code.BATTERY: (0.05, 0.95),
        Code.PAUSED: (1.9, 0.1),
        Code.RUNNING: (1.0, 1.0),
        Code.IDLE: (0.05, 3.95),
    }
)
"""Seconds on and off, again and again. Told apart by eye: speed first, then how much is dark."""

MEANING: Final[Mapping[Code, str]] = MappingProxyType(
    {
        Code.SHUTTING_DOWN: "shutting down: wait until it is dark",
        Code.SENSOR: "sensor missing or wrong: look at its plug",
        Code.STORAGE: "storage trouble: this run is not kept, or not whole",
        Code.BATTERY: "battery low",
        Code.PAUSED: "paused",
        Code.RUNNING: "a session is recorded",
        Code.IDLE: "idle, ready",
    }
)

TROUBLES: Final = (Code.SENSOR, Code.STORAGE, Code.BATTERY)


def cycle_s(code: Code) -> float:
    """How often it changes, s; 0: never."""
    on_s, off_s = CODES[code]
    return on_s + off_s if off_s else 0.0


def code_of(state: State, troubles: Collection[Code]) -> Code:
    """What the LED shows.

    Args:
        troubles: what of `TROUBLES` holds.
    """
    if state in (State.SHUTTING_DOWN, State.LEAVING) or state in ENDS:
        return Code.SHUTTING_DOWN
    if state is State.ABSENT:
        return Code.SENSOR
    for code in TROUBLES:
        if code in troubles:
            return code
    if state in (State.PAUSED, State.RESTING):
        return Code.PAUSED
    return Code.RUNNING if state in (State.RUNNING, State.CLOSING) else Code.IDLE


class Led:
    """The LED on its pin; it blinks on a thread of gpiozero's, which wakes for the blinks alone.

    Args:
        pin: GPIO number. factory: gpiozero's pin factory.

    Raises:
        ActuatorError: the pin cannot be had.
    """

    def __init__(self, pin: int, factory: Any) -> None:
        from gpiozero import LED

        self._device: Any = claimed("LED", pin, lambda: LED(pin, pin_factory=factory))
        self._shown: Code | None = None

    def show(self, code: Code) -> None:
        """Shows a code from now on."""
        if code is self._shown:
            return
        self._shown = code
        on_s, off_s = CODES[code]
        if off_s:
            self._device.blink(on_s, off_s)
        else:
            self._device.on()

    def close(self) -> None:
        """Dark, and the pin is free."""
        self._device.close()
