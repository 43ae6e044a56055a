"""What the device itself had to say during a session: kept in the trace, told again in replay."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from feedback.cue import STATUS, Pattern

TYPE: Final = "status"


class Request(StrEnum):
    """What is asked of the coach: by a gesture, over the link, or by the device itself.

    Silence and the metronome, asked for again, are taken back.
    """

    SILENCE = "silence"
    METRONOME = "metronome"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Status:
    """One remark.

    Args:
        t: on the stream's time base, s.
        text: in words.
        pattern: the cue that went with it; None: none.
        request: what was asked for; silence and the metronome the coach answers with cues of its
            own, a pause and its end with `pattern`.
    """

    t: float
    text: str
    pattern: Pattern | None = None
    request: Request | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the trace keeps it."""
        pattern = None if self.pattern is None else self.pattern.value
        request = None if self.request is None else self.request.value
        said = {"type": TYPE, "t": self.t, "text": self.text, "pattern": pattern}
        return said if request is None else said | {"request": request}


def status_of(event: Mapping[str, Any]) -> Status | None:
    """The remark that a trace's event is; None for any other event, or a damaged one."""
    t, text, pattern = event.get("t"), event.get("text"), event.get("pattern")
    if event.get("type") != TYPE or not isinstance(t, int | float) or not isinstance(text, str):
        return None
    told = next((p for p in STATUS if p.value == pattern), None)
    asked = next((r for r in Request if r.value == event.get("request")), None)
    return Status(float(t), text, told, asked)
