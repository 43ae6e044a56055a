"""A gyro that is declared and says nothing: strikes are found without it."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.block import FloatArray, Mount, recut
from dsp.events import Activity, Event, FootStrike, Segment, Step, WalkStep
from dsp.gyro_watch import GyroWatch
from dsp.pipeline import Pipeline
from dsp.synth import SHOE_SENSOR, Sensor, SynthRun, easy_run, walk
from tests.dsp.shoe_runs import BLIND, read, running

SENSOR = replace(SHOE_SENSOR, rate_hz=208.0)


def zero(gyr: FloatArray) -> FloatArray:
    return np.zeros_like(gyr)


def constant(gyr: FloatArray) -> FloatArray:
    return np.full_like(gyr, 0.1234567)


def one_axis_stuck(gyr: FloatArray) -> FloatArray:
    out = gyr.copy()
    out[:, 1] = 0.3
    return out


FAULTS = pytest.mark.parametrize("fault", [zero, constant, one_axis_stuck])


def broken(run: SynthRun, fault, since: float = 0.0) -> SynthRun:  # type: ignore[no-untyped-def]
    block = run.block
    assert block.gyr is not None
    late = (block.t >= since)[:, np.newaxis]
    return replace(run, block=replace(block, gyr=np.where(late, fault(block.gyr), block.gyr)))


@FAULTS
def test_a_shoe_whose_gyro_is_dead_is_read_as_one_without_a_gyro(fault) -> None:  # type: ignore[no-untyped-def]
    got = read(broken(running(sensor=SENSOR), fault))
    without = read(running(sensor=replace(BLIND, rate_hz=208.0)))
    assert got.false == []
    # Two seconds of running show that it is dead; the rhythm is found after them.
    assert len(got.pairs) >= len(without.pairs) - 5
    assert max(s.confidence for s in got.strikes) <= 0.5
    assert all(s.stride_length_m is None for s in got.steps)


@FAULTS
def test_a_run_in_which_the_gyro_dies_is_found_again(fault) -> None:  # type: ignore[no-untyped-def]
    got = read(broken(running(30.0, sensor=SENSOR), fault, since=12.0))
    assert got.false == []
    assert len([s for s in got.strikes if s.t > 16.5]) >= len(got.truth_t[got.truth_t > 16.5])
    kinds = [e.kind for e in got.events if isinstance(e, Segment) and e.t < 30.0]
    assert kinds[-1] is Activity.RUN


@FAULTS
def test_cutting_a_stream_with_a_dead_gyro_elsewhere_changes_nothing(fault) -> None:  # type: ignore[no-untyped-def]
    run = broken(running(sensor=SENSOR), fault, since=8.0)
    whole = [*Pipeline(run.stream).push(run.block)]
    rng = np.random.default_rng(3)
    for edges in (range(0, len(run.block), 7), sorted(rng.integers(0, len(run.block), 40))):
        pipeline, cut = Pipeline(run.stream), list[Event]()
        for block in recut(run.block, [int(e) for e in edges]):
            cut += pipeline.push(block)
        assert cut == whole


@FAULTS
def test_at_the_waist_a_dead_gyro_costs_no_strike_and_no_walk_step(fault) -> None:  # type: ignore[no-untyped-def]
    for made in (easy_run(20.0, sensor=Sensor()), walk(20.0)):
        found = []
        for run in (made, broken(made, fault)):
            events = Pipeline(run.stream).push(run.block)
            found.append(
                [sum(isinstance(e, kind) for e in events) for kind in (FootStrike, Step, WalkStep)]
            )
        sound, dead = found
        assert sum(sound) > 20
        assert all(b >= a - 2 for a, b in zip(sound, dead, strict=True))


def test_a_working_gyro_is_never_called_dead() -> None:
    for run in (walk(20.0, mount=Mount.SHOE), running(), easy_run(20.0)):
        assert run.block.gyr is not None
        assert GyroWatch(run.stream.rate_hz).push(run.block.acc, run.block.gyr) is None


def test_a_dead_gyro_that_lies_still_is_not_noticed() -> None:
    still = np.full((2000, 3), 5.7)
    assert GyroWatch(200.0).push(still, np.zeros((2000, 3))) is None
    shaken = still + 5.0 * np.sin(np.arange(2000) / 10.0)[:, np.newaxis]
    assert GyroWatch(200.0).push(shaken, np.zeros((2000, 3))) == 200
