"""The cues of one run, played."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from feedback.actuators.actuator import Actuator
from feedback.actuators.played import Played
from feedback.actuators.player import Player
from feedback.cue import Cue, Pattern
from feedback.patterns import load_patterns
from firmware_py.ear.settings import LEVELS, CueSettings

ENDS_BEATS: Final = frozenset(
    {Pattern.PAUSED, Pattern.STOPPED, Pattern.SENSOR_LOST, Pattern.QUICKER, Pattern.SOFTER}
)
"""After these nobody steps to a beat that was decided before."""


class Ear:
    """Plays what it is given, without making anyone wait.

    Args:
        settings: how loud, and in which shapes.
        actuators: closed by it.
        clock: monotonic time on the base of the cues, s.
        played: called with what became of each cue, on the player's thread.
        failed: called with name and reason when an actuator fails, on the player's thread.

    Raises:
        ConfigError: the runner's own patterns cannot be used.
    """

    def __init__(
        self,
        settings: CueSettings,
        actuators: Sequence[Actuator],
        clock: Callable[[], float],
        played: Callable[[Played], object],
        failed: Callable[[str, str], object] = lambda name, text: None,
    ) -> None:
        own = None if settings.patterns is None else Path(settings.patterns)
        self._player = Player(
            actuators,
            load_patterns(own),
            clock,
            level=settings.level / LEVELS,
            night=settings.night,
            played=played,
            failed=failed,
            realtime=settings.realtime,
        )

    def play(self, cue: Cue) -> None:
        """Plays a cue at its time; never waits."""
        if cue.pattern in ENDS_BEATS:
            self._player.cancel_beats()
        self._player.play(cue)

    def finish(self) -> None:
        """Returns when the last cue has been played, and lets go of the actuators."""
        self._player.finish()
