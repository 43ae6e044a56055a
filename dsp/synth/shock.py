"""The shock of a synthetic shoe's contact, as a motion: the falling foot is stopped."""

from dataclasses import dataclass
from math import pi
from typing import Final

import numpy as np

from dsp.block import FloatArray, IntArray
from dsp.units import STANDARD_GRAVITY

_DECAY_S: Final = 0.028
_ENDS_S: Final = 0.20
_APPROACH_S: Final = 0.15
"""During it the foot picks up the speed that the shock takes away."""
_MAIN: Final = np.array([-0.35, 0.18, 1.0])
_RING: Final = np.array([0.0, 0.0, 0.40])
_OTHER: Final = np.array([0.35, -0.16, 0.0])
"""Forward, outward, upward, each per g of the shock: pulse, ringing, slower ringing."""
_TURN_RING: Final = np.array([0.10, 0.0, 0.06])
_TURN_OTHER: Final = np.array([0.0, 0.12, 0.0])
"""Rates about the roll, pitch (toe down) and yaw axes, rad/s per g."""


@dataclass(frozen=True, slots=True)
class Shock:
    """What contacts add to a smooth path; displacement and angle are back at 0 after each.

    Args:
        strike_t: (m,) contacts, s.
        size: (m,) amplitude of each, g.
        width_s: of the pulse at half height, s.
        ring_hz: of the shoe after it.
    """

    strike_t: FloatArray
    size: FloatArray
    width_s: float
    ring_hz: float

    def acceleration(self, t: FloatArray) -> FloatArray:
        """(n, 3) forward, outward, upward, g."""
        out = np.zeros((len(t), 3))
        k, tau, at = self._since(t)
        a = self.size[k, None]
        x = tau - self.width_s  # raised cosine of 2 x width base: half height at `width_s`
        main = np.where(np.abs(x) < self.width_s, 0.5 + 0.5 * np.cos(pi * x / self.width_s), 0.0)
        out[at] += a * (main[:, None] * _MAIN)
        out[at] += a * (self._ring(tau, 1.0)[:, None] * _RING)
        out[at] += a * (self._ring(tau, 0.73)[:, None] * _OTHER)
        k, tau, at = self._until(t)
        s = (tau + _APPROACH_S) / _APPROACH_S
        impulse, moment = self._impulse()
        p0 = moment
        p1 = -impulse * _APPROACH_S
        # s³ (a + b s + c s²): starts at rest, ends at p0 with slope p1 and no acceleration.
        c5 = 6.0 * p0 - 3.0 * p1
        c4 = -15.0 * p0 + 7.0 * p1
        c3 = 10.0 * p0 - 4.0 * p1
        second = (
            6.0 * s[:, None] * c3 + 12.0 * s[:, None] ** 2 * c4 + 20.0 * s[:, None] ** 3 * c5
        ) / _APPROACH_S**2
        out[at] += self.size[k, None] * second
        return out

    def speed_before(self) -> FloatArray:
        """(m, 3) forward, outward, upward speed that each shock takes away, m/s."""
        impulse, _ = self._impulse()
        return -self.size[:, None] * impulse * STANDARD_GRAVITY

    def turning(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n, 3) angles, rad, and (n, 3) rates, rad/s, of roll, pitch (toe down) and yaw."""
        angle, rate = np.zeros((len(t), 3)), np.zeros((len(t), 3))
        k, tau, at = self._since(t)
        s = np.clip(tau / _ENDS_S, 0.0, 1.0)
        fade = s * s * (3.0 - 2.0 * s)
        fading = 6.0 * s * (1.0 - s) / _ENDS_S
        for share, axes in ((1.0, _TURN_RING), (0.73, _TURN_OTHER)):
            net, _ = self._ring_moments(share)
            turned = self._ring_integral(tau, share) - net * fade
            turns = self._ring(tau, share) - net * fading
            angle[at] += self.size[k, None] * turned[:, None] * axes
            rate[at] += self.size[k, None] * turns[:, None] * axes
        return angle, rate

    def _since(self, t: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
        """Which contact, how long ago, at which of the times (the last 0.2 s only)."""
        k = np.searchsorted(self.strike_t, t, side="right") - 1
        tau = t - self.strike_t[np.maximum(k, 0)]
        at = np.flatnonzero((k >= 0) & (tau < _ENDS_S))
        return k[at], tau[at], at

    def _until(self, t: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
        k = np.minimum(np.searchsorted(self.strike_t, t, side="right"), len(self.strike_t) - 1)
        tau = t - self.strike_t[k]
        at = np.flatnonzero((tau < 0.0) & (tau > -_APPROACH_S))
        return k[at], tau[at], at

    def _impulse(self) -> tuple[FloatArray, FloatArray]:
        """(3,) integral of the acceleration and of time times acceleration, per g: s and s²."""
        ring, ring_moment = self._ring_moments(1.0)
        other, other_moment = self._ring_moments(0.73)
        impulse = self.width_s * _MAIN + ring * _RING + other * _OTHER
        moment = self.width_s**2 * _MAIN + ring_moment * _RING + other_moment * _OTHER
        return impulse, moment

    def _ring(self, tau: FloatArray, share: float) -> FloatArray:
        after = np.maximum(tau - 0.5 * self.width_s, 0.0)
        ring = np.exp(-after / _DECAY_S) * np.sin(2 * pi * share * self.ring_hz * after)
        return np.asarray(ring)

    def _ring_integral(self, tau: FloatArray, share: float) -> FloatArray:
        after = np.maximum(tau - 0.5 * self.width_s, 0.0)
        w, b = 2 * pi * share * self.ring_hz, 1.0 / _DECAY_S
        gone = np.exp(-b * after) * (b * np.sin(w * after) + w * np.cos(w * after))
        return np.asarray((w - gone) / (w * w + b * b))

    def _ring_moments(self, share: float) -> tuple[float, float]:
        w, b = 2 * pi * share * self.ring_hz, 1.0 / _DECAY_S
        net = w / (w * w + b * b)
        return net, 0.5 * self.width_s * net + 2.0 * b * w / (w * w + b * b) ** 2
