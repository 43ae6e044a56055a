"""One whole stride, as a motion that repeats itself: what every metric beyond the impact rests on.

Over a whole stride the body comes back to the same speed, so its mean specific force is gravity
(science 2.4). That gives the vertical without the memory of a filter, and what is not vertical.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, inf, pi, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from dsp.block import BoolArray, FloatArray
from dsp.history import History
from dsp.units import STANDARD_GRAVITY
from dsp.waist.channels import ACC_X, ACC_Y, ACC_Z, GYR_X, GYR_Y, GYR_Z, T
from dsp.waist.crossing import StepWindow
from dsp.waist.sound import is_sound
from dsp.waist.upright import LEAST_GRAVITY

Spectrum = npt.NDArray[np.complex128]

POINTS: Final = 256
"""A stride is looked at in so many points, whatever the sensor's rate: 3 ms or less."""
LINES: Final = POINTS // 2 + 1
"""Of the spectrum: up to 100 Hz and more, where nothing that is measured here has any part."""
SMOOTH_HZ: Final = 10.0
"""Zero-phase, fourth order: the band of the sacral features that the contact model was fitted on
(docs/metrics.md)."""
IMPACT_RISE_HZ: Final = 30.0
LONGEST_S: Final = 1.5
"""No running stride is longer; keeps the look-back well within the history."""


@dataclass(frozen=True)
class WholeStride:
    """Two steps in a row, from crossing to crossing, with no sample clipped and hardly one lost.

    Args:
        start_t: of the first sample, s. duration_s: of both steps.
        strike_t: contact that begins the second step. end_t: the one that ends it, s.
        step_s, before_s: duration of the second step, of the first.
        up: (3,) unit vector against gravity, the sensor's axes. gravity_g: what the sensor reads
            along it, g: less than 1 where an absent axis holds a part of it.
        vertical: (m,) spectrum of the vertical specific force, g, mean 1: line 1 is the stride,
            line 2 the step; scaled so that `wave` gives the signal.
        axes: (3,) whether the accelerometer has each axis.
        horizontal: (3, m) spectrum of what is not vertical, m/s², the sensor's axes.
    """

    start_t: float
    duration_s: float
    strike_t: float
    end_t: float
    step_s: float
    before_s: float
    up: FloatArray
    gravity_g: float
    axes: BoolArray
    vertical: Spectrum
    horizontal: Spectrum

    @cached_property
    def hz(self) -> FloatArray:
        """(m,) frequency of each line."""
        return np.arange(len(self.vertical)) / self.duration_s

    @property
    def second(self) -> slice:
        """The points of the second step."""
        return slice(self.point(self.strike_t), self.point(self.end_t))

    def point(self, t: float) -> int:
        """The first point at or after `t`, s."""
        return min(max(ceil((t - self.start_t) / self.spacing_s), 0), POINTS)

    @property
    def spacing_s(self) -> float:
        """Time from point to point."""
        return self.duration_s / POINTS

    @cached_property
    def smooth_g(self) -> FloatArray:
        """(POINTS,) vertical below 10 Hz, not delayed, g."""
        return wave(self.vertical * self._smoothing)

    @cached_property
    def quick_g(self) -> FloatArray:
        """(POINTS,) vertical behind a causal 30 Hz second-order Butterworth, g."""
        x = self.hz / IMPACT_RISE_HZ
        return wave(self.vertical / (1.0 - x * x + 1j * sqrt(2.0) * x))

    @property
    def height_m(self) -> FloatArray:
        """(POINTS,) height of the sensor about its mean, m: the vertical integrated twice."""
        turns = 2.0 * pi * self.hz
        turns[0] = inf  # what is constant is gravity
        return wave(self.vertical * (-STANDARD_GRAVITY / (turns * turns)))

    def along(self, axis: FloatArray) -> FloatArray:
        """(POINTS,) horizontal force along a unit vector, below 10 Hz, not delayed, m/s²."""
        x, y, z = self.horizontal
        return wave((axis[0] * x + axis[1] * y + axis[2] * z) * self._smoothing)

    @cached_property
    def _smoothing(self) -> FloatArray:
        return np.asarray(1.0 / (1.0 + (self.hz / SMOOTH_HZ) ** 4))


def wave(lines: Spectrum) -> FloatArray:
    """(POINTS,) the signal that a spectrum stands for."""
    return np.asarray(np.fft.irfft(lines, POINTS))


def whole_stride(history: History, before: StepWindow, step: StepWindow) -> WholeStride | None:
    """The stride of two steps; None where they do not join, or samples are missing or at a limit.

    Args:
        before, step: two steps in a row, the newest ones.
    """
    first, last = before.strike.number, step.following.number
    n = last - first
    if before.following.number != step.strike.number or n < 2 or first < history.start:
        return None
    start_t = history.at(T, first)
    duration = history.at(T, last) - start_t
    if not 0.0 < duration <= LONGEST_S or not is_sound(history, first, last):
        return None
    acc = np.array([history.view(channel, first, last) for channel in (ACC_X, ACC_Y, ACC_Z)])
    turning = np.array([history.view(channel, first, last) for channel in (GYR_X, GYR_Y, GYR_Z)])
    axes = np.asarray(acc.any(axis=1))
    acc = _steadied(acc, turning, duration / n)
    lines = np.fft.rfft(acc, axis=1)[:, :LINES] * (POINTS / n)
    x, y, z = (float(line.real) / POINTS for line in lines[:, 0])
    length = sqrt(x * x + y * y + z * z)
    if length < LEAST_GRAVITY:
        return None
    up = np.array([x, y, z]) / length
    # Divided by the sensor's own gravity: its scale error cancels.
    lines /= length
    vertical = up[0] * lines[0] + up[1] * lines[1] + up[2] * lines[2]
    return WholeStride(
        start_t=start_t,
        duration_s=duration,
        strike_t=step.strike.t,
        end_t=step.following.t,
        step_s=step.following.t - step.strike.t,
        before_s=before.following.t - before.strike.t,
        up=up,
        gravity_g=length / STANDARD_GRAVITY,
        axes=axes,
        vertical=vertical,
        horizontal=(lines - up[:, np.newaxis] * vertical) * STANDARD_GRAVITY,
    )


def _steadied(acc: FloatArray, turning: FloatArray, period_s: float) -> FloatArray:
    """(3, n) specific force in the axes that the sensor has on average over the stride.

    The pelvis nods and rolls with the push, so the mean over axes that turn along would lean. What
    the gyro's offset adds up to over the stride is taken out; without a gyro (all 0) nothing is
    changed.
    """
    n = turning.shape[1]
    angle = np.cumsum(turning - turning.sum(axis=1, keepdims=True) / n, axis=1) * period_s
    a, b, c = angle - angle.sum(axis=1, keepdims=True) / n
    x, y, z = acc
    return np.array([x + b * z - c * y, y + c * x - a * z, z + a * y - b * x])
