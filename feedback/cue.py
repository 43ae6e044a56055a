"""What the runner is told: a pattern at a time, with the reason in words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Pattern(StrEnum):
    """What a cue feels and sounds like; the actuators know the shapes."""

    QUICKER = "quicker"
    SOFTER = "softer"
    BEAT = "beat"
    STARTED = "started"
    STOPPED = "stopped"
    PAUSED = "paused"
    RESUMED = "resumed"
    GOOD = "good"
    SENSOR_LOST = "sensor_lost"
    STORAGE_FULL = "storage_full"
    BATTERY_LOW = "battery_low"
    DOWNLOAD_DONE = "download_done"
    ROUTINE = "routine"


COACHING: Final = frozenset({Pattern.QUICKER, Pattern.SOFTER, Pattern.BEAT})
"""Patterns that ask the runner to change something."""

STATUS: Final = frozenset(Pattern) - COACHING
"""Patterns that tell what the device does."""


TRAIN_S: Final = 5.0
"""Beats closer than this belong together: they are one cue."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One pattern to play.

    Args:
        t: when what it tells of happened, s; a coaching cue: when it was decided; a beat: when it
            is due, which is later.
        t_decision: time of the last sample it needed, s; it is played then, a beat at `t`.
        pattern: what to play.
        because: the reason as a readable sentence with numbers.
        strike_t: the foot strike that released a coaching cue, s; None for status.
        grade: how far over its limit an impact is, 0 to 5: the pitch of `softer`.
    """

    t: float
    t_decision: float
    pattern: Pattern
    because: str
    strike_t: float | None = None
    grade: int = 0

    @property
    def coaching(self) -> bool:
        return self.pattern in COACHING

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, in the order of the events file."""
        return {
            "type": "cue",
            "t": self.t,
            "t_decision": self.t_decision,
            "pattern": self.pattern.value,
            "because": self.because,
            "strike_t": self.strike_t,
            "grade": self.grade,
        }
