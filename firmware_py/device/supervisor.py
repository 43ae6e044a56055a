"""The main loop of the service: what happens goes into the machine, what it says is done.

Everything comes in one queue: samples and reports of the feed, the button, the laptop, the battery.
The loop waits for that queue alone; what may take long (the card, at a session's end) is done
beside it.
"""

import logging
from typing import Final

from drivers.backlog import Backlog
from drivers.chunk import Chunk
from drivers.notes import Note, SensorLost
from dsp.errors import GaitCoachError
from firmware_py.config import Config
from firmware_py.device.current import Current
from firmware_py.device.feed import Feed
from firmware_py.device.items import Absent, Crashed, Happens, Item, Reload, Report, Started, Word
from firmware_py.device.led import Code, code_of
from firmware_py.device.lookout import KEPT_S, Lookout
from firmware_py.device.machine import ENDS, SESSION, Action, Event, Guard, State, answer
from firmware_py.device.parts import REMARKS, SAID, Parts
from firmware_py.device.sessions import Sessions

log = logging.getLogger(__name__)

LOOK_UP_S: Final = 0.5
"""How long it waits before it looks whether it is told to end."""
FASTEST_HZ: Final = 1000.0
"""No sensor sends more; bounds what may wait in the queue."""
STARTED_S: Final = 2.0
"""A session that the button begins holds what was streamed while the sensor was weighed."""


