"""A stretch of time onto which movements of the pelvis are added.

Nothing here is shared with `dsp.synth`: this is the second opinion on the waist.
"""

from typing import Final

import numpy as np

from dsp.block import FloatArray

RATE_HZ: Final = 1000.0
"""Of the motion, before the sensor: its sharpest part, a heel strike, lasts 10 ms or more."""
FORWARD, LEFT, UP = 0, 1, 2
ROLL, PITCH, YAW = 0, 1, 2
G: Final = 9.80665


class Canvas:
    """Motion of the pelvis over some time; the functions beside it add to its arrays.

    Args:
        duration_s: length, s.

    `acc` (n, 3): acceleration, m/s², forward, left, up in the direction of travel. `angles`
    (n, 3): roll, pitch and yaw against upright and the direction of travel, rad. `heading` (n,):
    of travel, rad. `strikes`: initial contacts of running, s.
    """

    def __init__(self, duration_s: float) -> None:
        n = round(duration_s * RATE_HZ)
        self.t: FloatArray = np.arange(n) / RATE_HZ
        self.acc: FloatArray = np.zeros((n, 3))
        self.angles: FloatArray = np.zeros((n, 3))
        self.heading: FloatArray = np.zeros(n)
        self.strikes: list[float] = []

    def span(self, start_s: float, duration_s: float) -> tuple[slice, FloatArray]:
        """Where that time lies, and its seconds since its start."""
        a, b = (round(x * RATE_HZ) for x in (start_s, start_s + duration_s))
        cut = slice(min(max(a, 0), len(self.t)), min(max(b, 0), len(self.t)))
        return cut, self.t[cut] - start_s

    def pulse(self, start_s: float, duration_s: float, axis: int, peak: float) -> None:
        """Half a sine of acceleration, m/s²; it changes the speed by 2/pi peak duration."""
        cut, t = self.span(start_s, duration_s)
        self.acc[cut, axis] += peak * np.sin(np.pi * t / duration_s)

    def kick(self, start_s: float, duration_s: float, axis: int, speed: float) -> None:
        """Half a sine of acceleration that changes the speed by so many m/s."""
        self.pulse(start_s, duration_s, axis, speed * np.pi / 2.0 / duration_s)

    def ring(self, start_s: float, axis: int, peak: float, hz: float, damping: float) -> None:
        """A damped oscillation of acceleration, m/s², rising first: tissue after an impact."""
        fade = 2.0 * np.pi * hz * damping
        cut, t = self.span(start_s, 5.0 / fade)
        # Without the normalization a well damped ring would never come near its amplitude.
        first = np.arctan2(1.0, damping)
        top = np.exp(-damping * first) * np.sin(first)
        self.acc[cut, axis] += peak / top * np.exp(-fade * t) * np.sin(2.0 * np.pi * hz * t)

    def move(self, start_s: float, duration_s: float, axis: int, meters: float) -> None:
        """From rest to rest with least jerk (Flash & Hogan 1985): an unhurried movement."""
        cut, t = self.span(start_s, duration_s)
        u = t / duration_s
        self.acc[cut, axis] += meters / duration_s**2 * (60.0 * u - 180.0 * u**2 + 120.0 * u**3)

    def tilt(self, start_s: float, duration_s: float, axis: int, degrees: float) -> None:
        """Turns about a body axis with least jerk, and stays turned."""
        self.angles[:, axis] += self._turned(start_s, duration_s, degrees)

    def turn(self, start_s: float, duration_s: float, degrees: float) -> None:
        """A change of the direction of travel."""
        self.heading += self._turned(start_s, duration_s, degrees)

    def _turned(self, start_s: float, duration_s: float, degrees: float) -> FloatArray:
        u = np.clip((self.t - start_s) / duration_s, 0.0, 1.0)
        out: FloatArray = np.radians(degrees) * u**3 * (10.0 - 15.0 * u + 6.0 * u**2)
        return out


def wander(
    rng: np.random.Generator, n: int, step_s: float, slow_s: float, spread: float
) -> FloatArray:
    """(n,) a slow random process of that standard deviation and correlation time."""
    keep = np.exp(-step_s / slow_s)
    out = np.empty(n)
    x = rng.normal()
    for k, kick in enumerate(rng.normal(size=n)):
        x = keep * x + np.sqrt(1.0 - keep**2) * kick
        out[k] = spread * x
    return out
