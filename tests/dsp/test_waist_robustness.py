"""The waist's trigger tier on runners, belts and sensors that make it hard; all synthetic.

`python -m tests.bench.waist_strikes` prints the same figures and more.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from dsp.synth import Loss, Motion, Phase, Runner, Sensor, loose_belt, synthesize, tilted
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.matching import match
from tests.bench.waist_strikes import (
    HARD,
    WINDOW_S,
    Score,
    jogs,
    ran,
    runs,
    shufflers,
    slipping,
    steady,
    strikes,
)
from tests.thorough import examples


def f1(scores: Iterable[Score]) -> float:
    many = list(scores)
    return 2 * sum(len(s.error) for s in many) / sum(s.truth + s.found for s in many)


def bias(scores: Iterable[Score]) -> float:
    return float(np.concatenate([s.error for s in scores]).mean())


def spread(scores: Iterable[Score]) -> float:
    return float(np.concatenate([s.error for s in scores]).std())


@pytest.mark.parametrize("ring_hz", [8.0, 11.0, 15.0])
@pytest.mark.parametrize("ring_g", [0.0, 0.25, 0.8])
def test_hard_impacts_and_a_ringing_belt_cost_no_strike(ring_g: float, ring_hz: float) -> None:
    scores = runs(steady(), replace(HARD, belt_ring_g=ring_g, belt_ring_hz=ring_hz), seeds=[1])
    assert f1(scores) >= 0.995
    assert spread(scores) < 0.004
    assert np.percentile(scores[0].latency, 95) < 0.032


SENSORS = {
    "100 Hz": Sensor(rate_hz=100.0),
    "200 Hz": Sensor(rate_hz=200.0),
    "1000 Hz": Sensor(rate_hz=1000.0),
    "noise": Sensor(acc_noise=1.1e-3 * STANDARD_GRAVITY),
    "tilted": Sensor(mounting=tilted(35.0, -40.0, 110.0)),
    "upside down": Sensor(mounting=tilted(180.0, 10.0, 0.0)),
    "16 g": Sensor(acc_limit=16.0 * STANDARD_GRAVITY),
    "4 g": Sensor(acc_limit=4.0 * STANDARD_GRAVITY),
    "no gyro": Sensor(gyr_axes=""),
    "xz": Sensor(acc_axes="xz", gyr_axes=""),
    "z": Sensor(acc_axes="z", gyr_axes=""),
    "losses": Sensor(loss=Loss(single=0.02, bursts_per_min=4.0)),
}


@pytest.mark.parametrize("name", SENSORS)
def test_no_sensor_costs_a_strike(name: str) -> None:
    scores = runs(steady(4.0, 176.0), HARD, SENSORS[name], seeds=[2])
    assert f1(scores) >= 0.99
    assert spread(scores) < 0.004


def test_without_a_vertical_axis_there_is_nothing() -> None:
    run = synthesize([Phase(Motion.STAND, 2.0), steady()], sensor=Sensor(acc_axes="xy"))
    assert strikes(run.stream, run.block) == []


def test_a_belt_that_slips_by_20_degrees_in_mid_run_costs_no_strike() -> None:
    assert f1([slipping(seed) for seed in range(2)]) >= 0.995


def test_a_loose_belt_costs_no_strike_but_the_first_after_walking() -> None:
    assert f1([ran(loose_belt(30.0))]) >= 0.99


@pytest.mark.parametrize("slope_deg", [-10.0, 10.0])
def test_up_and_down_steep_hills_every_strike_is_found(slope_deg: float) -> None:
    scores = runs(steady(slope_deg=slope_deg), Runner(), seeds=[3])
    assert f1(scores) >= 0.995
    assert spread(scores) < 0.004


def test_doubling_the_speed_at_once_costs_no_strike() -> None:
    phases = [Phase(Motion.STAND, 2.0), steady(2.5, 160.0), steady(4.5, 184.0)]
    assert f1([ran(synthesize(phases, seed=3))]) >= 0.995


@pytest.mark.parametrize("spm", [130.0, 150.0, 200.0, 230.0])
def test_every_cadence_that_people_run_at_is_found(spm: float) -> None:
    assert f1(runs(steady(2.4 if spm < 160 else 4.0, spm), Runner(), seeds=[4])) >= 0.97


@pytest.mark.parametrize("gentle", [True, False])
@pytest.mark.parametrize("contact_fraction", [1.0, 1.05, 1.1, 1.15, 1.2])
def test_a_jog_without_flight_is_found_and_timed(contact_fraction: float, gentle: bool) -> None:
    scores = jogs(contact_fraction, gentle=gentle)
    assert f1(scores) >= 0.95
    assert -0.005 < bias(scores) < 0.020
    assert spread(scores) < 0.008


def test_joggers_of_any_kind_are_found() -> None:
    scores = shufflers(examples(10, 30))
    assert f1(scores) >= 0.99
    # The slowest take longer to begin: without flight, below 138 steps/min may be a walk.
    assert min(f1([s]) for s in scores) >= 0.88


def test_a_strike_without_flight_is_less_sure_and_never_before_its_time() -> None:
    phases = [Phase(Motion.STAND, 2.0), steady(2.1, 150.0)]
    usual = synthesize(phases, seed=1)
    grounded = synthesize([phases[0], replace(phases[1], contact_fraction=1.1)], seed=1)
    a, b = (strikes(run.stream, run.block) for run in (usual, grounded))
    assert np.median([s.confidence for s in b]) <= 0.5 < np.median([s.confidence for s in a])
    for s in [*a, *b]:
        assert s.t <= s.t_decision
        assert 0.0 <= s.confidence <= 1.0
    assert np.all(np.diff([s.t for s in b]) > 0.18)


@pytest.mark.parametrize("stop_s", [3.0, 5.0, 12.0, 30.0])
def test_after_a_stop_the_third_strike_comes_with_the_two_before_it(stop_s: float) -> None:
    again = [Phase(Motion.RUN, 15.0, 166.0), Phase(Motion.STAND, stop_s)]
    for seed in range(3):
        run = synthesize(
            [Phase(Motion.STAND, 2.0), *again, Phase(Motion.RUN, 6.0, 166.0)], seed=seed
        )
        truth = run.truth.run_strike_t[run.truth.run_strike_t > 17.0 + stop_s]
        found = [s for s in strikes(run.stream, run.block) if s.t > 17.0 + stop_s - 0.1]
        assert found[0].t_decision == found[2].t_decision < truth[2] + 0.045
        pairs = match(truth, np.array([s.t for s in found]), WINDOW_S)
        assert [i for i, _ in pairs][:3] == [0, 1, 2]


@pytest.mark.parametrize("hole_s", [0.2, 0.5, 0.9, 1.2, 2.0, 3.0, 5.0])
def test_after_a_hole_the_third_strike_is_known_with_those_before_it(hole_s: float) -> None:
    for seed in range(4):
        start = 12.0 + 0.07 * seed
        sensor = Sensor(loss=Loss(gaps=((start, hole_s),)))
        run = synthesize(
            [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 24.0, 166.0)], sensor=sensor, seed=seed
        )
        truth = run.truth.run_strike_t
        # What lands while the first samples come in had its flight in the hole.
        truth = truth[truth > start + hole_s + 0.06]
        found = [s for s in strikes(run.stream, run.block) if s.t > truth[0] - WINDOW_S]
        assert found[0].t_decision < truth[2] + 0.045
        pairs = match(truth, np.array([s.t for s in found]), WINDOW_S)
        assert [i for i, _ in pairs][:4] == [0, 1, 2, 3]
