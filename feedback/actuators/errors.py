"""What can go wrong at the ear's and the skin's edge."""

from dsp.errors import GaitCoachError


class ActuatorError(GaitCoachError, RuntimeError):
    """It cannot be had, or does not do as told; the text says what to check."""