class Supervisor:
    """Owns the main thread.

    Args:
        parts: what it works with.
        config: how.

    Raises:
        ConfigError: the runner's own patterns cannot be used.
    """

    def __init__(self, parts: Parts, config: Config) -> None:
        self.inbox = Backlog[Item](FASTEST_HZ)
        self.state = State.WAKING
        self.session = ""
        """The session under way, by its id; "": none."""
        self._parts = parts
        self._config = config
        self._feed = Feed(parts.source, self.inbox.put, parts.poll_s, config.cues.realtime)
        self._sounds = parts.sounds(config.cues)
        self._sessions = Sessions(
            parts.shelf, parts.source, parts.shown, parts.beside, self._no_room
        )
        self._started: Started | None = None
        self._lookout: Lookout | None = None
        self._who = "button"
        self._gone = False
        self._troubles: set[Code] = set()
        self._reload = self._terminated = False

    @property
    def sensor(self) -> str | None:
        """The sensor that streams, for people; None: none does."""
        started = self._started
        return None if started is None else started.attached.name

    def run(self) -> State:
        """Until it is told to end; OFF: the computer is to be switched off."""
        parts = self._parts
        self._sessions.look_back()
        self._feed.stream()
        self._feed.start()
        self._show()
        parts.watchdog.ready()
        try:
            while self.state not in ENDS:
                self._once()
        finally:
            parts.watchdog.stopping()
            self._feed.close(self.inbox)
            self._sessions.abandon()
            self._sounds.close()
        return self.state

    def _once(self) -> None:
        current = self._sessions.current
        behind = current is not None and current.behind
        try:
            item = self.inbox.get(0.0 if behind else LOOK_UP_S)
        except TimeoutError:
            self._look(None)
            return
        try:
            self._look(self._take(item))
        finally:
            self.inbox.done()

    def _take(self, item: Chunk | Item | None) -> float | None:
        """Takes an item; its time, if it is the feed's sign of life."""
        match item:
            case Chunk():
                self._stream(item)
                return item.host_time
            case Report(t=t):
                return t
            case Started():
                self._started = item
                self._watch(weighed=False)
                return item.t
            case Absent(t=t, because=because):
                self._started = self._lookout = None
                self._lost(because)
                return t
            case Crashed(error=error):
                raise error
            case Happens(event=event, who=who):
                self._happens(event, who)
            case Word():
                self._tell(item)
            case Reload():
                self._reload = True
            case None:
                pass
            case _:
                self._stream(item)
                self._gone = False
                if isinstance(item, SensorLost):
                    self._lost(item.because)
                return item.host_time
        return None

    def _no_room(self, warning: str) -> None:
        log.warning("%s", warning)
        self.inbox.put(Word(warning, trouble=Code.STORAGE))

    def _stream(self, item: Chunk | Note) -> None:
        if self._sessions.current is not None:
            self._sessions.current.take(item)
        elif self._lookout is not None:
            self._lookout.take(item)

    def _look(self, t: float | None) -> None:
        """After every item: works on, and sees what has come due."""
        if self._parts.told_to_end() and not self._terminated:
            self._terminated = True
            self._happens(Event.TERMINATE, "command")
        if self._sessions.current is not None:
            self._look_at_session(self._sessions.current, t)
        elif self._lookout is not None:
            self._look_out(self._lookout)
        if self._reload and self.state in (State.IDLE, State.ABSENT):
            self._reread()
        if t is not None:
            self._sessions.redate(t)
            self._parts.watchdog.worked_off(t)
        self._show()

    def _look_at_session(self, current: Current, t: float | None) -> None:
        current.work()
        if current.storage_failed:
            self._troubles.add(Code.STORAGE)
        due = current.due(self.state, t) if t is not None else None
        if due is not None:
            self._happens(due, "auto")

    def _look_out(self, lookout: Lookout) -> None:
        if lookout.wrong is not None:
            self._started = self._lookout = None
            self._feed.drop()
            self._lost(lookout.wrong)
        elif lookout.ready and self.state in (State.WAKING, State.ABSENT, State.STARTING):
            self._gone = False
            self._happens(Event.SENSOR_READY, self._who)
        elif lookout.ran and self.state is State.IDLE:
            self._happens(Event.RAN, "auto")

    def _lost(self, because: str) -> None:
        if not self._gone:
            log.warning("no sensor: %s", because)
        self._gone = True
        self._happens(Event.SENSOR_LOST, self._who)

    def _happens(self, event: Event, who: str) -> None:
        row = answer(self.state, event, self._holds(event))
        if row.to is not self.state:
            log.info("%s: %s, now %s", self.state, event, row.to)
        if row.to is State.STARTING and self.state is not State.STARTING:
            self._who = who
        self.state = row.to
        for action in row.do:
            self._do(action, who)

    def _holds(self, event: Event) -> set[Guard]:
        holds = {Guard.SENSOR_GONE} if self._gone else set()
        if event is Event.SENSOR_READY and (guard := self._sessions.may_go_on) is not None:
            holds |= {Guard.UNFINISHED, guard}
        return holds

    def _do(self, action: Action, who: str) -> None:
        match action:
            case Action.WAKE:
                self._wake()
            case Action.SLEEP:
                self._sleep()
            case Action.BEGIN:
                self._begin(self._who, STARTED_S)
            case Action.BEGIN_BEFORE:
                self._begin("auto", KEPT_S)
            case Action.GO_ON:
                self._go_on()
            case Action.CLOSE:
                self._close(who)
            case Action.PAUSE | Action.RESUME | Action.SILENCE | Action.METRONOME | Action.REST:
                if self._sessions.current is not None:
                    self._sessions.current.ask(REMARKS[action])
            case Action.SAY_LOST | Action.SAY_STOPPED:
                self._sounds.say(*SAID[action])
            case Action.POWER_OFF:
                # Whoever runs us does it, when everything is closed.
                pass

    def _tell(self, word: Word) -> None:
        self._troubles.discard(word.over or Code.IDLE)
        if word.trouble is not None:
            self._troubles.add(word.trouble)
        if self._sessions.current is not None:
            self._sessions.current.say(word.text, word.pattern)
        elif word.pattern is not None:
            self._sounds.say(word.pattern, word.text)

    def _watch(self, *, weighed: bool, armed: bool = True) -> None:
        if self._started is not None:
            auto = self._config.device.auto_start
            self._lookout = Lookout(self._started, weighed=weighed, watches=auto, armed=armed)

    def _wake(self) -> None:
        if self._started is None:
            self._feed.stream()

    def _sleep(self) -> None:
        if self._config.device.auto_start and self.state not in ENDS:
            return
        self._feed.sleep()
        self._started = self._lookout = None

    def _begin(self, who: str, before_s: float) -> None:
        assert self._started is not None
        items = self._last(before_s)
        self._sessions.begin(self._started, self._config, who, items, self._sounds)
        self._taken_on()

    def _go_on(self) -> None:
        assert self._started is not None
        items = self._last(STARTED_S)
        self._sessions.go_on(self._started, self._config, items, self._sounds)
        self._taken_on()

    def _last(self, seconds: float) -> list[Chunk | Note]:
        lookout, self._lookout = self._lookout, None
        return [] if lookout is None else lookout.last(seconds)

    def _taken_on(self) -> None:
        current = self._sessions.current
        self.session = "" if current is None else current.opened.id
        self._troubles.discard(Code.STORAGE)

    def _close(self, who: str) -> None:
        self._watch(weighed=not self._gone, armed=who not in ("button", "link"))
        self._sessions.close(who, lambda: self.inbox.put(Happens(Event.CLOSED, who)))

    def _reread(self) -> None:
        """Takes a new configuration; one that cannot be is told, and the old one stays."""
        self._reload = False
        before = self._config
        try:
            self._config = self._parts.reread()
            if self._config.cues != before.cues:
                self._sounds.close()
                self._sounds = self._parts.sounds(self._config.cues)
        except GaitCoachError as e:
            self._config = before
            log.warning("the old configuration stays: %s", e)
            return
        if self._config.sensor != before.sensor:
            self._started = self._lookout = None
            self._feed.drop()
        if self.state is State.IDLE:
            # Auto start may be wanted now, or not any more.
            (self._wake if self._config.device.auto_start else self._sleep)()

    def _show(self) -> None:
        troubles = self._troubles | ({Code.SENSOR} if self._gone else set())
        self._parts.show(code_of(self.state, troubles))
        session = self.session if self.state in SESSION else ""
        self._parts.watchdog.status(", ".join(filter(None, (self.state, session))))
