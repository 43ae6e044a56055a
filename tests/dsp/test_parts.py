"""Warm-up, intervals, rests and cool-down, told once they are over."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from dsp.activity.movement import Movement
from dsp.activity.profile import Stretch
from dsp.block import Mount, Side, recut
from dsp.events import Activity, Segment, Step
from dsp.parts import OVER_S, Parts, parts
from dsp.pipeline import Pipeline
from dsp.synth import (
    SHOE_SENSOR,
    Motion,
    Phase,
    Sensor,
    SynthRun,
    easy_run,
    intervals,
    stop_and_go,
    synthesize,
)

STAND = Phase(Motion.STAND, 5.0)
WITHIN_S = 6.0
"""Two bins: steps of three seconds, and a pace that changes over two of them."""

Part = tuple[str, float, float]


def session(mount: Mount, *phases: Phase, seed: int = 1) -> SynthRun:
    sensor = SHOE_SENSOR if mount is Mount.SHOE else Sensor(rate_hz=208.0)
    return synthesize([STAND, *phases, STAND], mount=mount, sensor=sensor, seed=seed)


def told(made: SynthRun) -> list[Segment]:
    pipeline = Pipeline(made.stream)
    edges = range(0, len(made.block), 8000)
    events = [e for block in recut(made.block, edges) for e in pipeline.push(block)]
    events += pipeline.finish()
    return [e for e in events if isinstance(e, Segment) and e.t_end is not None]


def check(made: SynthRun, expected: Sequence[Part]) -> None:
    got = told(made)
    assert [e.kind.value for e in got] == [kind for kind, _, _ in expected]
    for event, (_, t, t_end) in zip(got, expected, strict=True):
        assert event.t == pytest.approx(t, abs=WITHIN_S)
        assert event.t_end == pytest.approx(t_end, abs=WITHIN_S)
        assert event.t_end is not None
        assert event.t_end <= event.t_decision


@pytest.mark.parametrize("mount", list(Mount))
def test_an_interval_session_has_all_its_parts(mount: Mount) -> None:
    edges = [105.0 + 60.0 * k for k in range(8)]
    middle = [("rest" if k % 2 else "interval", a, b) for k, (a, b) in enumerate(pairwise(edges))]
    # The last slow minute, the jog and the walk after it are the cool-down.
    check(
        intervals(seed=1, mount=mount),
        [("warm_up", 5.0, 105.0), *middle, ("cool_down", 525.0, 635.0)],
    )


@pytest.mark.parametrize("mount", list(Mount))
def test_running_and_walking_in_turn_are_intervals(mount: Mount) -> None:
    turn = (Phase(Motion.RUN, 40.0, 162.0), Phase(Motion.WALK, 40.0))
    edges = [5.0 + 40.0 * k for k in range(6)]
    check(
        session(mount, *turn, *turn, *turn),
        [("rest" if k % 2 else "interval", a, b) for k, (a, b) in enumerate(pairwise(edges))],
    )


@pytest.mark.parametrize("mount", list(Mount))
def test_twice_is_not_intervals(mount: Mount) -> None:
    turn = (Phase(Motion.RUN, 40.0, 162.0), Phase(Motion.WALK, 40.0))
    assert told(session(mount, *turn, *turn)) == []


@pytest.mark.parametrize("mount", list(Mount))
def test_a_slow_start_and_a_walk_home_are_warm_up_and_cool_down(mount: Mount) -> None:
    made = session(
        mount,
        Phase(Motion.RUN, 80.0, 156.0, speed=2.2),
        Phase(Motion.RUN, 120.0, 178.0, speed=3.9),
        Phase(Motion.WALK, 80.0),
    )
    check(made, [("warm_up", 5.0, 85.0), ("cool_down", 205.0, 285.0)])


@pytest.mark.parametrize("mount", list(Mount))
def test_a_steady_run_has_no_parts(mount: Mount) -> None:
    assert told(easy_run(150.0, mount=mount)) == []


@pytest.mark.parametrize("mount", list(Mount))
def test_traffic_lights_are_no_intervals(mount: Mount) -> None:
    for seed in range(3):
        assert told(stop_and_go(10, seed=seed, mount=mount)) == []


@pytest.mark.parametrize("mount", list(Mount))
def test_hills_are_no_intervals(mount: Mount) -> None:
    up = Phase(Motion.RUN, 40.0, 160.0, speed=2.3, slope_deg=6.0)
    down = Phase(Motion.RUN, 40.0, 167.0, speed=3.1, slope_deg=-6.0)
    assert told(session(mount, up, down, up, down, up, down, up)) == []


# What `parts` makes of stretches, without samples.


def alternating(*seconds: float, hard_first: bool = False) -> list[Stretch]:
    out, t = [], 0.0
    for k, length in enumerate(seconds):
        out.append(Stretch(t, t + length, (k % 2 == 0) is hard_first, length))
        t += length
    return out


def kinds(found: list[Stretch]) -> list[str]:
    return [kind.value for kind, _ in parts(found)]


def test_nothing_has_no_parts() -> None:
    assert kinds([]) == []


def test_a_warm_up_lasts_one_to_twenty_minutes() -> None:
    for seconds, expected in ((59.0, []), (60.0, ["warm_up"]), (1200.0, ["warm_up"]), (1201.0, [])):
        assert kinds(alternating(seconds, 900.0)) == expected


def test_a_cool_down_likewise() -> None:
    for seconds, expected in ((59.0, []), (60.0, ["cool_down"]), (1201.0, [])):
        assert kinds(alternating(900.0, seconds, hard_first=True)) == expected


def test_repeats_of_more_than_ten_minutes_are_no_intervals() -> None:
    three = [600.0, 120.0, 600.0, 120.0, 600.0]
    assert kinds(alternating(*three, hard_first=True)) == [
        "interval", "rest", "interval", "rest", "interval"
    ]  # fmt: skip
    assert kinds(alternating(*[601.0 if s == 600.0 else s for s in three], hard_first=True)) == []


def test_a_rest_of_more_than_ten_minutes_parts_two_rows_and_the_longer_one_counts() -> None:
    row = [60.0, 60.0, 60.0, 60.0, 60.0]
    found = alternating(*row, 700.0, *row, 60.0, 60.0, hard_first=True)
    got = parts(found)
    assert [kind for kind, _ in got].count(Activity.INTERVAL) == 4
    assert got[0][0] is Activity.INTERVAL  # an easy stretch after a first row is no warm-up
    assert got[0][1].t == found[6].t


# When they are told.


def step(t: float, cadence_spm: float = 165.0) -> Step:
    return Step(t, t + 0.4, t, Side.UNKNOWN, 1, 0.36, cadence_spm, active_g=2.0)


def window(t: float) -> Movement:
    return Movement(t - 0.5, t, 0.0, 0.0, 0.0)


WALK_THEN_RUN = [
    Segment(0.0, 2.0, Activity.WALK),
    Segment(70.0, 72.0, Activity.RUN),
    *[step(70.0 + 0.36 * k) for k in range(400)],
]


def test_parts_are_told_after_a_minute_without_a_step_and_once() -> None:
    stages = Parts()
    assert stages.push(WALK_THEN_RUN) == WALK_THEN_RUN
    stop = Segment(214.0, 217.0, Activity.STAND)
    assert stages.push([stop, window(214.0 + OVER_S - 0.1)]) == [stop]
    warm_up = Segment(0.0, 214.0 + OVER_S, Activity.WARM_UP, 70.0)
    assert stages.push([window(214.0 + OVER_S)]) == [warm_up]
    assert stages.push([window(400.0)]) == []
    assert stages.finish(500.0) == []


def test_the_end_of_the_stream_tells_them_at_its_last_sample() -> None:
    stages = Parts()
    stages.push(WALK_THEN_RUN)
    assert stages.finish(215.0) == [Segment(0.0, 215.0, Activity.WARM_UP, 70.0)]


def test_a_second_session_has_parts_of_its_own() -> None:
    stages = Parts()
    stages.push([*WALK_THEN_RUN, Segment(214.0, 217.0, Activity.STAND), window(300.0)])
    again: list[Segment | Step] = [
        Segment(1000.0, 1002.0, Activity.WALK),
        Segment(1100.0, 1102.0, Activity.RUN),
        *[step(1100.0 + 0.36 * k) for k in range(400)],
    ]
    stages.push(again)
    assert stages.finish(1245.0) == [Segment(1000.0, 1245.0, Activity.WARM_UP, 1100.0)]


def test_who_only_walks_has_no_parts() -> None:
    stages = Parts()
    stages.push([Segment(0.0, 2.0, Activity.WALK), Segment(500.0, 502.0, Activity.STAND)])
    assert stages.push([window(600.0)]) == []
    assert stages.finish(700.0) == []
