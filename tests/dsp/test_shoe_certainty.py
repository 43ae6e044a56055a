"""What the shoe is less sure of: the other foot, odd strikes, a sensor without a gyro."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from dsp.block import Side
from dsp.events import FootStrike, Step
from dsp.synth import SHOE_SENSOR, Loss, Motion, Phase, Runner, tilted
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from firmware_py.evaluate.matching import match
from tests.dsp.shoe_runs import BLIND, WINDOW_S, Read, doing, read, running


def other_foot(got: Read) -> list[tuple[float, float]]:
    """(true, inferred) times of the other foot's strikes."""
    other = got.run.truth.left != (got.run.stream.side is Side.LEFT)
    truth = np.asarray(got.run.truth.strike_t[other & got.run.truth.running])
    t = np.array([s.t for s in got.inferred])
    return [(float(truth[i]), float(t[j])) for i, j in match(truth, t, WINDOW_S)]


def test_every_whole_stride_holds_one_strike_of_the_other_foot_in_its_middle() -> None:
    for side in (Side.LEFT, Side.RIGHT):
        got = read(running(side=side))
        assert len(got.inferred) == len(got.steps)
        for strike, stride in zip(got.inferred, got.steps, strict=True):
            assert strike.side is side.other
            assert strike.t == pytest.approx(stride.t + stride.duration_s / 2.0, abs=0.02)
            assert strike.t_decision == stride.t_decision
            assert 0.0 < strike.confidence <= 0.5
        assert len(other_foot(got)) == len(got.inferred)


@pytest.mark.parametrize(("percent", "mad_ms"), [(0.0, 5.0), (2.0, 6.0), (5.0, 11.0)])
def test_an_inferred_strike_is_off_by_half_the_asymmetry_of_steps(
    percent: float, mad_ms: float
) -> None:
    error = []
    for seed in range(4):
        runner = Runner(step_asymmetry=percent / 100.0 * (1 if seed % 2 else -1))
        error += [f - t for t, f in other_foot(read(running(seed=seed, runner=runner)))]
    assert 1e3 * np.mean(np.abs(error)) < mad_ms
    assert np.abs(error).max() < 0.030


def test_no_strike_of_the_other_foot_is_inferred_across_a_hole() -> None:
    got = read(running(sensor=replace(SHOE_SENSOR, loss=Loss(gaps=((10.0, 0.5),)))))
    assert got.inferred
    assert not any(9.9 < s.t < 10.6 for s in got.inferred)


def test_the_coach_takes_no_notice_of_inferred_strikes() -> None:
    got = read(running(seconds=40.0, spm=150.0))

    def cues(*, inferred: bool) -> list[object]:
        policy = Policy(
            FeedbackSettings(
                cadence_target_spm=180.0, warm_up_s=0.0, settle_s=0.0, persistence_s=2.0
            )
        )
        told = [e for e in got.events if inferred or not getattr(e, "inferred", False)]
        return [cue for event in told for cue in policy.push(event)]

    assert cues(inferred=True) == cues(inferred=False)


@pytest.mark.parametrize("blind", [False, True], ids=["gyro", "no gyro"])
@pytest.mark.parametrize("hole_s", [0.12, 0.2, 0.35, 0.8, 1.2, 2.0, 3.2])
def test_a_hole_at_any_phase_of_the_stride_makes_no_strike(hole_s: float, *, blind: bool) -> None:
    for seed in range(3):
        for phase in range(4):
            gap = (9.0 + 0.18 * phase, hole_s)
            sensor = replace(BLIND if blind else SHOE_SENSOR, rate_hz=208.0, loss=Loss(gaps=(gap,)))
            runner = Runner(strike_angle_deg=(16.0, 6.0, -5.0)[seed], softness=0.3 * seed)
            got = read(running(13.0, seed=seed, sensor=sensor, runner=runner))
            near = got.run.truth.strike_t[~got.run.truth.left]
            for strike in got.strikes:
                assert np.abs(near - strike.t).min() < WINDOW_S


