"""What the instep of a synthetic runner's foot does: specific force (g) and angular rate, foot
axes.

The foot moves in the sagittal plane along one smooth curve of pitch, forward and upward position
through knots of every stride; specific force is its acceleration plus gravity, turned into the
foot, plus the shock of the contact. Foot axes: x to the toes, y left, z up through the instep.
"""

from dataclasses import dataclass
from math import exp, pi, radians

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline

from dsp.block import BoolArray, FloatArray
from dsp.synth.runner import Runner
from dsp.synth.steps import Steps
from dsp.units import STANDARD_GRAVITY

# Knots of a stride. Stance: share of the contact time; pitch (degrees, toe up positive), forward
# (m) and upward (m) of the instep from where it stands flat. Swing: share of the swing; forward as
# a share of the stride length. After sagittal foot kinematics of walking and running: heel-off
# about half way through running stance and two thirds through walking stance, toe-off with the heel
# high, highest heel in early swing, fast forward pitch in mid-swing, slight retraction before
# contact.
_RUN_STANCE = np.array(
    [
        # share, pitch, forward, upward
        [0.36, 0.0, 0.0, 0.0],
        [0.52, -2.0, 0.000, 0.001],
        [0.70, -16.0, 0.012, 0.014],
        [0.86, -38.0, 0.040, 0.048],
        [1.00, -58.0, 0.090, 0.098],
    ]
)
_RUN_SWING = np.array(
    [
        # share, pitch, forward / stride, upward
        [0.14, -80.0, 0.125, 0.190],
        [0.30, -88.0, 0.300, 0.265],
        [0.46, -66.0, 0.510, 0.235],
        [0.62, -26.0, 0.735, 0.165],
        [0.76, 2.0, 0.890, 0.110],
        [0.88, 15.0, 0.968, 0.068],
    ]
)
_WALK_STANCE = np.array(
    [
        [0.30, 0.0, 0.0, 0.0],
        [0.50, 0.0, 0.0, 0.0],
        [0.64, -3.0, 0.002, 0.003],
        [0.78, -14.0, 0.014, 0.018],
        [0.90, -33.0, 0.042, 0.047],
        [1.00, -58.0, 0.095, 0.090],
    ]
)
_WALK_SWING = np.array(
    [
        [0.16, -68.0, 0.170, 0.130],
        [0.34, -48.0, 0.390, 0.125],
        [0.52, -16.0, 0.630, 0.085],
        [0.70, 10.0, 0.840, 0.055],
        [0.86, 22.0, 0.955, 0.048],
    ]
)
_FLAT_S = 0.045  # from a rearfoot strike to the flat foot when running
_FLAT_WALK_S = 0.085
_WALK_ANGLE_DEG = 18.0


