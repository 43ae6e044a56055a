"""The synthetic runner: physics, published ranges, exact truth and exact bookkeeping."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from dsp import synth
from dsp.block import FloatArray, Mount, Side
from dsp.synth import Loss, Motion, Phase, Runner, Sensor, SynthRun
from dsp.units import STANDARD_GRAVITY
from tests.thorough import examples

IDEAL = Sensor(acc_noise=0.0, gyr_noise=0.0, acc_scale=None, gyr_scale=None)


def steady(speed: float = 3.0, cadence: float = 166.0, **body: float) -> SynthRun:
    phase = Phase(Motion.RUN, 60.0, cadence, speed=speed)
    return synth.synthesize([phase], sensor=IDEAL, runner=replace(Runner(), **body))


def middle(run: SynthRun) -> FloatArray:
    """Strike times of the steady part."""
    return run.truth.strike_t[8:-8]


def per_stride(run: SynthRun, signal: FloatArray) -> list[FloatArray]:
    edges = np.searchsorted(run.block.t, middle(run)[::2])
    return [signal[a:b] for a, b in pairwise(edges)]


def dominant_hz(signal: FloatArray, rate_hz: float) -> float:
    power = np.abs(np.fft.rfft((signal - signal.mean()) * np.hanning(len(signal)))) ** 2
    return float(np.fft.rfftfreq(len(signal), 1 / rate_hz)[np.argmax(power)])


@given(
    speed=st.floats(2.2, 5.0),
    cadence=st.floats(148, 200),
    impact=st.floats(0.0, 3.0),
    softness=st.floats(0, 1),
)
@settings(max_examples=examples(6, 15))
def test_vertical_force_carries_the_weight_over_every_stride(
    speed: float, cadence: float, impact: float, softness: float
) -> None:
    run = steady(speed, cadence, impact_g=impact, softness=softness)
    means = [float(x.mean()) for x in per_stride(run, run.block.acc[:, 2] / STANDARD_GRAVITY)]
    assert np.mean(means) == pytest.approx(1.0, abs=0.01)
    assert np.ptp(means) < 0.1  # one stride of some 300 samples with its own jitter


@pytest.mark.parametrize(("speed", "cadence"), [(2.5, 162.0), (3.3, 168.0), (4.2, 176.0)])
def test_peaks_flight_and_contact_lie_in_published_ranges(speed: float, cadence: float) -> None:
    run = steady(speed, cadence)
    up = run.block.acc[:, 2] / STANDARD_GRAVITY
    peaks = [float(x.max()) for x in per_stride(run, up)]
    lows = [float(x.min()) for x in per_stride(run, up)]
    assert 2.0 < np.median(peaks) < 3.7  # PeerJ 12752 level: 2.6 to 3.3 g after its offset
    assert -0.3 < np.median(lows) < 0.15
    active = sosfiltfilt(butter(2, 10.0, fs=run.stream.rate_hz, output="sos"), up)
    assert 1.9 < np.median([x.max() for x in per_stride(run, active)]) < 2.6
    contact = (run.truth.toe_off_t - run.truth.strike_t)[8:-8]
    duty = contact.mean() / (2 * np.diff(middle(run)).mean())
    assert 0.26 < duty < 0.43
    assert 0.17 < contact.mean() < 0.30


def test_the_active_curve_has_the_measured_half_sine_constant() -> None:
    run = steady(impact_g=0.0, limb_g=0.0, roll_deg=0.0, pitch_deg=0.0)
    up = run.block.acc[:, 2] / STANDARD_GRAVITY
    peak = np.median([x.max() for x in per_stride(run, up)])
    contact = (run.truth.toe_off_t - run.truth.strike_t)[8:-8].mean()
    constant = contact * peak / np.diff(middle(run)).mean()
    assert constant == pytest.approx(1.733, abs=0.07)  # science.md 1.3


def test_steps_dominate_vertically_and_strides_sideways() -> None:
    run = steady(cadence=168.0)
    inside = (run.block.t > 5) & (run.block.t < 55)
    acc = run.block.acc[inside]
    assert dominant_hz(acc[:, 2], run.stream.rate_hz) == pytest.approx(2.8, abs=0.06)
    assert dominant_hz(acc[:, 1], run.stream.rate_hz) == pytest.approx(1.4, abs=0.06)


def test_the_side_sets_the_sign_of_sway_and_roll() -> None:
    run = steady()
    assert run.block.gyr is not None
    for signal in (run.block.acc[:, 1], run.block.gyr[:, 0]):
        at = np.searchsorted(run.block.t, run.truth.strike_t + 0.05)
        left, right = signal[at[run.truth.left]], signal[at[~run.truth.left]]
        assert np.sign(np.median(left)) == -np.sign(np.median(right))


def test_nothing_of_a_strike_reaches_the_waist_before_it_has_crossed_the_leg() -> None:
    hard, none = steady(impact_g=3.0), steady(impact_g=0.0)
    at = hard.truth.strike_t[10]
    quiet = (hard.block.t >= at - 0.02) & (hard.block.t < at + 0.008)
    loud = (hard.block.t >= at + 0.02) & (hard.block.t < at + 0.05)
    extra = (hard.block.acc - none.block.acc)[:, 2]
    assert np.abs(extra[quiet]).max() < 2.0  # what is left of the impulse balance
    assert extra[loud].max() > 8.0


@given(seed=st.integers(0, 10_000))
@settings(max_examples=examples(6, 15))
def test_strikes_increase_and_sides_alternate_within_a_bout(seed: int) -> None:
    truth = synth.random_runner(np.random.default_rng(seed), 20.0).truth
    assert np.all(np.diff(truth.strike_t) > 0.2)
    same_bout = np.diff(truth.bout) == 0
    assert np.all(truth.left[1:][same_bout] != truth.left[:-1][same_bout])
    left_ground = np.isfinite(truth.toe_off_t)
    assert np.all(truth.toe_off_t[left_ground] > truth.strike_t[left_ground])
    run = truth.running & left_ground
    assert np.all(truth.impact_g[truth.running] > 1.0)
    assert 140 < np.median(truth.cadence_spm[run]) < 212


def test_a_stop_ends_the_bout_and_no_strike_lies_in_standing_phases() -> None:
    truth = synth.stop_and_go().truth
    assert truth.bout[-1] == 5
    which = np.searchsorted(truth.phase_t, truth.strike_t, side="right") - 1
    kinds = np.array([k.value for k in truth.phase_kind])[which]
    assert set(kinds) == {"run", "walk"}
    assert np.all((kinds == "run") == truth.running)


def test_cadence_creeps_as_told_and_asymmetry_separates_the_sides() -> None:
    phase = Phase(Motion.RUN, 300.0, 160.0, 166.0)
    body = Runner(step_asymmetry=0.05, wander=0.0)
    truth = synth.synthesize([phase], runner=body, sensor=IDEAL).truth
    early = (truth.strike_t > 10) & (truth.strike_t < 30)
    late = (truth.strike_t > 270) & (truth.strike_t < 290)
    assert np.mean(60 / truth.cadence_spm[early]) == pytest.approx(60 / 160.4, rel=0.005)
    assert np.mean(60 / truth.cadence_spm[late]) == pytest.approx(60 / 165.6, rel=0.005)
    step = 60 / truth.cadence_spm[8:-8]
    left = truth.left[8:-8]
    ratio = (step[left].mean() - step[~left].mean()) / step.mean()
    assert ratio == pytest.approx(0.05, abs=0.006)


def test_grounded_running_has_no_flight() -> None:
    slow = Phase(Motion.RUN, 30.0, 152.0, speed=1.9, contact_fraction=1.2)
    run = synth.synthesize([slow], sensor=IDEAL)
    inside = (run.block.t > 4) & (run.block.t < 26)
    assert run.block.acc[inside, 2].min() > 0.15 * STANDARD_GRAVITY
    assert run.truth.running.all()


def test_walking_never_flies_and_standing_is_one_g() -> None:
    run = synth.walk(30.0, sensor=IDEAL)
    inside = (run.block.t > 8) & (run.block.t < 32)
    up = run.block.acc[:, 2] / STANDARD_GRAVITY
    assert up[inside].min() > 0.5
    assert 1.2 < up[inside].max() < 1.9
    assert up[run.block.t < 4].mean() == pytest.approx(1.0, abs=0.005)
    assert not run.truth.running.any()


@pytest.mark.parametrize("mount", list(Mount))
def test_daily_life_holds_no_running_strike(mount: Mount) -> None:
    run = synth.daily_life(mount=mount)
    assert not run.truth.running.any()
    assert Motion.JUMP in run.truth.phase_kind
    assert np.isfinite(run.block.acc).all()


def test_downhill_hits_harder_and_a_soft_shoe_softer() -> None:
    def impact(slope: float, softness: float) -> float:
        phase = Phase(Motion.RUN, 20.0, speed=3.3, slope_deg=slope)
        body = Runner(softness=softness)
        run = synth.synthesize([phase], runner=body, sensor=IDEAL)
        return float(np.median(run.truth.impact_g))

    assert impact(-8.0, 0.25) > impact(0.0, 0.25) + 0.5
    assert impact(0.0, 0.7) < impact(0.0, 0.0) - 0.1


def test_true_impact_is_the_peak_that_a_perfect_sensor_sees() -> None:
    sensor = replace(IDEAL, rate_hz=1000.0)
    for mount in Mount:
        phase = [Phase(Motion.RUN, 20.0)]
        run = synth.synthesize(phase, sensor=sensor, mount=mount, side=Side.RIGHT)
        acc = run.block.acc / STANDARD_GRAVITY
        seen = acc[:, 2] if mount is Mount.WAIST else np.linalg.norm(acc, axis=1)
        for i in np.flatnonzero(np.isfinite(run.truth.impact_g))[5:15]:
            since = run.block.t - run.truth.strike_t[i]
            peak = seen[(since >= 0) & (since <= 0.08)].max()
            assert peak == pytest.approx(run.truth.impact_g[i], rel=0.03)


def test_a_shoe_is_still_in_mid_stance_and_fast_in_swing() -> None:
    run = synth.easy_run(30.0, mount=Mount.SHOE, sensor=replace(IDEAL, rate_hz=833.0))
    truth, block = run.truth, run.block
    assert block.gyr is not None
    size = np.linalg.norm(block.acc, axis=1) / STANDARD_GRAVITY
    pitch = np.degrees(np.abs(block.gyr[:, 1]))
    mine = np.flatnonzero(~truth.left & np.isfinite(truth.toe_off_t))
    assert np.isnan(truth.impact_g[truth.left]).all()
    for i in (j for j in mine[:-1] if 10 < truth.strike_t[j] < 50):
        contact = truth.toe_off_t[i] - truth.strike_t[i]
        at = np.searchsorted(block.t, truth.strike_t[i] + 0.42 * contact)
        assert 0.6 < size[at] < 1.6
        swing = (block.t > truth.toe_off_t[i]) & (block.t < truth.strike_t[i] + 1.9 * contact)
        assert 150 < pitch[swing].max() < 800
        top = size[(block.t >= truth.strike_t[i]) & (block.t < truth.strike_t[i] + 0.08)].max()
        assert (5 < top < 17) if truth.running[i] else (1.5 < top < 6)


def test_a_forefoot_strike_lands_toe_down() -> None:
    def turned(angle_deg: float) -> float:
        """Pitch from strike to flat foot, degrees."""
        body = Runner(strike_angle_deg=angle_deg)
        phases = [Phase(Motion.RUN, 20.0)]
        sensor = replace(IDEAL, rate_hz=833.0)
        quiet = replace(body, shoe_impact_g=0.0)
        run = synth.synthesize(phases, runner=quiet, sensor=sensor, mount=Mount.SHOE)
        assert run.block.gyr is not None
        strike = run.truth.strike_t[~run.truth.left][8]
        inside = (run.block.t >= strike) & (run.block.t < strike + 0.045)
        return float(np.degrees(run.block.gyr[inside, 1].sum() / 833.0))

    assert turned(14.0) == pytest.approx(14.0, abs=1.5)
    assert turned(-6.0) == pytest.approx(-6.0, abs=1.5)


@pytest.mark.parametrize("mount", list(Mount))
def test_the_same_seed_gives_the_same_samples_and_another_does_not(mount: Mount) -> None:
    a, b, c = (synth.easy_run(20.0, seed=s, mount=mount) for s in (3, 3, 4))
    np.testing.assert_array_equal(a.block.acc, b.block.acc)
    np.testing.assert_array_equal(a.truth.strike_t, b.truth.strike_t)
    assert not np.array_equal(a.truth.strike_t, c.truth.strike_t)


def test_changing_the_sensor_leaves_the_runner_as_he_was() -> None:
    a = synth.easy_run(20.0, sensor=Sensor(rate_hz=208.0, loss=Loss(single=0.05)))
    b = synth.easy_run(20.0)
    np.testing.assert_array_equal(a.truth.strike_t, b.truth.strike_t)
    np.testing.assert_array_equal(a.truth.impact_g, b.truth.impact_g)


def test_a_loose_belt_rings_after_the_strike() -> None:
    def late_power(run: SynthRun) -> float:
        band = butter(2, [7.0, 13.0], "bandpass", fs=416.0, output="sos")
        ring = sosfiltfilt(band, run.block.acc[:, 2])
        return float(ring[(run.block.t > 30) & (run.block.t < 80)].std())

    assert late_power(synth.loose_belt(60.0)) > 1.5 * late_power(synth.easy_run(60.0))
