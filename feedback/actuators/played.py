"""What became of a cue at the ear: for the trace, and for measuring how late it was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar

from feedback.cue import Cue, Pattern


class NotPlayed(StrEnum):
    """Why a cue was neither heard nor felt."""

    REPLACED = "replaced"
    """A newer one came before it began."""
    SILENCED = "silenced"
    """The wearer wants to hear nothing, or the device is closed."""
    FAILED = "failed"
    """No actuator that works."""
    LATE = "late"
    """A beat whose time has passed."""
    BUSY = "busy"
    """A beat that would have interrupted another pattern."""
    CANCELED = "canceled"
    """A beat that was taken back."""
    NO_SHAPE = "no shape"
    """Nothing is written for it and the actuators that there are."""


@dataclass(frozen=True, slots=True)
class Struck:
    """When one actuator began.

    Args:
        name: which.
        t: when its `on` had returned, s. onset_t: when it is heard or felt from, s.
    """

    name: str
    t: float
    onset_t: float


@dataclass(frozen=True, slots=True)
class Played:
    """One cue, played or not. Times on the clock of the samples, s.

    Args:
        t, t_decision, pattern, strike_t: the cue's.
        queued_t: when the player was given it.
        due_t: when its first edge was wanted: at once, or early by the actuator's onset.
        edge_t: when its first edge was made; None: not played.
        actuators: who played it, in the order of their first edges.
        not_played: why not; None: it was.
    """

    type: ClassVar[str] = "played"

    t: float
    t_decision: float
    pattern: Pattern
    strike_t: float | None
    queued_t: float
    due_t: float
    edge_t: float | None = None
    actuators: tuple[Struck, ...] = ()
    not_played: NotPlayed | None = None

    @property
    def onset_t(self) -> float | None:
        """When the first of them was heard or felt, s."""
        return min((s.onset_t for s in self.actuators), default=None)

    @property
    def late_s(self) -> float | None:
        """From when it was due to its first edge, s."""
        return None if self.edge_t is None else self.edge_t - self.due_t

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "type": self.type,
            "t": self.t,
            "t_decision": self.t_decision,
            "pattern": self.pattern.value,
            "strike_t": self.strike_t,
            "queued_t": self.queued_t,
            "due_t": self.due_t,
            "edge_t": self.edge_t,
            "onset_t": self.onset_t,
            "late_s": self.late_s,
            "actuators": [asdict(s) for s in self.actuators],
            "not_played": None if self.not_played is None else self.not_played.value,
        }


def played_of(event: Mapping[str, Any]) -> Played | None:
    """What a trace's event says; None for any other event, or a damaged one."""
    if event.get("type") != Played.type:
        return None
    why = event.get("not_played")
    try:
        struck = tuple(
            Struck(str(a["name"]), float(a["t"]), float(a["onset_t"])) for a in event["actuators"]
        )
        strike_t, edge_t = event["strike_t"], event["edge_t"]
        return Played(
            t=float(event["t"]),
            t_decision=float(event["t_decision"]),
            pattern=Pattern(event["pattern"]),
            strike_t=None if strike_t is None else float(strike_t),
            queued_t=float(event["queued_t"]),
            due_t=float(event["due_t"]),
            edge_t=None if edge_t is None else float(edge_t),
            actuators=struck,
            not_played=None if why is None else NotPlayed(why),
        )
    except (KeyError, TypeError, ValueError):
        return None


def record(
    cue: Cue,
    queued_t: float,
    due_t: float,
    struck: tuple[Struck, ...] = (),
    not_played: NotPlayed | None = None,
) -> Played:
    """What became of `cue`."""
    return Played(
        t=cue.t,
        t_decision=cue.t_decision,
        pattern=cue.pattern,
        strike_t=cue.strike_t,
        queued_t=queued_t,
        due_t=due_t,
        edge_t=struck[0].t if struck else None,
        actuators=struck,
        not_played=not_played,
    )
