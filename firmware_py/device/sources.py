"""Where the service's sensor comes from: the Pi's bus, or a simulated runner's."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from drivers.bus import Bus
from drivers.calibration import Calibration
from drivers.host import HostTime, SystemTime
from drivers.identify import find_sensor
from dsp.errors import GaitCoachError
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
        opened: opens the bus of a number.
    """

    origin: str = "device"
    notes: tuple[str, ...] = ()

    def __init__(self, settings: SensorSettings, opened: Callable[[int], Bus] = open_bus) -> None:
        self.settings = settings
        self._opened = opened
        self._part: str | None = None
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
                self._bus = self._opened(self.settings.bus)
            return self._bus

    def attach(self) -> Attached:
        """See `Source`."""
        bus = self.bus()
        attached = self._as_before(bus) or attach_on(bus, self.settings)
        self._part = attached.chip.setup.part.name
        return attached

    def expect(self, part: str | None) -> None:
        """See `Source`."""
        self._part = part

    def _as_before(self, bus: Bus) -> Attached | None:
        """The part that was there last; None: it is not there, or none was.

        Some parts share an id and are told apart by gravity at rest: in mid-run there is no rest.
        """
        if self._part is None or self.settings.part is not None:
            return None
        try:
            return attach_on(bus, replace(self.settings, part=self._part))
        except GaitCoachError:
            return None

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

    def expect(self, part: str | None) -> None:
        """See `Source`; there is only one."""

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
