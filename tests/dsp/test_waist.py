"""The waist sensor against the synthetic runner's exact truth.

Bounds are what was measured plus a margin; they say what must not get worse, not how accurate the
detector is on people (docs/accuracy.md does).
"""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from dsp.block import FloatArray, Side
from dsp.events import Activity, Event, FootStrike, Gap, Segment, Step, WalkStep
from dsp.pipeline import Pipeline
from dsp.synth import (
    Loss,
    Motion,
    Phase,
    Runner,
    Sensor,
    SynthRun,
    daily_life,
    random_runner,
    stop_and_go,
    synthesize,
    tilted,
    walk,
)
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.matching import match
from tests.thorough import examples

WINDOW_S = 0.050
RUNNERS = examples(10, 24)


@dataclass(frozen=True)
class Read:
    """A run, what the pipeline made of it, and (truth, found) pairs of running strikes."""

    run: SynthRun
    events: list[Event]
    strikes: list[FootStrike]
    pairs: list[tuple[int, int]]

    @property
    def truth_t(self) -> FloatArray:
        return self.run.truth.run_strike_t

    @property
    def steps(self) -> list[Step]:
        return [e for e in self.events if isinstance(e, Step)]


def read(run: SynthRun) -> Read:
    events: list[Event] = [*Pipeline(run.stream).push(run.block)]
    strikes = [e for e in events if isinstance(e, FootStrike)]
    pairs = match(run.truth.run_strike_t, np.array([s.t for s in strikes]), WINDOW_S)
    return Read(run, events, strikes, pairs)


@cache
def random_read(seed: int) -> Read:
    return read(random_runner(np.random.default_rng(seed), 20.0))


def running(seconds: float = 16.0, *, seed: int = 1, sensor: Sensor | None = None) -> SynthRun:
    phases = [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, seconds, 166.0)]
    return synthesize([*phases, Phase(Motion.STAND, 4.0)], sensor=sensor, seed=seed)


def share_of_truth(step: Step, run: SynthRun) -> float:
    """Its impact over the true peak of the strike nearest to it."""
    near = int(np.argmin(np.abs(run.truth.strike_t - step.strike_t)))
    assert step.impact_g is not None
    return step.impact_g / float(run.truth.impact_g[near])


def test_strikes_of_any_runner_and_mounting_are_found() -> None:
    f1 = []
    for seed in range(RUNNERS):
        got = random_read(seed)
        # What slowing down to a walk looks like is tested below, by itself.
        found = sum(s.t <= got.truth_t[-1] + WINDOW_S for s in got.strikes)
        f1.append(2 * len(got.pairs) / (len(got.truth_t) + found))
    assert min(f1) >= 0.98  # measured 0.989: the first step after walking has no flight


def test_strike_times_have_a_small_steady_bias() -> None:
    errors = []
    for seed in range(RUNNERS):
        got = random_read(seed)
        error = np.array([got.strikes[j].t - got.truth_t[i] for i, j in got.pairs])
        # The shock needs 8 to 18 ms from the foot to the waist; softer shoes make it later.
        assert 0.004 < error.mean() < 0.020
        assert error.std() < 0.006
        errors.append(error)
    pooled = np.concatenate(errors)
    assert pooled.mean() == pytest.approx(0.0097, abs=0.002)
    assert pooled.std() < 0.004


def test_a_strike_is_decided_within_45_ms() -> None:
    latency = []
    for seed in range(RUNNERS):
        got = random_read(seed)
        # The first strikes of a run wait for the third of them.
        latency += [got.strikes[j].t_decision - got.truth_t[i] for i, j in got.pairs if i > 3]
    assert np.percentile(latency, 50) < 0.028
    assert np.percentile(latency, 95) < 0.045


def test_the_strikes_that_begin_a_run_come_with_the_third_of_them() -> None:
    got = read(running())
    first, second, third, fourth = got.strikes[:4]
    assert first.t_decision == second.t_decision == third.t_decision < third.t + 0.045
    assert fourth.t_decision > third.t_decision


def test_cadence_agrees_with_the_true_strikes_to_half_a_percent() -> None:
    for seed in range(RUNNERS):
        got = random_read(seed)
        inside = [s for s in got.steps if s.t + s.duration_s <= got.truth_t[-1] + WINDOW_S]
        end = inside[-1].t + inside[-1].duration_s
        true = got.truth_t[(got.truth_t > inside[0].t - 0.1) & (got.truth_t < end + 0.02)]
        measured = len(inside) / sum(s.duration_s for s in inside) * 60.0
        assert measured == pytest.approx(60.0 / np.diff(true).mean(), rel=0.005)


