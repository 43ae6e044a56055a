"""From the pulses of a pattern to what an actuator is told, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.pulse import Pulse


class Action(StrEnum):
    """What an actuator is told."""

    KICK = "kick"
    ON = "on"
    BRAKE = "brake"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Edge:
    """One change of an actuator.

    Args:
        after_s: since the pattern's first edge, s.
        action: what changes.
        pulse: of which pulse.
    """

    after_s: float
    action: Action
    pulse: Pulse


def edges_of(
    pulses: Sequence[Pulse], kick_s: float = 0.0, brake_s: float = 0.0
) -> tuple[Edge, ...]:
    """All edges of a pattern, in order; the last one is OFF. Pulses without silence are joined.

    Args:
        pulses: the pattern's shape.
        kick_s, brake_s: see `feedback.actuators.actuator.Shaped`.
    """
    out: list[Edge] = []
    at, running = 0.0, False
    for k, pulse in enumerate(pulses):
        if 0.0 < kick_s < pulse.on_s and not running:
            out.append(Edge(at, Action.KICK, pulse))
            out.append(Edge(at + kick_s, Action.ON, pulse))
        else:
            out.append(Edge(at, Action.ON, pulse))
        at += pulse.on_s
        last = k == len(pulses) - 1
        running = pulse.off_s <= 0.0 and not last
        if running:
            continue
        if brake_s > 0.0 and (last or brake_s < pulse.off_s):
            out.append(Edge(at, Action.BRAKE, pulse))
            out.append(Edge(at + brake_s, Action.OFF, pulse))
        else:
            out.append(Edge(at, Action.OFF, pulse))
        at += pulse.off_s
    return tuple(out)
