"""What the instep of a synthetic runner's foot does: specific force (g) and angular rate, foot
axes.

A rigid body: pitch, forward and upward position follow one smooth curve through the knots of every
stride (`dsp.synth.foot_path`); roll and yaw go with the pitch, the foot everts in early stance, and
the shock of the contact stops it (`dsp.synth.shock`). Position and orientation are consistent with
force and rate, so that integrating what the sensor reads gives the path back. Foot axes: x to the
toes, y left, z up through the instep.
"""

from dataclasses import dataclass
from math import exp, radians
from typing import Final

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline

from dsp.block import BoolArray, FloatArray, IntArray
from dsp.synth.foot_path import path, strike_angle
from dsp.synth.runner import Runner
from dsp.synth.shock import Shock
from dsp.synth.steps import Steps
from dsp.units import STANDARD_GRAVITY

__all__ = ["Shoe", "shoe", "strike_angle"]

_ASIDE: Final = 0.18
"""Outward per upward motion: the swinging foot passes the standing leg."""
_EVERTED: Final = 0.38
"""Share of the contact at which the foot is most everted; it is back at toe-off."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the foot is and how it turns, (n,) or (n, 3) each.

    Args:
        roll, pitch, yaw: rad; applied yaw first, then pitch (toe up positive), then roll.
        roll_rate, pitch_rate, yaw_rate: rad/s.
        acceleration: (n, 3) forward, left, up, g.
    """

    roll: FloatArray
    pitch: FloatArray
    yaw: FloatArray
    roll_rate: FloatArray
    pitch_rate: FloatArray
    yaw_rate: FloatArray
    acceleration: FloatArray


@dataclass(frozen=True, slots=True)
class Shoe:
    """A foot that can be asked for any time.

    Args:
        curve: pitch (rad, toe up positive), forward and upward position (m) over time.
        span: (s, s) where the foot takes steps; it stands outside.
        shock: what its contacts add.
        contact_s: (m,) contact times, s.
        outward: sign of the lateral axis for this foot.
        eversion: (m,) rad, of each stance beyond what goes with the pitch.
    """

    curve: BSpline | None
    span: tuple[float, float]
    shock: Shock
    contact_s: FloatArray
    outward: float
    eversion: FloatArray

    @property
    def impact(self) -> FloatArray:
        """(m,) amplitude of each shock, g."""
        return self.shock.size

    def motion(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n, 3) specific force in g and (n, 3) angular rate in rad/s at times `t`, foot axes."""
        force, gyr = np.zeros((len(t), 3)), np.zeros((len(t), 3))
        force[:, 2] = 1.0
        if self.curve is None:
            return force, gyr
        inside = (t > self.span[0]) & (t < self.span[1])
        p = self.pose(t[inside])
        # Toe up turns x towards z: about -y.
        theta, theta_rate = -p.pitch, -p.pitch_rate
        c1, s1 = np.cos(p.roll), np.sin(p.roll)
        c2, s2 = np.cos(theta), np.sin(theta)
        c3, s3 = np.cos(p.yaw), np.sin(p.yaw)
        x, y, z = p.acceleration[:, 0], p.acceleration[:, 1], p.acceleration[:, 2] + 1.0
        forward, left = c3 * x + s3 * y, c3 * y - s3 * x
        force[inside, 0] = c2 * forward - s2 * z
        up = s2 * forward + c2 * z
        force[inside, 1] = c1 * left + s1 * up
        force[inside, 2] = c1 * up - s1 * left
        gyr[inside, 0] = p.roll_rate - s2 * p.yaw_rate
        gyr[inside, 1] = c1 * theta_rate + s1 * c2 * p.yaw_rate
        gyr[inside, 2] = c1 * c2 * p.yaw_rate - s1 * theta_rate
        return force, gyr

    def pose(self, t: FloatArray) -> Pose:
        """The foot at times within `span`."""
        if self.curve is None:
            raise ValueError("a foot that takes no steps has no pose")
        first, second = self.curve(t, 1), self.curve(t, 2)
        pitch, rate = self.curve(t)[:, 0], first[:, 0]
        upward = second[:, 2] / STANDARD_GRAVITY
        acceleration = np.stack(
            [second[:, 1] / STANDARD_GRAVITY, self.outward * _ASIDE * upward, upward], axis=1
        )
        acceleration += self.shock.acceleration(t) * [1.0, self.outward, 1.0]
        shaken, shaking = self.shock.turning(t)
        everted, everting = self._everted(t)
        # Hip and ankle turn the foot in and out during swing, in step with its pitch. The raised
        # left side of the left foot is eversion, of the right foot inversion.
        out = self.outward
        return Pose(
            roll=out * (0.28 * pitch + 0.015 * rate + everted) + shaken[:, 0],
            pitch=pitch - shaken[:, 1],
            yaw=out * (-0.18 * pitch + 0.02 * rate + shaken[:, 2]),
            roll_rate=out * (0.28 * rate + 0.015 * second[:, 0] + everting) + shaking[:, 0],
            pitch_rate=rate - shaking[:, 1],
            yaw_rate=out * (-0.18 * rate + 0.02 * second[:, 0] + shaking[:, 2]),
            acceleration=acceleration,
        )

    def _everted(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n,) eversion, rad, and its rate, rad/s: up and back once in every contact."""
        k = np.maximum(np.searchsorted(self.shock.strike_t, t, side="right") - 1, 0)
        tau = t - self.shock.strike_t[k]
        top = _EVERTED * self.contact_s[k]
        back = self.contact_s[k] - top
        rising = tau < top
        length = np.where(rising, top, back)
        share = np.clip(np.where(rising, tau, tau - top) / length, 0.0, 1.0)
        smooth = share**3 * (10.0 + share * (6.0 * share - 15.0))
        slope = 30.0 * share**2 * (1.0 - share) ** 2 / length
        sign = np.where(rising, 1.0, -1.0)
        size = np.where(tau >= 0.0, self.eversion[k], 0.0)
        return size * np.where(rising, smooth, 1.0 - smooth), size * sign * slope


