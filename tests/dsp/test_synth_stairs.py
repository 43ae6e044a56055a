"""The synthetic foot on stairs: what its sensor reads, integrated twice, climbs them."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid
from scipy.spatial.transform import Rotation

from dsp.block import FloatArray, Mount, Side
from dsp.errors import ConfigError
from dsp.synth import Motion, Phase, Sensor, SynthRun, synthesize
from dsp.units import STANDARD_GRAVITY

RATE_HZ = 1000.0
IDEAL = Sensor(rate_hz=RATE_HZ, acc_noise=0.0, gyr_noise=0.0, acc_scale=None, gyr_scale=None)


def height(run: SynthRun) -> FloatArray:
    """(n,) m, of a sensor that starts at rest and upright: integrated here anew."""
    assert run.block.gyr is not None
    turn = Rotation.from_rotvec((run.block.gyr[1:] + run.block.gyr[:-1]) / (2.0 * RATE_HZ))
    pose, up = Rotation.identity(), np.empty(len(run.block))
    for i, acc in enumerate(run.block.acc):
        pose = pose * turn[i - 1] if i else pose
        up[i] = pose.apply(acc)[2] - STANDARD_GRAVITY
    speed = cumulative_trapezoid(up, dx=1.0 / RATE_HZ, initial=0.0)
    return np.asarray(cumulative_trapezoid(speed, dx=1.0 / RATE_HZ, initial=0.0))


@pytest.mark.parametrize(
    ("ground", "rise_m"),
    [
        (Phase(Motion.STAIRS, 5.0, 100.0, rise_m=0.15), 0.30),
        (Phase(Motion.STAIRS, 5.0, 100.0), 0.34),
        (Phase(Motion.STAIRS, 5.0, 116.0, slope_deg=-8.0), -0.34),
        (Phase(Motion.WALK, 5.0, 100.0), 0.0),
    ],
)
def test_the_readings_integrated_twice_rise_by_the_stairs(ground: Phase, rise_m: float) -> None:
    phases = [Phase(Motion.STAND, 1.0), ground, Phase(Motion.WALK, 3.0), Phase(Motion.STAND, 1.0)]
    run = synthesize(phases, sensor=IDEAL, mount=Mount.SHOE, side=Side.RIGHT)
    truth, went = run.truth, height(run)
    flat_t = truth.strike_t + 0.25 * (truth.toe_off_t - truth.strike_t)
    mine = np.flatnonzero(~truth.left & np.isfinite(truth.toe_off_t))
    for i, j in pairwise(mine):
        a, b = np.searchsorted(run.block.t, flat_t[[i, j]])
        assert went[b] - went[a] == pytest.approx(truth.stride_rise_m[i], abs=0.01)
    assert truth.stride_rise_m[mine[0]] == pytest.approx(rise_m)
    assert truth.stride_rise_m[mine[-2]] == 0.0


def test_the_truth_knows_the_rise_of_a_slope_too() -> None:
    truth = synthesize([Phase(Motion.RUN, 10.0, slope_deg=6.0)], sensor=IDEAL).truth
    assert truth.stride_rise_m[:-2] == pytest.approx(
        truth.stride_length_m[:-2] * np.sin(np.radians(6.0))
    )
    assert np.isnan(truth.stride_rise_m[-2:]).all()


def test_only_stairs_of_this_world_can_be_asked_for() -> None:
    with pytest.raises(ConfigError, match="only stairs"):
        Phase(Motion.WALK, 5.0, rise_m=0.17)
    with pytest.raises(ConfigError, match=r"rise_m = 0\.5"):
        Phase(Motion.STAIRS, 5.0, rise_m=0.5)
