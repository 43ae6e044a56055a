"""What the installer refuses."""

from dsp.errors import GaitCoachError


class InstallError(GaitCoachError, RuntimeError):
    """It cannot go on; the text says what, where and what to do. Running it again goes on."""
