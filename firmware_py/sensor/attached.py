"""A sensor with everything that is needed to stream it."""

from dataclasses import dataclass

from drivers.bus import Bus
from drivers.catalog import make_chip
from drivers.chips.chip import Chip
from drivers.errors import BusError
from drivers.host import SystemTime
from drivers.identify import find_sensor
from drivers.part import setup_for
from drivers.pins import pins_of
from drivers.reader import Watermark
from drivers.watermark import GpioWatermark
from dsp.block import Mount, Side
from dsp.errors import ConfigError, GaitCoachError
from firmware_py.sensor.settings import SensorSettings


@dataclass(frozen=True, slots=True)
class Attached:
    """A sensor that was found; not started yet.

    Args:
        bus: the bus it sits on.
        address: 7 bits.
        chip: its driver.
        mount: where it is worn.
        side: the instrumented foot of a shoe sensor.
        watermark: its interrupt; None: polled.
    """

    bus: Bus
    address: int
    chip: Chip
    mount: Mount
    side: Side = Side.UNKNOWN
    watermark: Watermark | None = None

    def close(self) -> None:
        """Lets go of bus and interrupt."""
        self.bus.close()
        self.release()

    def release(self) -> None:
        """Lets go of the interrupt; the bus stays open."""
        if isinstance(self.watermark, GpioWatermark):
            self.watermark.close()

    @property
    def name(self) -> str:
        """What it is and where, for people."""
        return f"{self.chip.setup.part.name} at I2C 0x{self.address:02x}"


def open_bus(number: int) -> Bus:
    """The kernel's I2C bus.

    Raises:
        BusError: it is not there, or may not be used; with the remedy.
    """
    # Here and not above: a laptop does without smbus2.
    try:
        from drivers.i2cdev import I2cDev
    except ImportError as e:
        raise BusError(f"I2C needs smbus2: install gaitcoach[pi] ({e})") from e
    try:
        wire = I2cDev(number)
    except OSError as e:
        hint = "without hardware: gaitcoach run --simulate easy-run"
        raise BusError(f"/dev/i2c-{number}: {e.strerror or e}; {hint}", e.errno) from e
    return Bus(wire, SystemTime(), pins_of(number))


def attach(settings: SensorSettings) -> Attached:
    """Finds the sensor on the real bus.

    Raises:
        BusError, ChipNotFoundError, ChipError, ImplausibleError: what was seen, what to check.
        ConfigError: it cannot serve the mount, or the interrupt's pin is not to be had.
    """
    bus = open_bus(settings.bus)
    try:
        return attach_on(bus, settings)
    except GaitCoachError:
        bus.close()
        raise


def attach_on(bus: Bus, settings: SensorSettings) -> Attached:
    """Finds the sensor on a bus that is open.

    Raises: as `attach`.
    """
    address, part = find_sensor(bus, address=settings.address, part=settings.part)
    chip = make_chip(bus, address, setup_for(part, settings.worn))
    pin = settings.interrupt_pin
    if pin is not None and not part.has_watermark:
        raise ConfigError(
            f"sensor.interrupt_pin = {pin}: an {part.name} has no FIFO watermark; remove the line, "
            "and it is polled"
        )
    watermark = None if pin is None else GpioWatermark(pin)
    return Attached(bus, address, chip, settings.worn, settings.foot, watermark)
