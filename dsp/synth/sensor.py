"""The inertial sensor of a synthetic recording: mounting, noise, range, clock and losses."""

from dataclasses import dataclass, field
from math import pi, radians
from typing import Final

import numpy as np

from dsp.block import BoolArray, FloatArray, IntArray, SampleBlock
from dsp.errors import ConfigError
from dsp.units import STANDARD_GRAVITY

_COUNT_MAX: Final = 32767
Rotation = tuple[tuple[float, float, float], ...]
UPRIGHT: Final[Rotation] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def rotation(matrix: FloatArray) -> Rotation:
    """A hashable 3 x 3 rotation."""
    return tuple((float(a), float(b), float(c)) for a, b, c in matrix)


def tilted(roll_deg: float, pitch_deg: float, yaw_deg: float) -> Rotation:
    """Sensor axes from body axes for a sensor turned about x, then y, then z of the body."""
    out = np.eye(3)
    for axis, angle in enumerate((roll_deg, pitch_deg, yaw_deg)):
        c, s = np.cos(radians(angle)), np.sin(radians(angle))
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[i, i] = turn[j, j] = c
        turn[i, j], turn[j, i] = s, -s
        out = turn @ out
    return rotation(out)


def random_rotation(rng: np.random.Generator) -> Rotation:
    """Any mounting, uniform over all rotations (normalized random quaternion)."""
    w, x, y, z = (q := rng.normal(size=4)) / np.linalg.norm(q)
    return rotation(
        np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """What does not arrive.

    Args:
        single: probability that a sample is lost by itself.
        bursts_per_min: short losses per minute, each of 2 to `burst_max` samples.
        burst_max: longest burst, samples.
        gaps: (start, duration) of long losses, s.
    """

    single: float = 0.0
    bursts_per_min: float = 0.0
    burst_max: int = 20
    gaps: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.single < 1.0:
            raise ConfigError(f"Loss.single = {self.single:g}: must be 0 up to below 1")
        if self.burst_max < 2:
            raise ConfigError(f"Loss.burst_max = {self.burst_max}: must be at least 2 samples")


@dataclass(frozen=True, slots=True)
class Sensor:
    """One inertial sensor; the defaults are those of a small MEMS part at 416 Hz, ±16 g, ±1000
    deg/s.

    Args:
        rate_hz: nominal output data rate, 100 to 1000 Hz.
        rate_error: true rate over nominal, minus 1 (parts are off by several percent).
        rate_drift: slow wander of the true rate, relative, sine of 20 minutes.
        mounting: sensor axes from body axes.
        acc_noise: white noise density, m/s²/√Hz; gyr_noise: rad/s/√Hz.
        acc_bias: m/s², gyr_bias: rad/s, sensor axes.
        bias_drift: how far the acc bias creeps as the part warms up (time constant 10 minutes),
            m/s²; the gyro's creeps 0.02 times as many rad/s.
        acc_scale: m/s² per count; gyr_scale: rad/s per count; None: not quantized.
        acc_limit: full scale of an axis, m/s²; gyr_limit: rad/s.
        acc_axes: which of "xyz" are recorded; gyr_axes: likewise, "" without a gyro.
        loss: missing samples.
    """

    rate_hz: float = 416.0
    rate_error: float = 0.0
    rate_drift: float = 0.0
    mounting: Rotation = UPRIGHT
    acc_noise: float = 110e-6 * STANDARD_GRAVITY
    gyr_noise: float = radians(5e-3)
    acc_bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gyr_bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    bias_drift: float = 0.0
    acc_scale: float | None = 0.488e-3 * STANDARD_GRAVITY
    gyr_scale: float | None = radians(35e-3)
    acc_limit: float = 16.0 * STANDARD_GRAVITY
    gyr_limit: float = radians(1000.0)
    acc_axes: str = "xyz"
    gyr_axes: str = "xyz"
    loss: Loss = field(default_factory=Loss)

    def __post_init__(self) -> None:
        if not 50.0 <= self.rate_hz <= 4000.0:
            raise ConfigError(f"Sensor.rate_hz = {self.rate_hz:g}: must be 50 to 4000 Hz")
        if abs(self.rate_error) > 0.2 or abs(self.rate_drift) > 0.05:
            raise ConfigError("Sensor.rate_error must be within 0.2 and rate_drift within 0.05")
        if not self.acc_axes or set(self.acc_axes + self.gyr_axes) - set("xyz"):
            raise ConfigError(
                f"Sensor axes {self.acc_axes!r}, {self.gyr_axes!r}: must be letters of 'xyz', "
                "at least one for the accelerometer"
            )

    @property
    def true_rate_hz(self) -> float:
        """Mean true output data rate, Hz."""
        return self.rate_hz * (1.0 + self.rate_error)

    def sample_times(self, duration_s: float) -> FloatArray:
        """(n,) s, the exact instants at which it samples, from 0."""
        n = int(duration_s * self.true_rate_hz * (1 + abs(self.rate_drift))) + 2
        t = np.arange(n) / self.true_rate_hz
        w = 2 * pi / 1200.0
        t = t + self.rate_drift * (1.0 - np.cos(w * t)) / w
        return np.asarray(t[t < duration_s])


def arriving(sensor: Sensor, t: FloatArray, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Indices of the samples that arrive, and how many were lost just before each of them.

    The first sample always arrives; losses after the last one that arrives are not reported by
    anyone.
    """
    loss = sensor.loss
    here = np.ones(len(t), dtype=bool)
    if loss.single > 0:
        here &= rng.random(len(t)) >= loss.single
    if loss.bursts_per_min > 0 and len(t) > 1:
        many = rng.poisson(loss.bursts_per_min * (t[-1] - t[0]) / 60.0)
        for start in rng.integers(1, len(t), many):
            here[start : start + rng.integers(2, loss.burst_max + 1)] = False
    for start_s, duration_s in loss.gaps:
        here &= (t < start_s) | (t >= start_s + duration_s)
    here[:1] = True
    kept = np.flatnonzero(here)
    return kept, np.diff(kept, prepend=-1) - 1


def _channel(
    si: FloatArray, noise_sd: float, scale: float | None, limit: float, rng: np.random.Generator
) -> tuple[FloatArray, BoolArray]:
    """Noise, range and quantization of (n, 3); the second result is where it is at its limit."""
    out = si + noise_sd * rng.normal(size=si.shape) if noise_sd > 0 else si.copy()
    top = limit if scale is None else min(np.floor(limit / scale), _COUNT_MAX) * scale
    np.clip(out, -top, top, out=out)
    if scale is not None:
        out = np.rint(out / scale) * scale
    # As a reader of the counts would see it; half a count of slack for rounding.
    return out, np.asarray(np.abs(out) >= top - (scale or 0.0) / 2)


def measure(
    sensor: Sensor, t: FloatArray, force_g: FloatArray, rate: FloatArray, rng: np.random.Generator
) -> SampleBlock:
    """What the sensor makes of a body's specific force (g) and angular rate (rad/s), body axes."""
    turn = np.array(sensor.mounting)
    warm = (1.0 - np.exp(-t / 600.0))[:, None] * sensor.bias_drift
    nyquist = sensor.true_rate_hz / 2
    acc = force_g @ turn.T * STANDARD_GRAVITY + np.array(sensor.acc_bias) + warm
    acc, acc_at = _channel(
        acc, sensor.acc_noise * np.sqrt(nyquist), sensor.acc_scale, sensor.acc_limit, rng
    )
    gyr = rate @ turn.T + np.array(sensor.gyr_bias) + 0.02 * warm
    gyr, gyr_at = _channel(
        gyr, sensor.gyr_noise * np.sqrt(nyquist), sensor.gyr_scale, sensor.gyr_limit, rng
    )
    for values, at, axes in ((acc, acc_at, sensor.acc_axes), (gyr, gyr_at, sensor.gyr_axes)):
        absent = [i for i, name in enumerate("xyz") if name not in axes]
        values[:, absent] = np.nan
        at[:, absent] = False
    kept, lost = arriving(sensor, t, rng)
    return SampleBlock(
        t[kept],
        acc[kept],
        gyr[kept] if sensor.gyr_axes else None,
        lost,
        np.asarray(np.any(acc_at[kept], axis=1)),
        np.asarray(np.any(gyr_at[kept], axis=1)),
    )
