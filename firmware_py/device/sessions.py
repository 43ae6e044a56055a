"""The sessions of the service: begun, gone on with, put down beside the main loop."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from drivers.chunk import Chunk
from drivers.notes import Note
from dsp.errors import ConfigError, GaitCoachError
from firmware_py.coaching import configured
from firmware_py.config import Config
from firmware_py.device.current import Current, state_at_end
from firmware_py.device.feed import Source
from firmware_py.device.items import Started
from firmware_py.device.machine import Guard, State
from firmware_py.device.sounds import Sounds
from firmware_py.hooks import Happened
from firmware_py.live_session import ASKED
from firmware_py.programme.due import Due, due, usual
from firmware_py.replay import open_recorded
from firmware_py.sensor.header import header_for
from firmware_py.session.status import Request
from firmware_py.store.recovery import Unfinished
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import day_of
from firmware_py.trace.header import TraceHeader

log = logging.getLogger(__name__)

Items = Sequence[Chunk | Note]

GUARDS: Final = {
    State.RUNNING: Guard.UNFINISHED,
    State.PAUSED: Guard.UNFINISHED_PAUSED,
    State.RESTING: Guard.UNFINISHED_RESTING,
}
REDATE_S: Final = 60.0
BREATHER_S: Final = 0.2
MOST_PARTS: Final = 10
"""What ends the program every time must not do so for ever."""


class Sessions:
    """Makes sessions and puts them down; used by the main loop.

    Args:
        shelf: where they are kept.
        source: where the sensor comes from.
        shown: called with every event and cue of a session.
        beside: runs a function beside the main loop.
        warned: told when the card has no room for another recording; from any thread.
    """

    def __init__(
        self,
        shelf: Shelf,
        source: Source,
        shown: Callable[[Happened], object],
        beside: Callable[[Callable[[], None]], object],
        warned: Callable[[str], object],
    ) -> None:
        self.current: Current | None = None
        """The one under way."""
        self._shelf = shelf
        self._source = source
        self._shown = shown
        self._beside = beside
        self._warned = warned
        self._unfinished: Unfinished | None = None
        self._at_end = State.RUNNING
        self._redate_at = 0.0
        self._calm = threading.Event()
        self._calm.set()

    def look_back(self) -> None:
        """At the start of the program: what it was about when it was interrupted."""
        try:
            self._unfinished = self._shelf.unfinished()
            if self._unfinished is not None:
                trace = open_recorded(self._unfinished.folder)
                self._at_end = state_at_end(trace)
                # Known again without a rest: the runner runs on.
                self._source.expect(trace.header.chip)
        except (GaitCoachError, OSError) as e:
            log.warning("what was recorded before cannot be gone on with: %s", e)
            self._unfinished = None
        if self._unfinished is not None and self._unfinished.record.parts >= MOST_PARTS:
            log.warning("%s has been interrupted too often to go on", self._unfinished.id)
            self._unfinished = None
        self._close_others()

    def redate(self, t: float) -> None:
        """Once a minute between sessions, `t` in s: a network sets the clock without a word."""
        if self.current is None and t >= self._redate_at:
            self._redate_at = t + REDATE_S
            self._beside(self._shelf.correct_dates)

    @property
    def may_go_on(self) -> Guard | None:
        """Whether the interrupted session may go on, and as what; None: there is none, any more."""
        if self._unfinished is None:
            return None
        now = self._shelf.unfinished()
        if now is None or now.id != self._unfinished.id:
            self._give_up()
            return None
        return GUARDS[self._at_end]

    def begin(
        self, started: Started, config: Config, who: str, items: Items, sounds: Sounds
    ) -> None:
        """A new session.

        Args:
            started: the sensor.
            who: what begins it.
            items: what it begins with.
            sounds: what it is heard by.
        """
        session_due = self._due(config, started)
        for told in session_due.told:
            log.warning("%s", told)
        coaching = configured(config, session_due.plan)
        header = header_for(
            started.attached,
            self._source.origin,
            started.calibration,
            self._source.notes,
            config.runner,
            coaching,
        )
        opened = self._shelf.begin(header, who, session_due)
        self._calm.clear()
        self.current = Current(opened, config, coaching, config.device, sounds, self._shown)
        how = "the session has begun by itself" if who == "auto" else "the session has begun"
        self.current.begin_with(items, how)

    def go_on(self, started: Started, config: Config, items: Items, sounds: Sounds) -> None:
        """The interrupted session, in its next part; a new one where that cannot be."""
        unfinished, self._unfinished = self._unfinished, None
        assert unfinished is not None
        try:
            earlier = open_recorded(unfinished.folder)
            opened = self._shelf.resume(unfinished, self._next_header(started, unfinished.header))
        except (GaitCoachError, OSError) as e:
            log.warning("a new session begins: %s", e)
            self._close_others()
            self.begin(started, config, "auto", items, sounds)
            if self._at_end is not State.RUNNING and self.current is not None:
                self.current.ask(replace(ASKED[Request.PAUSE], pattern=None))
            return
        self._calm.clear()
        self.current = Current(
            opened, config, None, config.device, sounds, self._shown, goes_on=unfinished
        )
        self.current.go_on_from(earlier, self._at_end)
        for item in items:
            self.current.take(item)

    def close(self, who: str, done: Callable[[], object]) -> None:
        """Puts the session down beside the main loop, then calls `done`."""
        current, self.current = self.current, None
        assert current is not None

        def put_down() -> None:
            try:
                for problem in current.close(who).problems:
                    log.warning("%s", problem)
            except Exception:
                log.exception("closing the session failed; the next start closes it whole")
            finally:
                self._calm.set()
                done()
            self._make_room()

        self._beside(put_down)

    def abandon(self) -> None:
        """By a mistake of ours the program ends: the next start goes on with the session."""
        if self.current is not None:
            self.current.opened.abandon()

    def _due(self, config: Config, started: Started) -> Due:
        unix_s, trusted = self._shelf.wall.now()
        day = day_of(unix_s) if trusted else None
        folder = Path(self._shelf.base)
        try:
            found = due(config.programme, folder, day, usual(config), started.attached.mount.value)
        except ConfigError as e:
            return Due(None, told=(f"{e}; this run is no session of it",))
        if config.feedback is not None and not config.feedback.coaching:
            # Without cues it is no session of a programme.
            found = replace(found, file=None)
        return found

    def _next_header(self, started: Started, first: TraceHeader) -> TraceHeader:
        """Of the next part: this sensor as it is now, the runner and the coach as at the begin."""
        now = header_for(
            started.attached, self._source.origin, started.calibration, self._source.notes
        )
        return replace(now, runner=first.runner, coaching=first.coaching)

    def _give_up(self) -> None:
        self._unfinished = None
        self._close_others()

    def _close_others(self) -> None:
        """Closes whole what was interrupted, but for the session that may go on."""
        keep = self._unfinished

        def close() -> None:
            try:
                for told in self._shelf.close_unfinished(keep, self._breathe):
                    log.info("%s", told)
            except (GaitCoachError, OSError) as e:
                log.warning("sessions of before cannot be closed: %s", e)
            self._make_room()

        self._beside(close)

    def _make_room(self) -> None:
        """Now, and not when the next session begins and everybody waits."""
        try:
            warning = self._shelf.make_room().warning
        except (GaitCoachError, OSError) as e:
            log.warning("the card's room cannot be told: %s", e)
            return
        if warning is not None and self.current is None:
            self._warned(warning)

    def _breathe(self) -> None:
        """Summing up an old session must not delay the cues of a new one."""
        while not self._calm.wait(BREATHER_S):
            pass
