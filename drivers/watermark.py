"""The sensor's interrupt line at a GPIO: wakes the reader when the FIFO holds enough."""

import threading
from typing import Any

from dsp.errors import ConfigError


class GpioWatermark:
    """`drivers.reader.Watermark` at a pin: high while the FIFO is at its watermark or above.

    Looks at the level first and waits for an edge then, so that no edge is needed where the line
    is high already, and none that was missed is waited for longer than the timeout.

    Args:
        pin: GPIO number.
        pin_factory: of gpiozero; None: its default.

    Raises:
        ConfigError: gpiozero is not installed, or the pin is not to be had.
    """

    def __init__(self, pin: int, *, pin_factory: Any = None) -> None:
        # Here and not above: a laptop does without gpiozero.
        try:
            from gpiozero import DigitalInputDevice, GPIOZeroError
        except ImportError as e:
            raise ConfigError(
                f"an interrupt at GPIO{pin} needs gpiozero: install gaitcoach[pi], or poll"
            ) from e
        self._risen = threading.Event()
        try:
            # Pulled down: a loose wire reads as "never", which costs some latency, and not as
            # "always".
            self._line = DigitalInputDevice(pin, pull_up=False, pin_factory=pin_factory)
        except (GPIOZeroError, ImportError, OSError) as e:
            raise ConfigError(f"no interrupt at GPIO{pin}: {e}") from e
        self._line.when_activated = self._risen.set

    def wait(self, timeout: float) -> bool:
        """Until the line is high, at most `timeout` s; whether it is or was."""
        # Cleared before the level is read: an edge in between is not lost.
        self._risen.clear()
        if self._line.is_active:
            return True
        return self._risen.wait(timeout)

    def close(self) -> None:
        """Lets go of the pin."""
        self._line.close()
