"""The life of a session, as a table: states, what happens, what is done. Pure.

docs/session-life.md shows it; it is drawn from this table.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What the device is about."""

    WAKING = "waking"
    """Started; the sensor is looked for."""
    ABSENT = "sensor absent"
    """No sensor, or a wrong one: looked for every 2 s."""
    IDLE = "idle"
    STARTING = "starting"
    """A session was asked for: the sensor is started and weighed."""
    RUNNING = "running"
    PAUSED = "paused"
    """By the runner, until the runner goes on."""
    RESTING = "resting"
    """Paused by itself, until the runner runs on."""
    CLOSING = "closing"
    """The session is put down; the device goes on."""
    SHUTTING_DOWN = "shutting down"
    """As CLOSING; then the computer is switched off."""
    LEAVING = "leaving"
    """As CLOSING; then the program ends."""
    OFF = "off"
    GONE = "gone"


class Event(StrEnum):
    """What happens to it."""

    PRESS = "press"
    DOUBLE = "double press"
    TRIPLE = "triple press"
    HOLD = "hold"
    VERY_LONG = "very long hold"
    START = "start asked for"
    STOP = "stop asked for"
    PAUSE = "pause asked for"
    RESUME = "resume asked for"
    SILENCE = "silence asked for"
    RAN = "running has lasted"
    """20 s in idle (auto start); after a pause by itself: again."""
    STOOD = "standing has lasted"
    """As long as auto pause says."""
    RESTED = "no running for long"
    """As long as auto stop says."""
    SENSOR_READY = "sensor ready"
    """It streams, and weighs 1 g if it is at rest."""
    SENSOR_LOST = "sensor lost"
    """It cannot be had, is the wrong one, or is gone."""
    CLOSED = "session put down"
    EMPTY = "battery empty"
    TERMINATE = "told to end"
    """SIGTERM: by systemd."""


class Action(StrEnum):
    """What is done about it, in order."""

    WAKE = "start the sensor"
    SLEEP = "let the sensor sleep"
    """Where auto start waits for running it streams on."""
    BEGIN = "begin a session"
    BEGIN_BEFORE = "begin a session with the last 90 s"
    GO_ON = "go on with the unfinished session"
    CLOSE = "close the session"
    PAUSE = "pause"
    REST = "pause by itself"
    RESUME = "go on"
    SILENCE = "coach silent, or again"
    METRONOME = "metronome, or none"
    SAY_LOST = "sound: sensor lost"
    SAY_STOPPED = "sound: stopped"
    POWER_OFF = "power off"


