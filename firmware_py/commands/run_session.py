"""What `gaitcoach run` does with a live session: shows it, keeps it, ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from drivers.calibration import Calibration
from drivers.reader import POLL_S
from dsp.errors import GaitCoachError
from feedback.console import CueLines, clock
from feedback.cue import Cue
from firmware_py.calibrate.files import identity_of, known_of
from firmware_py.commands.screen import Asked, Screen
from firmware_py.config import Config
from firmware_py.hooks import Happened, Hooks
from firmware_py.programme.due import Due
from firmware_py.recorder import Recorder
from firmware_py.sensor.attached import Attached
from firmware_py.store.opened import Kept, OpenSession
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import WallClock
from firmware_py.trace.header import TraceHeader

if TYPE_CHECKING:
    from firmware_py.ear.ear import Ear
    from firmware_py.events_file import EventsFile
    from firmware_py.simulate.world import World

COMMAND: Final = "command"
"""What begins and ends such a session."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to run.

    Args:
        config: how to coach, and which sensor.
        simulate: name of a scenario; None: the real sensor.
        pace: of a simulation, seconds of the run per second; None: as fast as possible.
        duration_s: ends the session after so long; None: when told to.
        out: folder of the sessions; None: nothing is kept.
        events: file for events and cues.
        as_json: print the summary as JSON.
        quiet: print no cues.
        poll_s: from one drain of the sensor to the next.
        pins: makes gpiozero's pin factory; None: lgpio's.
    """

    config: Config
    simulate: str | None = None
    pace: float | None = 1.0
    duration_s: float | None = None
    out: Path | None = None
    events: Path | None = None
    as_json: bool = False
    quiet: bool = False
    poll_s: float = POLL_S
    pins: Callable[[], Any] | None = None


class RunSession:
    """The hooks of one run.

    Args:
        options: what to run.
        world: the simulation; None: a real sensor.
        screen: where cues are shown.
        asked: whether it is to end.
        due: the programme's session that it is.

    Raises:
        GaitCoachError: the file of the events cannot be written.
    """

    def __init__(
        self,
        options: RunOptions,
        world: "World | None",
        screen: Screen,
        asked: Asked,
        due: Due | None = None,
    ) -> None:
        self.opened: OpenSession | None = None
        """The session that is kept; None: none is."""
        self._due = due
        self._options = options
        self._world = world
        self._screen = screen
        self._asked = asked
        self._start: float | None = None
        self._events = None if options.events is None else _events_file(options.events)
        self._ear: Ear | None = None
        self._lines = CueLines()

    def hooks(self) -> Hooks:
        """For `Live`."""
        hooks = Hooks(
            seen=self._seen,
            told=self._told,
            stopped=self._asked,
            ends=self._ends,
            calibration=self._calibration,
            recorder=self._recorder,
            quiet=self._quiet,
        )
        if self._world is not None:
            hooks.worked_off = self._world.pacing.follow
            hooks.leaving = self._world.pacing.stop
        return hooks

    def listen(self, ear: "Ear | None") -> None:
        """From now on the runner hears."""
        self._ear = ear

    def close(self) -> list[str]:
        """Closes the file of the events; what went wrong with it, in words.

        A session that was not kept is left to the next start, as after a power cut.
        """
        if self.opened is not None and not self.opened.closed:
            self.opened.abandon()
        if self._events is None:
            return []
        self._events.close()
        return [self._events.error] if self._events.error else []

    def keep(self, summary: dict[str, Any]) -> Kept:
        """Puts the summary beside the trace, and the run into its programme."""
        return Kept() if self.opened is None else self.opened.close(summary, COMMAND)

    def _seen(self, happened: Happened, start_t: float) -> None:
        if self._events is not None:
            self._events.write(happened.as_dict())
        if not isinstance(happened, Cue):
            return
        if self._ear is not None:
            self._ear.play(happened)
        if self._world is not None:
            self._world.runner.hear(happened)
        line = self._lines.line(happened, start_t)
        if line is not None and not (self._options.quiet or self._options.as_json):
            self._screen.say(line)

    def _quiet(self) -> None:
        if self._ear is not None:
            self._ear.finish()

    def _told(self, text: str, since_s: float) -> None:
        if not self._options.as_json:
            self._screen.say(f"{clock(since_s)}  {text}")

    def _ends(self, t: float) -> bool:
        if self._start is None:
            self._start = t
        duration = self._options.duration_s
        if duration is not None and t - self._start >= duration:
            return True
        return self._world is not None and t >= self._world.runner.end

    def _calibration(self, attached: Attached) -> Calibration | None:
        """The specimen's; a simulated one's only where the configuration names it."""
        named = self._options.config.sensor.calibration
        if named is None and self._world is not None:
            return None
        return known_of(named, identity_of(attached.chip, attached.address))

    def _recorder(self, header: TraceHeader) -> Recorder | None:
        base = self._options.out
        if base is None:
            return None
        shelf = Shelf(base, WallClock(base), self._options.config.storage)
        self.opened = shelf.begin(header, COMMAND, self._due)
        if self.opened.folder is None:
            raise GaitCoachError(f"{self.opened.told}; name another folder with --out")
        return self.opened.recorder


def _events_file(path: Path) -> "EventsFile":
    # Here and not above: it loads what a replay needs.
    from firmware_py.events_file import EventsFile

    return EventsFile(path)
