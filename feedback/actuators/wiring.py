"""What actuators are wired to; who composes the device hands it in."""

from typing import Protocol


class RegisterBus(Protocol):
    """An I2C bus with chips that have registers; `drivers.bus.Bus` is one."""

    def read(self, address: int, register: int, count: int) -> bytes:
        """`count` bytes from `register` on.

        Raises:
            OSError: the bus failed.
        """
        ...

    def write(self, address: int, register: int, *values: int) -> None:
        """Writes from `register` on.

        Raises:
            OSError: the bus failed.
        """
        ...


class Switch(Protocol):
    """One output pin."""

    def on(self) -> None:
        """High."""
        ...

    def off(self) -> None:
        """Low."""
        ...

    def close(self) -> None:
        """Lets go of it."""
        ...