@cache
def hard_runs(*, blind: bool) -> list[Read]:
    """Walking, running and stopping with many holes, uneven steps and soft shocks."""
    out = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        gaps = tuple((float(t), float(rng.uniform(0.1, 0.6))) for t in np.arange(9.0, 30.0, 3.1))
        phases = [
            Phase(Motion.WALK, 6.0),
            Phase(Motion.RUN, 14.0, float(rng.uniform(140.0, 180.0)), speed=2.4),
            Phase(Motion.WALK, 6.0, 124.0, speed=1.7),
            Phase(Motion.RUN, 8.0, 160.0),
            Phase(Motion.STAND, 4.0),
        ]
        runner = Runner(
            strike_angle_deg=float(rng.uniform(-8.0, 22.0)),
            softness=float(rng.uniform(0.0, 1.0)),
            jitter=0.03,
        )
        sensor = replace(
            BLIND if blind else SHOE_SENSOR,
            rate_hz=208.0,
            loss=Loss(gaps=gaps, bursts_per_min=60.0, single=0.01),
        )
        out.append(read(doing(phases, seed=seed, runner=runner, sensor=sensor)))
    return out


@pytest.mark.parametrize(("blind", "unsure"), [(False, 0.6), (True, 0.3)])
def test_strikes_of_low_confidence_are_wrong_more_often(*, blind: bool, unsure: float) -> None:
    wrong = {True: [0, 0], False: [0, 0]}
    for got in hard_runs(blind=blind):
        right = {j for _, j in got.pairs}
        for j, strike in enumerate(got.strikes):
            count = wrong[strike.confidence < unsure]
            count[0] += j not in right
            count[1] += 1
    (low, lows), (high, highs) = wrong[True], wrong[False]
    assert lows > 10
    assert highs > 100
    assert low / lows > 3.0 * high / highs


def test_without_a_gyro_strides_are_found_as_soon_and_with_half_the_confidence() -> None:
    for angle, spm in ((18.0, 150.0), (6.0, 168.0), (-6.0, 182.0)):
        runner = Runner(strike_angle_deg=angle)
        got, sure = (
            read(running(sensor=sensor, runner=runner, spm=spm)) for sensor in (BLIND, SHOE_SENSOR)
        )
        assert len(got.pairs) >= len(got.truth_t) - 1
        assert len(got.false) <= 1
        assert np.mean(np.abs(got.error_s)) < 0.006
        assert np.percentile(got.latency_s, 95) < 0.015
        assert max(s.confidence for s in got.strikes) <= 0.5
        assert np.median([s.confidence for s in sure.strikes]) > 0.9


def test_any_mounting_without_a_gyro_gives_the_same_strikes() -> None:
    still = replace(BLIND, acc_noise=0.0)
    straight = read(running(sensor=still))
    turned = read(running(sensor=replace(still, mounting=tilted(70.0, -40.0, 160.0))))
    assert len(turned.strikes) == len(straight.strikes)
    for a, b in zip(straight.strikes, turned.strikes, strict=True):
        assert a.t == pytest.approx(b.t, abs=0.003)


def test_a_sensor_that_slips_round_on_the_shoe_loses_no_stride() -> None:
    # From 10 s on it sits 30 degrees further round: the directions learned before still tell.
    run = running()
    block = run.block
    turn = np.array(tilted(0.0, 0.0, 30.0))
    late = (block.t > 10.0)[:, np.newaxis]
    assert block.gyr is not None
    slipped = replace(
        block,
        acc=np.where(late, block.acc @ turn.T, block.acc),
        gyr=np.where(late, block.gyr @ turn.T, block.gyr),
    )
    got = read(replace(run, block=slipped))
    assert len(got.pairs) == len(got.truth_t)
    assert got.false == []


def test_events_of_a_stride_come_in_the_order_of_their_decision() -> None:
    got = read(running())
    for a, b in pairwise(got.events):
        assert a.t_decision <= b.t_decision
        if isinstance(b, FootStrike) and b.inferred:
            assert isinstance(a, Step)
