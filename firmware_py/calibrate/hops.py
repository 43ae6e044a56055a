"""Hops on one foot, then on the other: what around a contact tells them apart at the waist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from drivers.calibration import CalibrationError, FootSigns
from dsp.block import FloatArray, SampleBlock
from dsp.units import STANDARD_GRAVITY
from firmware_py.calibrate.still import as_vector

FLIGHT_G: Final = 0.5
"""|acc| in the air is below this."""
LANDING_G: Final = 1.2
"""And above this on the ground."""
FLIGHT_S: Final = 0.06
LANDS_S: Final = 0.10
"""From the end of the flight to LANDING_G."""
AROUND_S: Final = (-0.01, 0.12)
"""What around the contact is averaged: the pelvis drops to the free side."""
SMOOTH_S: Final = 0.012
LEAST_SEPARATION: Final = 2.0
"""d' below this: one hop in six would be taken for one of the other foot."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One landing.

    Args:
        t: when, s.
        acc: (2,) m/s², gyr: (2,) rad/s: horizontal means around it, body axes.
    """

    t: float
    acc: FloatArray
    gyr: FloatArray


def find_hops(block: SampleBlock) -> list[Hop]:
    """Landings after a flight, in consecutive samples in upright axes; needs a gyro."""
    if block.gyr is None or len(block) < 2:
        return []
    rate = (len(block) - 1) / float(block.t[-1] - block.t[0])
    size = np.linalg.norm(block.acc, axis=1) / STANDARD_GRAVITY
    width = max(1, round(SMOOTH_S * rate))
    if len(size) < width:
        return []
    smooth = np.pad(sliding_window_view(size, width).mean(axis=1), (width - 1, 0), mode="edge")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], smooth < FLIGHT_G, [0]])))
    out: list[Hop] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < FLIGHT_S * rate:
            continue
        landed = np.flatnonzero(smooth[end : end + round(LANDS_S * rate)] > LANDING_G)
        if not len(landed):
            continue
        a, b = (end + round(s * rate) for s in AROUND_S)
        if b > len(block):
            continue
        out.append(
            Hop(
                float(block.t[end]),
                block.acc[a:b, :2].mean(axis=0),
                block.gyr[a:b, :2].mean(axis=0),
            )
        )
    return out


def foot_signs(left: Sequence[Hop], right: Sequence[Hop]) -> FootSigns:
    """What tells the feet apart best.

    Args:
        left, right: at least two hops on each foot.

    Raises:
        CalibrationError: nothing tells them apart.
    """
    best = max((signs_of(r, left, right) for r in ("gyr", "acc")), key=lambda s: s.separation)
    if best.separation < LEAST_SEPARATION:
        raise CalibrationError(
            f"left and right cannot be told apart (separation {best.separation:.1f}, at least "
            f"{LEAST_SEPARATION:.0f} is needed); wear the sensor tight at the middle of the back "
            "and hop on one leg, the other foot in the air"
        )
    return best


def signs_of(reading: str, left: Sequence[Hop], right: Sequence[Hop]) -> FootSigns:
    """How well "acc" or "gyr" tells at least two hops on each foot apart."""
    a, b = (np.array([getattr(h, reading) for h in hops]) for hops in (left, right))
    direction = _between(a, b)
    # Each hop is judged by the others: a direction fitted to noise does not separate new noise.
    told = np.array([a[i] @ _between(np.delete(a, i, 0), b) for i in range(len(a))])
    other = np.array([b[i] @ _between(a, np.delete(b, i, 0)) for i in range(len(b))])
    spread = float(np.sqrt((told.var(ddof=1) + other.var(ddof=1)) / 2))
    apart = float(told.mean() - other.mean())
    return FootSigns(
        reading,
        as_vector(np.array([*direction, 0.0])),
        float((a @ direction).mean()),
        float((b @ direction).mean()),
        spread,
        max(0.0, apart) / max(spread, 1e-9),
    )


def _between(a: FloatArray, b: FloatArray) -> FloatArray:
    """(2,) unit vector from the mean of `b` to the mean of `a`."""
    apart = a.mean(axis=0) - b.mean(axis=0)
    return np.asarray(apart / max(float(np.linalg.norm(apart)), 1e-12))