@dataclass(frozen=True, slots=True)
class Shoe:
    """A foot that can be asked for any time.

    Args:
        curve: pitch (rad, toe up positive), forward and upward position (m) over time.
        span: (s, s) where the foot takes steps; it stands outside.
        strike_t: (m,) contacts of this foot, s.
        impact: (m,) axial amplitude of each shock, g.
        width_s: of the shock at half height, s.
        ring_hz: of the shoe after it.
        outward: sign of the lateral axis for this foot.
        wobble: (m,) eversion rate of each stance, rad/s.
    """

    curve: BSpline | None
    span: tuple[float, float]
    strike_t: FloatArray
    impact: FloatArray
    width_s: float
    ring_hz: float
    outward: float
    wobble: FloatArray

    def motion(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n, 3) specific force in g and (n, 3) angular rate in rad/s at times `t`, foot axes."""
        force, gyr = np.zeros((len(t), 3)), np.zeros((len(t), 3))
        force[:, 2] = 1.0
        if self.curve is None:
            return force, gyr
        inside = (t > self.span[0]) & (t < self.span[1])
        at = t[inside]
        pitch, rate = self.curve(at)[:, 0], self.curve(at, 1)[:, 0]
        second = self.curve(at, 2)
        forward = second[:, 1] / STANDARD_GRAVITY
        upward = second[:, 2] / STANDARD_GRAVITY + 1.0
        c, s = np.cos(pitch), np.sin(pitch)
        force[inside, 0] = c * forward + s * upward
        force[inside, 2] = c * upward - s * forward
        # Toe up turns x towards z: about -y.
        gyr[inside, 1] = -rate
        # Hip and ankle turn the foot in and out during swing, in step with its pitch.
        gyr[inside, 0] = self.outward * (0.28 * rate + 0.03 * second[:, 0])
        gyr[inside, 2] = self.outward * (-0.18 * rate + 0.02 * second[:, 0])
        force[inside, 1] = self.outward * 0.18 * np.hypot(forward, upward - 1.0)
        self._add_shock(force, gyr, t)
        return force, gyr

    def _add_shock(self, force: FloatArray, gyr: FloatArray, t: FloatArray) -> None:
        k = np.searchsorted(self.strike_t, t, side="right") - 1
        tau = t - self.strike_t[np.maximum(k, 0)]
        at = np.flatnonzero((k >= 0) & (tau < 0.15))
        k, tau = k[at], tau[at]
        x = tau - self.width_s  # raised cosine of 2 x width base: half height at `width_s`
        main = np.where(np.abs(x) < self.width_s, 0.5 + 0.5 * np.cos(pi * x / self.width_s), 0.0)
        after = np.maximum(tau - 0.5 * self.width_s, 0.0)
        decay = np.exp(-after / 0.028)
        ring = decay * np.sin(2 * pi * self.ring_hz * after)
        other = decay * np.sin(2 * pi * 0.73 * self.ring_hz * after)
        a = self.impact[k]
        force[at, 2] += a * (main + 0.40 * ring)
        force[at, 0] += a * (-0.35 * main + 0.35 * other)
        force[at, 1] += self.outward * a * (0.18 * main - 0.16 * other)
        slap = np.where(tau < 0.1, np.sin(pi * tau / 0.1) ** 2, 0.0)
        gyr[at, 0] += self.outward * self.wobble[k] * slap + 0.10 * a * ring
        gyr[at, 1] += 0.12 * a * other
        gyr[at, 2] += 0.06 * a * self.outward * ring


def strike_angle(steps: Steps, runner: Runner) -> FloatArray:
    """(n,) foot to ground at every strike, degrees, toe up positive."""
    run = runner.strike_angle_deg * np.minimum(steps.speed / 2.0, 1.0)
    return np.asarray(np.where(steps.running, run, _WALK_ANGLE_DEG))


def _knots(steps: Steps, mine: BoolArray, runner: Runner) -> tuple[FloatArray, FloatArray]:
    """Times (n,) and pitch, forward, upward (n, 3) that the foot passes through."""
    index = np.flatnonzero(mine)
    t, contact = steps.t[index], steps.contact_s[index]
    times: list[FloatArray] = []
    values: list[FloatArray] = []
    angles = strike_angle(steps, runner)
    where = 0.0
    for j, i in enumerate(index):
        run = bool(steps.running[i])
        flat = _FLAT_S if run else _FLAT_WALK_S
        angle = float(angles[i])
        height = 0.02 + 0.0008 * abs(angle)
        begins = j == 0 or steps.bout[index[j - 1]] != steps.bout[i]
        if begins:
            lift = t[j] - 0.40
            times.append(np.array([lift - 0.30, lift - 0.2, lift - 0.1, lift, lift + 0.2]))
            still = [0.0, where, 0.0]
            values.append(np.array([still, still, still, still, [-25.0, where + 0.10, 0.07]]))
            where += 0.35
        times.append(t[j] + np.array([0.0, 0.5 * flat, flat]))
        values.append(
            np.array(
                [
                    [angle, where - 0.022, height],
                    [0.45 * angle, where - 0.006, 0.4 * height],
                    [0.0, where, 0.0],
                ]
            )
        )
        ends = j + 1 == len(index) or steps.bout[index[j + 1]] != steps.bout[i]
        if ends:
            times.append(t[j] + flat + np.array([0.08, 0.16, 0.24, 0.32]))
            values.append(np.tile([0.0, where, 0.0], (4, 1)))
            continue
        swing_s = t[j + 1] - t[j] - contact[j]
        length = steps.speed[i] * (t[j + 1] - t[j])
        stance, swing = (_RUN_STANCE, _RUN_SWING) if run else (_WALK_STANCE, _WALK_SWING)
        lift_size = min(1.0, 0.55 + 0.15 * steps.speed[i]) if run else 0.9
        late = stance[stance[:, 0] * contact[j] > flat + 0.02]
        times.append(t[j] + late[:, 0] * contact[j])
        values.append(late[:, 1:] * [lift_size, 1.0, lift_size] + [0.0, where, 0.0])
        times.append(t[j] + contact[j] + swing[:, 0] * swing_s)
        swung = swing[:, 1:] * [1.0, length, lift_size] + [0.0, where, 0.0]
        swung[:, 0] *= np.where(swung[:, 0] < 0, lift_size, angle / 14.0 if run else 1.0)
        values.append(swung)
        where += length
    return np.concatenate(times), np.concatenate(values)


def shoe(steps: Steps, runner: Runner, left: bool, rng: np.random.Generator) -> Shoe:
    """The left or right foot for these steps; draws its shocks."""
    mine = steps.left == left
    n = int(mine.sum())
    outward = 1.0 if left else -1.0
    if n == 0:
        nothing = np.zeros(0)
        return Shoe(None, (0.0, 0.0), nothing, nothing, 0.01, 45.0, outward, nothing)
    t, values = _knots(steps, mine, runner)
    ahead = np.concatenate([[True], np.diff(t) > 0.004])
    t, values = t[ahead], values[ahead]
    values[:, 0] = np.radians(values[:, 0])
    slope = np.clip(np.exp(-0.05 * steps.slope_deg[mine]), 0.5, 1.8)
    side = 1.0 + (0.5 if left else -0.5) * runner.impact_asymmetry
    vary = np.exp(runner.impact_cv * np.clip(rng.normal(size=n), -3, 3))
    speed = steps.speed[mine]
    size = np.where(
        steps.running[mine],
        runner.shoe_impact_g * (speed / 3.0) ** 0.7,
        0.27 * runner.shoe_impact_g * speed / 1.3,
    )
    impact = size * slope * side * vary * exp(-0.7 * runner.softness)
    still = ([(1, np.zeros(3)), (2, np.zeros(3))], [(1, np.zeros(3)), (2, np.zeros(3))])
    wobble = radians(150.0) + radians(60.0) * rng.normal(size=n)
    return Shoe(
        make_interp_spline(t, values, k=5, bc_type=still),
        (float(t[0]), float(t[-1])),
        steps.t[mine],
        impact,
        width_s=0.008 + 0.007 * runner.softness,
        ring_hz=52.0 - 15.0 * runner.softness,
        outward=outward,
        wobble=wobble,
    )