class Guard(StrEnum):
    """What must hold for a transition; the first of a state and event that holds is taken."""

    UNFINISHED = "an unfinished session may go on"
    UNFINISHED_PAUSED = "it may go on, and was paused"
    UNFINISHED_RESTING = "it may go on, and was paused by itself"
    SENSOR_GONE = "the sensor is gone"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row.

    Args:
        of: the state it leads from.
        on: what happens.
        to: the state it leads to.
        do: in this order.
        when: what must hold; None: nothing.
    """

    of: State
    on: Event
    to: State
    do: tuple[Action, ...] = ()
    when: Guard | None = None


CLOSING: Final = frozenset({State.CLOSING, State.SHUTTING_DOWN, State.LEAVING})
"""States in which it is put down."""
ENDS: Final = frozenset({State.OFF, State.GONE})
"""Nothing follows."""

SESSION: Final = (State.RUNNING, State.PAUSED, State.RESTING)
"""States with a session that is being recorded."""

S, E, A, G = State, Event, Action, Guard


def _rows() -> Iterable[Transition]:
    for state in (S.WAKING, S.ABSENT):
        yield Transition(state, E.SENSOR_READY, S.PAUSED, (A.GO_ON,), G.UNFINISHED_PAUSED)
        yield Transition(state, E.SENSOR_READY, S.RESTING, (A.GO_ON,), G.UNFINISHED_RESTING)
        yield Transition(state, E.SENSOR_READY, S.RUNNING, (A.GO_ON,), G.UNFINISHED)
        yield Transition(state, E.SENSOR_READY, S.IDLE, (A.SLEEP,))
    yield Transition(S.WAKING, E.SENSOR_LOST, S.ABSENT, (A.SAY_LOST,))
    for wish in (E.PRESS, E.START):
        yield Transition(S.WAKING, wish, S.STARTING)
        yield Transition(S.ABSENT, wish, S.ABSENT, (A.SAY_LOST,))
        yield Transition(S.IDLE, wish, S.STARTING, (A.WAKE,))
        yield Transition(S.PAUSED, wish, S.RUNNING, (A.RESUME,))
        yield Transition(S.RESTING, wish, S.RUNNING, (A.RESUME,))
    yield Transition(S.IDLE, E.SENSOR_LOST, S.ABSENT, (A.WAKE, A.SAY_LOST))
    yield Transition(S.IDLE, E.RAN, S.RUNNING, (A.BEGIN_BEFORE,))

    for guard in (G.UNFINISHED, G.UNFINISHED_PAUSED, G.UNFINISHED_RESTING):
        yield Transition(S.STARTING, E.SENSOR_READY, S.RUNNING, (A.GO_ON, A.RESUME), guard)
    yield Transition(S.STARTING, E.SENSOR_READY, S.RUNNING, (A.BEGIN,))
    yield Transition(S.STARTING, E.SENSOR_LOST, S.ABSENT, (A.SAY_LOST,))
    for wish in (E.HOLD, E.STOP):
        yield Transition(S.STARTING, wish, S.IDLE, (A.SLEEP, A.SAY_STOPPED))
        for state in SESSION:
            yield Transition(state, wish, S.CLOSING, (A.CLOSE,))
    for wish in (E.PRESS, E.PAUSE):
        yield Transition(S.RUNNING, wish, S.PAUSED, (A.PAUSE,))
    yield Transition(S.RESTING, E.PAUSE, S.PAUSED, (A.PAUSE,))
    for state in (S.PAUSED, S.RESTING):
        yield Transition(state, E.RESUME, S.RUNNING, (A.RESUME,))
    yield Transition(S.RUNNING, E.STOOD, S.RESTING, (A.REST,))
    yield Transition(S.RESTING, E.RAN, S.RUNNING, (A.RESUME,))
    for state in SESSION:
        for wish in (E.DOUBLE, E.SILENCE):
            yield Transition(state, wish, state, (A.SILENCE,))
        yield Transition(state, E.RESTED, S.CLOSING, (A.CLOSE,))
    yield Transition(S.RUNNING, E.TRIPLE, S.RUNNING, (A.METRONOME,))

    for state in (S.WAKING, S.ABSENT, S.IDLE, S.STARTING):
        for wish in (E.VERY_LONG, E.EMPTY):
            yield Transition(state, wish, S.OFF, (A.SLEEP, A.SAY_STOPPED, A.POWER_OFF))
        yield Transition(state, E.TERMINATE, S.GONE, (A.SLEEP,))
    for state in SESSION:
        for wish in (E.VERY_LONG, E.EMPTY):
            yield Transition(state, wish, S.SHUTTING_DOWN, (A.CLOSE,))
        yield Transition(state, E.TERMINATE, S.LEAVING, (A.CLOSE,))
    for state in (S.CLOSING, S.LEAVING):
        for wish in (E.VERY_LONG, E.EMPTY):
            yield Transition(state, wish, S.SHUTTING_DOWN, (A.SAY_STOPPED,))
    yield Transition(S.CLOSING, E.TERMINATE, S.LEAVING)
    yield Transition(S.CLOSING, E.CLOSED, S.ABSENT, (A.WAKE,), G.SENSOR_GONE)
    yield Transition(S.CLOSING, E.CLOSED, S.IDLE, (A.SLEEP,))
    yield Transition(S.SHUTTING_DOWN, E.CLOSED, S.OFF, (A.SLEEP, A.POWER_OFF))
    yield Transition(S.LEAVING, E.CLOSED, S.GONE, (A.SLEEP,))


TABLE: Final = tuple(_rows())


def answer(state: State, event: Event, holds: Collection[Guard] = ()) -> Transition:
    """What follows from `event` in `state`; what has no row changes nothing.

    Args:
        holds: the guards that hold now.
    """
    for row in TABLE:
        if row.of is state and row.on is event and (row.when is None or row.when in holds):
            return row
    return Transition(state, event, state)
