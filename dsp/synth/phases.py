"""What a synthetic runner is told to do, phase by phase."""

from dataclasses import dataclass
from enum import StrEnum

from dsp.errors import ConfigError
from dsp.events import Activity


class Motion(StrEnum):
    """What the body (or whoever holds the sensor) does during a phase."""

    STAND = "stand"
    WALK = "walk"
    STAIRS = "stairs"
    RUN = "run"
    JUMP = "jump"
    SIT_DOWN = "sit_down"
    BEND = "bend"
    SHAKE = "shake"
    CAR = "car"
    CYCLE = "cycle"
    FALL = "fall"
    STUMBLE = "stumble"
    HANDLED = "handled"

    @property
    def is_gait(self) -> bool:
        """Whether the phase is made of steps."""
        return self in (Motion.WALK, Motion.STAIRS, Motion.RUN, Motion.STUMBLE)

    @property
    def activity(self) -> Activity:
        """What the pipeline should call it."""
        match self:
            case Motion.RUN:
                return Activity.RUN
            case Motion.WALK | Motion.STAIRS | Motion.STUMBLE:
                return Activity.WALK
            case Motion.STAND:
                return Activity.STAND
            case _:
                return Activity.OTHER


_CADENCE_SPM = {
    Motion.WALK: 112.0,
    Motion.STAIRS: 96.0,
    Motion.RUN: 164.0,
    Motion.STUMBLE: 112.0,
}
_STAIR_M = 0.17
"""Building codes: 0.15 to 0.20."""
_SPEED = {Motion.WALK: 1.35, Motion.STAIRS: 0.5, Motion.RUN: 3.0, Motion.STUMBLE: 1.35}


@dataclass(frozen=True, slots=True)
class Phase:
    """One thing after another; gait phases that follow each other join without a stop.

    Args:
        kind: what happens.
        duration_s: how long, s.
        cadence_spm: steps per minute at the start; None: usual for `kind`.
        cadence_end_spm: steps per minute at the end, reached linearly; None: no drift.
        speed: m/s; None: usual for `kind`.
        slope_deg: uphill positive, degrees.
        contact_fraction: contact time over step time; None: from speed and cadence. 1 and above is
            grounded running: no flight, feet overlap.
        rise_m: height that each step gains on stairs, down negative, m; None: 0.17, down where
            `slope_deg` is negative. Half of a stair where both feet step on each.

    Raises:
        ConfigError: a value that no gait has.
    """

    kind: Motion
    duration_s: float
    cadence_spm: float | None = None
    cadence_end_spm: float | None = None
    speed: float | None = None
    slope_deg: float = 0.0
    contact_fraction: float | None = None
    rise_m: float | None = None

    def __post_init__(self) -> None:
        if self.duration_s <= 0:
            raise ConfigError(f"Phase.duration_s = {self.duration_s:g}: must be > 0")
        for name in ("cadence_spm", "cadence_end_spm"):
            value = getattr(self, name)
            if value is not None and not 40.0 <= value <= 260.0:
                raise ConfigError(f"Phase.{name} = {value:g}: must be 40 to 260 steps per minute")
        if self.speed is not None and not 0.1 <= self.speed <= 8.0:
            raise ConfigError(f"Phase.speed = {self.speed:g}: must be 0.1 to 8 m/s")
        if self.contact_fraction is not None and not 0.3 <= self.contact_fraction <= 1.3:
            raise ConfigError(
                f"Phase.contact_fraction = {self.contact_fraction:g}: must be 0.3 to 1.3"
            )
        if self.rise_m is not None and self.kind is not Motion.STAIRS:
            raise ConfigError(f"Phase.rise_m = {self.rise_m:g}: only stairs have steps")
        if self.rise_m is not None and not abs(self.rise_m) <= 0.3:
            raise ConfigError(f"Phase.rise_m = {self.rise_m:g}: must be -0.3 to 0.3 m")

    @property
    def cadences(self) -> tuple[float, float]:
        """Steps per minute at start and end; only for gait."""
        start = self.cadence_spm or _CADENCE_SPM[self.kind]
        return start, self.cadence_end_spm or start

    @property
    def pace(self) -> float:
        """Speed, m/s; only for gait."""
        return self.speed or _SPEED[self.kind]

    @property
    def climb_m(self) -> float:
        """Height that each step gains by stairs, m."""
        if self.kind is not Motion.STAIRS:
            return 0.0
        usual = -_STAIR_M if self.slope_deg < 0.0 else _STAIR_M
        return usual if self.rise_m is None else self.rise_m
