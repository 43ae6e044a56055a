"""The samples of one stride, and which of them can be trusted."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import BoolArray, FloatArray
from dsp.grid import BRIDGE_S
from dsp.history import History
from dsp.shoe.channels import ACC_X, ACC_Z, GYR_CLIPPED, GYR_X, GYR_Z, KNOWN, UNSURE, T

LEAD_S: Final = 0.05
"""Before the strike: lets a filter settle."""


@dataclass(frozen=True, slots=True)
class StrideSamples:
    """From 50 ms before a strike to the last sample that decided the stride, without a long hole.

    Args:
        t: (n,) s.
        acc: (3, n) specific force, m/s²; gyr: (3, n) angular rate, rad/s; sensor axes.
        acc_bad: (n,) bridged, or the accelerometer was at its limit; gyr_bad: likewise the gyro.
        gyro: whether there is a whole gyro. force: likewise an accelerometer.
    """

    t: FloatArray
    acc: FloatArray
    gyr: FloatArray
    acc_bad: BoolArray
    gyr_bad: BoolArray
    gyro: bool
    force: bool

    @property
    def whole(self) -> bool:
        """Whether all six axes are there."""
        return self.gyro and self.force

    def at(self, t: float) -> int:
        """Index of the first sample not before `t`."""
        return int(self.t.searchsorted(t))

    def until(self, t: float) -> bool:
        """Whether there are samples up to `t`."""
        return bool(self.t[-1] >= t)


def samples_of(history: History, strike: int, known_t: float, rate_hz: float) -> StrideSamples:
    """The samples of the stride that began with sample `strike`, as far as they were known at
    `known_t`, s: when it was decided, at the latest (prefix law)."""
    first = max(strike - round(LEAD_S * rate_hz), history.start)
    known = history.view(KNOWN, first, history.end)
    last = first + int(np.searchsorted(known, known_t, side="right"))
    # Across a hole that was too long to bridge nothing hangs together.
    for hole in np.flatnonzero(np.diff(history.view(T, first, last)) > BRIDGE_S) + 1 + first:
        first, last = (int(hole), last) if hole <= strike else (first, min(last, int(hole)))
    t = history.view(T, first, last).copy()
    # Copies: sums over them must not depend on where they lie in the history.
    acc = np.array([history.view(axis, first, last) for axis in range(ACC_X, ACC_Z + 1)])
    gyr = np.array([history.view(axis, first, last) for axis in range(GYR_X, GYR_Z + 1)])
    bridged = history.view(KNOWN, first, last) > t
    return StrideSamples(
        t,
        acc,
        gyr,
        acc_bad=history.view(UNSURE, first, last) > 0.0,
        gyr_bad=(history.view(GYR_CLIPPED, first, last) > 0.0) | bridged,
        gyro=_recorded(gyr),
        force=_recorded(acc),
    )


def _recorded(axes: FloatArray) -> bool:
    """Whether all three were: an absent or dead one never changes, which noise always does."""
    return bool((axes != axes[:, :1]).any(axis=1).all() and np.isfinite(axes).all())
