"""Running, walking, standing and other, from steps, movement and the notes about running."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.activity.movement import WINDOW_S, Movement
from dsp.block import Mount, Side, Stream, join
from dsp.events import Activity, Event, FootStrike, Segment, WalkStep
from dsp.pipeline import Pipeline
from dsp.running import Running
from dsp.segments import HELD_BUSY_S, HELD_S, STOPPED_S, Note, Segments
from dsp.synth import Loss, Motion, Phase, Sensor, random_runner, synthesize, walk
from tests.thorough import examples

WAIST, SHOE = Stream(Mount.WAIST, 416.0), Stream(Mount.SHOE, 833.0, Side.LEFT)


def calm(t: float) -> Movement:
    return Movement(t, t + WINDOW_S, 0.01, radians(1.0), 1.0)


def slight(t: float) -> Movement:
    return Movement(t, t + WINDOW_S, 0.07, radians(5.0), 1.0)


def busy(t: float, turn_deg_s: float = 100.0) -> Movement:
    return Movement(t, t + WINDOW_S, 0.5, radians(turn_deg_s), 5.0)


def over(t: float) -> Movement:
    return Movement(t, t + WINDOW_S, 0.5, radians(100.0), 80.0)


def windows(start: float, end: float, make: Callable[[float], Movement] = calm) -> list[Movement]:
    count = round((end - start) / WINDOW_S)
    return [make(start + WINDOW_S * k) for k in range(count)]


def walk_step(t: float) -> WalkStep:
    return WalkStep(t, t + 0.1, Side.UNKNOWN)


def strikes(start: float, end: float) -> list[FootStrike]:
    """Running strikes every 0.36 s, decided at once but for the first three."""
    times = np.arange(start, end, 0.36)
    return [FootStrike(t, max(t + 0.02, start + 0.8), Side.UNKNOWN, 1.0) for t in times.tolist()]


def run(start: float, end: float) -> list[Note]:
    return [
        Running(start, start + 0.8, on=True),
        *strikes(start, end),
        Running(end, end + 0.8, on=False),
    ]


def told(events: Sequence[Note], stream: Stream = WAIST) -> list[tuple[Activity, float, float]]:
    """(kind, t, t_decision) rounded to ms."""
    out = Segments(stream).push(sorted(events, key=lambda e: e.t_decision))
    return [(e.kind, round(e.t, 3), round(e.t_decision, 3)) for e in out if isinstance(e, Segment)]


def test_two_still_seconds_are_standing_from_the_start() -> None:
    assert told(windows(0.0, 1.5)) == []
    assert told(windows(0.0, 2.0)) == [(Activity.STAND, 0.0, 2.0)]
    assert told(windows(0.0, 60.0)) == [(Activity.STAND, 0.0, 2.0)]


def test_motion_without_steps_is_other_after_three_seconds() -> None:
    assert told(windows(0.0, 2.5, busy)) == []
    assert told(windows(0.0, 60.0, busy)) == [(Activity.OTHER, 0.0, 3.0)]


def test_a_standing_body_that_stirs_for_three_of_five_seconds_does_something_else() -> None:
    got = told([*windows(0.0, 10.0), *windows(10.0, 13.0, busy), *windows(13.0, 30.0)])
    assert got == [
        (Activity.STAND, 0.0, 2.0),
        (Activity.OTHER, 10.0, 13.0),
        (Activity.STAND, 13.0, 16.0),
    ]


@pytest.mark.parametrize("pause_s", [2.5, 3.0, 6.0])
def test_a_fidget_at_the_traffic_light_is_still_standing(pause_s: float) -> None:
    events = windows(0.0, 5.0)
    for _ in range(8):
        t = events[-1].t_decision
        events += [*windows(t, t + 1.0, busy), *windows(t + 1.0, t + 1.0 + pause_s)]
    assert told(events) == [(Activity.STAND, 0.0, 2.0)]


def test_turning_over_is_other_at_once() -> None:
    got = told([*windows(0.0, 10.0), over(10.0), *windows(10.5, 20.0)])
    assert got == [
        (Activity.STAND, 0.0, 2.0),
        (Activity.OTHER, 10.0, 10.5),
        (Activity.STAND, 10.5, 13.5),
    ]


def test_ten_seconds_without_a_still_one_are_a_vehicle() -> None:
    got = told([*windows(0.0, 4.0), *windows(4.0, 30.0, slight)])
    assert got == [(Activity.STAND, 0.0, 2.0), (Activity.OTHER, 4.0, 14.0)]


def test_walking_begins_with_its_first_step_and_ends_two_seconds_after_its_last() -> None:
    steps = [WalkStep(t, 4.6, Side.UNKNOWN) for t in (3.0, 3.5, 4.0, 4.5)]
    got = told([*windows(0.0, 3.0), *steps, *windows(3.0, 5.0, busy), *windows(5.0, 12.0)])
    assert got == [
        (Activity.STAND, 0.0, 2.0),
        (Activity.WALK, 3.0, 4.6),
        (Activity.STAND, 4.5, 7.0),
    ]


def test_what_sways_without_turning_is_no_walk() -> None:
    def car(t: float) -> Movement:
        return busy(t, turn_deg_s=4.0)

    steps = [walk_step(t) for t in np.arange(3.2, 9.0, 0.55).tolist()]
    assert told([*windows(0.0, 10.0, car), *steps]) == [(Activity.OTHER, 0.0, 3.0)]
    walking = told([*windows(0.0, 10.0, busy), *steps])
    assert walking[1][0] is Activity.WALK


def test_running_begins_when_it_did_and_is_told_when_it_has_lasted() -> None:
    (kind, t, t_decision), *_ = told([*run(1.0, 9.0), *windows(0.0, 9.0, busy)])
    assert (kind, t) == (Activity.RUN, 1.0)
    assert 1.0 + HELD_S <= t_decision < 1.0 + HELD_S + 0.5


def test_strikes_are_passed_on_at_once_and_notes_are_not() -> None:
    events = sorted([*run(1.0, 9.0)], key=lambda e: e.t_decision)
    out = Segments(WAIST).push(events)
    assert [e for e in out if isinstance(e, FootStrike)] == strikes(1.0, 9.0)
    assert not any(isinstance(e, Running) for e in out)


def test_three_false_strikes_are_no_run() -> None:
    got = told([*windows(0.0, 10.0), *run(6.0, 7.4), *windows(10.0, 20.0)])
    assert got == [(Activity.STAND, 0.0, 2.0)]


def test_out_of_another_activity_a_run_must_last_longer() -> None:
    for seconds, expected in ((4.0, 1), (8.0, 2)):
        got = told([*windows(0.0, 18.0, busy), *run(8.0, 8.0 + seconds)])
        kinds = [kind for kind, _, _ in got]
        assert kinds == [Activity.OTHER, Activity.RUN][:expected]
        if expected == 2:
            assert got[1][1] == 8.0
            assert got[1][2] >= 8.0 + HELD_BUSY_S


def test_a_foot_that_pedals_does_not_run() -> None:
    def pedal(t: float) -> Movement:
        return busy(t, turn_deg_s=120.0)

    def stride(t: float) -> Movement:
        return busy(t, turn_deg_s=260.0)

    long_run = run(1.0, 40.0)
    assert told([*windows(0.0, 30.0, pedal), *long_run], SHOE) == [(Activity.OTHER, 0.0, 6.0)]
    got = told([*windows(0.0, 30.0, stride), *long_run], SHOE)
    assert [kind for kind, _, _ in got] == [Activity.RUN]


def test_a_shoe_whose_turning_is_not_measured_may_run() -> None:
    def unmeasured(t: float) -> Movement:
        return Movement(t, t + WINDOW_S, 2.0, None, 5.0)

    got = told([*windows(0.0, 20.0, unmeasured), *run(1.0, 20.0)], SHOE)
    assert [kind for kind, _, _ in got] == [Activity.RUN]


def test_standing_after_running_is_known_after_a_pause_and_begins_where_running_ended() -> None:
    events = [*run(1.0, 9.2), *windows(0.0, 9.5, busy), *windows(9.5, 20.0)]
    (_, stand) = told(events)
    assert stand[:2] == (Activity.STAND, 9.2)
    assert 9.2 + STOPPED_S <= stand[2] <= 9.2 + STOPPED_S + WINDOW_S


def test_who_fidgets_after_running_stands_since_running_ended() -> None:
    events = [*run(1.0, 9.0), *windows(0.0, 10.0, busy)]
    for t in (10.0, 12.0, 14.0, 16.0):
        events += [*windows(t, t + 0.5, busy), *windows(t + 0.5, t + 2.0)]
    assert [x[:2] for x in told(events)] == [(Activity.RUN, 1.0), (Activity.STAND, 9.0)]


def test_running_again_within_the_pause_is_the_same_running() -> None:
    events = [*run(1.0, 6.0), *run(7.5, 12.0), *windows(0.0, 12.0, busy)]
    assert [kind for kind, _, _ in told(events)] == [Activity.RUN]


def test_walking_after_running_begins_where_running_ended() -> None:
    for first in (5.9, 6.4):
        step = WalkStep(first, 7.5, Side.UNKNOWN)
        got = told([*run(1.0, 6.0), *windows(0.0, 8.0, busy), step])
        assert [x[:2] for x in got] == [(Activity.RUN, 1.0), (Activity.WALK, 6.0)]


def test_walk_steps_while_running_are_left_out() -> None:
    events: list[Note] = [*run(1.0, 6.0), walk_step(2.0), walk_step(4.0), *windows(0.0, 6.0, busy)]
    out = Segments(WAIST).push(sorted(events, key=lambda e: e.t_decision))
    assert not any(isinstance(e, WalkStep) for e in out)


def test_a_long_hole_in_a_run_is_other() -> None:
    hole = Running(9.0, 14.0, on=False, unseen=True)
    events = [*run(1.0, 9.0)[:-1], *windows(0.0, 9.0, busy), hole, *windows(14.0, 20.0)]
    got = told(events)
    assert got[1:] == [(Activity.OTHER, 9.0, 14.0), (Activity.STAND, 14.0, 17.0)]


notes = st.lists(
    st.tuples(st.floats(0.2, 4.0), st.sampled_from(["walk", "on", "off", "strike"])),
    min_size=1,
    max_size=25,
)
moves = st.lists(st.sampled_from([calm, slight, busy, over]), min_size=1, max_size=8)


@given(notes, moves)
@settings(max_examples=examples(40, 150))
def test_segments_come_in_order_and_each_is_another_activity_than_the_one_before(
    plan: list[tuple[float, str]], pattern: list[Callable[[float], Movement]]
) -> None:
    events: list[Note] = []
    now = 0.5
    for wait, kind in plan:
        now += wait
        if kind == "walk":
            events.append(WalkStep(now - 0.1, now, Side.UNKNOWN))
        elif kind == "strike":
            events.append(FootStrike(now - 0.1, now, Side.UNKNOWN, 1.0))
        else:
            events.append(Running(now - 0.4, now, on=kind == "on"))
    for k in range(int(2 * now) + 8):
        events.append(pattern[k % len(pattern)](0.5 * k))
    events.sort(key=lambda e: e.t_decision)
    out = [e for e in Segments(WAIST).push(events) if isinstance(e, Segment)]
    assert all(a.kind is not b.kind for a, b in pairwise(out))
    assert [e.t for e in out] == sorted(e.t for e in out)
    assert [e.t_decision for e in out] == sorted(e.t_decision for e in out)
    assert all(e.t <= e.t_decision for e in out)


def segments_of(events: Sequence[Event]) -> list[Segment]:
    return [e for e in events if isinstance(e, Segment) and e.t_end is None]


def test_segments_follow_what_a_runner_does() -> None:
    expected = [Activity.STAND, Activity.WALK, Activity.RUN, Activity.WALK, Activity.STAND]
    for seed in range(6):
        made = random_runner(np.random.default_rng(seed), 20.0)
        got = segments_of(Pipeline(made.stream).push(made.block))
        assert [e.kind for e in got] == expected[: len(got)]
        assert len(got) >= 4
        # Up to two seconds late at the end of a run, where braking steps still look like running.
        late_s = (0.1, 1.2, 1.8, 3.0, 2.5)
        for segment, edge, late in zip(got, made.truth.phase_t, late_s, strict=False):
            assert -1.0 < segment.t - edge < late


@pytest.mark.parametrize("mount", list(Mount))
def test_a_hole_of_a_second_and_a_half_in_a_run_leaves_it_one_run(mount: Mount) -> None:
    sensor = Sensor(acc_limit=320.0, gyr_limit=35.0, loss=Loss(gaps=((9.0, 1.5),)))
    phases = [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 16.0, 168.0)]
    made = synthesize(phases, sensor=sensor, mount=mount, seed=1)
    got = segments_of(Pipeline(made.stream).push(made.block))
    assert [e.kind for e in got] == [Activity.STAND, Activity.RUN]


@pytest.mark.parametrize("mount", list(Mount))
def test_nobody_knows_what_was_done_in_a_long_hole(mount: Mount) -> None:
    made = walk(30.0, mount=mount)
    later = replace(made.block, t=made.block.t + 600.0)
    events = Pipeline(made.stream).push(join([made.block, later]))
    hole = (float(made.block.t[-1]), 600.0)
    kinds = [s for s in events if isinstance(s, Segment) and s.t_end is None]
    at = [s for s in kinds if s.t <= sum(hole) / 2][-1]
    assert at.kind is Activity.OTHER
    assert at.t == pytest.approx(hole[0], abs=0.1)
    assert any(s.kind is Activity.WALK and s.t > 600.0 for s in kinds)