def test_a_step_spans_two_strikes_and_names_the_first() -> None:
    got = read(running())
    assert len(got.steps) == len(got.strikes) - 1
    for step, (a, b) in zip(got.steps, pairwise(got.strikes), strict=True):
        assert (step.t, step.strike_t, step.steps) == (a.t, a.t, 1)
        assert step.duration_s == pytest.approx(b.t - a.t)
        assert step.cadence_spm == pytest.approx(60.0 / (b.t - a.t))
        assert step.t_decision == b.t_decision


def test_impact_is_the_true_peak_within_a_few_percent() -> None:
    shares = []
    for seed in range(RUNNERS):
        got = random_read(seed)
        end = got.truth_t[-1]
        shares += [
            share_of_truth(s, got.run) for s in got.steps if s.impact_g is not None and s.t < end
        ]
    assert np.median(shares) == pytest.approx(1.014, abs=0.02)
    assert 0.93 < np.percentile(shares, 1) < np.percentile(shares, 99) < 1.14


def test_a_harder_runner_has_more_impact_above_the_active_peak() -> None:
    excess = []
    for impact in (0.8, 1.6, 2.4, 3.2):
        phases = [Phase(Motion.STAND, 1.0), Phase(Motion.RUN, 12.0, 166.0)]
        steps = read(synthesize(phases, runner=Runner(impact_g=impact, softness=0.0))).steps
        for s in steps:
            assert s.impact_g is not None
            assert s.active_g is not None
            assert s.impact_excess_g == pytest.approx(s.impact_g - s.active_g)
        excess.append(float(np.median([s.impact_excess_g or 0.0 for s in steps])))
    # A weak shock drowns in the push that follows it; a strong one shows in full.
    assert excess == sorted(excess)
    assert excess[3] - excess[2] == pytest.approx(0.8, abs=0.1)


def test_the_side_is_unknown_and_no_strike_is_inferred() -> None:
    got = read(running())
    assert {s.side for s in got.strikes} | {s.side for s in got.steps} == {Side.UNKNOWN}
    assert not any(s.inferred for s in got.strikes)
    confidence = [s.confidence for s in got.strikes]
    assert 0.0 <= min(confidence) < max(confidence) <= 1.0
    assert np.median(confidence) > 0.8


def test_any_mounting_and_scale_error_gives_the_same_strikes() -> None:
    straight = read(running(sensor=Sensor(acc_noise=0.0)))
    turned = read(running(sensor=Sensor(acc_noise=0.0, mounting=tilted(80.0, -35.0, 200.0))))
    block = straight.run.block
    blown_up = read(replace(straight.run, block=replace(block, acc=1.03 * block.acc)))
    for other in (turned, blown_up):
        assert len(other.strikes) == len(straight.strikes)
        difference = [a.t - b.t for a, b in zip(other.strikes, straight.strikes, strict=True)]
        assert np.abs(difference).max() < 0.002


@pytest.mark.parametrize("rate_hz", [100.0, 208.0, 500.0, 1000.0])
def test_rates_from_100_to_1000_hz_are_read_alike(rate_hz: float) -> None:
    got = read(running(sensor=Sensor(rate_hz=rate_hz)))
    assert len(got.pairs) >= len(got.truth_t) - 1
    assert len(got.strikes) - len(got.pairs) <= 2  # the last step of a stop is half a one
    error = np.array([got.strikes[j].t - got.truth_t[i] for i, j in got.pairs])
    assert error.mean() == pytest.approx(0.010, abs=0.006)
    late = [got.strikes[j].t_decision - got.truth_t[i] for i, j in got.pairs if i > 3]
    assert np.percentile(late, 95) < 0.045


@pytest.mark.parametrize("axes", ["xz", "z"])
def test_missing_horizontal_axes_cost_no_strike(axes: str) -> None:
    got = read(running(sensor=Sensor(acc_axes=axes, gyr_axes="")))
    assert len(got.pairs) >= len(got.truth_t) - 1


