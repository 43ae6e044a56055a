"""Where the service's sensor comes from: the Pi's bus, or a simulated runner's."""

import threading
from typing import TYPE_CHECKING, Final

from drivers.bus import Bus
from drivers.calibration import Calibration
from drivers.host import HostTime, SystemTime
from drivers.identify import find_sensor
from firmware_py.calibrate.files import identity_of, known_of
from firmware_py.sensor.attached import Attached, attach_on, open_bus
from firmware_py.sensor.settings import SensorSettings

if TYPE_CHECKING:
    from firmware_py.simulate.world import World

DOZE_S: Final = 0.1
"""Virtual time cannot be woken."""


class PiSource:
    """The sensor on the Pi's I2C bus, which is opened once and shared.

    Args:
        settings: `[sensor]`; may be set anew.
    """

    origin: str = "device"
    notes: tuple[str, ...] = ()

    def __init__(self, settings: SensorSettings) -> None:
        self.settings = settings
        self.time: HostTime = SystemTime()
        self._bus: Bus | None = None
        self._lock = threading.Lock()

    def bus(self) -> Bus:
        """The bus.

        Raises:
            BusError: it cannot be had; with the remedy.
        """
        with self._lock:
            if self._bus is None:
                self._bus = open_bus(self.settings.bus)
            return self._bus

    def attach(self) -> Attached:
        """See `Source`."""
        return attach_on(self.bus(), self.settings)

    def calibration(self, attached: Attached) -> Calibration | None:
        """See `Source`."""
        return known_of(self.settings.calibration, identity_of(attached.chip, attached.address))

    def release(self, attached: Attached) -> None:
        """See `Source`."""
        attached.release()

    def doze(self, woken: threading.Event, seconds: float) -> None:
        """See `Source`."""
        woken.wait(seconds)


class SimulatedSource:
    """The sensor of a simulated runner, found as a real one is.

    Args:
        world: the simulation.
        settings: `[sensor]`; may be set anew.
    """

    origin: str = "simulated"

    def __init__(self, world: "World", settings: SensorSettings) -> None:
        self.settings = settings
        self.notes: tuple[str, ...] = (world.note,)
        self._attached = world.attached
        self.time: HostTime = world.attached.bus.time

    def attach(self) -> Attached:
        """See `Source`."""
        attached = self._attached
        find_sensor(attached.bus, address=attached.address, part=attached.chip.setup.part.name)
        return attached

    def calibration(self, attached: Attached) -> Calibration | None:
        """Only where the configuration names it: a simulated specimen is nobody's own."""
        named = self.settings.calibration
        if named is None:
            return None
        return known_of(named, identity_of(attached.chip, attached.address))

    def release(self, attached: Attached) -> None:
        """See `Source`."""

    def doze(self, woken: threading.Event, seconds: float) -> None:
        """See `Source`."""
        self.time.sleep(min(seconds, DOZE_S))
