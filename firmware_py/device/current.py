"""The session under way, as the device sees it: on the shelf, through the line, and its clocks."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from drivers.chunk import Chunk
from drivers.notes import Note, SensorLost
from dsp.events import Activity, Segment
from feedback.cue import Cue, Pattern
from firmware_py.coaching import Coaching
from firmware_py.config import Config
from firmware_py.device.machine import Event, State
from firmware_py.device.settings import DeviceSettings
from firmware_py.device.sounds import Sounds
from firmware_py.hooks import Happened, Hooks
from firmware_py.line import Line
from firmware_py.live_session import LiveSession, Remark
from firmware_py.session.status import Request, status_of
from firmware_py.store.opened import Kept, OpenSession
from firmware_py.store.recovery import Unfinished
from firmware_py.trace.joined import Recorded

log = logging.getLogger(__name__)

ENDED: Final = {
    "button": "ended by the button",
    "link": "ended from the laptop",
    "auto": "ended by itself after a long time without running",
    "battery": "ended because the battery is empty",
    "command": "ended with the program",
}

LATE_S: Final = 1.0
"""A coaching cue that comes later than this after its decision is not played."""


class Current:
    """One session; used by the main loop, then by whoever closes it.

    Args:
        opened: on the shelf.
        config: whom to coach.
        coaching: how; None: as its first part says.
        settings: `[device]`.
        sounds: what its cues are heard by.
        shown: called with every event and cue as it is decided.
        goes_on: the session that it goes on with; None: it is new.
    """

    def __init__(
        self,
        opened: OpenSession,
        config: Config,
        coaching: Coaching | None,
        settings: DeviceSettings,
        sounds: Sounds,
        shown: Callable[[Happened], object] = lambda happened: None,
        goes_on: Unfinished | None = None,
    ) -> None:
        self.opened = opened
        self._settings = settings
        self._sounds = sounds
        self._shown = shown
        self._kind: Activity | None = None
        self._since = self._newest = 0.0
        self._stands_from = float("-inf")
        self._ran: float | None = None
        """When running was last seen, s; before any: when it began."""
        hooks = Hooks(seen=self._seen, quiet=sounds.quiet)
        # As its replay will: whom and how is what the first part's header says.
        line = None if goes_on is None else Line(goes_on.header, Config())
        self._live = LiveSession(
            opened.header, config, coaching, opened.recorder, hooks, weighed=True, line=line
        )
        sounds.listener = self._live.played

    def begin_with(self, items: Sequence[Chunk | Note], told: str) -> None:
        """What was streamed before; then the runner hears that it has begun."""
        self._live.begin_with(items)
        self.say(told, Pattern.STARTED)

    def go_on_from(self, earlier: Recorded, state: State) -> None:
        """What was recorded before the interruption, and what it was about then."""
        self._live.go_on_from(earlier)
        heard = Pattern.RESUMED if state is State.RUNNING else Pattern.PAUSED
        self.say(f"going on after an interruption, {state}", heard)

    def take(self, item: Chunk | Note) -> None:
        """Records what the reader delivers."""
        if isinstance(item, SensorLost):
            self._be(None, item.host_time)
        self._live.take(item)

    def ask(self, remark: Remark) -> None:
        """Something that is asked of the coach."""
        if remark.request is Request.RESUME:
            # Who goes on while standing is not to be paused again at once.
            self._stands_from = self._newest
        self._live.take(remark)

    def say(self, text: str, pattern: Pattern | None = None) -> None:
        """A remark of the device's own."""
        self._live.take(Remark(text, pattern))

    @property
    def behind(self) -> bool:
        """Whether anything waits to be worked off."""
        return self._live.behind

    def work(self) -> None:
        """Works off a piece of it."""
        if self._live.behind:
            self._live.work()
        else:
            self._live.listen()

    @property
    def storage_failed(self) -> bool:
        """Whether the recording is not whole."""
        return self.opened.recorder.error is not None

    def due(self, state: State, now: float) -> Event | None:
        """What has come due at `now`, s on the samples' clock; None: nothing."""
        self._newest = now
        runs = self._kind is Activity.RUN
        if self._ran is None or runs:
            self._ran = now
        if self._live.catching_up:
            return None
        if state is State.RESTING and runs:
            return Event.RAN
        stop_min, pause_s = self._settings.auto_stop_min, self._settings.auto_pause_s
        if stop_min is not None and now - self._ran >= 60.0 * stop_min:
            return Event.RESTED
        stands = self._kind is Activity.STAND
        stood = now - max(self._since, self._stands_from) if stands else 0.0
        return Event.STOOD if pause_s is not None and stood >= pause_s else None

    def close(self, who: str) -> Kept:
        """Ends it and puts it down; takes as long as the card does."""
        self.say(ENDED.get(who, who), Pattern.STOPPED)
        try:
            self._live.finish()
            summary = self._live.summary()
        except Exception as e:
            log.exception("the end of the session failed")
            # The next start of the program closes it whole.
            self.opened.abandon()
            return Kept((f"{self.opened.id}: cannot be summed up now: {type(e).__name__}: {e}",))
        return self.opened.close(summary, who)

    def _seen(self, happened: Happened, start_t: float) -> None:
        if isinstance(happened, Segment) and happened.t_end is None:
            self._be(happened.kind, happened.t)
        elif isinstance(happened, Cue) and self._live.aloud:
            # A step that is long past is not what a runner would take it for.
            late = self._sounds.now() - happened.t_decision > LATE_S
            if not (happened.coaching and late):
                self._sounds.play(happened)
        self._shown(happened)

    def _be(self, kind: Activity | None, since: float) -> None:
        self._kind, self._since = kind, since


def state_at_end(earlier: Recorded) -> State:
    """Whether a session was running, paused, or paused by itself when it was interrupted."""
    state = State.RUNNING
    for event in earlier.events():
        status = status_of(event)
        if status is None:
            continue
        if status.request is Request.PAUSE:
            state = State.RESTING if status.pattern is None else State.PAUSED
        elif status.request is Request.RESUME:
            state = State.RUNNING
    return state
