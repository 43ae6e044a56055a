"""The tempo and the next steps, from strikes at either mount."""

import pytest

from dsp.block import Side
from dsp.events import FootStrike
from feedback.footfalls import BREAK_S, Footfalls


def strike(t: float, to_next_s: float | None) -> FootStrike:
    next_t = None if to_next_s is None else t + to_next_s
    return FootStrike(t, t + 0.03, Side.UNKNOWN, 1.0, next_t=next_t)


def run(feet: Footfalls, times: list[float], to_next_s: float | None) -> None:
    for t in times:
        feet.push(strike(t, to_next_s))


def test_a_step_at_the_waist_is_one_step() -> None:
    feet = Footfalls()
    run(feet, [0.36 * i for i in range(40)], 0.36)
    assert feet.slow_s == pytest.approx(0.36)
    assert feet.recent_s == pytest.approx(0.36)
    assert feet.expected == pytest.approx((40 * 0.36,))


@pytest.mark.parametrize("stride_s", [0.52, 0.72])
def test_a_stride_at_the_shoe_is_two_steps(stride_s: float) -> None:
    feet = Footfalls()
    feet.inferred()
    run(feet, [stride_s * i for i in range(40)], stride_s)
    assert feet.slow_s == pytest.approx(stride_s / 2)
    assert feet.recent_s == pytest.approx(stride_s / 2)
    assert feet.expected == pytest.approx((39.5 * stride_s, 40 * stride_s))


def test_what_is_slower_than_any_step_is_a_stride() -> None:
    feet = Footfalls()
    run(feet, [0.72 * i for i in range(20)], 0.72)
    assert feet.slow_s == pytest.approx(0.36)


def test_missed_strikes_do_not_slow_the_tempo() -> None:
    feet = Footfalls()
    run(feet, [0.36 * i for i in range(60) if i % 7], 0.36)
    assert feet.slow_s == pytest.approx(0.36)
    assert feet.recent_s == pytest.approx(0.36)


def test_the_tempo_begins_anew_after_a_break() -> None:
    feet = Footfalls()
    run(feet, [0.36 * i for i in range(40)], 0.36)
    later = 39 * 0.36 + BREAK_S + 0.1
    assert not feet.push(strike(later, None))
    assert feet.slow_s is None
    assert feet.recent_s is None
    assert feet.expected == ()


def test_a_lost_rhythm_leaves_no_wrong_tempo() -> None:
    feet = Footfalls()
    run(feet, [0.36 * i for i in range(40)], 0.36)
    run(feet, [40 * 0.36, 41 * 0.36, 42 * 0.36], None)
    assert feet.recent_s is None
    run(feet, [0.36 * i for i in range(43, 80)], 0.36)
    assert feet.recent_s == pytest.approx(0.36)
    assert feet.slow_s == pytest.approx(0.36)
