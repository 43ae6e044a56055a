"""The service put together: sensor, sounds, button, LED, battery, link and the main loop."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from drivers.bus import Bus
from drivers.errors import BusError
from drivers.reader import POLL_S
from dsp.errors import GaitCoachError
from feedback.cue import Cue, Pattern
from feedback.gesture import Gesture
from firmware_py.config import Config, load_config
from firmware_py.device.desk import DeviceDesk, HeardShelf
from firmware_py.device.items import Happens, Word
from firmware_py.device.led import Code, Led
from firmware_py.device.machine import Event, State
from firmware_py.device.parts import Parts
from firmware_py.device.sounds import Sounds
from firmware_py.device.sources import PiSource, SimulatedSource
from firmware_py.device.supervisor import Supervisor
from firmware_py.device.watchdog import Notify, Watchdog
from firmware_py.ear.settings import CueSettings
from firmware_py.hooks import Happened
from firmware_py.power.battery import PowerEvent, PowerKind
from firmware_py.store.host import Machine, ThisMachine
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import WallClock

if TYPE_CHECKING:
    from firmware_py.simulate.world import World

log = logging.getLogger(__name__)

GESTURES: Final = {
    Gesture.PRESS: Event.PRESS,
    Gesture.DOUBLE: Event.DOUBLE,
    Gesture.TRIPLE: Event.TRIPLE,
    Gesture.HOLD: Event.HOLD,
    Gesture.VERY_LONG: Event.VERY_LONG,
}


def in_thread(work: Callable[[], None]) -> None:
    """Does `work` beside the main loop."""
    threading.Thread(target=work, name="beside", daemon=True).start()


@dataclass(slots=True)
class Setting:
    """What a service is made of.

    Args:
        config: how it lives; read from `path`.
        path: the configuration's file, which a laptop may replace.
        folder: where sessions are kept.
        pins: makes gpiozero's pin factory.
        told_to_end: asked several times a second.
        world: the simulation; None: the real sensor.
        machine: the computer.
        notify, period_s: systemd's ear, and how often it wants to hear something.
        beside: runs what may take long.
        poll_s: from one drain of the sensor to the next.
        begun: handed the main loop before it runs.
    """

    config: Config
    path: Path
    folder: Path
    pins: Callable[[], Any]
    told_to_end: Callable[[], bool]
    world: "World | None" = None
    machine: Machine = field(default_factory=ThisMachine)
    notify: Notify = lambda text: None
    period_s: float | None = None
    beside: Callable[[Callable[[], None]], object] = in_thread
    poll_s: float = POLL_S
    begun: Callable[[Supervisor], object] = lambda supervisor: None


def serve(setting: Setting) -> State:
    """Runs the service until it is told to end; OFF: the computer is to be switched off.

    Raises:
        ConfigError: the runner's own patterns cannot be used.
    """
    with ExitStack() as stack:
        return _Service(setting, stack).run()


class _Service:
    def __init__(self, setting: Setting, stack: ExitStack) -> None:
        self._setting = setting
        self._stack = stack
        self._config = setting.config
        world = setting.world
        sensor = self._config.sensor
        self._source: PiSource | SimulatedSource
        self._source = PiSource(sensor) if world is None else SimulatedSource(world, sensor)
        # Cues and samples are on one time base, whether it is simulated or not.
        paced = world is not None and world.pacing.real
        self._clock = world.pacing.clock if world and paced else self._source.time.now
        self._gpio: list[Any] = []
        self._desk: DeviceDesk | None = None

    def run(self) -> State:
        setting, config, world = self._setting, self._config, self._setting.world
        wall = WallClock(setting.folder, setting.machine)
        shelf = Shelf(setting.folder, wall, config.storage)
        parts = Parts(
            source=self._source,
            shelf=shelf,
            watchdog=Watchdog(setting.notify, self._clock, setting.period_s),
            sounds=self._sounds,
            show=self._led(),
            reread=self._reread,
            beside=setting.beside,
            told_to_end=setting.told_to_end,
            shown=self._shown,
            poll_s=setting.poll_s,
        )
        supervisor = Supervisor(parts, config)
        if world is not None:
            # In virtual time nothing is ever late: it waits until all is worked off.
            world.pacing.follow(supervisor.inbox.wait_until_done)
            self._stack.callback(world.pacing.stop)
        power = self._power(supervisor)
        self._desk = DeviceDesk(supervisor, setting.machine, setting.folder, power)
        self._button(supervisor)
        self._link(supervisor, shelf, wall, self._desk)
        setting.begun(supervisor)
        return supervisor.run()

    def _factory(self) -> Any:
        if not self._gpio:
            self._gpio.append(self._setting.pins())
        return self._gpio[0]

    def _bus(self) -> Bus | None:
        if not isinstance(self._source, PiSource):
            # A simulated bus belongs to its virtual time alone.
            return None
        try:
            return self._source.bus()
        except BusError as e:
            log.warning("%s", e)
            return None

    def _sounds(self, settings: CueSettings) -> Sounds:
        needs_bus = any(a.startswith("haptic") for a in settings.actuators)
        bus = self._bus() if needs_bus else None
        return Sounds(settings, bus, self._factory, self._clock, self._source.time.sleep)

    def _led(self) -> Callable[[Code], object]:
        if not self._config.device.led:
            return lambda code: None
        try:
            led = Led(self._config.cues.pin_map.led, self._factory())
        except GaitCoachError as e:
            log.warning("LED: %s; going on without it", e)
            return lambda code: None
        self._stack.callback(led.close)
        return led.show

    def _button(self, supervisor: Supervisor) -> None:
        if not self._config.cues.button:
            return
        from firmware_py.ear.button import Button

        def done(gesture: Gesture) -> None:
            supervisor.inbox.put(Happens(GESTURES[gesture], "button"))

        try:
            pin = self._config.cues.pin_map.button
            self._stack.callback(Button(pin, self._factory(), self._clock, done).close)
        except GaitCoachError as e:
            log.warning("button: %s; going on without it", e)

    def _power(self, supervisor: Supervisor) -> Callable[[], dict[str, Any]]:
        settings = self._config.battery
        if self._setting.world is not None:
            return lambda: {"battery": None}
        from firmware_py.power.watch import PowerWatch

        def told(event: PowerEvent) -> None:
            supervisor.inbox.put(_item_of(event))

        try:
            pin = self._config.cues.pin_map.battery_low
            bus = self._bus() if settings.at is not None else None
            watch = PowerWatch(settings, bus, pin, self._factory, told, self._clock)
        except GaitCoachError as e:
            log.warning("battery: %s; going on without it", e)
            return lambda: {"battery": None}
        watch.start()
        self._stack.callback(watch.close)

        def known() -> dict[str, Any]:
            battery, under = watch.battery, watch.undervoltage
            return {
                "battery": None if battery is None else battery.as_dict(),
                "undervoltage": None if under is None else under.now,
            }

        return known

    def _link(
        self, supervisor: Supervisor, shelf: Shelf, wall: WallClock, desk: DeviceDesk
    ) -> None:
        settings, setting = self._config.link, self._setting
        if not settings.enabled:
            return
        from firmware_py.link.serial_link import SerialLink

        def downloaded() -> None:
            supervisor.inbox.put(Word("everything was downloaded", Pattern.DOWNLOAD_DONE))

        heard = HeardShelf(shelf, downloaded)
        link = SerialLink(settings, heard, wall, desk, setting.path, setting.folder)
        link.start()
        self._stack.callback(link.close)

    def _reread(self) -> Config:
        """Pins, link, battery and folder stay as they are until the next start."""
        config = load_config(self._setting.path)
        self._source.settings = config.sensor
        return config

    def _shown(self, happened: Happened) -> None:
        if self._desk is not None:
            self._desk.show(happened)
        if self._setting.world is not None and isinstance(happened, Cue):
            self._setting.world.runner.hear(happened)


def _item_of(event: PowerEvent) -> Happens | Word:
    match event.kind:
        case PowerKind.EMPTY:
            return Happens(Event.EMPTY, "battery")
        case PowerKind.LOW:
            return Word(event.because, Pattern.BATTERY_LOW, trouble=Code.BATTERY)
        case PowerKind.CHARGING:
            return Word(event.because, over=Code.BATTERY)
        case _:
            return Word(event.because)
