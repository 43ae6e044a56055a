"""Somebody who calibrates a simulated sensor: `gaitcoach calibrate --simulate`."""

from math import pi
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from drivers.bus import Bus
from drivers.catalog import PARTS, part_named
from drivers.part import setup_for
from drivers.sim.catalog import sim_chip, sim_driver
from drivers.sim.motion import SensorMotion
from drivers.sim.time import Scheduler, VirtualTime
from drivers.sim.wire import SimPins, SimWire
from dsp.block import FloatArray, Mount
from dsp.errors import ConfigError, UsageError
from dsp.units import STANDARD_GRAVITY
from firmware_py.sensor.attached import Attached
from firmware_py.simulate.world import MEAN_LATE_S, OSCILLATOR, REFERENCE, START

ACC_BIAS: Final = (0.35, -0.22, 0.50)
"""m/s²: 36, -22 and 51 mg."""
ACC_MATRIX: Final = ((1.012, 0.003, 0.0), (0.0, 0.991, -0.004), (0.002, 0.0, 1.006))
GYR_BIAS: Final = (0.020, -0.013, 0.008)
TILT_DEG: Final = (8.0, -11.0)
"""Of the worn sensor, about its x, then y."""
NOISE: Final = 0.03
"""m/s²: a table in a house, a runner who breathes."""
STILL_S: Final = 4.0
TURN_S: Final = 1.5
HOP_S: Final = 0.5
CONTACT: Final = 0.5
"""Part of a hop on the ground."""
PAUSE_S: Final = 3.0
_FACES: Final = ((0, 1), (1, 1), (0, -1), (1, -1), (2, 1), (2, -1))


class Erring:
    """A motion as a chip with errors feels it: acc = matrix · true + bias, gyr = true + bias.

    Args:
        motion: the truth, in the sensor's axes.
        acc_bias: m/s²; acc_matrix: (3, 3); gyr_bias: rad/s.
    """

    def __init__(
        self,
        motion: SensorMotion,
        acc_bias: ArrayLike = ACC_BIAS,
        acc_matrix: ArrayLike = ACC_MATRIX,
        gyr_bias: ArrayLike = GYR_BIAS,
    ) -> None:
        self._motion = motion
        self._acc_bias = np.array(acc_bias)
        self._acc_matrix = np.array(acc_matrix)
        self._gyr_bias = np.array(gyr_bias)

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        acc, gyr = self._motion.at(t)
        return acc @ self._acc_matrix.T + self._acc_bias, gyr + self._gyr_bias


class Turned:
    """Six faces in turn, still and then turned over to the next; the last one stays."""

    def __init__(self, faces: tuple[tuple[int, int], ...] = _FACES) -> None:
        self._up = np.zeros((len(faces), 3))
        for row, (axis, sign) in zip(self._up, faces, strict=True):
            row[axis] = sign * STANDARD_GRAVITY

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        turn, since = np.divmod(t - START, STILL_S + TURN_S)
        share = np.clip((since - STILL_S) / TURN_S, 0.0, 1.0)[:, np.newaxis]
        last = len(self._up) - 1
        now = np.clip(turn.astype(int), 0, last)
        acc = self._up[now] * (1 - share) + self._up[np.minimum(now + 1, last)] * share
        turning = ((share > 0) & (now < last)[:, np.newaxis]) * np.array([1.0, 0.7, 0.2])
        return acc + _noise(t), turning


class Hopper:
    """Stands, hops on the left foot, stands, hops on the right one; body axes.

    Args:
        hops: on each foot; 0: only stands.
        roll: rad/s about x while on the left foot, the opposite on the right one.
        sideways: m/s² along y, likewise.
    """

    def __init__(self, hops: int = 5, roll: float = 0.8, sideways: float = 1.0) -> None:
        self._hops = hops
        self._roll = roll
        self._sideways = sideways

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        series = self._hops * HOP_S
        begin = np.array([PAUSE_S + STILL_S, PAUSE_S + STILL_S + series + PAUSE_S]) + START
        acc, gyr = np.zeros((len(t), 3)), np.zeros((len(t), 3))
        acc[:, 2] = STANDARD_GRAVITY
        for first, sign in zip(begin, (1.0, -1.0), strict=True):
            inside = (t >= first) & (t < first + series)
            number, phase = np.divmod(t - first, HOP_S)
            # In the air first, then on the ground.
            ground = (phase / HOP_S - (1 - CONTACT)) / CONTACT
            force = np.sin(pi * np.clip(ground, 0.0, 1.0))
            # No two hops are alike.
            unlike = 1.0 + 0.25 * np.sin(2.4 * number + sign)
            acc[inside, 2] = (STANDARD_GRAVITY * pi / 2 / CONTACT * force)[inside]
            acc[inside, 1] = (sign * self._sideways * unlike * force)[inside]
            gyr[inside, 0] = (sign * self._roll * unlike * force)[inside]
        return acc + _noise(t), gyr


class Worn:
    """A motion of the body as a tilted sensor feels it.

    Args:
        body: in body axes.
        tilt_deg: about the sensor's x, then its y.
    """

    def __init__(self, body: SensorMotion, tilt_deg: tuple[float, float] = TILT_DEG) -> None:
        a, b = np.radians(tilt_deg)
        about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        self._body = body
        self.to_sensor: FloatArray = about_y @ about_x
        """(3, 3) rotation from body axes to the sensor's."""

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        acc, gyr = self._body.at(t)
        return acc @ self.to_sensor.T, gyr @ self.to_sensor.T


def asked_part(name: str, mount: Mount) -> str:
    """The part that `--sensor` names, as its maker writes it.

    Raises:
        UsageError: there is none, or it cannot serve `mount`; the option comes first.
    """
    try:
        part = part_named(name)
    except ConfigError:
        known = ", ".join(sorted(PARTS))
        raise UsageError(f"--sensor {name}: unknown sensor; known: {known}") from None
    try:
        setup_for(part, mount)
    except ConfigError as e:
        raise UsageError(f"--sensor {name}: {e}") from e
    return part.name


def attach_simulated(
    motion: SensorMotion, mount: Mount, part: str | None = None, address: int | None = None
) -> Attached:
    """A simulated specimen that feels `motion`; time passes by itself.

    Raises:
        ConfigError: no such part, or it cannot serve the mount.
    """
    wanted = part_named(part or REFERENCE)
    setup = setup_for(wanted, mount)
    where = wanted.addresses[0] if address is None else address
    time = VirtualTime(START, Scheduler(MEAN_LATE_S, seed=5))
    wire = SimWire(time, [sim_chip(wanted.name, where, motion, OSCILLATOR)])
    bus = Bus(wire, time, SimPins(wire))
    return Attached(bus, where, sim_driver(bus, where, setup), mount)


def _noise(t: FloatArray) -> FloatArray:
    """(n, 3) m/s² that average out over a second: sums of sines, so that it repeats exactly."""
    phase = 2 * pi * t[:, np.newaxis]
    return np.asarray(
        NOISE * (np.sin(phase * [7.3, 9.1, 11.7]) + np.sin(phase * [31.3, 37.9, 41.3])) / 2
    )
