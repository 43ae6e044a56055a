"""A note between stages: running has begun or ended. It becomes a Segment event."""

from dataclasses import dataclass
from typing import Final

UNSEEN_S: Final = 3.0
"""After a hole this long nobody knows whether the runner went on."""
KEPT_S: Final = 1.0
"""Over a hole shorter than this a runner's rhythm goes on: three steps, hardly out of phase."""


@dataclass(frozen=True, slots=True)
class Running:
    """From `t` on the runner runs (`on`) or does not; known at `t_decision`.

    `unseen`: nothing was recorded from `t` to `t_decision`.
    """

    t: float
    t_decision: float
    on: bool
    unseen: bool = False
