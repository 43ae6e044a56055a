"""The one button: presses to gestures, on threads that sleep while nobody presses."""

import threading
from collections.abc import Callable
from typing import Any, Final

from feedback.actuators.gpio import claimed
from feedback.gesture import Gesture, Gestures

SLACK_S: Final = 0.01
"""A timer may fire a little early."""


class Button:
    """A button to GND, pulled up.

    Args:
        pin: GPIO number. factory: gpiozero's pin factory.
        clock: monotonic time, s.
        done: called with each gesture, on a thread of its own.

    Raises:
        ActuatorError: the pin cannot be had.
    """

    def __init__(
        self,
        pin: int,
        factory: Any,
        clock: Callable[[], float],
        done: Callable[[Gesture], object],
    ) -> None:
        from gpiozero import Button as Pressed

        self._gestures = Gestures()
        self._clock = clock
        self._done = done
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._device: Any = claimed(
            "button", pin, lambda: Pressed(pin, pull_up=True, pin_factory=factory)
        )
        self._device.when_pressed = self._pressed
        self._device.when_released = self._released

    def close(self) -> None:
        """Listens no more, and the pin is free."""
        self._device.close()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def _pressed(self) -> None:
        with self._lock:
            self._gestures.pressed(self._clock())
            self._ask_later()

    def _released(self) -> None:
        with self._lock:
            self._gestures.released(self._clock())
            self._ask_later()

    def _ask_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._gestures.due
        if due is None:
            return
        self._timer = threading.Timer(max(0.0, due - self._clock()) + SLACK_S, self._decide)
        self._timer.daemon = True
        self._timer.start()

    def _decide(self) -> None:
        with self._lock:
            gesture = self._gestures.decided(self._clock())
            self._ask_later()
        if gesture is not None:
            self._done(gesture)
