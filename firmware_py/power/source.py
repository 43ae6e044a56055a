"""Where looks at the battery come from: a gauge on I2C, or a low-battery output on a pin."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from drivers.bus import Bus
from drivers.errors import ChipError
from drivers.gauges.gauge import Gauge, GaugeReading
from dsp.errors import GaitCoachError
from feedback.actuators.gpio import claimed
from firmware_py.power.battery import Seen
from firmware_py.power.settings import BatterySettings

ABOVE: Final = 0.03
"""So much charge above the warning's limit is clearly above it."""
ABOVE_V: Final = 0.1
GAUGE_EVERY_S: Final = 5.0
PIN_EVERY_S: Final = 0.5


class Source(Protocol):
    """Something that can be looked at."""

    every_s: float
    """How often it is worth a look, s."""

    def look(self) -> Seen:
        """One look.

        Raises:
            GaitCoachError: there was nothing to see, or nothing that can be.
        """
        ...

    def close(self) -> None:
        """Lets go of it."""
        ...


class GaugeSource:
    """A gauge, opened when it is first looked at, and again after it failed.

    Args:
        make: makes it; raises a GaitCoachError where there is no bus.
        settings: the limits.
    """

    every_s = GAUGE_EVERY_S

    def __init__(self, make: Callable[[], Gauge], settings: BatterySettings) -> None:
        self._make = make
        self._settings = settings
        self._gauge: Gauge | None = None

    def look(self) -> Seen:
        """See `Source.look`."""
        if self._gauge is None:
            gauge = self._make()
            gauge.open()
            self._gauge = gauge
        try:
            return seen_by(self._settings, self._gauge.read())
        except (ChipError, OSError):
            # It may have been without power: set up again at the next look.
            self._gauge = None
            raise

    def close(self) -> None:
        """Nothing to let go of: the bus is others', too."""


class LowInput:
    """A pin that is low when the battery is, as LBO of a PowerBoost.

    Args:
        pin: GPIO number.
        factory: makes gpiozero's pin factory; raises ActuatorError.
        pull_up: whether the pin needs the Pi's own.
    """

    every_s = PIN_EVERY_S

    def __init__(self, pin: int, factory: Callable[[], Any], *, pull_up: bool) -> None:
        self._pin = pin
        self._factory = factory
        self._pull_up = pull_up
        self._device: Any = None

    def look(self) -> Seen:
        """See `Source.look`."""
        if self._device is None:
            self._device = self._claimed()
        try:
            low = bool(self._device.is_active)
        except Exception as e:
            # Whatever the library of the pins raises.
            raise GaitCoachError(f"battery on GPIO{self._pin}: cannot be read: {e}") from e
        return Seen(low=low, empty=low, fine=not low)

    def close(self) -> None:
        """The pin is free."""
        if self._device is not None:
            self._device.close()
            self._device = None

    def _claimed(self) -> Any:
        from gpiozero import DigitalInputDevice

        factory = self._factory()
        # Without a pull of its own the level must be named; with one gpiozero knows it.
        level = {"pull_up": True} if self._pull_up else {"pull_up": None, "active_state": False}
        return claimed(
            "battery",
            self._pin,
            lambda: DigitalInputDevice(self._pin, pin_factory=factory, **level),
        )


def seen_by(settings: BatterySettings, found: GaugeReading) -> Seen:
    """What a gauge's reading is by the limits."""
    dying_v = settings.empty_cell_v * settings.cells
    dying = found.volts <= dying_v
    charge = found.charge
    percent = None if charge is None else 100 * charge
    low = percent is not None and percent <= settings.warn_percent
    empty = percent is not None and percent <= settings.shut_down_percent
    fine = percent is None or percent > settings.warn_percent + 100 * ABOVE
    return Seen(
        low=low or dying,
        empty=empty or dying,
        fine=fine and found.volts > dying_v + ABOVE_V,
        charge=charge,
        volts=found.volts,
        charging=found.charging,
        estimated=found.estimated,
    )


def gauge_of(settings: BatterySettings, bus: Bus | None) -> Gauge:
    """The gauge that is configured.

    Raises:
        GaitCoachError: there is no bus.
        ValueError: no gauge is configured.
    """
    if settings.at is None:
        raise ValueError(f"battery.source = {settings.source}: has no gauge")
    if bus is None:
        raise GaitCoachError("there is no I2C bus")
    # Each is loaded only where it is there: a small Pi starts the sooner.
    if settings.source == "max17048":
        from drivers.gauges.max17048 import Max17048

        return Max17048(bus, settings.at)
    if settings.source == "pisugar3":
        from drivers.gauges.pisugar3 import PiSugar3

        return PiSugar3(bus, settings.at)
    from drivers.gauges.ina219 import Ina219

    return Ina219(
        bus,
        settings.at,
        shunt_ohm=settings.shunt_ohm,
        reversed_=settings.shunt_reversed,
        cells=settings.cells,
        resistance_ohm=settings.cell_ohm,
    )


def source_of(
    settings: BatterySettings, bus: Bus | None, pin: int, factory: Callable[[], Any]
) -> Source | None:
    """What is configured; None: nothing is."""
    if settings.source == "none":
        return None
    if settings.source == "gpio":
        return LowInput(pin, factory, pull_up=settings.pull_up)
    return GaugeSource(lambda: gauge_of(settings, bus), settings)
