"""What the pipeline says happened. Times are seconds on the stream's own time base.

Every event carries `t`, when it happened, and `t_decision`, the time of the last sample that the
decision needed: pushing the samples up to and including `t_decision` yields the event, unchanged
(prefix law).
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from dsp.block import Side


class Activity(StrEnum):
    """What the runner is doing."""

    RUN = "run"
    WALK = "walk"
    STAND = "stand"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `t` (s) and was decided at `t_decision` (s)."""

    type: ClassVar[str] = "event"
    t: float
    t_decision: float

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: type first, then the fields in order."""
        return {"type": self.type} | {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class FootStrike(Event):
    """Initial contact of a foot while running; never revised.

    Args:
        side: which foot, where known.
        confidence: 0 to 1, how well the strike agrees with the ones before it.
        inferred: derived from the other foot, not seen.
    """

    type: ClassVar[str] = "foot_strike"
    side: Side
    confidence: float
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class WalkStep(Event):
    """Initial contact of a foot while walking."""

    type: ClassVar[str] = "walk_step"
    side: Side


@dataclass(frozen=True, slots=True)
class Step(Event):
    """One whole step (waist) or stride (shoe) that began with the strike at `t`.

    Args:
        strike_t: `t` of the foot_strike event that began it.
        side: the foot that struck.
        steps: how many steps it spans: 1 at the waist, 2 at the shoe (a stride).
        duration_s: to the next strike, s.
        cadence_spm: steps per minute over this step or stride.
        impact_g: waist: peak vertical, shoe: peak resultant specific force 0–80 ms after the
        strike, g;
            None where samples were lost or clipped there.
        active_g: active peak: maximum of the 10 Hz trace in the step, g (waist only).
        impact_excess_g: `impact_g - active_g`.
        clipped: a sample in the impact window was at the sensor's limit.
        contact_s, flight_s: ground contact and flight time, s; None where not measured.
    """

    type: ClassVar[str] = "step"
    strike_t: float
    side: Side
    steps: int
    duration_s: float
    cadence_spm: float
    impact_g: float | None = None
    active_g: float | None = None
    impact_excess_g: float | None = None
    clipped: bool = False
    contact_s: float | None = None
    flight_s: float | None = None


@dataclass(frozen=True, slots=True)
class Gap(Event):
    """`lost` samples are missing before the sample at `t`."""

    type: ClassVar[str] = "gap"
    lost: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Segment(Event):
    """From `t` on the runner does `kind`, until the next segment."""

    type: ClassVar[str] = "segment"
    kind: Activity
