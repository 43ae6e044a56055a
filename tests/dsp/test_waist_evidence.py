"""What is no running body at the waist, and how sure a strike is."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.block import FloatArray, Mount, Stream, plain_block
from dsp.events import FootStrike
from dsp.pipeline import Pipeline
from dsp.synth import (
    Loss,
    Motion,
    Phase,
    Sensor,
    SynthRun,
    daily_life,
    random_runner,
    stop_and_go,
    synthesize,
    walk,
)
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.matching import match
from tests.bench.waist_strikes import WINDOW_S, bouncier, strikes
from tests.dsp.test_waist_rules import RATE_HZ, bouncing
from tests.real_data import found as found_recordings
from tests.real_data import name_of, needs_real_data, real

LATE_S = 0.045
WALKS = [name_of(path) for path in found_recordings("waist-walking/*.csv.gz")]


def found(run: SynthRun) -> list[FootStrike]:
    return strikes(run.stream, run.block)


def strikes_of(acc_g: FloatArray, gyr: FloatArray | None = None) -> int:
    """How many strikes the pipeline finds in (n, 3) specific force, g."""
    t = np.arange(len(acc_g)) / RATE_HZ
    stream = Stream(Mount.WAIST, RATE_HZ, has_gyro=gyr is not None)
    events = Pipeline(stream).push(plain_block(t, STANDARD_GRAVITY * acc_g, gyr))
    return sum(isinstance(e, FootStrike) for e in events)


def upright(vertical: FloatArray) -> FloatArray:
    acc = np.zeros((len(vertical), 3))
    acc[:, 2] = vertical
    return acc


def test_the_bouncing_body_that_the_next_tests_spoil_runs() -> None:
    assert strikes_of(upright(bouncing(10.0))) >= 25


def test_what_sways_more_than_it_bounces_does_not_run() -> None:
    acc = upright(bouncing(10.0))
    acc[:, 0] = 1.6 * (acc[:, 2] - 1.0)
    assert strikes_of(acc) == 0


def test_nothing_pulls_a_runner_down() -> None:
    # The same rhythm and bounce, but 1 g deeper: a hand.
    assert strikes_of(upright(1.0 + 2.4 * (bouncing(10.0) - 1.0))) == 0


def test_a_body_that_turns_over_between_two_steps_does_not_run() -> None:
    acc = upright(bouncing(10.0))
    angle = np.radians(90.0) * np.arange(len(acc)) / RATE_HZ
    turned = np.column_stack([np.sin(angle) * acc[:, 2], acc[:, 1], np.cos(angle) * acc[:, 2]])
    assert strikes_of(turned) == 0


def test_steps_that_bounce_twice_as_much_as_the_next_are_no_run() -> None:
    vertical = bouncing(10.0)
    period = round(0.36 * RATE_HZ)
    second = np.arange(len(vertical)) // period % 2 == 1
    for share, runs in ((0.75, True), (0.42, False)):
        uneven = np.where(second, 1.0 + share * (vertical - 1.0), vertical)
        assert (strikes_of(upright(uneven)) > 0) is runs


def test_a_wrist_turns_more_than_a_pelvis() -> None:
    acc = upright(bouncing(10.0))
    swing = np.sin(2 * np.pi * 2.8 * np.arange(len(acc)) / RATE_HZ)
    for rate, runs in ((2.0, True), (7.0, False)):
        gyr = np.zeros_like(acc)
        gyr[:, 1] = rate * swing
        assert (strikes_of(acc, gyr) > 0) is runs


def test_a_foot_that_lands_at_the_height_of_the_push_walks() -> None:
    t = np.arange(round(10.0 * RATE_HZ)) / RATE_HZ
    phase = t % 0.42 / 0.42
    wave = 1.0 - 0.5 * np.cos(2 * np.pi * phase)
    for at, runs in ((0.05, True), (0.45, False)):
        shock = 0.5 * np.exp(-(((phase - at) * 0.42 / 0.008) ** 2))
        assert (strikes_of(upright(wave + shock)) > 0) is runs


def test_twenty_days_without_running_have_no_strike() -> None:
    # Days the limits were chosen with: others are not all silent (docs/detection.md).
    for seed in range(20):
        assert found(daily_life(seed=seed)) == []


def test_shaking_it_by_hand_for_minutes_hardly_ever_looks_like_running() -> None:
    phases = [Phase(Motion.STAND, 3.0), Phase(Motion.SHAKE, 60.0)]
    counts = [len(found(synthesize(phases, seed=seed))) for seed in range(20)]
    assert sum(n > 0 for n in counts) <= 1
    assert max(counts) <= 8


@pytest.mark.parametrize("strength", [1.0, 1.6])
@pytest.mark.parametrize(("spm", "speed"), [(134.0, 2.0), (142.0, 2.1), (150.0, 2.2)])
def test_brisk_walking_has_no_strike(spm: float, speed: float, strength: float) -> None:
    for seed in range(4):
        run = walk(30.0, seed=seed, cadence_spm=spm, speed=speed)
        assert found(bouncier(run, strength)) == []


@needs_real_data
@pytest.mark.parametrize("name", WALKS)
def test_people_who_walk_quicker_and_harder_do_not_run(name: str) -> None:
    recording = real(name)
    block, stream = recording.block, recording.header.stream
    mean = block.acc.mean(axis=0)
    for quicker in (1.0, 1.2, 1.4):
        for harder in (1.0, 1.5):
            # Quicker by as much as the clock says; force grows with the square of it.
            acc = mean + harder * quicker**2 * (block.acc - mean)
            t = block.t[0] + (block.t - block.t[0]) / quicker
            rate = replace(stream, rate_hz=quicker * stream.rate_hz)
            assert strikes(rate, replace(block, t=t, acc=acc)) == []


def test_single_jumps_have_no_strike() -> None:
    for seed in range(10):
        phases = [Phase(Motion.STAND, 2.0), Phase(Motion.JUMP, 40.0)]
        assert found(synthesize(phases, seed=seed)) == []


def confidence_sample() -> list[SynthRun]:
    """Runs with all that makes strikes doubtful: losses, holes, stops, no flight, walking."""
    start = Phase(Motion.STAND, 2.0)
    torn = Sensor(loss=Loss(single=0.01, bursts_per_min=20.0, gaps=((8.0, 0.3), (14.0, 0.4))))
    jog = (Phase(Motion.RUN, 15.0, 150.0, speed=2.1, contact_fraction=f) for f in (1.05, 1.2))
    slowing = [Phase(Motion.RUN, 12.0, 166.0), Phase(Motion.WALK, 8.0, 134.0, speed=2.0)]
    return [
        *(random_runner(np.random.default_rng(seed), 15.0) for seed in range(6)),
        *(
            synthesize([start, Phase(Motion.RUN, 18.0, 166.0)], sensor=torn, seed=seed)
            for seed in range(3)
        ),
        *(synthesize([start, phase], seed=3) for phase in jog),
        *(synthesize([start, *slowing], seed=seed) for seed in range(3)),
        stop_and_go(4, seed=1),
    ]


def test_strikes_of_low_confidence_are_wrong_or_late_more_often() -> None:
    confidence, bad = [], []
    for run in confidence_sample():
        got, truth = found(run), run.truth.run_strike_t
        pairs = {j: i for i, j in match(truth, np.array([s.t for s in got]), WINDOW_S)}
        for j, s in enumerate(got):
            late = j in pairs and s.t_decision - truth[pairs[j]] > LATE_S
            confidence.append(s.confidence)
            bad.append(late or j not in pairs)
    low, failed = np.array(confidence) < 0.5, np.array(bad)
    assert 30 < low.sum() < len(low) / 2
    assert failed[low].mean() > 0.5
    assert failed[~low].mean() < 0.1