def _shocks(
    steps: Steps, mine: BoolArray, runner: Runner, left: bool, rng: np.random.Generator
) -> FloatArray:
    slope = np.clip(np.exp(-0.05 * steps.slope_deg[mine]), 0.5, 1.8)
    side = 1.0 + (0.5 if left else -0.5) * runner.impact_asymmetry
    vary = np.exp(runner.impact_cv * np.clip(rng.normal(size=int(mine.sum())), -3, 3))
    speed = steps.speed[mine]
    size = np.where(
        steps.running[mine],
        runner.shoe_impact_g * (speed / 3.0) ** 0.7,
        0.27 * runner.shoe_impact_g * speed / 1.3,
    )
    return np.asarray(size * slope * side * vary * exp(-0.7 * runner.softness))


def shoe(steps: Steps, runner: Runner, left: bool, rng: np.random.Generator) -> Shoe:
    """The left or right foot for these steps; draws its shocks."""
    mine = steps.left == left
    index: IntArray = np.flatnonzero(mine)
    n = len(index)
    outward = 1.0 if left else -1.0
    size = _shocks(steps, mine, runner, left, rng)
    eversion = radians(7.5) + radians(3.0) * np.clip(rng.normal(size=n), -2, 2)
    width_s = 0.008 + 0.007 * runner.softness
    shock = Shock(steps.t[mine], size, width_s, ring_hz=52.0 - 15.0 * runner.softness)
    contact = steps.contact_s[mine]
    if n == 0:
        return Shoe(None, (0.0, 0.0), shock, contact, outward, eversion)
    t, values = path(steps, mine, runner)
    values[:, 0] = np.radians(values[:, 0])
    still = ([(1, np.zeros(3)), (2, np.zeros(3))], [(1, np.zeros(3)), (2, np.zeros(3))])
    curve = make_interp_spline(t, values, k=5, bc_type=still)
    return Shoe(curve, (float(t[0]), float(t[-1])), shock, contact, outward, eversion)
