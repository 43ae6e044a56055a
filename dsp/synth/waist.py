"""What the pelvis of a synthetic runner does: specific force (g) and angular rate, body axes.

Independent of any detector: a bouncing body whose vertical force balances its weight over every
step, the shock of the strike that arrives through the leg, and a swaying, tilting pelvis.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log, pi, radians

import numpy as np
from scipy.optimize import brentq
from scipy.signal import butter, sosfiltfilt

from dsp.block import FloatArray, IntArray
from dsp.synth.balance import FINE_S, balance
from dsp.synth.runner import Runner
from dsp.synth.steps import Steps
from dsp.synth.waist_shock import Transient, impact_amplitudes, transient
from dsp.units import STANDARD_GRAVITY

_ACTIVE_MEAN = 1.0 / 1.733
"""Mean over peak of the active force curve: tc x Fpeak / T = 1.733 was measured (science.md 1.3),
so real curves are more pointed than a half sine (1.571)."""
_ACTIVE_PEAK_AT = 0.44  # of contact: the rise is a little steeper than the fall
_AP_RATIO = -0.9  # braking shock per g of vertical shock
_ML_RATIO = 0.22
_DRIFT_HZ = 0.5  # a third of the stride's frequency
_LEAD_S = 3.0  # before and after a bout, for the drift's filter
# Pelvis lean, degrees per degree of slope, and the fore-aft force's relative change: what a runner
# showed on a force treadmill from -10 to +10 degrees (PeerJ 12752 traces).
_UPHILL_LEAN = 1.0
_DOWNHILL_LEAN = 0.5
_SLOPE_BRAKE = -0.05
_AP_LEAD = 0.35  # of the rise: the braking shock peaks earlier than the vertical one


@lru_cache(maxsize=1)
def _active_table() -> tuple[FloatArray, float]:
    """sin^p of a warped contact, with p such that the mean is `_ACTIVE_MEAN`; values and mean."""
    u = np.linspace(0.0, 1.0, 2049)
    warped = u ** (log(0.5) / log(_ACTIVE_PEAK_AT))

    def curve(p: float) -> FloatArray:
        return np.asarray(np.clip(np.sin(pi * warped), 0.0, None) ** p)

    p = brentq(lambda p: float(np.mean(curve(p))) - _ACTIVE_MEAN, 1.0, 3.0)
    table = curve(p)
    return table, float(np.sum((table[1:] + table[:-1]) / 2) / (len(u) - 1))


def _active(u: FloatArray) -> FloatArray:
    table, _ = _active_table()
    x = np.clip(u, 0.0, 1.0) * (len(table) - 1)
    i = np.minimum(x.astype(np.int64), len(table) - 2)
    return np.asarray(table[i] + (x - i) * (table[i + 1] - table[i]))


def _walking(u: FloatArray, hump: FloatArray) -> FloatArray:
    """The double hump of one walking foot: sin + hump x third harmonic."""
    inside = (u > 0.0) & (u < 1.0)
    return np.asarray(inside * (np.sin(pi * u) + hump * np.sin(3 * pi * u)))


@dataclass(frozen=True)
class Waist:
    """A pelvis that can be asked for any time.

    Args:
        steps: the contacts.
        runner: the body.
        impact: (n,) amplitude of each strike's transient, g.
        wobble: (n, 3) per-step soft-tissue amplitude, g, its frequency, Hz, and its phase, rad.
    """

    steps: Steps
    runner: Runner
    impact: FloatArray
    wobble: FloatArray

    def _support(self, t: FloatArray) -> FloatArray:
        """Share of the weight carried by standing: 1 outside bouts, 0 within, s-shaped between."""
        s = self.steps
        first = np.flatnonzero(np.diff(s.bout, prepend=-1))
        last = np.concatenate([first[1:] - 1, [len(s) - 1]])
        begin, end, tc = s.t[first], s.t[last], s.contact_s[last]
        # A walker shifts weight in double support, a runner drops into the first step.
        before = np.where(s.running[first], 0.10, 0.02)
        after = np.where(s.running[first], 0.08, 0.26)
        at = np.column_stack([begin - before, begin + after, end + 0.45 * tc, end + tc]).ravel()
        share = np.tile([1.0, 0.0, 0.0, 1.0], len(first))
        x = np.interp(t, at, share)
        return np.asarray(x * x * (3 - 2 * x))

    def motion(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n, 3) specific force in g and (n, 3) angular rate in rad/s at increasing times `t`.

        Body axes: x forward, y left, z up.
        """
        if len(self.steps) == 0:
            force = np.zeros((len(t), 3))
            force[:, 2] = 1.0
            return force, np.zeros((len(t), 3))
        k = self._newest(t)
        return self._tilted(self._upright(t, k), t, np.maximum(k, 0))

    def _upright(self, t: FloatArray, k: IntArray) -> FloatArray:
        """(n, 3) specific force, g, axes that do not tilt; `k` the newest contact at each time."""
        force = self._pushed(t, k)
        at, rising = self._balance
        if len(at):
            force[:, 2] += np.interp(t, at, rising)
        return force

    def _pushed(self, t: FloatArray, k: IntArray) -> FloatArray:
        """The same by the feet alone, each of which carries the weight for one step."""
        force = np.zeros((len(t), 3))
        for back in (0, 1):
            self._add_contact(force, t, k - back, k)
        force[:, 2] += self._support(t)
        return force

    @cached_property
    def _balance(self) -> tuple[FloatArray, FloatArray]:
        return balance(self.steps, lambda t: self._pushed(t, self._newest(t))[:, 2])

    def _newest(self, t: FloatArray) -> IntArray:
        return np.searchsorted(self.steps.t, t, side="right") - 1

    def oscillation(self) -> FloatArray:
        """(n,) peak to peak height from each strike to the next, m.

        As a camera would see it: what a belt cannot follow, drift below a third of the stride's
        frequency, is taken out of the acceleration, the speed and the height of a whole bout.
        """
        s = self.steps
        out = np.full(len(s), np.nan)
        slow = butter(2, _DRIFT_HZ, "highpass", fs=1.0 / FINE_S, output="sos")
        for bout in np.unique(s.bout):
            k = np.flatnonzero(s.bout == bout)
            t = np.arange(s.t[k[0]] - _LEAD_S, s.t[k[-1]] + _LEAD_S, FINE_S)
            up = (self._upright(t, self._newest(t))[:, 2] - 1.0) * STANDARD_GRAVITY
            speed = sosfiltfilt(slow, np.cumsum(sosfiltfilt(slow, up)) * FINE_S)
            height = sosfiltfilt(slow, np.cumsum(speed) * FINE_S)
            at = np.searchsorted(t, s.t[k])
            for i, a, b in zip(k[:-1], at[:-1], at[1:], strict=True):
                out[i] = np.ptp(height[a:b])
        return out

    def _add_contact(self, force: FloatArray, t: FloatArray, i: IntArray, k: IntArray) -> None:
        """Adds what contact `i` contributes at `t`, where contact `k` is the newest one."""
        s, r = self.steps, self.runner
        at = np.flatnonzero(i >= 0)
        i, newest = i[at], k[at]
        lasts = s.contact_s + 0.12 + (5 * self.runner.belt_ring_s if self.runner.belt_ring_g else 0)
        recent = (t[at] - s.t[i] < lasts[i]) & (s.bout[i] == s.bout[newest])
        at, i = at[recent], i[recent]
        if len(at) == 0:
            return
        tau = t[at] - s.t[i]
        contact, step = s.contact_s[i], s.step_s[i]
        run = s.running[i]
        u = tau / contact
        shock = transient(r.softness)
        amount = self.impact[i]
        _, mean = _active_table()
        hump = np.where(s.stairs, 0.55, np.clip(0.10 + 0.22 * s.speed, 0.2, 0.5))[i]
        shape = np.where(run, _active(u), _walking(u, hump))
        area = np.where(run, mean, (2 + 2 * hump / 3) / pi) * contact
        # Impulse balance: shock and push together carry the weight for one step.
        push = (step - amount * shock.impulse) / area
        side = np.where(s.left[i], -1.0, 1.0)  # of the ground's push: a right foot pushes left
        pulse = shock(tau)
        vertical = push * shape + amount * pulse
        early = Transient(shock.delay_s, shock.rise_s * (1 - _AP_LEAD))
        brake = r.brake_g * s.speed[i] / 3.0 * np.where(run, 1.0, 1.2)
        brake = brake * np.where(run, np.exp(_SLOPE_BRAKE * s.slope_deg[i]), 1.0)
        inside = (u > 0.0) & (u < 1.0)
        # The braking shock is paid back in the second half of contact.
        repay = -_AP_RATIO * amount * early.impulse / (contact / 4)
        late = np.where(inside & (u > 0.5), np.sin(2 * pi * (u - 0.5)) ** 2, 0.0)
        forward = inside * -brake * np.sin(2 * pi * u) + repay * late
        forward += _AP_RATIO * amount * early(tau)
        sway = r.sway_g * np.where(run, 1.0, 0.6) * side
        lateral = sway * inside * np.sin(pi * u) + _ML_RATIO * side * amount * early(tau)
        soft, hz, phase = self.wobble[i].T
        # From strike to the next: the trunk and the swinging leg go on moving in flight.
        whole = tau / step
        window = np.where(whole < 1.0, np.sin(pi * whole) ** 2, 0.0)
        ripple = window * (
            soft * np.sin(2 * pi * hz * tau + phase) + run * r.limb_g * np.sin(4 * pi * whole + 1.9)
        )
        vertical += ripple
        forward += 0.6 * ripple
        if r.belt_ring_g > 0:
            x = np.maximum(tau - shock.delay_s - 0.5 * shock.rise_s, 0.0)
            ring = r.belt_ring_g * amount * np.exp(-x / r.belt_ring_s)
            ring *= np.sin(2 * pi * r.belt_ring_hz * x)
            vertical += ring
            forward += 0.7 * ring
            lateral += 0.3 * side * ring
        force[at, 0] += forward
        force[at, 1] += lateral
        force[at, 2] += vertical

    def _tilted(
        self, force: FloatArray, t: FloatArray, k: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """The force seen in the axes of a pelvis that rolls, pitches and yaws, and its rates."""
        s, r = self.steps, self.runner
        # Half turns of the stride: even where the left foot struck, so that the side sets the sign.
        count = np.arange(len(s)) + np.cumsum(
            np.concatenate([[0], np.diff(s.left.astype(np.int64)) == 0])
        )
        half = pi * (count + (count[0] % 2 != int(not s.left[0])))
        last = np.append(np.flatnonzero(np.diff(s.bout)), len(s) - 1)
        # After the last strike of a bout the stride runs out by itself.
        at = np.insert(s.t, last + 1, s.t[last] + s.step_s[last])
        phi = np.interp(t, at, np.insert(half, last + 1, half[last] + pi))
        rate = pi / s.step_s[k]
        # The pelvis starts to swing with the first step and is still when the runner stands.
        size = (1.0 - self._support(t - 0.25)) * (1.0 - self._support(t))
        run = s.running[k]
        roll = radians(r.roll_deg) * size * np.where(run, 1.0, 0.55)
        pitch = radians(r.pitch_deg) * size * np.where(run, 1.0, 0.75)
        yaw = radians(r.yaw_deg) * size * np.where(run, 1.0, 1.2)
        # Left strike at phi = 0: the right side of the pelvis (y negative) drops after it: roll >
        # 0.
        angle_x = roll * np.sin(phi) + 0.25 * roll * np.sin(2 * phi + 0.6)
        angle_y = pitch * np.sin(2 * phi + 2.4)
        lean = r.lean_forward_deg + np.where(
            s.slope_deg > 0.0, _UPHILL_LEAN * s.slope_deg, _DOWNHILL_LEAN * s.slope_deg
        )
        angle_x = angle_x - radians(r.lean_left_deg) * size * run
        angle_y = angle_y + np.radians(np.interp(t, s.t, lean)) * size * run
        gyr = np.empty_like(force)
        gyr[:, 0] = rate * (roll * np.cos(phi) + 0.5 * roll * np.cos(2 * phi + 0.6))
        gyr[:, 1] = 2 * rate * pitch * np.cos(2 * phi + 2.4)
        gyr[:, 2] = -rate * yaw * np.sin(phi - 0.35)
        x, y, z = force.T
        # Push and sway are given in pelvis axes; only the vertical force leans with the tilt.
        upright = np.cos(angle_x) * np.cos(angle_y)
        tilted = np.column_stack([x - np.sin(angle_y) * z, y + np.sin(angle_x) * z, upright * z])
        shock = transient(r.softness)
        tau = t - s.t[k]
        kick = np.where((tau >= 0) & (tau < 0.4), self.impact[k] * shock(np.maximum(tau, 0.0)), 0.0)
        side = np.where(s.left[k], 1.0, -1.0)
        gyr[:, 0] += 0.25 * side * kick
        gyr[:, 1] += 0.45 * kick
        gyr[:, 2] += 0.15 * side * kick
        return tilted, gyr


def waist(steps: Steps, runner: Runner, rng: np.random.Generator) -> Waist:
    """A pelvis for these steps; draws the impacts and the soft-tissue motion."""
    n = len(steps)
    size = np.where(steps.running, 0.14, 0.05) * rng.normal(size=n)
    wobble = np.column_stack([size, rng.uniform(7.0, 13.0, n), rng.uniform(0.0, 2 * pi, n)])
    return Waist(steps, runner, impact_amplitudes(steps, runner, rng), wobble)
