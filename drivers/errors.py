"""What can go wrong at the sensor's edge."""

from dsp.errors import GaitCoachError


class BusError(GaitCoachError, OSError):
    """A transaction failed, its retry too; the text names address, register and cause."""

    def __init__(self, text: str, number: int | None = None) -> None:
        super().__init__(text)
        self.errno = number

    def __str__(self) -> str:
        # OSError would print "[Errno ..]" in front once errno is set.
        return str(self.args[0])


class ChipNotFoundError(GaitCoachError, LookupError):
    """No sensor, or another one than was asked for."""


class ChipError(GaitCoachError, RuntimeError):
    """The chip answers but does not do as told: a register reads back wrong, a reset never ends."""


class ChipResetError(ChipError):
    """The configuration does not stand any more: the chip lost power for a moment."""


class ImplausibleError(GaitCoachError, ValueError):
    """What is measured cannot be: not 1 g at rest, a rate far off."""
