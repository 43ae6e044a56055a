"""The table of a session's life: nothing unanswered, nothing lost, and drawn as it is."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.device.diagram import drawn
from firmware_py.device.machine import (
    CLOSING,
    ENDS,
    SESSION,
    TABLE,
    Action,
    Event,
    Guard,
    State,
    answer,
)

BEGINNINGS = (Action.BEGIN, Action.BEGIN_BEFORE, Action.GO_ON)
GUARDS = [frozenset(), *(frozenset({g}) for g in Guard), frozenset(Guard)]
STEPS = st.lists(
    st.tuples(st.sampled_from(list(Event)), st.sampled_from(GUARDS)), min_size=1, max_size=40
)


def test_the_page_is_drawn_from_the_table() -> None:
    page = Path(__file__).parents[2] / "docs/session-life.md"
    told = page.read_text(encoding="utf-8")
    for part in drawn():
        assert f"\n\n{part}\n\n" in told, "python -m firmware_py.device.diagram"


def test_no_row_is_shadowed_by_an_earlier_one() -> None:
    seen: set[object] = set()
    for row in TABLE:
        assert (row.of, row.on, row.when) not in seen
        assert (row.of, row.on, None) not in seen, "an unguarded row hides what follows"
        seen.add((row.of, row.on, row.when))


def test_every_event_is_answered_in_every_state_and_the_ends_are_left_by_none() -> None:
    for state, event, holds in product(State, Event, GUARDS):
        row = answer(state, event, holds)
        assert row.of is state
        assert row.to in State
        if state in ENDS:
            assert row.to is state
            assert row.do == ()


@pytest.mark.parametrize("event", [Event.VERY_LONG, Event.EMPTY])
@pytest.mark.parametrize("state", [s for s in State if s not in ENDS])
def test_from_everywhere_a_long_hold_or_an_empty_battery_ends_in_power_off(
    state: State, event: Event
) -> None:
    row = answer(state, event)
    done = list(row.do)
    if row.to in CLOSING:
        last = answer(row.to, Event.CLOSED)
        done += last.do
        row = last
    elif state is State.SHUTTING_DOWN:
        row = answer(state, Event.CLOSED)
        done += row.do
    assert row.to is State.OFF
    assert done[-1] is Action.POWER_OFF
    assert (Action.CLOSE in done) == (state in SESSION)


@given(STEPS)
def test_no_session_is_lost_begun_twice_or_acted_upon_when_there_is_none(
    steps: list[tuple[Event, frozenset[Guard]]],
) -> None:
    state, recording, closing = State.WAKING, False, False
    for event, holds in steps:
        if event is Event.CLOSED and not closing:
            continue
        row = answer(state, event, holds)
        for action in row.do:
            if action in BEGINNINGS:
                assert not recording
                assert not closing
                recording = True
            elif action is Action.CLOSE:
                assert recording
                recording, closing = False, True
            elif action in (Action.PAUSE, Action.REST, Action.RESUME, Action.SILENCE):
                assert recording
            elif action is Action.POWER_OFF:
                assert not recording
        closing = closing and event is not Event.CLOSED
        state = row.to
        assert recording == (state in SESSION)
        assert closing == (state in CLOSING)


@given(STEPS)
def test_wherever_it_has_come_to_a_press_or_a_hold_leads_to_a_session_or_off(
    steps: list[tuple[Event, frozenset[Guard]]],
) -> None:
    state = State.WAKING
    for event, holds in steps:
        state = answer(state, event, holds).to
    while state not in ENDS:
        before = state
        for event in (Event.CLOSED, Event.SENSOR_READY, Event.PRESS, Event.SENSOR_READY):
            state = answer(state, event).to
        if state in SESSION:
            state = answer(answer(state, Event.HOLD).to, Event.VERY_LONG).to
            state = answer(state, Event.CLOSED).to
            assert state is State.OFF
        assert state is not before
