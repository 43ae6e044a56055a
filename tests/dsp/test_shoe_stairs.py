"""Stairs at the shoe are no walk: the foot's rise from stance to stance tells."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.activity.stairs import Climbing, Stairs, Way
from dsp.block import SampleBlock, Side, Stream
from dsp.events import Activity, Event, FootStrike, Segment, WalkStep
from dsp.pipeline import Pipeline
from dsp.synth import (
    SHOE_SENSOR,
    Loss,
    Motion,
    Phase,
    Sensor,
    SynthRun,
    random_rotation,
)
from dsp.units import STANDARD_GRAVITY
from tests.dsp.shoe_runs import BLIND, doing
from tests.dsp.test_activities import share
from tests.dsp.test_laws import assert_chunk_law, assert_prefix_law
from tests.real_data import found, name_of, needs_real_data, real

AT_416 = replace(SHOE_SENSOR, rate_hz=416.0)
STAND = Phase(Motion.STAND, 3.0)
UP, DOWN, LEVEL = Way.UP, Way.DOWN, Way.LEVEL


def stairs(rise_m: float, cadence_spm: float = 96.0, speed: float = 0.5) -> Phase:
    return Phase(Motion.STAIRS, 16.0, cadence_spm, speed=speed, rise_m=rise_m)


def events_of(stream: Stream, block: SampleBlock) -> list[Event]:
    return [*Pipeline(stream).push(block)]


def segments(run: SynthRun) -> list[Segment]:
    return [e for e in events_of(run.stream, run.block) if isinstance(e, Segment)]


@cache
def there_and_back(sensor: Sensor = AT_416) -> SynthRun:
    """Walking from 3 s, up from 13 s, walking from 29 s, down from 39 s, walking from 55 to 63 s;
    gait phases join without a stop."""
    walk = Phase(Motion.WALK, 10.0)
    phases = [STAND, walk, stairs(0.17), walk, stairs(-0.17), replace(walk, duration_s=8.0), STAND]
    return doing(phases, sensor=sensor)


def test_stairs_up_and_down_are_other_and_the_level_between_is_a_walk() -> None:
    told = segments(there_and_back())
    kinds = [s.kind for s in told[-6:]]
    walk, other = Activity.WALK, Activity.OTHER
    assert kinds == [walk, other, walk, other, walk, Activity.STAND]
    # From the first stride on the stairs, 1.2 s long, to the first whole one on the level.
    assert [s.t for s in told[-5:-1]] == pytest.approx([13.0, 29.0, 39.0, 55.0], abs=1.3)
    # Three strides, the step that ends the third one's stance, and the look at it.
    assert all(s.t_decision - s.t < 6.5 for s in told[-5:-1])


@pytest.mark.parametrize("way", [1.0, -1.0])
@pytest.mark.parametrize(
    ("rise_m", "cadence_spm", "speed"),
    [(0.15, 80.0, 0.4), (0.17, 110.0, 0.55), (0.20, 90.0, 0.45), (0.085, 90.0, 0.22)],
)
def test_any_stairs_are_other_in_any_mounting(
    rise_m: float, cadence_spm: float, speed: float, way: float
) -> None:
    rng = np.random.default_rng(round(1e3 * rise_m + cadence_spm))
    sensor = replace(
        AT_416,
        mounting=random_rotation(rng),
        acc_bias=(0.2, -0.2, 0.1),
        gyr_bias=(0.01, -0.01, 0.01),
    )
    phases = [STAND, Phase(Motion.WALK, 7.0), stairs(way * rise_m, cadence_spm, speed), STAND]
    run = doing(phases, sensor=sensor, side=Side.LEFT)
    told = segments(run)
    assert share(told, Activity.WALK, 5.5, 9.5) == 1.0
    assert share(told, Activity.OTHER, 11.5, 24.0) == 1.0
    assert told[-1].kind is Activity.STAND
    assert not any(isinstance(e, FootStrike) for e in events_of(run.stream, run.block))


def test_steps_on_stairs_are_still_told() -> None:
    run = there_and_back()
    steps = [e for e in events_of(run.stream, run.block) if isinstance(e, WalkStep)]
    truth = run.truth.strike_t[run.truth.left == (run.stream.side is Side.LEFT)]
    assert len(steps) == len(truth)


@pytest.mark.parametrize("slope", [-0.2, -0.05, 0.05, 0.2])
def test_walking_on_a_slope_is_a_walk(slope: float) -> None:
    # 20 % of a stride of 1.5 m are two stairs; only stairs are as steep as stairs.
    slope_deg = float(np.degrees(np.arctan(slope)))
    hill = Phase(Motion.WALK, 20.0, speed=1.4, slope_deg=slope_deg)
    told = segments(doing([STAND, hill, STAND], sensor=AT_416))
    assert share(told, Activity.WALK, 5.0, 22.0) > 0.95
    assert share(told, Activity.OTHER, 5.0, 23.0) == 0.0


def joined(first: SampleBlock, then: SampleBlock) -> SampleBlock:
    """One after the other."""
    assert first.gyr is not None
    assert then.gyr is not None
    return SampleBlock(
        np.concatenate([first.t, then.t + first.t[-1] + first.t[1] - then.t[0]]),
        np.concatenate([first.acc, then.acc]),
        np.concatenate([first.gyr, then.gyr]),
        np.concatenate([first.lost, then.lost]),
        np.concatenate([first.acc_clipped, then.acc_clipped]),
        np.concatenate([first.gyr_clipped, then.gyr_clipped]),
    )


def test_who_walks_after_standing_on_the_stairs_walks_until_he_climbs_again() -> None:
    climbed = doing([STAND, stairs(0.17), STAND], sensor=AT_416)
    walked = doing([STAND, Phase(Motion.WALK, 10.0), stairs(0.17)], sensor=AT_416)
    told = events_of(climbed.stream, joined(climbed.block, walked.block))
    found = [e for e in told if isinstance(e, Segment)]
    assert share(found, Activity.OTHER, 6.0, 17.5) == 1.0
    assert share(found, Activity.STAND, 20.0, 25.0) == 1.0
    assert share(found, Activity.WALK, 27.0, 34.0) == 1.0
    assert share(found, Activity.OTHER, 37.0, 50.0) == 1.0


def test_a_run_out_of_stairs_is_believed_as_soon_as_out_of_a_walk() -> None:
    def believed_s(first: Phase) -> float:
        run = doing([STAND, first, Phase(Motion.RUN, 10.0, 165.0)], sensor=AT_416)
        told = next(s for s in segments(run) if s.kind is Activity.RUN)
        return told.t_decision - told.t

    assert believed_s(stairs(0.17)) == pytest.approx(believed_s(Phase(Motion.WALK, 16.0)), abs=0.75)


def test_running_up_a_slope_is_running() -> None:
    hill = Phase(Motion.RUN, 15.0, 165.0, slope_deg=14.0)
    told = segments(doing([STAND, hill], sensor=AT_416))
    assert share(told, Activity.RUN, 4.0, 18.0) == 1.0


@pytest.mark.parametrize("sensor", [BLIND, replace(AT_416, rate_hz=62.5)])
def test_what_cannot_be_integrated_stays_a_walk(sensor: Sensor) -> None:
    told = segments(doing([STAND, Phase(Motion.WALK, 8.0), stairs(0.17)], sensor=sensor))
    assert share(told, Activity.WALK, 11.0, 25.0) > 0.9


def test_strides_that_are_clipped_say_nothing() -> None:
    # ±2 g cuts every heel strike of this runner.
    clipped = replace(AT_416, acc_limit=2.0 * STANDARD_GRAVITY)
    told = segments(there_and_back(clipped))
    assert Activity.OTHER not in [s.kind for s in told if s.t > 6.0]


def test_a_lost_sample_now_and_then_ends_no_stairs() -> None:
    lossy = replace(AT_416, loss=Loss(gaps=((18.3, 0.02), (22.1, 0.02), (44.2, 0.05))))
    told = segments(there_and_back(lossy))
    assert [s.kind for s in told] == [s.kind for s in segments(there_and_back())]


def test_both_laws_hold_on_stairs() -> None:
    phases = [Phase(Motion.WALK, 4.0), stairs(0.17), Phase(Motion.WALK, 6.0)]
    sensor = replace(SHOE_SENSOR, rate_hz=208.0, loss=Loss(gaps=((9.0, 0.02), (13.0, 0.3))))
    run = doing([*phases, stairs(-0.17), STAND], sensor=sensor)
    kinds = [s.kind for s in segments(run)]
    assert kinds.count(Activity.OTHER) >= 2
    recorded = run.stream, run.block
    for edges in (range(1, len(run.block)), range(4, len(run.block), 4), (1700, 1701)):
        assert_chunk_law(recorded, edges)
    assert_prefix_law(recorded)


@needs_real_data
@pytest.mark.parametrize("path", found("shoe-hallway/walk*.csv.gz"), ids=name_of)
def test_a_real_walk_on_the_level_is_a_walk_from_first_step_to_last(path: Path) -> None:
    recording = real(name_of(path))
    told = events_of(recording.header.stream, recording.block)
    steps = [e.t for e in told if isinstance(e, WalkStep)]
    kinds = [e for e in told if isinstance(e, Segment)]
    assert share(kinds, Activity.WALK, steps[0], steps[-1]) == 1.0


# The judgment alone: strides of one second.


def judged(*ways: Way | None) -> list[tuple[float, float, bool]]:
    climbing = Climbing()
    out: list[Stairs] = []
    for i, way in enumerate(ways):
        out += climbing.push(float(i), i + 1.5, way)
    return [(s.t, s.t_decision, s.on) for s in out]


def test_three_strides_one_way_are_stairs_and_two_on_the_level_are_not() -> None:
    assert judged(LEVEL, UP, UP) == []
    assert judged(LEVEL, UP, UP, UP, UP) == [(1.0, 4.5, True)]
    assert judged(UP, UP, LEVEL, UP, UP) == []
    assert judged(UP, UP, DOWN, DOWN) == []
    assert judged(DOWN, DOWN, DOWN, LEVEL, DOWN, LEVEL, LEVEL) == [
        (0.0, 3.5, True),
        (5.0, 7.5, False),
    ]


def test_whoever_turns_round_on_the_stairs_is_still_on_them() -> None:
    assert judged(UP, UP, UP, DOWN, DOWN, DOWN) == [(0.0, 3.5, True)]


def test_two_unknown_strides_neither_count_nor_break_and_three_end_it() -> None:
    assert judged(UP, None, None, UP, None, UP) == [(0.0, 6.5, True)]
    assert judged(UP, UP, None, None, None, UP) == []
    assert judged(UP, UP, UP, LEVEL, None, None, LEVEL)[1:] == [(3.0, 7.5, False)]
    assert judged(UP, UP, UP, None, None, None, None)[1:] == [(3.0, 6.5, False)]


def test_a_walk_that_begins_anew_is_on_no_stairs() -> None:
    climbing = Climbing()
    for i in range(3):
        climbing.push(float(i), i + 1.5, UP)
    assert climbing.restart(9.0, 9.5) == [Stairs(9.0, 9.5, on=False)]
    assert climbing.restart(20.0, 20.5) == []
    assert climbing.push(20.0, 21.5, UP) == []


@given(st.lists(st.sampled_from([UP, DOWN, LEVEL, None]), max_size=40))
def test_notes_alternate_in_order_and_begin_on_a_stride_known_by_then(
    ways: list[Way | None],
) -> None:
    notes = judged(*ways)
    assert [on for *_, on in notes] == [i % 2 == 0 for i in range(len(notes))]
    assert [t for t, *_ in notes] == sorted(t for t, *_ in notes)
    for t, t_decision, on in notes:
        rose = ways[int(t)] in (UP, DOWN)
        assert rose == on
        assert t < t_decision
