"""`[battery]` of the configuration: what tells about the battery, and when to act."""

from dataclasses import dataclass
from typing import Final

from drivers.gauges import ina219, max17048, pisugar3
from dsp.errors import ConfigError
from feedback.tables import setting

SOURCES: Final = ("none", "gpio", "max17048", "ina219", "pisugar3")
ADDRESSES: Final = {
    "max17048": max17048.ADDRESS,
    "ina219": ina219.ADDRESS,
    "pisugar3": pisugar3.ADDRESS,
}
"""Of each gauge where nobody moved it."""


@dataclass(frozen=True, slots=True)
class BatterySettings:
    """What tells about the battery. docs/power.md says what each source can do.

    Raises:
        ConfigError: an address that the gauge cannot have, or that is for none; limits that
            contradict each other.
    """

    source: str = setting(
        "What tells about the battery: none, gpio (a low-battery output), max17048, ina219 or "
        "pisugar3.",
        "none",
        one_of=SOURCES,
    )
    address: int | None = setting(
        "I2C address of the gauge; without it the usual one: 0x36, 0x40 or 0x57.",
        None,
        at_least=8,
        at_most=119,
    )
    warn_percent: float = setting("At this charge it warns, percent.", 15.0, at_least=1, at_most=90)
    shut_down_percent: float = setting(
        "At this charge it shuts down safely, percent.", 5.0, at_least=0, at_most=50
    )
    empty_cell_v: float = setting(
        "At this voltage of a cell it shuts down whatever the charge, V.",
        3.1,
        at_least=2.6,
        at_most=3.6,
    )
    shut_down_after_s: float = setting(
        "With gpio: so long after it went low it shuts down, s.", 60.0, at_least=20, at_most=1800
    )
    pull_up: bool = setting(
        "With gpio: pull the pin up (open drain or diode); false: a divider sets its level.",
        False,
    )
    cells: int = setting("With ina219: cells in series.", 1, at_least=1, at_most=3)
    shunt_ohm: float = setting(
        "With ina219: its shunt resistor, ohm.", 0.1, at_least=0.001, at_most=1
    )
    shunt_reversed: bool = setting(
        "With ina219: the battery is at IN-, so that current out of it reads negative.", False
    )
    cell_ohm: float = setting(
        "With ina219: resistance of one cell with its wires, ohm.", 0.15, at_least=0, at_most=1
    )

    def __post_init__(self) -> None:
        if self.shut_down_percent >= self.warn_percent:
            raise ConfigError(
                f"battery.shut_down_percent = {self.shut_down_percent:g}: must be below "
                f"battery.warn_percent = {self.warn_percent:g}"
            )
        if self.address is None:
            return
        said = f"battery.address = {self.address} (0x{self.address:02x})"
        if self.source not in ADDRESSES:
            raise ConfigError(f'{said}: battery.source = "{self.source}" has none; remove it')
        if self.source == "max17048" and self.address != max17048.ADDRESS:
            raise ConfigError(f"{said}: a MAX17048 is always at 0x36; remove it")
        if self.source == "ina219" and self.address not in ina219.ADDRESSES:
            raise ConfigError(f"{said}: an INA219 is at 0x40 to 0x4f")

    @property
    def at(self) -> int | None:
        """The gauge's I2C address; None: no gauge."""
        return ADDRESSES.get(self.source) if self.address is None else self.address


def conflict(battery: BatterySettings, sensor_address: int | None) -> str | None:
    """Why this gauge and a sensor at that address cannot share a bus, in words; None: they can."""
    if battery.at is None or sensor_address is None:
        return None
    if battery.at == sensor_address:
        return f"battery gauge and sensor are both at 0x{sensor_address:02x}; move one of them"
    if battery.source == "pisugar3" and sensor_address == pisugar3.CLOCK_ADDRESS:
        return (
            "the clock of a PiSugar 3 is at 0x68, too; set the sensor to 0x69 (AD0 or SDO high), "
            "take an LSM6 (0x6a), or another battery"
        )
    return None
