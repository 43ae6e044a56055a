"""The pipeline's contract: what it refuses, its order, and how it reports what was lost."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import Mount, SampleBlock, Stream, plain_block
from dsp.errors import GaitCoachError, StreamError
from dsp.events import Activity, Event, Gap, Segment
from dsp.pipeline import Pipeline
from dsp.synth import Loss, Motion, Phase, Sensor, SynthRun, easy_run, synthesize
from tests.thorough import examples


def run(mount: Mount = Mount.WAIST, **sensor: object) -> SynthRun:
    phases = [Phase(Motion.STAND, 3.0), Phase(Motion.RUN, 8.0), Phase(Motion.WALK, 4.0)]
    fitted = replace(Sensor(rate_hz=208.0), **sensor)  # type: ignore[arg-type]
    return synthesize(phases, mount=mount, sensor=fitted, seed=3)


def events_of(recorded: SynthRun) -> list[Event]:
    return Pipeline(recorded.stream).push(recorded.block)


@pytest.mark.parametrize("rate_hz", [0.0, -416.0, 24.9, 10_001.0, float("inf"), float("nan")])
def test_an_absurd_rate_is_refused_at_once(rate_hz: float) -> None:
    with pytest.raises(StreamError, match="must be 25 to 10000 Hz"):
        Pipeline(Stream(Mount.WAIST, rate_hz))


@pytest.mark.parametrize("rate_hz", [25.0, 26.0, 50.0, 10_000.0])
@pytest.mark.parametrize("mount", list(Mount))
def test_the_extreme_rates_are_taken(mount: Mount, rate_hz: float) -> None:
    t = np.arange(round(rate_hz * 3)) / rate_hz
    up = np.tile([0.0, 0.0, 9.81], (len(t), 1))
    out = Pipeline(Stream(mount, rate_hz)).push(plain_block(t, up, np.zeros_like(up)))
    assert [type(e) for e in out] == [Segment]


def test_a_gyro_that_was_declared_must_be_there_and_one_that_was_not_must_not() -> None:
    recorded = run()
    with pytest.raises(StreamError, match=r"block at 0\.000 s lacks a gyro"):
        Pipeline(recorded.stream).push(replace(recorded.block, gyr=None))
    without = replace(recorded.stream, has_gyro=False)
    with pytest.raises(StreamError, match=r"block at 0\.000 s has a gyro"):
        Pipeline(without).push(recorded.block)


@pytest.mark.parametrize("step_s", [0.0, -0.001, -100.0])
def test_times_that_do_not_increase_are_refused_within_and_between_blocks(step_s: float) -> None:
    recorded = run()
    t = recorded.block.t.copy()
    t[100] = t[99] + step_s
    block = replace(recorded.block, t=t)
    with pytest.raises(StreamError, match="times must increase"):
        Pipeline(recorded.stream).push(block)
    pipeline = Pipeline(recorded.stream)
    pipeline.push(block[:100])
    with pytest.raises(StreamError, match="times must increase"):
        pipeline.push(block[100:101])


def test_a_refusal_is_one_of_ours_and_a_value_error() -> None:
    assert issubclass(StreamError, GaitCoachError)
    assert issubclass(StreamError, ValueError)


def test_an_empty_block_says_nothing_and_changes_nothing() -> None:
    recorded = run()
    pipeline = Pipeline(recorded.stream)
    assert pipeline.push(recorded.block[:0]) == []
    out = pipeline.push(recorded.block[:700])
    out += pipeline.push(recorded.block[700:700])
    out += pipeline.push(recorded.block[700:])
    assert out == events_of(recorded)
    assert Pipeline(recorded.stream).finish() == []


@pytest.mark.parametrize("mount", list(Mount))
def test_standing_is_one_segment_and_nothing_else(mount: Mount) -> None:
    still = synthesize([Phase(Motion.STAND, 15.0)], mount=mount)
    (only,) = events_of(still)
    assert isinstance(only, Segment)
    assert (only.t, only.kind) == (0.0, Activity.STAND)
    assert only.t_decision == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("mount", list(Mount))
def test_events_come_in_order_of_decision_and_none_is_decided_before_it_happened(
    mount: Mount,
) -> None:
    recorded = run(mount, loss=Loss(single=0.002, gaps=((6.0, 0.3),)))
    out = events_of(recorded)
    decided = [e.t_decision for e in out]
    assert decided == sorted(decided)
    assert all(e.t <= e.t_decision for e in out)
    assert set(decided) <= set(recorded.block.t.tolist())


@given(
    single=st.floats(0.0, 0.3),
    gaps=st.lists(st.tuples(st.floats(0.1, 14.0), st.floats(0.01, 3.0)), max_size=4),
    shoe=st.booleans(),
    told=st.booleans(),
)
@settings(max_examples=examples(10, 25))
def test_gap_events_count_every_lost_sample_exactly(
    single: float, gaps: list[tuple[float, float]], shoe: bool, told: bool
) -> None:
    recorded = run(Mount.SHOE if shoe else Mount.WAIST, loss=Loss(single, gaps=tuple(gaps)))
    block = recorded.block
    if not told:
        block = replace(block, lost=np.zeros(len(block), dtype=np.int64))
    out = [e for e in Pipeline(recorded.stream).push(block) if isinstance(e, Gap)]
    expected = recorded.block.lost
    assert [g.t for g in out] == block.t[expected > 0].tolist()
    assert [g.lost for g in out] == expected[expected > 0].tolist()
    for gap in out:
        assert gap.t_decision == gap.t
        assert gap.duration_s == pytest.approx(gap.lost / recorded.stream.rate_hz, rel=1e-6)


def test_a_stream_starts_anywhere_in_time() -> None:
    recorded = run()
    later = replace(recorded.block, t=recorded.block.t + 4096.0)
    moved = Pipeline(recorded.stream).push(later)
    for a, b in zip(moved, events_of(recorded), strict=True):
        assert type(a) is type(b)
        assert a.t - 4096.0 == pytest.approx(b.t, abs=1e-6)


def test_pipelines_share_nothing() -> None:
    recorded = run()
    one, other = Pipeline(recorded.stream), Pipeline(recorded.stream)
    out = list[Event]()
    for a in range(0, len(recorded.block), 97):
        out += one.push(recorded.block[a : a + 97])
        other.push(recorded.block[a : a + 97])
    assert out == events_of(recorded)


def test_every_event_is_a_json_object_with_its_type_first() -> None:
    for mount in Mount:
        for event in events_of(run(mount, loss=Loss(gaps=((5.0, 0.05),)))):
            row = json.loads(json.dumps(event.as_dict()))
            assert next(iter(row)) == "type"
            assert row["type"] == event.type
            assert row["t"] == event.t
            assert row["t_decision"] == event.t_decision


@given(st.integers(0, 1000))
@settings(max_examples=examples(6, 15))
def test_noise_and_nonsense_never_raise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 3000
    t = np.cumsum(rng.choice([1e-4, 0.0048, 0.0096, 0.3, 9.0], n, p=[0.1, 0.8, 0.06, 0.03, 0.01]))
    acc = rng.normal(0.0, rng.choice([0.0, 1.0, 50.0, 1e4]), (n, 3))
    gyr = rng.normal(0.0, rng.choice([0.0, 1.0, 30.0]), (n, 3))
    block = SampleBlock(
        t, acc, gyr, rng.poisson(0.05, n), rng.random(n) < 0.01, rng.random(n) < 0.01
    )
    for mount in Mount:
        out = Pipeline(Stream(mount, 208.0)).push(block)
        assert [e.t_decision for e in out] == sorted(e.t_decision for e in out)
        assert all(np.isfinite(e.t) for e in out)


def test_a_time_that_is_no_number_is_refused() -> None:
    recorded = run()
    t = recorded.block.t.copy()
    t[100] = np.nan
    with pytest.raises(StreamError, match="times must increase"):
        Pipeline(recorded.stream).push(replace(recorded.block, t=t))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_sample_that_is_no_number_is_refused_with_its_time(bad: float) -> None:
    made = easy_run(5.0)
    acc = made.block.acc.copy()
    acc[1000, 1] = bad
    with pytest.raises(StreamError, match=r"acc at 2\.40\d s is not a number"):
        Pipeline(made.stream).push(replace(made.block, acc=acc))
