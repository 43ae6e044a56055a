"""What the pelvis of a synthetic runner does: specific force (g) and angular rate, body axes.

Independent of any detector: a bouncing body whose vertical force balances its weight over every
step, the shock of the strike that arrives through the leg, and a swaying, tilting pelvis.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp, log, pi, radians

import numpy as np
from scipy.optimize import brentq
from scipy.signal import butter, sosfiltfilt

from dsp.block import FloatArray, IntArray
from dsp.synth.runner import Runner
from dsp.synth.steps import Steps
from dsp.units import STANDARD_GRAVITY

_ACTIVE_MEAN = 1.0 / 1.733
"""Mean over peak of the active force curve: tc x Fpeak / T = 1.733 was measured (science.md 1.3),
so real curves are more pointed than a half sine (1.571)."""
_ACTIVE_PEAK_AT = 0.44  # of contact: the rise is a little steeper than the fall
_RING_HZ = 16.0  # of the pelvis on the leg after the shock (PeerJ 12752 traces: 13 to 17 Hz)
_RING_S = 0.032
_AP_RATIO = -0.9  # braking shock per g of vertical shock
_ML_RATIO = 0.22
_FINE_S = 0.001
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


@dataclass(frozen=True, slots=True)
class Transient:
    """The shock of a strike: a raised-cosine rise and a damped ring after it, unit peak.

    Args:
        delay_s: from the strike to its arrival at the waist, s.
        rise_s: from arrival to peak, s.
    """

    delay_s: float
    rise_s: float

    def __call__(self, tau: FloatArray) -> FloatArray:
        """(n,) for the times since the strike, s."""
        x = tau - self.delay_s - self.rise_s
        rise = np.where(x > -self.rise_s, 0.5 + 0.5 * np.cos(pi * x / self.rise_s), 0.0)
        w = 2 * pi * _RING_HZ
        after = np.maximum(x, 0.0)
        ring = np.exp(-after / _RING_S) * (np.cos(w * after) + np.sin(w * after) / (w * _RING_S))
        return np.asarray(np.where(x < 0.0, rise, ring))

    @property
    def impulse(self) -> float:
        """Integral, s."""
        w, a = 2 * pi * _RING_HZ, 1.0 / _RING_S
        return self.rise_s / 2 + 2 * a / (a * a + w * w)


def transient(softness: float) -> Transient:
    """Arrives 8 to 20 ms after the strike and is 20 to 40 ms wide at half height."""
    return Transient(delay_s=0.008 + 0.010 * softness, rise_s=0.014 + 0.016 * softness)


def impact_amplitudes(steps: Steps, runner: Runner, rng: np.random.Generator) -> FloatArray:
    """Amplitude of every strike's transient at the waist, g.

    Grows with speed; downhill multiplies and uphill shrinks the excess (science.md 2.2, table).
    """
    slope = np.clip(np.exp(-0.13 * steps.slope_deg), 0.15, 2.5)
    side = 1.0 + np.where(steps.left, 0.5, -0.5) * runner.impact_asymmetry
    vary = np.exp(runner.impact_cv * np.clip(rng.normal(size=len(steps)), -3, 3))
    run = runner.impact_g * (steps.speed / 3.0) ** 0.9
    run = run * np.where(steps.contact_s < steps.step_s, 1.0, 0.5)  # nobody falls without a flight
    walk = np.where(steps.stairs, 0.30, 0.20) * np.sqrt(runner.impact_g) * steps.speed / 1.3
    return np.asarray(
        np.where(steps.running, run, walk) * slope * side * vary * exp(-0.8 * runner.softness)
    )


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
        k = np.searchsorted(self.steps.t, t, side="right") - 1
        return self._tilted(self._upright(t, k), t, np.maximum(k, 0))

    def _upright(self, t: FloatArray, k: IntArray) -> FloatArray:
        """(n, 3) specific force, g, axes that do not tilt; `k` the newest contact at each time."""
        force = self._pushed(t, k)
        force[:, 2] += self._rising(t)
        return force

    def _pushed(self, t: FloatArray, k: IntArray) -> FloatArray:
        """The same by the feet alone, each of which carries the weight for one step."""
        force = np.zeros((len(t), 3))
        for back in (0, 1):
            self._add_contact(force, t, k - back, k)
        force[:, 2] += self._support(t)
        return force

    def _rising(self, t: FloatArray) -> FloatArray:
        """What a walking body's force needs so that its mean vertical speed is that of the ground.

        The ground rises by stairs and slopes; the speed of a step is reached in its middle and goes
        straight to that of the next. Where steps become longer or shorter, and where a walk begins
        and ends, the feet's pushes overlap unevenly: what that gives is taken back.
        """
        at, force = self._balance
        return np.interp(t, at, force) if len(at) else np.zeros(len(t))

    @cached_property
    def _balance(self) -> tuple[FloatArray, FloatArray]:
        """Times, s, and force there, g, straight between."""
        s = self.steps
        at: list[FloatArray] = []
        force: list[FloatArray] = []
        begins = np.flatnonzero(np.diff(2 * s.bout + s.running, prepend=-1))
        for k in np.split(np.arange(len(s)), begins[1:]):
            if s.running[k].any():
                continue
            edges, climb = self._walked(k)
            fine = np.arange(edges[0], edges[-1], _FINE_S)
            newest = np.searchsorted(s.t, fine, side="right") - 1
            speed = np.cumsum(self._pushed(fine, newest)[:, 2] - 1.0) * _FINE_S
            cut = np.searchsorted(fine, edges[1:-1])
            own = np.array([part.mean() for part in np.split(speed, cut)]) * STANDARD_GRAVITY
            middle = 0.5 * (edges[1:] + edges[:-1])
            change = np.diff(climb - own) / np.diff(middle) / STANDARD_GRAVITY
            # Held from one middle to the next, over and done with before either.
            for a, b, amount in zip(middle[:-1], middle[1:], change, strict=True):
                at.append(np.array([a, a + 1e-6, b - 1e-6, b]))
                force.append(amount * np.array([0.0, 1.0, 1.0, 0.0]))
        if not at:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(at), np.concatenate(force)

    def _walked(self, k: IntArray) -> tuple[FloatArray, FloatArray]:
        """Where the steps of a walk begin and the last one ends, s; what each climbs, m/s.

        Two steps of standing are added at either side, where it is not running.
        """
        s = self.steps
        first, last = int(k[0]), int(k[-1])
        # A contact's climb was done in the step that ended with it.
        climb = s.climb_m[k] / s.step_s[k] + s.speed[k] * np.sin(np.radians(s.slope_deg[k]))
        if first == 0 or s.bout[first - 1] != s.bout[first]:
            before = s.t[first] - s.step_s[first] * np.array([2.0, 1.0])
            climb = np.concatenate([[0.0], climb])
        else:
            before, climb = np.zeros(0), climb[1:]
        if last + 1 < len(s) and s.bout[last + 1] == s.bout[last]:
            after = s.t[last + 1 : last + 2]
            climb = np.append(climb, 0.0)
        else:
            after = s.t[last] + s.step_s[last] * np.arange(1.0, 4.0)
            climb = np.concatenate([climb, np.zeros(3)])
        return np.concatenate([before, s.t[k], after]), climb

    def oscillation(self) -> FloatArray:
        """(n,) peak to peak height from each strike to the next, m.

        As a camera would see it: what a belt cannot follow, drift below a third of the stride's
        frequency, is taken out of the acceleration, the speed and the height of a whole bout.
        """
        s = self.steps
        out = np.full(len(s), np.nan)
        slow = butter(2, _DRIFT_HZ, "highpass", fs=1.0 / _FINE_S, output="sos")
        for bout in np.unique(s.bout):
            k = np.flatnonzero(s.bout == bout)
            t = np.arange(s.t[k[0]] - _LEAD_S, s.t[k[-1]] + _LEAD_S, _FINE_S)
            newest = np.searchsorted(s.t, t, side="right") - 1
            up = (self._upright(t, newest)[:, 2] - 1.0) * STANDARD_GRAVITY
            speed = sosfiltfilt(slow, np.cumsum(sosfiltfilt(slow, up)) * _FINE_S)
            height = sosfiltfilt(slow, np.cumsum(speed) * _FINE_S)
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
