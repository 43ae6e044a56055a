"""Running, walking and standing, from steps and the notes that running began or ended."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import FloatArray, Mount, Side
from dsp.events import Activity, Event, FootStrike, Segment, WalkStep
from dsp.pipeline import Pipeline
from dsp.running import Running
from dsp.segments import STILL_S, STOPPED_S, Segments
from dsp.synth import Loss, Motion, Phase, Sensor, random_runner, synthesize

PERIOD_S = 0.01


def times(start: float, end: float) -> FloatArray:
    return PERIOD_S * np.arange(
        round(start / PERIOD_S), round(end / PERIOD_S) + 1, dtype=np.float64
    )


def walk_step(t: float) -> WalkStep:
    return WalkStep(t, round((t + 0.1) / PERIOD_S) * PERIOD_S, Side.UNKNOWN)


def on(t: float, t_decision: float) -> Running:
    return Running(t, t_decision, on=True)


def off(t: float, t_decision: float) -> Running:
    return Running(t, t_decision, on=False)


def segments(events: Sequence[Event | Running], end: float) -> list[tuple[Activity, float, float]]:
    """(kind, t, t_decision) rounded to ms."""
    out = Segments().push(events, times(0.0, end))
    found = [e for e in out if isinstance(e, Segment)]
    return [(e.kind, round(e.t, 3), round(e.t_decision, 3)) for e in found]


def test_nothing_for_two_seconds_is_standing_from_the_start() -> None:
    assert STILL_S == 2.0
    assert segments([], 1.99) == []
    assert segments([], 2.0) == [(Activity.STAND, 0.0, 2.0)]
    assert segments([], 60.0) == [(Activity.STAND, 0.0, 2.0)]


def test_walking_begins_with_its_first_step_and_ends_two_seconds_after_its_last() -> None:
    steps = [walk_step(t) for t in (3.0, 3.5, 4.0, 4.5)]
    assert segments(steps, 8.0) == [
        (Activity.STAND, 0.0, 2.0),
        (Activity.WALK, 3.0, 3.1),
        (Activity.STAND, 4.5, 6.6),
    ]


def test_running_begins_when_it_did_not_when_it_was_known() -> None:
    assert segments([on(1.0, 1.8)], 5.0) == [(Activity.RUN, 1.0, 1.8)]


def test_standing_after_running_is_known_after_a_pause_and_begins_where_running_ended() -> None:
    got = segments([on(1.0, 1.8), off(5.0, 5.8)], 12.0)
    assert got == [(Activity.RUN, 1.0, 1.8), (Activity.STAND, 5.0, 5.0 + STOPPED_S)]


def test_a_late_end_of_running_is_standing_at_once_but_never_decided_before_it_was_known() -> None:
    got = segments([on(1.0, 1.8), off(5.0, 9.5)], 12.0)
    assert got[1] == (Activity.STAND, 5.0, 9.5)


def test_running_again_within_the_pause_is_the_same_running() -> None:
    got = segments([on(1.0, 1.8), off(5.0, 5.8), on(6.5, 7.2)], 12.0)
    assert got == [(Activity.RUN, 1.0, 1.8)]


def test_walking_after_running_begins_where_it_was_seen_and_never_before_running_ended() -> None:
    for first, expected in ((4.9, 5.0), (5.2, 5.2)):
        step = WalkStep(first, 5.7, Side.UNKNOWN)
        got = segments([on(1.0, 1.8), off(5.0, 5.6), step], 6.0)
        assert got == [(Activity.RUN, 1.0, 1.8), (Activity.WALK, expected, 5.7)]


def test_walk_steps_while_running_are_left_out() -> None:
    out = Segments().push([on(1.0, 1.8), walk_step(2.0), walk_step(2.5)], times(0.0, 4.0))
    assert not any(isinstance(e, WalkStep) for e in out)
    out = Segments().push([walk_step(2.0)], times(0.0, 4.0))
    assert sum(isinstance(e, WalkStep) for e in out) == 1


def test_other_events_pass_in_their_place_and_notes_do_not() -> None:
    strike = FootStrike(1.7, 1.8, Side.LEFT, 1.0)
    out = Segments().push([on(1.0, 1.8), strike], times(0.0, 3.0))
    assert out == [Segment(1.0, 1.8, Activity.RUN), strike]


def test_a_decision_is_a_sample_also_when_none_falls_on_the_deadline() -> None:
    t = np.array([0.0, 0.7, 1.4, 2.1, 2.8])
    (only,) = Segments().push([], t)
    assert only.t_decision == 2.1


notes = st.lists(
    st.tuples(st.floats(0.2, 4.0), st.sampled_from(["walk", "on", "off"])), min_size=1, max_size=15
)


@given(notes, st.lists(st.integers(1, 3000), max_size=15))
@settings(max_examples=80, deadline=None)
def test_cuts_change_no_segment(plan: list[tuple[float, str]], edges: list[int]) -> None:
    events: list[WalkStep | Running] = []
    now = 0.5
    for wait, kind in plan:
        now = round((now + wait) / PERIOD_S) * PERIOD_S
        if kind == "walk":
            events.append(WalkStep(now - 0.1, now, Side.UNKNOWN))
        else:
            events.append(Running(now - 0.4, now, on=kind == "on"))
    t = times(0.0, now + 4.0)
    whole = Segments().push(events, t)
    cut, out = Segments(), list[Event]()
    bounds = [0, *sorted({e for e in edges if e < len(t)}), len(t)]
    for a, b in pairwise(bounds):
        here = [e for e in events if t[a] <= e.t_decision and e.t_decision <= t[b - 1]]
        out += cut.push(here, t[a:b])
    assert out == whole
    assert [e.t_decision for e in whole] == sorted(e.t_decision for e in whole)


def test_segments_follow_what_a_runner_does() -> None:
    expected = [Activity.STAND, Activity.WALK, Activity.RUN, Activity.WALK, Activity.STAND]
    for seed in range(6):
        run = random_runner(np.random.default_rng(seed), 20.0)
        events = Pipeline(run.stream).push(run.block)
        got = [e for e in events if isinstance(e, Segment)]
        assert [e.kind for e in got] == expected[: len(got)]
        assert len(got) >= 4
        # Up to two seconds late at the end of a run, where braking steps still look like running.
        late_s = (0.1, 1.2, 1.8, 3.0, 2.5)
        for segment, edge, late in zip(got, run.truth.phase_t, late_s, strict=False):
            assert -1.0 < segment.t - edge < late


@pytest.mark.parametrize("mount", list(Mount))
def test_a_hole_of_a_second_and_a_half_in_a_run_leaves_it_one_run(mount: Mount) -> None:
    sensor = Sensor(acc_limit=320.0, gyr_limit=35.0, loss=Loss(gaps=((9.0, 1.5),)))
    phases = [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 16.0, 168.0)]
    run = synthesize(phases, sensor=sensor, mount=mount, seed=1)
    got = [e for e in Pipeline(run.stream).push(run.block) if isinstance(e, Segment)]
    assert [e.kind for e in got] == [Activity.STAND, Activity.RUN]
