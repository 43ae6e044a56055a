"""From the pelvis to what a sensor on a belt says of it, in axes that nobody aligned."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import signal
from scipy.spatial.transform import Rotation

from dsp.block import FloatArray, SampleBlock, plain_block
from tests.bench.second.canvas import PITCH, RATE_HZ, UP, Canvas, G

RANGE_G: Final = 16.0
LSB_G: Final = 0.004
"""Of a common 13 bit accelerometer."""
NOISE_G: Final = 0.005
GYRO_NOISE: Final = np.radians(0.3)


@dataclass(frozen=True, slots=True)
class Belt:
    """How the sensor sits.

    Args:
        mount: sensor axes against those of the pelvis. arm_m: (3,) from the pelvis' center.
        hz, damping: (3,) of the belt and the tissue under it, along each axis.
        rock_deg_g: how far the buckle tips forward under 1 g up, degrees; rock_hz: its resonance.
        bias_g, scale: (3,) errors of the accelerometer. gyro_bias: (3,) rad/s.
    """

    mount: Rotation
    arm_m: FloatArray
    hz: FloatArray
    damping: FloatArray
    rock_deg_g: float
    rock_hz: float
    bias_g: FloatArray
    scale: FloatArray
    gyro_bias: FloatArray


def worn(rng: np.random.Generator, *, loose: bool = False) -> Belt:
    """Some sensor on some belt: at the buckle or at the back, axes as they come.

    A mass on skin or a strap rings at 5 to 15 Hz; a strap that is pulled tight higher and better
    damped (Forner-Cordero 2008 for belts; the 34 g sensor of Ziegert & Lewis 1979 rang as well).
    """
    hz = rng.uniform(5.0, 8.0, 3) if loose else rng.uniform(8.0, 15.0, 3)
    damping = rng.uniform(0.15, 0.35, 3) if loose else rng.uniform(0.40, 0.80, 3)
    front = rng.random() < 0.6
    arm = np.array([0.12 if front else -0.11, rng.normal(0.0, 0.02), rng.normal(0.0, 0.03)])
    return Belt(
        mount=Rotation.random(random_state=int(rng.integers(2**31))),
        arm_m=arm,
        hz=hz,
        damping=damping,
        rock_deg_g=float(rng.uniform(1.0, 4.0) * (2.0 if loose else 1.0)),
        rock_hz=float(rng.uniform(5.0, 9.0)),
        bias_g=rng.normal(0.0, 0.025, 3),
        scale=1.0 + rng.normal(0.0, 0.012, 3),
        gyro_bias=np.radians(rng.normal(0.0, 1.0, 3)),
    )


def record(
    canvas: Canvas, belt: Belt, rng: np.random.Generator, rate_hz: float = 200.0
) -> SampleBlock:
    """What the sensor says at its rate."""
    heading = Rotation.from_euler("Z", canvas.heading[:, None])
    pelvis = Rotation.from_euler("ZYX", canvas.angles[:, ::-1])
    # The pelvis turns with the sensor on an arm; the buckle rocks about itself.
    rate = _low(_rate(heading * pelvis), 60.0, RATE_HZ)
    spin = np.gradient(rate, 1.0 / RATE_HZ, axis=0)
    on_arm = np.cross(spin, belt.arm_m) + np.cross(rate, np.cross(rate, belt.arm_m))
    rock = _resonant(canvas.acc[:, UP] / G, belt.rock_hz, 0.3)
    angles = canvas.angles.copy()
    # Positive pitch: nose down, as a rotation about the left axis.
    angles[:, PITCH] += np.radians(belt.rock_deg_g) * rock
    relative = Rotation.from_euler("ZYX", angles[:, ::-1])
    gyr = _rate(heading * relative)
    force = relative.inv().apply(canvas.acc + np.array([0.0, 0.0, G])) + on_arm
    for k in range(3):
        force[:, k] = _resonant(force[:, k], float(belt.hz[k]), float(belt.damping[k]))
    force, gyr = (belt.mount.inv().apply(x) for x in (force, gyr))
    t = np.arange(0.0, canvas.t[-1], 1.0 / rate_hz)
    sampled_force, sampled_gyr = (_sampled(x, t, rate_hz) for x in (force, gyr))
    read = sampled_force / G * belt.scale + belt.bias_g + rng.normal(0.0, NOISE_G, (len(t), 3))
    read = np.clip(np.round(read / LSB_G) * LSB_G, -RANGE_G, RANGE_G) * G
    noise = rng.normal(0.0, GYRO_NOISE, (len(t), 3))
    return plain_block(t, read, sampled_gyr + belt.gyro_bias + noise)


def _rate(attitude: Rotation) -> FloatArray:
    """(n, 3) angular rate in body axes, rad/s."""
    turned = (attitude[:-1].inv() * attitude[1:]).as_rotvec() * RATE_HZ
    out: FloatArray = np.concatenate([turned, turned[-1:]])
    return out


def _resonant(x: FloatArray, hz: float, damping: float) -> FloatArray:
    """A mass on a spring and a damper that is moved by its base; begins settled."""
    w = 2.0 * np.pi * hz
    b, a = signal.bilinear([2.0 * damping * w, w**2], [1.0, 2.0 * damping * w, w**2], RATE_HZ)
    out: FloatArray = signal.lfilter(b, a, x - x[0]) + x[0]
    return out


def _low(x: FloatArray, hz: float, rate_hz: float) -> FloatArray:
    sos = signal.butter(2, hz, fs=rate_hz, output="sos")
    out: FloatArray = signal.sosfilt(sos, x - x[0], axis=0) + x[0]
    return out


def _sampled(x: FloatArray, t: FloatArray, rate_hz: float) -> FloatArray:
    """Behind the chip's own low pass, at 0.4 of its rate."""
    smooth = _low(x, 0.4 * rate_hz, RATE_HZ)
    at = np.arange(len(x)) / RATE_HZ
    return np.stack([np.interp(t, at, smooth[:, k]) for k in range(x.shape[1])], axis=1)
