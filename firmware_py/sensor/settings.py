"""`[sensor]` of the configuration: where the sensor sits and how it is wired."""

from dataclasses import dataclass

from drivers.catalog import part_named
from dsp.block import Mount, Side
from dsp.errors import ConfigError
from feedback.tables import setting


@dataclass(frozen=True, slots=True)
class SensorSettings:
    """Wiring and mount.

    Raises:
        ConfigError: a name that is none, or a side where there is none to have.
    """

    mount: str = setting("Where the sensor is worn: waist or shoe.", "waist")
    side: str | None = setting("The foot of a shoe sensor: left or right.", None)
    part: str | None = setting("The sensor's part number; without it: whatever answers.", None)
    bus: int = setting("Number of the I2C bus: N of /dev/i2c-N.", 1, at_least=0, at_most=99)
    address: int | None = setting(
        "I2C address, e.g. 0x6a; without it all usual ones are tried.",
        None,
        at_least=8,
        at_most=119,
    )
    interrupt_pin: int | None = setting(
        "GPIO that the sensor's INT1 is wired to; without it the sensor is polled.",
        None,
        at_least=4,
        at_most=27,
    )
    calibration: str | None = setting(
        "Path of the calibration file, relative to the configuration file; without it this chip's "
        "own in ~/.config/gaitcoach.",
        None,
    )

    def __post_init__(self) -> None:
        _one_of("mount", self.mount, ("waist", "shoe"))
        if self.side is not None:
            _one_of("side", self.side, ("left", "right"))
            if self.mount != "shoe":
                raise ConfigError(
                    f'sensor.side = "{self.side}" is only for sensor.mount = "shoe": remove it'
                )
        if self.part is not None:
            try:
                part_named(self.part)
            except ConfigError as e:
                raise ConfigError(f"sensor.part: {e}") from e

    @property
    def worn(self) -> Mount:
        """The mount."""
        return Mount(self.mount)

    @property
    def foot(self) -> Side:
        """The instrumented foot."""
        return Side.UNKNOWN if self.side is None else Side(self.side)


def _one_of(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f'sensor.{key} = "{value}": must be {" or ".join(known)}')
