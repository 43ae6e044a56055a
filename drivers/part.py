"""What a part can do, from its datasheet, and how it is set up for a mount."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import radians
from typing import Final

from dsp.block import Mount
from dsp.errors import ConfigError
from dsp.units import STANDARD_GRAVITY

CLIPS_FEET: Final = "±16 g clips most foot strikes: cadence only, no impact"
"""Note of a mode for a shoe."""
_FULL: Final = 32767


@dataclass(frozen=True, slots=True)
class Mode:
    """How a part serves a mount.

    Args:
        rate_hz: nominal output data rate.
        acc_range_g, gyr_range_dps: full scales.
        high_g: full scale of a second, coarse accelerometer, g; None: not used or not there.
        cadence_only: foot impacts would be clipped: strikes and cadence are right, impact is not
            told.
        note: what a user should know about this choice, in words.
    """

    rate_hz: float
    acc_range_g: int
    gyr_range_dps: int
    high_g: int | None = None
    cadence_only: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part number.

    Args:
        name: as the maker writes it.
        family: the module under `drivers.chips` that drives it.
        addresses: 7 bit I2C addresses it can be strapped to.
        acc_g: g per count by full scale in g, the datasheet's sensitivity table.
        gyr_dps: deg/s per count by full scale in deg/s, likewise.
        rates_hz: nominal output data rates that the driver offers.
        fifo_samples: whole samples (acc and gyr) that its FIFO holds.
        modes: how it serves each mount; a mount that is missing is refused.
        high_g: g per count of the coarse accelerometer by full scale in g.
        has_watermark: whether its pin can tell that the FIFO holds a number of samples.
    """

    name: str
    family: str
    addresses: tuple[int, ...]
    acc_g: Mapping[int, float]
    gyr_dps: Mapping[int, float]
    rates_hz: tuple[float, ...]
    fifo_samples: int
    modes: Mapping[Mount, Mode]
    high_g: Mapping[int, float] = field(default_factory=dict)
    has_watermark: bool = True


@dataclass(frozen=True, slots=True)
class Setup:
    """A part with its rate and ranges chosen.

    Raises:
        ConfigError: the part does not have that rate or range.
    """

    part: Part
    mode: Mode

    def __post_init__(self) -> None:
        part, mode = self.part, self.mode
        _has(part, "rate", mode.rate_hz, part.rates_hz, "Hz")
        _has(part, "accelerometer range", mode.acc_range_g, tuple(part.acc_g), "g")
        _has(part, "gyro range", mode.gyr_range_dps, tuple(part.gyr_dps), "deg/s")
        if mode.high_g is not None:
            _has(part, "high-g range", mode.high_g, tuple(part.high_g), "g")

    @property
    def rate_hz(self) -> float:
        """Nominal output data rate."""
        return self.mode.rate_hz

    @property
    def acc_scale(self) -> float:
        """m/s² per count."""
        return self.part.acc_g[self.mode.acc_range_g] * STANDARD_GRAVITY

    @property
    def gyr_scale(self) -> float:
        """rad/s per count."""
        return radians(self.part.gyr_dps[self.mode.gyr_range_dps])

    @property
    def high_g_scale(self) -> float | None:
        """m/s² per count of the coarse accelerometer; None without one."""
        if self.mode.high_g is None:
            return None
        return self.part.high_g[self.mode.high_g] * STANDARD_GRAVITY

    @property
    def high_g_limit(self) -> float | None:
        """|axis| from which the coarse accelerometer is clipped, m/s²."""
        scale = self.high_g_scale
        if scale is None or self.mode.high_g is None:
            return None
        return min(self.mode.high_g * STANDARD_GRAVITY, _FULL * scale)

    @property
    def columns(self) -> int:
        """Columns of a chunk's counts: acc, gyr, and the coarse accelerometer if there is one."""
        return 6 if self.mode.high_g is None else 9

    @property
    def fifo_s(self) -> float:
        """How long the FIFO holds, s, to some 15 %."""
        # A coarse accelerometer beside the fine one takes half as much room again.
        return self.part.fifo_samples * 6 / self.columns / self.rate_hz

    @property
    def acc_limit(self) -> float:
        """|axis| from which the accelerometer is clipped, m/s²: its range or the end of 16 bits."""
        return min(self.mode.acc_range_g * STANDARD_GRAVITY, _FULL * self.acc_scale)

    @property
    def gyr_limit(self) -> float:
        """|axis| from which the gyro is clipped, rad/s: it reads on beyond its nominal range."""
        return _FULL * self.gyr_scale


def setup_for(part: Part, mount: Mount) -> Setup:
    """The part as it serves `mount`.

    Raises:
        ConfigError: it cannot serve it.
    """
    if mount not in part.modes:
        raise ConfigError(
            f"{part.name} cannot serve the {mount}: its range is too small; use another sensor "
            "(docs/sensors.md)"
        )
    return Setup(part, part.modes[mount])


def _has(part: Part, what: str, value: float, offered: tuple[float, ...], unit: str) -> None:
    if value not in offered:
        names = ", ".join(f"{v:g}" for v in sorted(offered))
        raise ConfigError(f"{part.name} has no {what} of {value:g} {unit}; it has {names}")
