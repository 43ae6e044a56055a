"""Running at the shoe told from walking and all else; where a run begins and where it ends."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dsp.block import Mount, Side
from dsp.events import Event, Step
from dsp.grid import Grid
from dsp.pipeline import Pipeline
from dsp.running import Running
from dsp.shoe.channels import remember, shoe_history
from dsp.shoe.signals import ShoeSignals
from dsp.shoe.stance import Stance, toe_off_share
from dsp.shoe.strikes import MISSED_PERIODS, ShoeStrikes
from dsp.synth import (
    SHOE_SENSOR,
    Motion,
    Phase,
    Runner,
    Sensor,
    SynthRun,
    daily_life,
    overstrider,
    walk,
)
from firmware_py.evaluate.matching import per_stride
from tests.bench.shoe_hallway import cadence_error, running_bouts, seen
from tests.bench.shoe_hallway import marks as midstances
from tests.dsp.shoe_runs import BLIND, WINDOW_S, Read, doing, read, running, shaken_pedals, unfelt
from tests.real_data import found, name_of, needs_real_data, real

SENSORS = pytest.mark.parametrize("sensor", [SHOE_SENSOR, BLIND], ids=["gyro", "no gyro"])


def notes(run: SynthRun) -> list[Running]:
    """What the trigger tier says about running, before segments make anything of it."""
    history, signals = shoe_history(run.stream), ShoeSignals(run.stream)
    strikes = ShoeStrikes(run.stream, history)
    out: list[Running] = []
    for piece in Grid(run.stream).push(run.block)[0]:
        remember(history, piece, signals.push(piece))
        out += [e for e in strikes.push(piece) if isinstance(e, Running)]
    return out


def real_events(path: Path, *, gyro: bool = True) -> list[Event]:
    recording = real(name_of(path))
    stream, block = recording.header.stream, recording.block
    if not gyro:
        stream, block = replace(stream, has_gyro=False), replace(block, gyr=None)
    return Pipeline(stream).push(block)


def starts(before: tuple[Phase, ...], sensor: Sensor) -> list[Read]:
    """Runs of any cadence and foot after standing and what comes `before`."""
    out = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        run = Phase(Motion.RUN, 8.0, float(rng.uniform(140.0, 190.0)))
        runner = Runner(strike_angle_deg=float(rng.uniform(-8.0, 22.0)))
        phases = [Phase(Motion.STAND, 3.0), *before, run]
        out.append(read(doing(phases, seed=seed, sensor=sensor, runner=runner)))
    return out


@SENSORS
@pytest.mark.parametrize(
    "before", [(), (Phase(Motion.WALK, 12.0, 112.0),)], ids=["standing", "walking"]
)
def test_a_run_has_its_first_strikes_whatever_it_starts_from(
    before: tuple[Phase, ...], sensor: Sensor
) -> None:
    for got in starts(before, sensor):
        assert {i for i, _ in got.pairs} >= {0, 1, 2, 3}
        assert got.false == []


@SENSORS
def test_walking_has_walk_steps_of_the_foot_and_no_foot_strike(sensor: Sensor) -> None:
    for spm, speed in ((96.0, 1.1), (112.0, 1.35), (126.0, 1.8), (134.0, 2.0)):
        got = read(walk(20.0, mount=Mount.SHOE, cadence_spm=spm, speed=speed, sensor=sensor))
        assert got.strikes == []
        assert got.steps == []
        assert {w.side for w in got.walk_steps} == {Side.RIGHT}
        own = got.run.truth.strike_t[~got.run.truth.left]
        assert len(got.walk_steps) == pytest.approx(len(own), abs=4)
        times = [w.t for w in got.walk_steps]
        assert np.median(np.diff(times)) == pytest.approx(120.0 / spm, rel=0.03)


def test_the_briskest_walking_rests_too_long_for_a_jog_without_flight() -> None:
    got = read(walk(30.0, mount=Mount.SHOE, cadence_spm=142.0, speed=2.1))
    assert got.strikes == []
    assert len(got.walk_steps) > 30


@SENSORS
@pytest.mark.parametrize(
    ("spm", "speed", "contact"),
    [(130.0, 2.0, None), (140.0, 2.0, 1.05), (145.0, 1.9, 1.1), (154.0, 1.9, 1.2)],
)
def test_a_slow_jog_is_running_with_flight_or_without(
    spm: float, speed: float, contact: float | None, sensor: Sensor
) -> None:
    run = Phase(Motion.RUN, 20.0, spm, speed=speed, contact_fraction=contact)
    got = read(doing([Phase(Motion.STAND, 2.0), run], sensor=sensor))
    assert len(got.pairs) >= len(got.truth_t) - 1
    assert got.false == []


@SENSORS
@pytest.mark.parametrize(
    ("impact_g", "softness", "run_spm", "walk_spm", "rate_hz"),
    [
        (2.0, 0.9, 150.0, 107.0, 208.0),
        (15.0, 0.1, 137.0, 124.0, 100.0),
        (20.0, 0.1, 148.0, 124.0, 416.0),
        (20.0, 0.4, 171.0, 132.0, 208.0),
        (9.0, 0.2, 185.0, 92.0, 833.0),
    ],
)
def test_walking_of_any_softness_ends_a_run_within_two_strides_and_is_walking(
    impact_g: float,
    softness: float,
    run_spm: float,
    walk_spm: float,
    rate_hz: float,
    sensor: Sensor,
) -> None:
    speed = 3.2 + 0.02 * (run_spm - 168.0)
    walked = 1.35 + 0.02 * (walk_spm - 112.0)
    phases = [
        Phase(Motion.STAND, 2.0),
        Phase(Motion.RUN, 15.0, run_spm, speed=speed),
        Phase(Motion.WALK, 25.0, walk_spm, speed=walked),
    ]
    runner = Runner(shoe_impact_g=impact_g, softness=softness)
    for seed in range(3):
        slow = replace(sensor, rate_hz=rate_hz)
        got = read(doing(phases, seed=seed, sensor=slow, runner=runner))
        walks = got.run.truth.strike_t[~got.run.truth.left & ~got.run.truth.running]
        assert len(got.pairs) > 12
        # Two strides that rest decide it; the one between running and walking is neither. What is
        # brisk and has no gyro takes one more.
        last = walks[3 if sensor.gyr_axes or walk_spm < 130.0 else 4]
        assert not any(s.t > last + WINDOW_S for s in got.strikes)
        assert len([w for w in got.walk_steps if w.t > walks[2]]) >= len(walks) - 5


@SENSORS
def test_nothing_of_a_day_has_a_foot_strike(sensor: Sensor) -> None:
    assert read(daily_life(seed=1, mount=Mount.SHOE, sensor=sensor)).strikes == []


@SENSORS
@pytest.mark.parametrize("kind", [Motion.CYCLE, Motion.STAIRS, Motion.SHAKE, Motion.JUMP])
def test_what_is_not_gait_on_the_level_has_no_foot_strike(kind: Motion, sensor: Sensor) -> None:
    for seed in range(2):
        phases = [Phase(Motion.STAND, 2.0), Phase(kind, 30.0)]
        assert read(doing(phases, seed=seed, sensor=sensor)).strikes == []


@SENSORS
def test_a_pedal_shaken_by_the_road_has_no_foot_strike(sensor: Sensor) -> None:
    for rpm, road_g in ((68.0, 0.1), (84.0, 0.25)):
        assert read(shaken_pedals(rpm, sensor, road_g)).strikes == []


def test_slowing_down_to_a_walk_costs_few_false_strikes() -> None:
    for seed in range(3):
        got = read(overstrider(15.0, seed=seed, mount=Mount.SHOE))
        assert sum(s.t > got.truth_t[-1] + WINDOW_S for s in got.strikes) <= 5


def test_the_toes_leave_after_half_a_walking_stride_and_before_half_a_running_one() -> None:
    for run, shortest, longest in (
        (walk(12.0, mount=Mount.SHOE), 0.54, 0.66),
        (running(12.0), 0.28, 0.45),
    ):
        history, signals = shoe_history(run.stream), ShoeSignals(run.stream)
        (piece,) = Grid(run.stream).push(run.block[: round(9.5 * run.stream.rate_hz)])[0]
        motion = signals.push(piece)
        remember(history, piece, motion)
        own = run.truth.strike_t[~run.truth.left]
        own = own[(own > 6.0) & (own < 9.0)]
        numbers = [int(k) for k in np.searchsorted(piece.t, own)]
        for a, b in pairwise(numbers):
            x, y, z = (float(v) for v in motion.rate[b - 160 : b].sum(axis=0))
            strikes = [Stance(k, float(piece.t[k]), 0.0, 1.0, (x, y, z)) for k in (a, b)]
            assert shortest < toe_off_share(history, *strikes) < longest


def test_one_strike_that_was_not_felt_does_not_end_a_run_and_two_do() -> None:
    run = running(14.0)
    own = run.truth.strike_t[(run.truth.left == (run.stream.side is Side.LEFT))]
    period = float(np.median(np.diff(own[5:10])))
    last = own[9]
    one = notes(unfelt(run, last + 0.55 * period, last + 1.5 * period))
    assert [note.on for note in one if note.t < 14.0] == [True]
    two = notes(unfelt(run, last + 0.55 * period, last + 2.5 * period))
    assert [note.on for note in two if note.t < 14.0] == [True, False, True]
    ended = two[1]
    deadline = max(1.2, MISSED_PERIODS * period)
    assert ended.t_decision == pytest.approx(last + deadline, abs=0.05)
    assert ended.t == pytest.approx(last + period, abs=0.05)


def test_a_row_of_toe_offs_taken_for_strikes_is_given_up_within_three_strides() -> None:
    # The first four strikes have no shock, their toe-offs do: without a gyro those look like it.
    run = running(14.0, sensor=BLIND)
    block, own = run.block, run.truth.strike_t[~run.truth.left]
    acc = block.acc.copy()
    for t in run.truth.toe_off_t[~run.truth.left][:4]:
        k = int(np.searchsorted(block.t, t))
        acc[k : k + 12, 2] += 30.0 * np.hanning(12)
    for t in own[:4]:
        a, b = (int(k) for k in np.searchsorted(block.t, [t - 0.002, t + 0.08]))
        share = np.linspace(0.0, 1.0, b - a)[:, np.newaxis]
        acc[a:b] = acc[a] + share * (acc[b] - acc[a])
    got = read(replace(run, block=replace(block, acc=acc)))
    assert len(got.false) > 2
    assert {i for i, _ in got.pairs} == set(range(4, len(got.truth_t)))
    assert not any(s.t > own[7] for s in got.false)


@needs_real_data
def test_every_running_stride_of_real_feet_holds_exactly_one_strike() -> None:
    strides = one = 0
    for path in found("shoe-hallway/run*.csv.gz"):
        got = real_events(path)
        marks, t = midstances(path), np.array([s.t for s in seen(got)])
        counts = per_stride(marks, t)
        assert counts.max() == 1
        strides, one = strides + len(counts), one + int(np.count_nonzero(counts))
        for bout in running_bouts(np.diff(marks)):
            steps = [e for e in got if isinstance(e, Step)]
            assert abs(cadence_error(marks, steps, bout)) < 1.5
    assert one >= 0.995 * strides


@needs_real_data
@pytest.mark.parametrize("path", found("shoe-hallway/*.csv.gz"), ids=name_of)
def test_a_real_foot_without_a_gyro_strikes_in_running_and_not_in_walking(path: Path) -> None:
    t = np.array([s.t for s in seen(real_events(path, gyro=False))])
    if path.name.startswith("walk"):
        assert not len(t)
        return
    marks = midstances(path)
    counts = per_stride(marks, t)
    assert counts.max() == 1
    # 17 of 25 in one trial, in whose first strides the force points elsewhere; else all but 3.
    assert np.count_nonzero(counts) >= 0.6 * len(counts)
    length = np.diff(marks)
    for pause in np.flatnonzero(length > 2.0):
        inside = (t > marks[pause] + 1.0) & (t < marks[pause + 1] - 0.6)
        assert not inside.any()
