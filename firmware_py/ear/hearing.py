"""Ear and button of a run: made from the configuration, joined to the live session."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from dsp.errors import GaitCoachError
from feedback.gesture import Gesture
from firmware_py.calibrate.files import own_folder
from firmware_py.ear.settings import CueSettings
from firmware_py.live import Live
from firmware_py.sensor.attached import Attached
from firmware_py.session.status import Request

if TYPE_CHECKING:
    from firmware_py.ear.button import Button
    from firmware_py.ear.ear import Ear
    from firmware_py.simulate.world import World

REQUESTS: Final = {Gesture.DOUBLE: Request.SILENCE, Gesture.TRIPLE: Request.METRONOME}


class Hearing:
    """What a run is heard and felt by, and the button that it listens to.

    Args:
        settings: what is there.
        attached: the sensor, whose bus the haptic driver shares, and the clock.
        world: the simulation; None: a real run.
        pins: makes gpiozero's pin factory; None: lgpio's.
    """

    def __init__(
        self,
        settings: CueSettings,
        attached: Attached,
        world: "World | None",
        pins: Callable[[], Any] | None,
    ) -> None:
        self.problems: list[str] = []
        """What is missing, in words; the run goes on without it."""
        self._settings = settings
        self._bus = attached.bus
        self._world = world
        self._pins = pins
        self._made: list[Any] = []
        self._button: Button | None = None

    def begin(self, live: Live) -> "Ear | None":
        """The ear, from now on; None: nothing is configured that could be heard or felt.

        Raises:
            ConfigError: the runner's own patterns cannot be used.
        """
        settings, world = self._settings, self._world
        if not settings.actuators and not settings.button:
            return None
        if world is not None and not world.pacing.real:
            self.problems.append("cues are heard only at --pace 1")
            return None
        clock = self._bus.time.now if world is None else world.pacing.clock
        if settings.button:
            self._listen(live, clock)
        return self._ear(live, clock) if settings.actuators else None

    def close(self) -> None:
        """Lets go of the button; the ear closes itself."""
        if self._button is not None:
            self._button.close()

    def _ear(self, live: Live, clock: Callable[[], float]) -> "Ear | None":
        from firmware_py.ear.build import actuators_of
        from firmware_py.ear.ear import Ear

        # A simulated bus belongs to its virtual time alone.
        bus = self._bus if self._world is None else None
        made, problems = actuators_of(
            self._settings, bus, self._gpio, self._bus.time.sleep, own_folder()
        )
        self.problems += problems
        return Ear(self._settings, made, clock, live.played) if made else None

    def _listen(self, live: Live, clock: Callable[[], float]) -> None:
        from firmware_py.ear.button import Button

        def done(gesture: Gesture) -> None:
            if gesture in REQUESTS:
                live.request(REQUESTS[gesture])

        try:
            self._button = Button(self._settings.pin_map.button, self._gpio(), clock, done)
        except GaitCoachError as e:
            self.problems.append(f"button: {e}; the run goes on without it")

    def _gpio(self) -> Any:
        if not self._made:
            from feedback.actuators.gpio import lgpio_factory

            self._made.append((self._pins or lgpio_factory)())
        return self._made[0]
