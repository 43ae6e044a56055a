"""`[runner]` of the configuration, and what it and the calibration say about the wearer."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from drivers.calibration import Calibration, from_dict
from dsp.errors import ConfigError
from dsp.wearer import FootSigns, Wearer
from feedback.tables import from_table, setting

UP: Final = (0.0, 0.0, 1.0)
FORWARD: Final = (1.0, 0.0, 0.0)
"""Of the axes that a calibration's mounting gives."""
KMH: Final = 3.6
OUTDOOR: Final = "outdoor"
TREADMILL: Final = "treadmill"


@dataclass(frozen=True, slots=True)
class RunnerSettings:
    """Who runs, and where; None: not said, which is not the same as saying what is usual.

    Raises:
        ConfigError: a surface that is none, or a belt's speed outdoors.
    """

    height_m: float | None = setting(
        "Body height, m; leg stiffness needs it.", None, at_least=1.0, at_most=2.5
    )
    surface: str | None = setting(
        "Where you run: outdoor or treadmill; unset: what the trace says, else outdoor.", None
    )
    treadmill_speed_kmh: float | None = setting(
        "Belt speed of a run at one speed, km/h; only on the treadmill.",
        None,
        at_least=3,
        at_most=30,
    )
    outdoor_factor: float | None = setting(
        "True distance over the measured one outdoors, from a known course; unset: what the trace "
        "says, else 1.",
        None,
        at_least=0.5,
        at_most=2,
    )
    treadmill_factor: float | None = setting(
        "The same on the treadmill.", None, at_least=0.5, at_most=2
    )
    contact_offset_ms: float | None = setting(
        "Your true contact time minus the one shown, ms, from slow motion or a force treadmill; "
        "unset: what the trace says, else 0.",
        None,
        at_least=-60,
        at_most=60,
    )

    def __post_init__(self) -> None:
        if self.surface not in (None, OUTDOOR, TREADMILL):
            raise ConfigError(f'runner.surface = "{self.surface}": must be outdoor or treadmill')
        if self.treadmill_speed_kmh is not None and self.surface != TREADMILL:
            raise ConfigError(
                f"runner.treadmill_speed_kmh = {self.treadmill_speed_kmh:g} is only for "
                'runner.surface = "treadmill": set that, or remove it'
            )

    def as_dict(self) -> dict[str, Any]:
        """What was set, as a trace's header keeps it."""
        return {k: v for k, v in asdict(self).items() if v is not None}

    def before(self, recorded: "RunnerSettings") -> "RunnerSettings":
        """Both together: these where they say something, else what a trace recorded."""
        said = {**recorded.as_dict(), **self.as_dict()}
        if said.get("surface") != TREADMILL:
            # A belt stood still, if it was not run on.
            said.pop("treadmill_speed_kmh", None)
        return RunnerSettings(**said)


def recorded(said: dict[str, Any] | None) -> RunnerSettings:
    """The settings that a trace's header holds; keys of later versions are left out.

    Raises:
        ConfigError: a value that cannot be.
    """
    known = {f.name for f in fields(RunnerSettings)}
    return from_table(RunnerSettings, {k: v for k, v in (said or {}).items() if k in known})


def wearer_of(settings: RunnerSettings, calibration: dict[str, Any] | None = None) -> Wearer:
    """What the pipeline may know.

    Args:
        settings: of the run. calibration: as a trace's header holds it, or None.

    Raises:
        CalibrationError: the calibration cannot be used.
    """
    surface = settings.surface or OUTDOOR
    factor = settings.treadmill_factor if surface == TREADMILL else settings.outdoor_factor
    speed = settings.treadmill_speed_kmh
    known = None if calibration is None else from_dict(calibration)
    stood = known is not None and "standing" in known.method
    return Wearer(
        height_m=settings.height_m,
        speed_m_s=None if speed is None else speed / KMH,
        up=UP if stood else None,
        forward=FORWARD if known is not None and known.heading_known else None,
        foot_signs=_signs(known),
        contact_offset_s=(settings.contact_offset_ms or 0.0) / 1000.0,
        surface=surface,
        distance_factor=1.0 if factor is None else factor,
    )


def _signs(calibration: Calibration | None) -> FootSigns | None:
    if calibration is None or calibration.hops is None:
        return None
    hops = calibration.hops
    gyro = hops.reading == "gyr"
    return FootSigns(gyro, hops.direction, hops.left, hops.right, hops.spread)
