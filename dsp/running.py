"""A note between stages: running has begun or ended. It becomes a Segment event."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Running:
    """From `t` on the runner runs (`on`) or does not; known at `t_decision`."""

    t: float
    t_decision: float
    on: bool
