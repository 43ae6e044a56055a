"""What the reader tells besides samples."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SensorLost:
    """No samples, and the remedies did not help; it goes on trying.

    Args:
        host_time: s.
        because: in words.
    """

    host_time: float
    because: str


@dataclass(frozen=True, slots=True)
class SensorBack:
    """Samples again.

    Args:
        host_time: s.
        away_s: since the last sample, s.
    """

    host_time: float
    away_s: float


@dataclass(frozen=True, slots=True)
class SensorRestarted:
    """The chip was set up anew in mid-run; the gap is in the next chunk's `lost`.

    Args:
        host_time: s.
        because: in words.
    """

    host_time: float
    because: str


Note = SensorLost | SensorBack | SensorRestarted