@pytest.mark.parametrize(("spm", "speed"), [(96.0, 1.1), (112.0, 1.35), (134.0, 2.0)])
def test_walking_has_walk_steps_and_no_foot_strike(spm: float, speed: float) -> None:
    got = read(walk(20.0, cadence_spm=spm, speed=speed))
    assert got.strikes == []
    assert got.steps == []
    walked = [e.t for e in got.events if isinstance(e, WalkStep)]
    assert len(walked) == pytest.approx(len(got.run.truth.strike_t), abs=3)
    assert np.median(np.diff(walked)) == pytest.approx(60.0 / spm, rel=0.02)


def test_nothing_of_a_day_without_running_has_a_foot_strike() -> None:
    for seed in range(3):
        got = read(daily_life(seed=seed))
        assert got.strikes == []
        assert got.steps == []


def test_slowing_down_to_a_walk_costs_few_false_strikes() -> None:
    false = []
    for seed in range(RUNNERS):
        got = random_read(seed)
        false.append(sum(s.t > got.truth_t[-1] + WINDOW_S for s in got.strikes))
    assert np.median(false) <= 1
    assert max(false) <= 8  # measured 7; every one is a walking contact with a flight-like dip


def test_a_stop_ends_the_run_and_the_next_is_found_within_three_steps() -> None:
    got = read(stop_and_go(3, seed=1))
    truth = got.run.truth
    for bout in range(3):
        own = truth.strike_t[(truth.bout == bout) & truth.running]
        found = [s for s in got.strikes if own[0] - 0.1 < s.t < own[-1] + 0.1]
        assert match(own[:4], np.array([s.t for s in found]), WINDOW_S)[0][0] <= 1
        assert found[0].t_decision < own[3] + WINDOW_S  # one step has no flight before it
    edges = zip(truth.phase_kind, truth.phase_t, strict=False)
    stops = [t for kind, t in edges if kind is Motion.STAND][1:3]
    stands = [e for e in got.events if isinstance(e, Segment) and e.kind is Activity.STAND][1:]
    for stop, segment in zip(stops, stands, strict=False):
        assert segment.t == pytest.approx(stop, abs=0.6)
        assert segment.t_decision < stop + 4.0


def test_after_a_lost_half_second_strikes_are_found_again_within_three_steps() -> None:
    for seed in range(4):
        got = read(running(seed=seed, sensor=Sensor(loss=Loss(gaps=((9.0, 0.5),)))))
        after = got.truth_t[got.truth_t > 9.5]
        found = [s for s in got.strikes if s.t > 9.4]
        assert found[0].t_decision < after[2] + WINDOW_S
        pairs = match(after, np.array([s.t for s in found]), WINDOW_S)
        assert [i for i, _ in pairs][:3] == [0, 1, 2]
        # The run is one run: half a second of radio silence is no stop.
        kinds = [e.kind for e in got.events if isinstance(e, Segment)]
        assert kinds == [Activity.STAND, Activity.RUN, Activity.STAND]
        assert not any(s.t < 9.0 and s.t + s.duration_s > 9.5 for s in got.steps)


def test_losing_one_sample_in_fifty_costs_no_strike_and_shifts_none_far() -> None:
    clean, holed = read(running()), read(running(sensor=Sensor(loss=Loss(single=0.02))))
    assert len(holed.strikes) == len(clean.strikes)
    difference = [a.t - b.t for a, b in zip(clean.strikes, holed.strikes, strict=True)]
    assert np.abs(difference).max() < 0.008


def test_clipped_samples_never_feed_an_impact() -> None:
    limit = 2.3 * STANDARD_GRAVITY
    got = read(running(sensor=Sensor(acc_limit=limit)))
    block = got.run.block
    assert len(got.pairs) >= len(got.truth_t) - 2
    clipped_t = block.t[block.acc_clipped]
    for step in got.steps:
        window = (clipped_t >= step.t) & (clipped_t < step.t + 0.080)
        assert step.clipped == bool(window.any())
        if step.clipped:
            assert step.impact_g is None
            assert step.impact_excess_g is None
    assert sum(s.clipped for s in got.steps) > len(got.steps) / 2


def test_bridged_samples_never_feed_an_impact() -> None:
    got = read(running(sensor=Sensor(loss=Loss(single=0.03))))
    gaps = [e for e in got.events if isinstance(e, Gap)]
    holed = 0
    for step in got.steps:
        inside = any(
            g.t - g.duration_s < step.t + 0.080 - 0.003 and g.t > step.t + 0.006 for g in gaps
        )
        if inside:
            holed += 1
            assert step.impact_g is None
            assert not step.clipped
    assert 5 < holed < len(got.steps)
    assert any(s.impact_g is not None for s in got.steps)
