"""Which part of the foot strikes first, over the last strides (Altman & Davis 2012)."""

from collections import deque
from typing import Final

from dsp.events import Contact

REARFOOT_DEG: Final = 8.0
FOREFOOT_DEG: Final = -1.6
UNCERTAIN_DEG: Final = 3.0
"""Either side of a limit: foot sensors are off by 2 to 6 degrees as a whole (science 6.3)."""
STRIDES: Final = 20
FEWEST: Final = 5


class FootStrikeClass:
    """Decides over the last 20 strides, by their median."""

    def __init__(self) -> None:
        self._angles: deque[float] = deque(maxlen=STRIDES)

    def push(self, angle_deg: float) -> None:
        """One more stride."""
        self._angles.append(angle_deg)

    @property
    def value(self) -> Contact | None:
        """None before five strides have been measured."""
        n = len(self._angles)
        if n < FEWEST:
            return None
        ordered = sorted(self._angles)
        angle = 0.5 * (ordered[(n - 1) // 2] + ordered[n // 2])
        if min(abs(angle - REARFOOT_DEG), abs(angle - FOREFOOT_DEG)) < UNCERTAIN_DEG:
            return Contact.UNCERTAIN
        if angle > REARFOOT_DEG:
            return Contact.REARFOOT
        return Contact.MIDFOOT if angle > FOREFOOT_DEG else Contact.FOREFOOT
