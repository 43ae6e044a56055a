"""What the shelf of sessions refuses."""

from dsp.errors import GaitCoachError


class UnknownSessionError(GaitCoachError, LookupError):
    """There is no such session, or no such file in it."""


class NotVerifiedError(GaitCoachError, RuntimeError):
    """A recording would be lost of which nobody has proven to hold a copy."""
