"""Presses of one button, told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.gesture import APART_S, HOLD_S, VERY_LONG_S, Gesture, Gestures


def pressed(*presses: tuple[float, float]) -> list[Gesture]:
    """The gestures of (down, up) times, asked for as a timer would."""
    gestures, out = Gestures(), []
    for down, up in presses:
        if (done := gestures.decided(down)) is not None:
            out.append(done)
        gestures.pressed(down)
        gestures.released(up)
    if (done := gestures.decided(presses[-1][1] + APART_S + 0.01)) is not None:
        out.append(done)
    return out


@pytest.mark.parametrize(
    ("presses", "gesture"),
    [
        ([(0.0, 0.1)], Gesture.PRESS),
        ([(0.0, 0.1), (0.3, 0.4)], Gesture.DOUBLE),
        ([(0.0, 0.1), (0.3, 0.4), (0.6, 0.7)], Gesture.TRIPLE),
        ([(0.0, 0.1), (0.3, 0.4), (0.6, 0.7), (0.9, 1.0)], Gesture.TRIPLE),
        ([(0.0, 2.5)], Gesture.HOLD),
        ([(0.0, 6.0)], Gesture.VERY_LONG),
        ([(0.0, 0.1), (0.3, 2.8)], Gesture.HOLD),
    ],
)
def test_presses_are_counted(presses: list[tuple[float, float]], gesture: Gesture) -> None:
    assert pressed(*presses) == [gesture]


def test_presses_far_apart_are_two_gestures() -> None:
    assert pressed((0.0, 0.1), (1.0, 1.1)) == [Gesture.PRESS, Gesture.PRESS]


def test_a_bouncing_contact_counts_once() -> None:
    gestures = Gestures()
    for t in (0.0, 0.004, 0.008):
        gestures.pressed(t)
        gestures.released(t + 0.002)
    gestures.released(0.15)
    gestures.pressed(0.153)
    gestures.released(0.156)
    assert gestures.decided(0.15 + APART_S + 0.01) is Gesture.PRESS


def test_nothing_is_decided_while_the_button_is_down_or_twice() -> None:
    gestures = Gestures()
    assert gestures.decided(0.0) is None
    gestures.pressed(1.0)
    assert gestures.decided(2.9) is None
    gestures.released(2.9)
    assert gestures.decided(3.0) is None
    assert gestures.decided(3.4) is Gesture.PRESS
    assert gestures.decided(9.0) is None


def test_whoever_holds_the_button_is_answered_before_letting_go_and_once() -> None:
    gestures = Gestures()
    gestures.pressed(1.0)
    assert gestures.due == 1.0 + HOLD_S
    assert gestures.decided(3.0) is Gesture.HOLD
    assert gestures.decided(4.0) is None
    assert gestures.due == 1.0 + VERY_LONG_S
    assert gestures.decided(6.1) is Gesture.VERY_LONG
    gestures.released(9.0)
    assert gestures.decided(10.0) is None


def test_a_hold_that_was_told_is_not_told_again_at_its_release() -> None:
    gestures = Gestures()
    gestures.pressed(1.0)
    assert gestures.decided(3.1) is Gesture.HOLD
    gestures.released(3.5)
    assert gestures.decided(9.0) is None


@given(st.lists(st.tuples(st.floats(0.03, 1.0), st.floats(0.5, 3.0)), min_size=1, max_size=8))
def test_every_press_ends_in_one_gesture(presses: list[tuple[float, float]]) -> None:
    t, times = 0.0, []
    for held, pause in presses:
        times.append((t, t + held))
        t += held + pause
    # Pauses of half a second and more: every press is a gesture of its own.
    assert len(pressed(*times)) == len(presses)
