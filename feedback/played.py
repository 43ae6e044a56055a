"""What became of a cue at the actuators: when its pin moved, or why it did not."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from feedback.cue import Pattern

TYPE: Final = "played"


@dataclass(frozen=True, slots=True)
class Played:
    """One cue, after it was played or left out. Times on the stream's time base, s.

    Args:
        t: when the cue was to be played. t_decision: when it was decided.
        pattern: of the cue.
        strike_t: the foot strike that released it; None for status.
        queued_t: when the player was given it.
        edge_t: when the first actuator's pin or register moved; None: it was not played.
        onset_t: when it was heard or felt, by that actuator's onset delay.
        by: the actuators that played it.
        why_not: why it was not played, in words; "" if it was.
    """

    t: float
    t_decision: float
    pattern: Pattern
    strike_t: float | None
    queued_t: float
    edge_t: float | None = None
    onset_t: float | None = None
    by: tuple[str, ...] = ()
    why_not: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the trace keeps it."""
        said = asdict(self) | {"pattern": self.pattern.value, "by": list(self.by)}
        return {"type": TYPE} | said


def played_of(event: Mapping[str, Any]) -> Played | None:
    """What a trace's event says; None for any other event, or a damaged one."""
    if event.get("type") != TYPE:
        return None
    said = {k: v for k, v in event.items() if k in Played.__slots__}
    try:
        said["pattern"], said["by"] = Pattern(said["pattern"]), tuple(said.get("by", ()))
        numbers = [said[k] for k in ("t", "t_decision", "queued_t")]
        maybe = [said.get(k) for k in ("strike_t", "edge_t", "onset_t")]
        if not all(isinstance(x, int | float) for x in numbers):
            return None
        if not all(x is None or isinstance(x, int | float) for x in maybe):
            return None
        return Played(**said)
    except (KeyError, TypeError, ValueError):
        return None
