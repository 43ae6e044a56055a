"""The parts of the shoe's metric tier, each by itself."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from dsp.block import Mount, SampleBlock, Side
from dsp.events import Contact, Step
from dsp.filters import lowpass
from dsp.pipeline import Pipeline
from dsp.rotation import orientations, seen_from, turned
from dsp.shoe.foot_strike import FootStrikeClass
from dsp.shoe.strapdown import travel
from dsp.shoe.stride import StrideSamples
from dsp.shoe.zero_phase import ZeroPhase
from dsp.synth import SHOE_SENSOR, Motion, Phase, Runner, easy_run, synthesize
from dsp.synth.shoe import shoe
from dsp.synth.steps import take_steps
from dsp.units import STANDARD_GRAVITY


def test_an_impact_with_a_hole_in_its_window_is_not_measured() -> None:
    made = easy_run(20.0, mount=Mount.SHOE)
    own = made.truth.strike_t[~made.truth.left & made.truth.running]
    for before, after in ((0.14, -0.004), (0.16, 0.01)):
        block = made.block
        keep = np.ones(len(block), dtype=bool)
        for strike in own[8:20:3]:
            keep &= ~((block.t > strike - before) & (block.t < strike + after))
        lossy = SampleBlock(
            block.t[keep],
            block.acc[keep],
            None if block.gyr is None else block.gyr[keep],
            block.lost[keep],
            block.acc_clipped[keep],
            block.gyr_clipped[keep],
        )
        steps = [e for e in Pipeline(made.stream).push(lossy) if isinstance(e, Step)]
        near = [s for s in steps if np.abs(own[8:20:3] - s.t).min() < 0.06]
        far = [s for s in steps if np.abs(own[8:20:3] - s.t).min() > 0.3]
        assert all(s.impact_g is None for s in near)
        assert sum(s.impact_g is not None for s in far) > 10


def test_orientations_are_the_product_of_all_turns() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 2, 3, 64, 65, 300):
        t = np.cumsum(rng.uniform(0.5, 1.5, n) / 400.0)
        gyr = rng.normal(0.0, 20.0, (3, n))
        slow = Rotation.identity()
        expected = [slow]
        for k in range(1, n):
            mean = 0.5 * (gyr[:, k - 1] + gyr[:, k])
            slow = slow * Rotation.from_rotvec(mean * (t[k] - t[k - 1]))
            expected.append(slow)
        q = orientations(t, gyr)
        v = np.array([[0.3], [-1.0], [2.0]])
        want = np.array([r.apply(v[:, 0]) for r in expected]).T
        np.testing.assert_allclose(turned(q, v), want, atol=1e-8)
        back = seen_from(q, n // 2)
        np.testing.assert_allclose(
            turned(back, v), expected[n // 2].inv().apply(want.T).T, atol=1e-8
        )


def tumbling(bias: float) -> tuple[StrideSamples, float]:
    """A sensor that tumbles along a straight way, at rest at both ends; how far it came, m."""
    t = np.arange(0.0, 0.7, 1e-3)
    # Speed 12 s² (1 - s)² of a stride's share s; integral 0.4.
    s = t / t[-1]
    speed_up = 12.0 * (2.0 * s * (1.0 - s) ** 2 - 2.0 * s**2 * (1.0 - s)) / t[-1]
    world = np.zeros((3, len(t)))
    world[0], world[2] = speed_up, STANDARD_GRAVITY
    gyr = np.stack([3.0 * np.sin(7.0 * t), 9.0 * np.cos(9.0 * t), 2.0 * np.sin(3.0 * t)])
    gyr *= np.sin(np.pi * s)
    q = orientations(t, gyr)
    inverse = q * np.array([[1.0], [-1.0], [-1.0], [-1.0]])
    acc = turned(inverse, world) + bias
    no = np.zeros(len(t), dtype=bool)
    return StrideSamples(t, acc, gyr, no, no, True, True), 0.4 * t[-1]


def test_a_tumbling_sensor_finds_its_way_and_gravity() -> None:
    samples, true_m = tumbling(0.0)
    q = orientations(samples.t, samples.gyr)
    way = travel(samples, q, 0, len(samples.t) - 1)
    assert way is not None
    assert way.sure
    assert way.length_m == pytest.approx(true_m, rel=1e-4)
    np.testing.assert_allclose(way.gravity, [0.0, 0.0, STANDARD_GRAVITY], atol=1e-3)


def test_a_way_over_a_clipped_sample_is_not_sure() -> None:
    samples, _ = tumbling(0.0)
    bad = np.zeros(len(samples.t), dtype=bool)
    bad[300] = True
    q = orientations(samples.t, samples.gyr)
    for spoiled in (replace(samples, acc_bad=bad), replace(samples, gyr_bad=bad)):
        way = travel(spoiled, q, 0, len(samples.t) - 1)
        assert way is not None
        assert not way.sure


def test_a_foot_that_was_not_at_rest_has_come_no_known_way() -> None:
    samples, _ = tumbling(0.0)
    moving = samples.acc.copy()
    moving *= 1.2
    q = orientations(samples.t, samples.gyr)
    assert travel(replace(samples, acc=moving), q, 0, len(samples.t) - 1) is None


@pytest.mark.parametrize(
    ("angle", "expected"),
    [
        (20.0, Contact.REARFOOT),
        (9.0, Contact.UNCERTAIN),
        (6.0, Contact.UNCERTAIN),
        (3.2, Contact.MIDFOOT),
        (-1.0, Contact.UNCERTAIN),
        (-6.0, Contact.FOREFOOT),
    ],
)
def test_the_class_follows_the_median_angle(angle: float, expected: Contact) -> None:
    strides = FootStrikeClass()
    for k in range(20):
        # A stumble or two must not sway it.
        strides.push(angle if k % 7 else 40.0 - angle)
    assert strides.value is expected


def test_the_class_forgets_after_twenty_strides() -> None:
    strides = FootStrikeClass()
    for _ in range(20):
        strides.push(20.0)
    for _ in range(11):
        strides.push(-8.0)
    assert strides.value is Contact.FOREFOOT


def test_a_zero_phase_filter_moves_no_bump() -> None:
    t = np.arange(400) / 400.0
    bump = -np.exp(-(((t - 0.5) / 0.03) ** 2))
    smooth = ZeroPhase(lowpass(20.0, 400.0))(bump)
    assert int(np.argmin(smooth)) == 200
    assert smooth.min() > -1.0


def test_a_harder_shock_rises_steeper_and_a_clipped_one_is_not_told() -> None:
    def rises(impact_g: float, softness: float, limit_g: float = 32.0) -> list[Step]:
        sensor = replace(SHOE_SENSOR, acc_limit=limit_g * STANDARD_GRAVITY)
        run = synthesize(
            [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 10.0)],
            runner=Runner(shoe_impact_g=impact_g, softness=softness),
            sensor=sensor,
            mount=Mount.SHOE,
        )
        return [e for e in Pipeline(run.stream).push(run.block) if isinstance(e, Step)]

    soft, hard = (
        float(np.median([s.impact_rise_g_s or np.nan for s in rises(*body)]))
        for body in ((6.0, 0.6), (12.0, 0.1))
    )
    # A raised cosine of 10 g and 9 ms at half height rises by 1700 g/s; 60 Hz lets a third pass.
    assert 200.0 < soft < 0.6 * hard
    assert hard < 2500.0
    for s in rises(12.0, 0.1, limit_g=6.0):
        assert s.clipped == (s.impact_rise_g_s is None) == (s.impact_g is None)


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_integrating_the_synthetic_foot_gives_its_path_back(side: Side) -> None:
    # Truth that contradicts itself would let a wrong strapdown pass.
    phases = [Phase(Motion.STAND, 1.0), Phase(Motion.RUN, 6.0, slope_deg=2.0)]
    steps = take_steps(phases, Runner(), np.random.default_rng(1))
    foot = shoe(steps, Runner(), side is Side.LEFT, np.random.default_rng(2))
    assert foot.curve is not None
    own = np.flatnonzero(steps.left == (side is Side.LEFT))
    start, end = steps.t[own[2]] + 0.1, steps.t[own[4]] + 0.1
    t = np.arange(start, end, 2e-4)
    force, gyr = foot.motion(t)
    pose = foot.pose(t)
    q = orientations(t, gyr.T)
    first = Rotation.from_euler("ZYX", [pose.yaw[0], -pose.pitch[0], pose.roll[0]])
    world = first.apply(turned(q, force.T).T) - [0.0, 0.0, 1.0]
    np.testing.assert_allclose(world, pose.acceleration, atol=2e-3)
    speed = np.cumsum(world * STANDARD_GRAVITY, axis=0) * 2e-4
    begin = foot.curve(t[0], 1)
    moved = np.add(speed, [begin[1], 0.0, begin[2]]).sum(axis=0) * 2e-4
    expected = foot.curve(t[-1]) - foot.curve(t[0])
    assert moved[0] == pytest.approx(expected[1], abs=0.01)
    assert moved[2] == pytest.approx(expected[2], abs=0.02)
