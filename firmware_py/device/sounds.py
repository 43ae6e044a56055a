"""What the runner hears and feels, for as long as the program runs: in a session and between."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from drivers.bus import Bus
from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern
from firmware_py.calibrate.files import own_folder
from firmware_py.ear.settings import CueSettings

log = logging.getLogger(__name__)

LONGEST_S: Final = 6.0
"""Patterns last 4 s at most."""


class Sounds:
    """The ear, and what became of each cue.

    What cannot be had is logged once; the run goes on without it.

    Args:
        settings: `[cues]`.
        bus: of the haptic driver; None: there is none.
        factory: makes gpiozero's pin factory.
        clock: monotonic time on the base of the cues, s.
        sleep: waits so many seconds, for the haptic driver.

    Raises:
        ConfigError: the runner's own patterns cannot be used.
    """

    def __init__(
        self,
        settings: CueSettings,
        bus: Bus | None,
        factory: Callable[[], Any],
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        from firmware_py.ear.build import actuators_of
        from firmware_py.ear.ear import Ear

        self.listener: Callable[[Played], object] = lambda played: None
        """Told what became of each cue, on the player's thread."""
        self._clock = clock
        self._waiting = 0
        self._silence = threading.Condition()
        made, problems = actuators_of(settings, bus, factory, sleep, own_folder())
        for problem in problems:
            log.warning("%s", problem)
        self._ear = Ear(settings, made, clock, self._played) if made else None

    def now(self) -> float:
        """The time of the cues, s."""
        return self._clock()

    def play(self, cue: Cue) -> None:
        """Plays a cue; never waits."""
        if self._ear is None:
            return
        with self._silence:
            self._waiting += 1
        self._ear.play(cue)

    def say(self, pattern: Pattern, because: str) -> None:
        """Plays a pattern of the device's own, now."""
        now = self._clock()
        self.play(Cue(now, now, pattern, because))

    def quiet(self, timeout: float = LONGEST_S) -> bool:
        """Returns when all that was given has begun to sound, or will not; whether in time."""
        with self._silence:
            return self._silence.wait_for(lambda: self._waiting <= 0, timeout)

    def close(self) -> None:
        """Lets what is playing end, and lets go of the actuators."""
        if self._ear is not None:
            self._ear.finish()

    def _played(self, played: Played) -> None:
        try:
            self.listener(played)
        finally:
            with self._silence:
                self._waiting -= 1
                self._silence.notify_all()
