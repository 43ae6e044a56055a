"""The two laws that replay, live and simulation rest on, through the pipeline and the whole line.

Chunk law: cutting the samples elsewhere changes no event and no cue, bit for bit. Prefix law: the
samples up to and including a `t_decision` yield that event or cue, unchanged and in its place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp.block import Mount, SampleBlock, Side, Stream, recut
from dsp.events import Event
from dsp.pipeline import Pipeline
from dsp.synth import (
    UPRIGHT,
    Loss,
    Motion,
    Phase,
    Runner,
    Sensor,
    random_rotation,
    random_runner,
    synthesize,
    tilted,
)
from dsp.units import STANDARD_GRAVITY
from feedback.cue import Cue
from feedback.settings import FeedbackSettings
from firmware_py.config import Config
from firmware_py.line import Line
from firmware_py.trace.header import TraceHeader
from tests.real_data import needs_real_data, real
from tests.thorough import examples

LAWS = settings(max_examples=examples(10, 25), suppress_health_check=[HealthCheck.too_slow])
EAGER = Config(
    FeedbackSettings(
        cadence_target_spm=200.0,
        cadence_baseline_spm=190.0,
        waist_impact_limit_g=0.2,
        warm_up_s=0.0,
        settle_s=0.0,
        persistence_s=2.0,
        cooldown_s=5.0,
    )
)
"""A coach who speaks within seconds, so that short examples hold cues."""

OTHERS = [m for m in Motion if m not in (Motion.RUN, Motion.WALK, Motion.STAND)]
Happened = Event | Cue
Recorded = tuple[Stream, SampleBlock]


class Stage(Protocol):
    """The pipeline or the whole line."""

    def push(self, block: SampleBlock) -> Sequence[Happened]: ...
    def finish(self) -> Sequence[Happened]: ...


def line(stream: Stream) -> Stage:
    header = TraceHeader(
        stream.mount,
        stream.rate_hz,
        "synthetic",
        side=stream.side,
        gyr_axes="xyz" if stream.has_gyro else "",
    )
    return Line(header, EAGER)


STAGES: dict[str, Callable[[Stream], Stage]] = {"pipeline": Pipeline, "line": line}


def told(stage: Stage, blocks: Iterable[SampleBlock], *, finish: bool = True) -> list[Happened]:
    out = [e for block in blocks for e in stage.push(block)]
    return [*out, *stage.finish()] if finish else out


def assert_chunk_law(recorded: Recorded, edges: Iterable[int]) -> None:
    stream, block = recorded
    cuts = list(edges)
    for name, make in STAGES.items():
        assert told(make(stream), recut(block, cuts)) == told(make(stream), [block]), name


def assert_prefix_law(recorded: Recorded) -> None:
    """Stops after every deciding sample: all that it decides is there, and nothing else is."""
    stream, block = recorded
    for name, make in STAGES.items():
        whole = told(make(stream), [block], finish=False)
        decided = np.array([e.t_decision for e in whole])
        assert np.all(np.diff(decided) >= 0.0), name
        stops = np.unique(decided)
        at = np.searchsorted(block.t, stops)
        assert np.array_equal(block.t[at], stops), name
        stage = make(stream)
        got: list[Happened] = []
        for stop, piece in zip(stops, recut(block, at + 1), strict=False):
            got += stage.push(piece)
            assert got == whole[: np.searchsorted(decided, stop, side="right")], name


def assert_prefix_of_one(recorded: Recorded, which: int) -> None:
    """The prefix law to the letter for one event: its samples in one block, and no finish."""
    stream, block = recorded
    whole = told(line(stream), [block], finish=False)
    if whole:
        k = which % len(whole)
        end = int(np.searchsorted(block.t, whole[k].t_decision, side="right"))
        got = told(line(stream), [block[:end]], finish=False)
        assert got[: k + 1] == whole[: k + 1]


@st.composite
def phases(draw: st.DrawFn) -> list[Phase]:
    kinds = st.sampled_from([Motion.RUN] * 4 + [Motion.WALK] * 2 + [Motion.STAND] * 2 + OTHERS)
    out = [Phase(Motion.STAND, 0.5)]
    for kind in draw(st.lists(kinds, min_size=1, max_size=4)):
        seconds = draw(st.floats(1.0, 8.0))
        if kind is Motion.RUN:
            a, b = draw(st.floats(145.0, 205.0)), draw(st.floats(145.0, 205.0))
            out.append(Phase(kind, seconds, a, b, speed=draw(st.floats(2.2, 4.5))))
        else:
            out.append(Phase(kind, seconds))
    return out


@st.composite
def losses(draw: st.DrawFn) -> Loss:
    gap = st.tuples(st.floats(0.0, 20.0), st.sampled_from([0.02, 0.09, 0.12, 0.5, 1.5, 4.0]))
    return Loss(
        single=draw(st.sampled_from([0.0, 0.0, 0.002, 0.1])),
        bursts_per_min=draw(st.sampled_from([0.0, 0.0, 20.0])),
        gaps=tuple(draw(st.lists(gap, max_size=3))),
    )


@st.composite
def sensors(draw: st.DrawFn, rates: Sequence[float]) -> Sensor:
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    mounting = draw(st.sampled_from([UPRIGHT, tilted(25.0, -20.0, 140.0), random_rotation(rng)]))
    return Sensor(
        rate_hz=draw(st.sampled_from(rates)),
        rate_error=draw(st.sampled_from([0.0, 0.0, -0.03, 0.03])),
        mounting=mounting,
        acc_limit=draw(st.sampled_from([2.0, 4.0, 16.0, 32.0])) * STANDARD_GRAVITY,
        acc_axes=draw(st.sampled_from(["xyz", "xyz", "xyz", "xz", "z"])),
        gyr_axes=draw(st.sampled_from(["xyz", "xyz", "", "y"])),
        loss=draw(losses()),
    )


@st.composite
def recordings(draw: st.DrawFn) -> Recorded:
    """Anything a waist or shoe sensor may record in up to half a minute."""
    seed = draw(st.integers(0, 2**16))
    shoe = draw(st.booleans())
    if not shoe and draw(st.integers(0, 3)) == 0:
        run = random_runner(np.random.default_rng(seed), 8.0)
        return run.stream, run.block
    run = synthesize(
        draw(phases()),
        runner=Runner(
            strike_angle_deg=draw(st.sampled_from([14.0, 0.0, -8.0])),
            softness=draw(st.sampled_from([0.2, 0.8])),
            jitter=draw(st.sampled_from([0.012, 0.04])),
            belt_ring_g=draw(st.sampled_from([0.0, 0.0, 0.5])),
        ),
        sensor=draw(sensors((100.0, 208.0, 416.0, 833.0, 1000.0))),
        mount=Mount.SHOE if shoe else Mount.WAIST,
        side=draw(st.sampled_from([Side.LEFT, Side.RIGHT])),
        seed=seed,
    )
    stream, block = run.stream, run.block
    if draw(st.booleans()):
        # What the times say and what is declared need not agree, and clocks jitter.
        rng = np.random.default_rng(seed)
        period = 1.0 / stream.rate_hz
        t = block.t + rng.uniform(-0.45, 0.45, len(block)) * period * draw(st.floats(0.0, 1.0))
        block = replace(block, t=t, lost=np.where(rng.random(len(block)) < 0.8, block.lost, 0))
    return stream, block


@st.composite
def cuts(draw: st.DrawFn, n: int) -> list[int]:
    """Some cuts anywhere, even blocks, and a stretch of blocks of one sample."""
    anywhere = draw(st.lists(st.integers(1, max(1, n - 1)), max_size=12))
    size = draw(st.sampled_from([0, 4, 8, 41, 1700]))
    single = draw(st.integers(0, n))
    return [
        *anywhere,
        *(range(size, n, size) if size else ()),
        *range(single, min(single + 150, n)),
    ]


@given(recordings(), st.data())
@LAWS
def test_cutting_the_samples_elsewhere_changes_nothing(
    recorded: Recorded, data: st.DataObject
) -> None:
    assert_chunk_law(recorded, data.draw(cuts(len(recorded[1]))))


@given(recordings(), st.integers(0, 10_000))
@LAWS
def test_the_samples_up_to_a_decision_yield_it(recorded: Recorded, which: int) -> None:
    assert_prefix_law(recorded)
    assert_prefix_of_one(recorded, which)


@pytest.mark.parametrize("mount", list(Mount))
@pytest.mark.parametrize("gyr_axes", ["xyz", ""])
def test_both_laws_hold_sample_by_sample(mount: Mount, gyr_axes: str) -> None:
    recorded = eventful(mount, gyr_axes)
    assert_chunk_law(recorded, range(1, len(recorded[1])))
    assert_prefix_law(recorded)


@pytest.mark.parametrize("mount", list(Mount))
@pytest.mark.parametrize("gyr_axes", ["xyz", ""])
def test_the_examples_hold_every_kind_of_event_and_coaching_cues(
    mount: Mount, gyr_axes: str
) -> None:
    # Laws about nothing hold always: this is what the test before stands on.
    stream, block = eventful(mount, gyr_axes)
    types = {e.type for e in told(Pipeline(stream), [block]) if isinstance(e, Event)}
    # Six seconds of walking are hardly seen at a shoe without a gyro.
    hard = mount is Mount.SHOE and not gyr_axes
    assert types | ({"walk_step"} if hard else set()) == {
        "foot_strike", "step", "walk_step", "gap", "segment"
    }  # fmt: skip
    cues = [e for e in told(line(stream), [block]) if isinstance(e, Cue)]
    assert {c.coaching for c in cues} == {True, False}


@cache
def eventful(mount: Mount, gyr_axes: str) -> Recorded:
    """Walking, running with short and long holes and clipping, a stop, running again: 100 Hz."""
    run = synthesize(
        [
            Phase(Motion.WALK, 6.0),
            Phase(Motion.RUN, 11.0, 165.0),
            Phase(Motion.STAND, 4.5),
            Phase(Motion.RUN, 6.0, 172.0),
        ],
        sensor=Sensor(
            rate_hz=100.0 if mount is Mount.WAIST else 208.0,
            acc_limit=(2.4 if mount is Mount.WAIST else 12.0) * STANDARD_GRAVITY,
            gyr_axes=gyr_axes,
            loss=Loss(single=0.01, gaps=((12.0, 0.06), (14.0, 0.4))),
        ),
        mount=mount,
        seed=4,
    )
    return run.stream, run.block


REAL = [
    "sacrum-treadmill/trial11",
    "shoe-hallway/run-2017-11-27-11-11-24",
    "shoe-hallway/run-SensorConnectData_35",
    "shoe-hobby/run",
    "waist-walking/walk-ha001-test11-trial1",
]


@cache
def recorded_by_others(name: str) -> Recorded:
    recording = real(name)
    block = recording.block
    end = int(np.searchsorted(block.t, block.t[0] + examples(20, 40)))
    return recording.header.stream, block[:end]


@needs_real_data
@pytest.mark.parametrize("name", REAL)
def test_cutting_a_real_recording_elsewhere_changes_nothing(name: str) -> None:
    recorded = recorded_by_others(name)
    n = len(recorded[1])
    rng = np.random.default_rng(1)
    for edges in (range(1, n), range(4, n, 4), rng.integers(1, n, 20).tolist()):
        assert_chunk_law(recorded, edges)


@needs_real_data
@pytest.mark.parametrize("name", REAL)
def test_the_samples_of_a_real_recording_up_to_a_decision_yield_it(name: str) -> None:
    recorded = recorded_by_others(name)
    assert_prefix_law(recorded)
    for which in range(0, 200, examples(74, 37)):
        assert_prefix_of_one(recorded, which)
