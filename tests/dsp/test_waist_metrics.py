"""What is said of a step at the waist, against exact truth and against its own definitions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from dsp import spring
from dsp.block import FloatArray
from dsp.events import Step
from dsp.pipeline import Pipeline
from dsp.synth import Loss, Motion, Phase, Runner, Sensor, SynthRun, synthesize, tilted
from dsp.units import STANDARD_GRAVITY
from dsp.wearer import UNKNOWN, Wearer

STAND = Phase(Motion.STAND, 5.0)
OF_THE_STRIDE = (
    "contact_s",
    "flight_s",
    "toe_off_t",
    "duty_factor",
    "peak_force_bw",
    "vertical_oscillation_m",
    "impact_rise_g_s",
    "speed_m_s",
)


def running(seconds: float = 30.0, cadence: float = 165.0, speed: float = 3.0) -> list[Phase]:
    return [STAND, Phase(Motion.RUN, seconds, cadence, speed=speed)]


def steps_of(run: SynthRun, wearer: Wearer = UNKNOWN) -> list[Step]:
    return [e for e in Pipeline(run.stream, wearer).push(run.block) if isinstance(e, Step)]


def against(run: SynthRun, steps: Sequence[Step], name: str, truth: FloatArray) -> FloatArray:
    """Errors of a field, wherever it has a value and the contact is a true one."""
    out = []
    for step in steps:
        i = int(np.argmin(np.abs(run.truth.strike_t - step.t)))
        value = getattr(step, name)
        if abs(run.truth.strike_t[i] - step.t) < 0.06 and value is not None:
            out.append(value - truth[i])
    return np.array(out)[np.isfinite(out)]


def contact(run: SynthRun) -> FloatArray:
    return np.asarray(run.truth.toe_off_t - run.truth.strike_t)


@pytest.mark.parametrize(("cadence", "speed"), [(158.0, 2.5), (165.0, 3.0), (172.0, 3.8)])
def test_contact_time_is_inferred_from_step_time_and_push(cadence: float, speed: float) -> None:
    run = synthesize(running(20.0, cadence, speed), seed=1)
    free = against(run, steps_of(run), "contact_s", contact(run))
    known = against(run, steps_of(run, Wearer(speed_m_s=speed)), "contact_s", contact(run))
    assert len(free) > 40
    assert abs(free.mean()) < 0.020
    assert abs(known.mean()) < 0.010
    assert free.std() < 0.012


def test_contact_flight_toe_off_and_duty_factor_are_one_statement() -> None:
    run = synthesize(running(), seed=2)
    said = [s for s in steps_of(run, Wearer(contact_offset_s=0.01)) if s.contact_s is not None]
    for s in said:
        assert s.contact_s is not None
        assert s.flight_s == pytest.approx(s.duration_s - s.contact_s)
        assert s.toe_off_t == pytest.approx(s.t + s.contact_s)
        assert s.duty_factor == pytest.approx(s.contact_s / (2.0 * s.duration_s))
        assert s.peak_force_bw == pytest.approx(spring.PEAK_SHAPE * s.duration_s / s.contact_s)
    plain = [s for s in steps_of(run) if s.contact_s is not None]
    for one, other in zip(said, plain, strict=True):
        assert one.contact_s == pytest.approx((other.contact_s or 0.0) + 0.01)


@pytest.mark.parametrize("rate_hz", [100.0, 208.0, 416.0, 833.0])
def test_vertical_oscillation_is_good_to_seven_millimeters_however_it_is_worn(
    rate_hz: float,
) -> None:
    sensor = Sensor(
        rate_hz=rate_hz,
        mounting=tilted(20.0, -15.0, 70.0),
        acc_bias=(0.3, -0.2, 0.25),
        acc_noise=300e-6 * STANDARD_GRAVITY,
    )
    run = synthesize(running(), sensor=sensor, runner=Runner(step_asymmetry=0.03), seed=3)
    error = against(run, steps_of(run), "vertical_oscillation_m", run.truth.oscillation_m)
    assert len(error) > 60
    assert np.sqrt((error**2).mean()) < 0.007


def test_ratio_and_stride_length_follow_from_a_known_speed() -> None:
    run = synthesize(running(speed=3.3), seed=4)
    steps = steps_of(run, Wearer(speed_m_s=3.3))
    stride = against(run, steps, "stride_length_m", run.truth.stride_length_m)
    assert abs(stride.mean()) < 0.02
    for s in steps[5:]:
        assert s.speed_m_s == 3.3
        assert s.vertical_oscillation_m is not None
        length = 3.3 * s.duration_s
        assert s.vertical_ratio_percent == pytest.approx(100 * s.vertical_oscillation_m / length)


def test_the_distance_factor_scales_the_modelled_speed_and_not_the_known_one() -> None:
    run = synthesize(running(), seed=5)
    plain, longer = steps_of(run), steps_of(run, Wearer(distance_factor=1.2))
    for one, other in zip(plain[1:], longer[1:], strict=True):
        assert one.speed_m_s is not None
        assert other.speed_m_s == pytest.approx(1.2 * one.speed_m_s)
    known = steps_of(run, Wearer(distance_factor=1.2, speed_m_s=3.0))
    assert {s.speed_m_s for s in known[1:]} == {3.0}


def test_after_calibration_at_one_pace_speed_is_close() -> None:
    run = synthesize(running(), seed=6)
    measured = np.median([s.speed_m_s for s in steps_of(run)[20:] if s.speed_m_s is not None])
    own = Wearer(distance_factor=3.0 / float(measured))
    error = against(run, steps_of(run, own)[20:], "speed_m_s", run.truth.speed_m_s)
    assert np.sqrt((error**2).mean()) < 0.06 * 3.0


def test_a_harder_strike_rises_more_steeply_and_peaks_higher() -> None:
    rises, peaks = [], []
    for impact_g in (0.5, 1.5, 3.0):
        run = synthesize(running(), runner=Runner(impact_g=impact_g), seed=7)
        steps = steps_of(run)[5:]
        rises.append(np.median([s.impact_rise_g_s for s in steps if s.impact_rise_g_s]))
        peaks.append(np.median([s.impact_excess_g for s in steps if s.impact_excess_g is not None]))
    assert rises[1] > 1.3 * rises[0]
    assert rises[2] > 1.3 * rises[1]
    assert peaks[0] < peaks[1] < peaks[2]


def test_a_tilted_sensor_says_the_same_of_every_step() -> None:
    plain = synthesize(running(), seed=8)
    turned = synthesize(running(), sensor=Sensor(mounting=tilted(35.0, -20.0, 130.0)), seed=8)
    for one, other in zip(steps_of(plain)[1:], steps_of(turned)[1:], strict=True):
        assert one.contact_s == pytest.approx(other.contact_s, abs=0.003)
        assert one.vertical_oscillation_m == pytest.approx(other.vertical_oscillation_m, abs=0.001)
        assert one.impact_rise_g_s == pytest.approx(other.impact_rise_g_s, rel=0.1)


def test_the_first_step_of_a_run_has_no_stride_to_be_measured_on() -> None:
    run = synthesize([*running(10.0), Phase(Motion.STAND, 6.0), *running(10.0)[1:]], seed=9)
    steps = steps_of(run)
    starts = [0, *(i for i in range(1, len(steps)) if steps[i].t - steps[i - 1].t > 1.0)]
    assert len(starts) == 2
    for i, step in enumerate(steps):
        for name in OF_THE_STRIDE:
            assert (getattr(step, name) is None) == (i in starts), name


def test_where_samples_are_lost_what_needs_them_is_none_and_the_rest_is_unchanged() -> None:
    gaps = tuple((8.0 + 1.7 * k, 0.03) for k in range(14))
    whole = synthesize(running(), seed=10)
    holed = synthesize(running(), sensor=Sensor(loss=Loss(gaps=gaps)), seed=10)
    known = {round(s.t, 2): s for s in steps_of(whole)}
    unmeasured = compared = 0
    for step in steps_of(holed)[2:]:
        end = step.t + step.duration_s
        if any(step.t + 0.05 < t < end - 0.08 for t, _ in gaps):
            assert all(getattr(step, name) is None for name in OF_THE_STRIDE)
            assert step.active_g is None
            unmeasured += 1
        elif not any(step.t - 0.6 < t < end + 0.1 for t, _ in gaps):
            twin = known.get(round(step.t, 2))
            if twin is not None:
                assert step.contact_s == pytest.approx(twin.contact_s, abs=1e-3)
                compared += 1
    assert unmeasured > 5
    assert compared > 15


def test_single_lost_samples_spoil_the_impact_only() -> None:
    whole = synthesize(running(), seed=10)
    holed = synthesize(running(), sensor=Sensor(loss=Loss(single=0.02)), seed=10)
    known = {round(s.t, 1): s for s in steps_of(whole)}
    assert any(s.impact_rise_g_s is None and s.contact_s is not None for s in steps_of(holed))
    compared = 0
    for step in steps_of(holed)[1:]:
        twin = known.get(round(step.t, 1))
        assert step.active_g is not None
        assert (step.impact_rise_g_s is None) == (step.impact_g is None)
        if twin is not None and twin.contact_s is not None:
            assert step.contact_s == pytest.approx(twin.contact_s, abs=0.006)
            assert step.vertical_oscillation_m == pytest.approx(
                twin.vertical_oscillation_m, abs=0.004
            )
            compared += 1
    assert compared > 40


def test_saturated_steps_have_no_impact_and_are_marked() -> None:
    sensor = Sensor(acc_limit=2.6 * STANDARD_GRAVITY)
    steps = steps_of(synthesize(running(), sensor=sensor, runner=Runner(impact_cv=0.3), seed=11))
    clipped = [s for s in steps if s.clipped]
    assert len(clipped) > 5
    for s in clipped:
        assert s.impact_g is None
        assert s.impact_excess_g is None
        assert all(getattr(s, name) is None for name in OF_THE_STRIDE)


def test_no_metric_is_wrong_without_a_gyro() -> None:
    run = synthesize(running(), seed=12)
    blind = replace(run.block, gyr=None)
    stream = replace(run.stream, has_gyro=False)
    steps = [e for e in Pipeline(stream).push(blind) if isinstance(e, Step)]
    for one, other in zip(steps_of(run)[1:], steps[1:], strict=True):
        assert one.contact_s == pytest.approx(other.contact_s, abs=0.006)
        assert one.vertical_oscillation_m == pytest.approx(other.vertical_oscillation_m, abs=0.003)


def test_a_jog_without_flight_has_none_and_no_stiffness() -> None:
    assert spring.vertical_stiffness_bw_m(0.36, 0.37) is None
    assert spring.leg_stiffness_bw_m(0.36, 0.37, 2.0, 1.75) is None


def test_stiffness_is_that_of_the_published_worked_formulas() -> None:
    # Morin 2005, written out with mass: 70 kg, contact 0.24 s, flight 0.12 s, 3.33 m/s, 1.75 m.
    m, g, tc, tf, v, leg = 70.0, STANDARD_GRAVITY, 0.24, 0.12, 3.33, 0.53 * 1.75
    peak = m * g * np.pi / 2.0 * (tf / tc + 1.0)
    fall = peak * tc**2 / (m * np.pi**2) - g * tc**2 / 8.0
    shorter = leg - np.sqrt(leg**2 - (v * tc / 2.0) ** 2) + fall
    weight = m * g
    assert spring.compression_m(tc + tf, tc) == pytest.approx(fall)
    vertical = spring.vertical_stiffness_bw_m(tc + tf, tc)
    assert vertical == pytest.approx(peak / fall / weight)
    of_leg = spring.leg_stiffness_bw_m(tc + tf, tc, v, 1.75)
    assert of_leg == pytest.approx(peak / shorter / weight)
    assert 20e3 < (vertical or 0.0) * weight < 40e3  # N/m, usual values
    assert 6e3 < (of_leg or 0.0) * weight < 16e3


def test_the_true_height_is_that_of_a_spring_and_a_flight() -> None:
    # Of the synthetic runner: its truth comes from the motion, this from contact and step time.
    run = synthesize(running(cadence=160.0), runner=Runner(impact_g=0.5), seed=13)
    step, tc = np.diff(run.truth.strike_t)[5:-1], contact(run)[5:-2]
    of_a_spring = [spring.compression_m(whole, on) for whole, on in zip(step, tc, strict=True)]
    expected = np.array(of_a_spring) + STANDARD_GRAVITY * (step - tc) ** 2 / 8.0
    error = run.truth.oscillation_m[5:-2] - expected
    assert abs(error.mean()) < 0.008
    assert error.std() < 0.008
