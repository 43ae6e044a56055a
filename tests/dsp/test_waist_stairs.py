"""Stairs at the waist are no walk: where they begin and end the body's vertical speed changes."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dsp.activity.stairs import Stairs
from dsp.block import Mount, SampleBlock, Stream
from dsp.events import Activity, Event, FootStrike, Segment, WalkStep
from dsp.grid import Grid
from dsp.pipeline import Pipeline
from dsp.synth import Loss, Motion, Phase, Sensor, SynthRun, random_rotation, synthesize
from dsp.waist.mount import WaistMount
from dsp.wearer import UNKNOWN
from tests.bench.second.activities import ACTIVITIES
from tests.bench.second.sensor import record, worn
from tests.dsp.test_activities import share
from tests.dsp.test_laws import assert_chunk_law, assert_prefix_law
from tests.real_data import found, name_of, needs_real_data, real

STAND = Phase(Motion.STAND, 3.0)
WALK = Phase(Motion.WALK, 8.0)
AT_208 = Sensor(rate_hz=208.0)


def stairs(rise_m: float, cadence_spm: float = 96.0, speed: float = 0.5) -> Phase:
    return Phase(Motion.STAIRS, 14.0, cadence_spm, speed=speed, rise_m=rise_m)


def events_of(stream: Stream, block: SampleBlock) -> list[Event]:
    return [*Pipeline(stream).push(block)]


def segments(run: SynthRun) -> list[Segment]:
    return [e for e in events_of(run.stream, run.block) if isinstance(e, Segment)]


def doing(phases: list[Phase], sensor: Sensor = AT_208, seed: int = 3) -> SynthRun:
    return synthesize(phases, mount=Mount.WAIST, sensor=sensor, seed=seed)


@cache
def there_and_back(sensor: Sensor = AT_208) -> SynthRun:
    """A walk from 3 s, up from 11 s, a walk from 25 s, down from 33 s, a walk from 47 to 55 s."""
    return doing([STAND, WALK, stairs(0.17), WALK, stairs(-0.17), WALK, STAND], sensor)


def test_stairs_up_and_down_are_other_and_the_level_between_is_a_walk() -> None:
    told = segments(there_and_back())[-6:]
    walk, other = Activity.WALK, Activity.OTHER
    assert [s.kind for s in told] == [walk, other, walk, other, walk, Activity.STAND]
    assert [s.t for s in told[1:5]] == pytest.approx([11.0, 25.0, 33.0, 47.0], abs=1.3)
    # Three steps beyond the two of the second stride, and the look at them.
    assert all(s.t_decision - s.t < 4.5 for s in told[1:5])


@pytest.mark.parametrize("way", [1.0, -1.0])
@pytest.mark.parametrize(
    ("rise_m", "cadence_spm", "speed"),
    [(0.15, 100.0, 0.45), (0.17, 110.0, 0.55), (0.2, 90.0, 0.45)],
)
def test_any_stairs_are_other_in_any_mounting(
    rise_m: float, cadence_spm: float, speed: float, way: float
) -> None:
    sensor = replace(
        AT_208,
        mounting=random_rotation(np.random.default_rng(round(cadence_spm))),
        acc_bias=(0.2, -0.2, 0.1),
        gyr_bias=(0.01, -0.01, 0.01),
    )
    run = doing([STAND, WALK, stairs(way * rise_m, cadence_spm, speed), STAND], sensor)
    told = segments(run)
    assert share(told, Activity.WALK, 5.5, 9.5) == 1.0
    assert share(told, Activity.OTHER, 12.5, 23.0) == 1.0
    assert told[-1].kind is Activity.STAND
    assert not any(isinstance(e, FootStrike) for e in events_of(run.stream, run.block))


def test_stairs_out_of_a_stand_are_seen() -> None:
    assert share(segments(doing([STAND, stairs(0.17), STAND])), Activity.OTHER, 5.5, 15.0) == 1.0


@pytest.mark.parametrize("slope", [-0.1, 0.1])
def test_walking_onto_a_slope_is_a_walk(slope: float) -> None:
    hill = replace(WALK, duration_s=12.0, speed=1.4, slope_deg=float(np.degrees(np.arctan(slope))))
    told = segments(doing([STAND, WALK, hill, WALK, STAND]))
    assert share(told, Activity.WALK, 5.0, 30.0) == 1.0


def test_without_a_gyro_they_stay_a_walk() -> None:
    told = segments(doing([STAND, WALK, stairs(0.17), STAND], replace(AT_208, gyr_axes="")))
    assert share(told, Activity.WALK, 7.0, 23.0) == 1.0


@pytest.mark.parametrize("name", ["walking slowly", "walking quickly", "stairs up"])
def test_people_of_another_generator_are_told_apart(name: str) -> None:
    other = 0.0
    for seed in range(3):
        rng = np.random.default_rng([11, len(name), seed])
        block = record(ACTIVITIES[name](rng), worn(rng), rng, 200.0)
        told = [e for e in events_of(Stream(Mount.WAIST, 200.0), block) if isinstance(e, Segment)]
        other += share(told, Activity.OTHER, 4.0, float(block.t[-1]) - 3.0) / 3.0
    # A quarter of the time on stairs is landings.
    assert other > 0.4 if name == "stairs up" else other < 0.05


def test_both_laws_hold_on_stairs() -> None:
    walk = replace(WALK, duration_s=6.0)
    sensor = replace(AT_208, rate_hz=104.0, loss=Loss(gaps=((15.0, 0.02), (28.0, 0.3))))
    up, down = replace(stairs(0.17), duration_s=8.0), replace(stairs(-0.17), duration_s=8.0)
    run = doing([STAND, walk, up, walk, Phase(Motion.RUN, 6.0, 165.0), walk, down, STAND], sensor)
    assert [s.kind for s in segments(run)].count(Activity.OTHER) >= 2
    recorded = run.stream, run.block
    for edges in (range(1, len(run.block)), range(4, len(run.block), 4), (1700, 1701)):
        assert_chunk_law(recorded, edges)
    assert_prefix_law(recorded)


@needs_real_data
@pytest.mark.parametrize("path", found("waist-walking/*.csv.gz"), ids=name_of)
def test_a_real_walk_on_the_level_goes_up_no_stairs(path: Path) -> None:
    recording = real(name_of(path))
    stream, mount = recording.header.stream, WaistMount(recording.header.stream, UNKNOWN)
    pieces, _ = Grid(stream).push(recording.block)
    told = [e for piece in pieces for e in mount.push(piece)]
    assert sum(isinstance(e, WalkStep) for e in told) > 8
    assert not any(isinstance(e, Stairs) for e in told)
