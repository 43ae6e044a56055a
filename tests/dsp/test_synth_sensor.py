"""The synthetic runner's sensor: losses, counts, range, clock, axes, mounting and noise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp import synth
from dsp.block import Mount
from dsp.errors import ConfigError
from dsp.synth import Loss, Motion, Phase, Sensor
from dsp.units import STANDARD_GRAVITY
from tests.thorough import examples

IDEAL = Sensor(acc_noise=0.0, gyr_noise=0.0, acc_scale=None, gyr_scale=None)


@given(
    single=st.floats(0, 0.2),
    bursts=st.floats(0, 60),
    start=st.floats(1, 8),
    length=st.floats(0, 2),
    chunk_s=st.sampled_from([0.002, 0.01, 0.5]),
)
@settings(max_examples=examples(10, 25))
def test_every_lost_sample_is_counted_exactly_once(
    single: float, bursts: float, start: float, length: float, chunk_s: float
) -> None:
    loss = Loss(single=single, bursts_per_min=bursts, gaps=((start, length),))
    phases = [Phase(Motion.RUN, 10.0)]
    whole = synth.synthesize(phases, sensor=Sensor(rate_hz=104.0)).block
    run = synth.synthesize(phases, sensor=Sensor(rate_hz=104.0, loss=loss))
    index = np.cumsum(run.block.lost + 1) - 1
    np.testing.assert_array_equal(run.block.t, whole.t[index])
    np.testing.assert_array_equal(run.block.acc, whole.acc[index])
    got = list(synth.chunks(run, 0.488e-3 * STANDARD_GRAVITY, 6e-4, chunk_s))
    assert sum(len(counts) for counts, _, _ in got) == len(run.block)
    assert sum(lost for _, _, lost in got) == run.block.lost.sum()
    n = 0
    for counts, t_last, lost in got:
        n += lost + len(counts)
        assert t_last == whole.t[n - 1]


def test_chunk_counts_are_the_samples_in_counts() -> None:
    run = synth.easy_run(5.0)
    assert run.sensor.acc_scale is not None
    assert run.sensor.gyr_scale is not None
    got = list(synth.chunks(run, run.sensor.acc_scale, run.sensor.gyr_scale))
    counts = np.concatenate([c for c, _, _ in got])
    assert counts.dtype == np.int16
    assert max(len(c) for c, _, _ in got) == 4  # 10 ms at 416 Hz
    np.testing.assert_allclose(counts[:, :3] * run.sensor.acc_scale, run.block.acc, atol=1e-9)
    assert run.block.gyr is not None
    np.testing.assert_allclose(counts[:, 3:] * run.sensor.gyr_scale, run.block.gyr, atol=1e-9)


def test_a_range_that_is_too_small_clips_and_says_so() -> None:
    tight = Sensor(acc_limit=2.0 * STANDARD_GRAVITY, gyr_limit=0.5)
    block = synth.easy_run(10.0, sensor=tight).block
    assert block.gyr is not None
    assert block.acc.max() <= 2.0 * STANDARD_GRAVITY
    at_limit = np.abs(block.acc).max(axis=1) >= block.acc.max() - 1e-9
    np.testing.assert_array_equal(at_limit, block.acc_clipped)
    assert block.acc_clipped.any()
    assert block.gyr_clipped.any()
    assert not synth.easy_run(10.0).block.acc_clipped.any()


def test_the_true_rate_is_off_and_wanders_but_strikes_stay_in_true_time() -> None:
    odd = Sensor(rate_error=0.03, rate_drift=0.002)
    run, even = synth.easy_run(60.0, sensor=odd), synth.easy_run(60.0)
    period = np.diff(run.block.t)
    assert np.median(period) == pytest.approx(1 / (416 * 1.03), rel=0.003)
    assert np.ptp(period) > 1e-4 * period.mean()
    assert run.stream.rate_hz == pytest.approx(416 * 1.03)
    up = np.interp(even.block.t, run.block.t, run.block.acc[:, 2])
    assert np.corrcoef(up, even.block.acc[:, 2])[0, 1] > 0.999


def test_absent_axes_are_nan_and_an_absent_gyro_is_none() -> None:
    run = synth.easy_run(5.0, sensor=Sensor(acc_axes="xz", gyr_axes=""))
    assert np.isnan(run.block.acc[:, 1]).all()
    assert np.isfinite(run.block.acc[:, [0, 2]]).all()
    assert run.block.gyr is None
    assert not run.stream.has_gyro
    counts, _, _ = next(synth.chunks(run, 0.005, 0.001))
    assert counts.shape[1] == 3


@given(seed=st.integers(0, 1000))
@settings(max_examples=examples(5, 10))
def test_mounting_turns_the_axes_and_keeps_the_size(seed: int) -> None:
    turn = synth.random_rotation(np.random.default_rng(seed))
    np.testing.assert_allclose(np.array(turn) @ np.array(turn).T, np.eye(3), atol=1e-12)
    assert np.linalg.det(np.array(turn)) == pytest.approx(1.0)
    a = synth.walk(3.0, sensor=replace(IDEAL, mounting=turn)).block
    b = synth.walk(3.0, sensor=IDEAL).block
    np.testing.assert_allclose(a.acc, b.acc @ np.array(turn).T, atol=1e-9)


def test_bias_and_noise_have_the_given_size() -> None:
    sensor = Sensor(acc_bias=(0.1, -0.2, 0.3), acc_noise=0.002, rate_hz=400.0)
    still = [Phase(Motion.RUN, 0.3), Phase(Motion.STAND, 60.0)]
    block = synth.synthesize(still, sensor=sensor, mount=Mount.SHOE).block
    expected = [0.1, -0.2, 0.3 + STANDARD_GRAVITY]
    np.testing.assert_allclose(block.acc.mean(axis=0), expected, atol=0.003)
    assert block.acc[:, 0].std() == pytest.approx(0.002 * np.sqrt(200.0), rel=0.05)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Phase(Motion.RUN, 0.0), "Phase.duration_s"),
        (lambda: Phase(Motion.RUN, 5.0, 500.0), "Phase.cadence_spm"),
        (lambda: Phase(Motion.RUN, 5.0, speed=20.0), "Phase.speed"),
        (lambda: Sensor(rate_hz=1.0), "Sensor.rate_hz"),
        (lambda: Sensor(acc_axes="xq"), "Sensor axes"),
        (lambda: Loss(single=1.0), "Loss.single"),
        (lambda: synth.synthesize([]), "phases"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(make: object, named: str) -> None:
    assert callable(make)
    with pytest.raises(ConfigError, match=named):
        make()
