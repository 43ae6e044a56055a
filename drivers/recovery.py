"""Frees a bus whose data line a sensor holds down (UM10204 section 3.1.16)."""

from typing import Final, Protocol

PULSES: Final = 9
HALF_PERIOD_S: Final = 5e-6


class BusPins(Protocol):
    """SDA and SCL by hand; open drain: a line is pulled low or let go, never driven high."""

    def take(self) -> None:
        """Takes both lines from the I2C controller, let go."""
        ...

    def sda_is_high(self) -> bool:
        """Level of SDA."""
        ...

    def pull_scl(self, low: bool) -> None:
        """Pulls SCL low, or lets it go."""
        ...

    def pull_sda(self, low: bool) -> None:
        """Pulls SDA low, or lets it go."""
        ...

    def wait(self, seconds: float) -> None:
        """At least so long."""
        ...

    def give_back(self) -> None:
        """Returns both lines to the I2C controller."""
        ...


def free_bus(pins: BusPins) -> bool:
    """Clocks SCL until SDA rises, at most nine times, then sends a STOP.

    A chip that was cut off in mid-byte still waits for the clocks of the rest of it.

    Returns:
        Whether SDA is high at the end.

    Raises:
        OSError: the pins cannot be had.
    """
    try:
        pins.take()
        for _ in range(PULSES):
            if pins.sda_is_high():
                break
            pins.pull_scl(True)
            pins.wait(HALF_PERIOD_S)
            pins.pull_scl(False)
            pins.wait(HALF_PERIOD_S)
        # STOP: SDA rises while SCL is high.
        pins.pull_scl(True)
        pins.wait(HALF_PERIOD_S)
        pins.pull_sda(True)
        pins.wait(HALF_PERIOD_S)
        pins.pull_scl(False)
        pins.wait(HALF_PERIOD_S)
        pins.pull_sda(False)
        pins.wait(HALF_PERIOD_S)
        return pins.sda_is_high()
    finally:
        pins.give_back()
