"""The shoe sensor against the synthetic runner's exact truth; bounds as in `test_waist`."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from dsp.block import Side
from dsp.shoe.rows import Rows
from dsp.shoe.stance import Stance
from dsp.synth import SHOE_SENSOR, Loss, Motion, Phase, Runner, tilted
from dsp.units import STANDARD_GRAVITY
from firmware_py.evaluate.matching import match
from tests.dsp.shoe_runs import WINDOW_S, Read, doing, read, running


@cache
def runners() -> list[Read]:
    """Feet of all kinds, left and right, slow and quick."""
    rng = np.random.default_rng(5)
    out = []
    for seed in range(10):
        body = Runner(
            strike_angle_deg=float(rng.choice([16.0, 8.0, -5.0])),
            shoe_impact_g=float(rng.uniform(5.0, 15.0)),
            softness=float(rng.uniform(0.0, 0.6)),
        )
        side = Side.LEFT if seed % 2 else Side.RIGHT
        spm = float(rng.uniform(150.0, 195.0))
        out.append(read(running(16.0, seed=seed, side=side, runner=body, spm=spm)))
    return out


def test_strikes_of_any_foot_are_found_and_none_is_made_up() -> None:
    hits = sum(len(got.pairs) for got in runners())
    truth = sum(len(got.truth_t) for got in runners())
    found = sum(len(got.strikes) for got in runners())
    assert 2 * hits / (truth + found) >= 0.998


def test_every_strike_is_of_the_instrumented_foot() -> None:
    for got in runners():
        assert {s.side for s in got.strikes} == {got.run.stream.side}
        assert {s.side for s in got.steps} == {got.run.stream.side}
        assert all(0.0 <= s.confidence <= 1.0 for s in got.strikes)


def test_strike_times_have_a_small_steady_bias_and_come_at_once() -> None:
    for got in runners():
        assert 0.0 < got.error_s.mean() < 0.010
        assert got.error_s.std() < 0.004
        assert np.percentile(got.latency_s, 95) < 0.015


def test_a_stride_spans_two_strikes_and_two_steps() -> None:
    got = read(running())
    assert len(got.steps) >= len(got.strikes) - 2
    reported = {s.t for s in got.strikes}
    for stride in got.steps:
        assert stride.steps == 2
        assert stride.strike_t in reported
        assert stride.t == pytest.approx(stride.strike_t, abs=0.03)
        assert stride.cadence_spm == pytest.approx(120.0 / stride.duration_s)
        assert stride.active_g is None
        assert stride.impact_excess_g is None
    for a, b in pairwise(got.steps):
        assert b.t == pytest.approx(a.t + a.duration_s)


def test_cadence_agrees_with_the_true_strikes_to_half_a_percent() -> None:
    for got in runners():
        end = got.truth_t[-1] + WINDOW_S
        inside = [s for s in got.steps if s.t + s.duration_s <= end]
        last = inside[-1].t + inside[-1].duration_s
        true = got.truth_t[(got.truth_t > inside[0].t - 0.1) & (got.truth_t < last + 0.05)]
        measured = 2 * len(inside) / sum(s.duration_s for s in inside) * 60.0
        assert measured == pytest.approx(120.0 / np.diff(true).mean(), rel=0.005)


def test_impact_is_the_true_peak_within_a_few_percent() -> None:
    for got in runners():
        strike_t, impact = got.run.truth.strike_t, got.run.truth.impact_g
        own = np.isfinite(impact)
        end = got.truth_t[-1] - 0.1
        for stride in (s for s in got.steps if s.t < end):
            near = int(np.argmin(np.abs(strike_t[own] - stride.t)))
            assert stride.impact_g is not None
            assert stride.impact_g / impact[own][near] == pytest.approx(1.0, abs=0.05)


def test_any_mounting_gives_the_same_strikes() -> None:
    quiet = replace(SHOE_SENSOR, acc_noise=0.0, gyr_noise=0.0)
    straight = read(running(sensor=quiet))
    turned = read(running(sensor=replace(quiet, mounting=tilted(70.0, -40.0, 160.0))))
    assert len(turned.strikes) == len(straight.strikes)
    for a, b in zip(straight.strikes, turned.strikes, strict=True):
        assert a.t == pytest.approx(b.t, abs=0.003)


def test_rates_from_200_hz_on_find_every_stride() -> None:
    for rate_hz in (208.0, 416.0, 1000.0):
        got = read(running(sensor=replace(SHOE_SENSOR, rate_hz=rate_hz)))
        assert len(got.pairs) >= len(got.truth_t) - 1
        assert len(got.strikes) <= len(got.truth_t) + 1
        assert np.percentile(got.latency_s, 95) < 0.045


def test_a_stop_ends_the_run_and_the_next_is_found_within_three_strides() -> None:
    phases = [
        Phase(Motion.STAND, 2.0),
        Phase(Motion.RUN, 12.0, 168.0),
        Phase(Motion.STAND, 5.0),
        Phase(Motion.RUN, 12.0, 168.0),
    ]
    for seed in range(3):
        got = read(doing(phases, seed=seed))
        second = got.truth_t[got.truth_t > 18.0]
        again = [s for s in got.strikes if s.t > 17.0]
        assert match(second[:2], np.array([s.t for s in again]), WINDOW_S)
        # Three strides are four strikes; the slow path is sure of the last 0.2 s after it.
        assert again[0].t_decision < second[4] + 0.3
        assert not any(14.0 + WINDOW_S < s.t < second[0] - WINDOW_S for s in got.strikes)


def test_after_a_lost_half_second_strides_are_found_again() -> None:
    for seed in range(4):
        sensor = replace(SHOE_SENSOR, loss=Loss(gaps=((10.0, 0.5),)))
        got = read(running(seed=seed, sensor=sensor))
        after = got.truth_t[got.truth_t > 10.5]
        again = [s for s in got.strikes if s.t > 10.45]
        # The stride that the hole cut into may be lost; three whole ones find the rhythm.
        assert match(after, np.array([s.t for s in again]), WINDOW_S)[0][0] <= 1
        assert again[0].t_decision < after[3] + 0.3
        assert not any(s.t < 10.0 and s.t + s.duration_s > 10.5 for s in got.steps)


def test_clipped_samples_never_feed_an_impact() -> None:
    got = read(running(sensor=replace(SHOE_SENSOR, acc_limit=8.0 * STANDARD_GRAVITY)))
    block = got.run.block
    clipped_t = block.t[block.acc_clipped]
    for stride in got.steps:
        near = clipped_t[(clipped_t >= stride.t - 0.020) & (clipped_t < stride.t + 0.080)]
        assert stride.clipped == bool(len(near))
        assert stride.clipped == (stride.impact_g is None)
    assert sum(s.clipped for s in got.steps) > len(got.steps) / 2


def test_bridged_samples_never_feed_an_impact() -> None:
    got = read(running(sensor=replace(SHOE_SENSOR, loss=Loss(single=0.01))))
    block = got.run.block
    after_hole = block.t[block.lost > 0]
    assert len(got.pairs) >= len(got.truth_t) - 1
    holed = 0
    for stride in got.steps:
        window = (after_hole > stride.t - 0.015) & (after_hole < stride.t + 0.080)
        if window.any():
            holed += 1
            assert stride.impact_g is None
            assert not stride.clipped
    assert holed > 5
    assert any(s.impact_g is not None for s in got.steps)


def test_the_row_of_the_harder_shocks_holds_the_strikes_and_the_other_the_toe_offs() -> None:
    def stance(t: float, shock_g: float, turning: float) -> Stance:
        return Stance(round(833 * t), t, t + 0.15, shock_g, (turning, 0.0, 0.0))

    rows, walked = Rows(shortest_s=0.48), []
    for k in range(4):
        toe_offs = rows.push(stance(1.1 * k, 1.0, -5.0))
        assert rows.walked(Side.LEFT) == []
        strikes = rows.push(stance(1.1 * k + 0.5, 3.0, 5.0))
        walked += rows.walked(Side.LEFT)
    assert rows.is_strongest(strikes)
    assert not rows.is_strongest(toe_offs)
    assert [round(w.t, 6) for w in walked] == [0.5, 1.6, 2.7, 3.8]
