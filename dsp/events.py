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
    """What the runner is doing, or (the last four) what part of a session a stretch was."""

    RUN = "run"
    WALK = "walk"
    STAND = "stand"
    OTHER = "other"
    WARM_UP = "warm_up"
    INTERVAL = "interval"
    REST = "rest"
    COOL_DOWN = "cool_down"


class Foot(StrEnum):
    """One of the two feet, told from the other; which of them is the left is another question."""

    A = "A"
    B = "B"

    @property
    def other(self) -> "Foot":
        return Foot.B if self is Foot.A else Foot.A


class Contact(StrEnum):
    """Which part of the foot strikes first (Altman & Davis 2012), over some 20 strides."""

    REARFOOT = "rearfoot"
    MIDFOOT = "midfoot"
    FOREFOOT = "forefoot"
    UNCERTAIN = "uncertain"


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
        foot: which of the two feet (waist only), where they are told apart; None before that.
        next_t: when the next strike is expected, of the other foot at the waist and of the same one
            at the shoe, s; None while there is no rhythm. Strikes that are told late, those that
            begin a run, may expect what is past at `t_decision`.
        next_sd_s: standard deviation of what the last such predictions were off by, s.
    """

    type: ClassVar[str] = "foot_strike"
    side: Side
    confidence: float
    inferred: bool = False
    foot: Foot | None = None
    next_t: float | None = None
    next_sd_s: float | None = None


@dataclass(frozen=True, slots=True)
class WalkStep(Event):
    """Initial contact of a foot while walking."""

    type: ClassVar[str] = "walk_step"
    side: Side


@dataclass(frozen=True, slots=True)
class Step(Event):
    """One whole step (waist) or stride (shoe) that began with the strike at `t`.

    What is None was not measured, or could not be: samples were lost or clipped, the sensor lacks
    an axis, something about the wearer is not known. Sources and formulas: docs/metrics.md.

    Args:
        strike_t: `t` of the foot_strike event that began it.
        side: the foot that struck. foot: likewise, as in `FootStrike`.
        steps: how many steps it spans: 1 at the waist, 2 at the shoe (a stride).
        duration_s: to the next strike, s.
        cadence_spm: steps per minute over this step or stride.
        impact_g: waist: peak vertical, shoe: peak resultant specific force to 80 ms after the
            strike, g. active_g: active peak: maximum of the 10 Hz vertical in the step, g (waist).
            impact_excess_g: `impact_g - active_g`. impact_rise_g_s: steepest rise 0 to 60 ms after
            the strike, of the 30 Hz vertical (waist) or the 60 Hz resultant (shoe), g/s.
        clipped: a sample in the impact window was at the sensor's limit.
        level_ground: neither slope nor speed has changed against the runner's baseline in this run:
            only then may impact and stiffness be compared; None while there is no baseline, and in
            the first 20 s of each start.
        toe_off_t: when the foot left the ground, s. contact_s, flight_s: ground contact and flight
            time, s (flight below 0: both feet on the ground). duty_factor: contact over stride.
        peak_force_bw: estimated peak of the vertical ground reaction force, body weights.
        vertical_oscillation_m: peak to peak height of the sensor over the step.
            vertical_ratio_percent: the same over the step length.
        lean_forward_deg, lean_left_deg: of the pelvis from gravity over whole strides, relative to
            standing (waist), mean of the last strides.
        braking_m_s: index: speed that the forward specific force takes away after the strike, m/s.
        vertical_stiffness_bw_m, leg_stiffness_bw_m: Morin 2005, body weights per meter; only on
            level ground.
        speed_m_s: running speed. stride_length_m: distance of two steps, m.
        foot_strike_angle_deg: foot to ground at the strike, toe up positive (shoe).
        strike_type: its class over the last strides (shoe).
        pronation_deg: index: how far the foot everts in the first half of the contact (shoe).
        overstride_m_s: index: forward speed of the foot at the strike, less that of the ground,
            m/s (shoe).
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
    foot: Foot | None = None
    impact_rise_g_s: float | None = None
    level_ground: bool | None = None
    toe_off_t: float | None = None
    duty_factor: float | None = None
    peak_force_bw: float | None = None
    vertical_oscillation_m: float | None = None
    vertical_ratio_percent: float | None = None
    lean_forward_deg: float | None = None
    lean_left_deg: float | None = None
    braking_m_s: float | None = None
    vertical_stiffness_bw_m: float | None = None
    leg_stiffness_bw_m: float | None = None
    speed_m_s: float | None = None
    stride_length_m: float | None = None
    foot_strike_angle_deg: float | None = None
    strike_type: Contact | None = None
    pronation_deg: float | None = None
    overstride_m_s: float | None = None


@dataclass(frozen=True, slots=True)
class Gap(Event):
    """`lost` samples are missing before the sample at `t`."""

    type: ClassVar[str] = "gap"
    lost: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Segment(Event):
    """From `t` on the runner does `kind`: until the next segment without `t_end`.

    A segment with `t_end` is a part of the session, told in retrospect once it is over: warm-up,
    interval, rest, cool-down. It lies over the others and ends none of them.
    """

    type: ClassVar[str] = "segment"
    kind: Activity
    t_end: float | None = None
