"""Whether the units can be right: a sensor at rest reads 1 g."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d

from dsp.block import BoolArray, FloatArray
from dsp.units import STANDARD_GRAVITY
from firmware_py.importer.units import SCALES, Quantity

_STILL_S: Final = 0.5
_STILL_SPREAD: Final = 0.02
"""Standard deviation of |acc| over its mean; relative, because the unit is what is in doubt."""
_STILL_GYR: Final = 0.35
"""rad/s, about 20 deg/s: above any gyro's offset, below any step."""
_STILL_GYR_SHARE: Final = 0.05
_REST_TOLERANCE: Final = 0.10
_MEAN_MOST_G: Final = 6.0
"""A foot in a hard run averages 3 to 4 g; ten times less than m/s² taken for g."""
_GYR_MOST: Final = 100.0
"""rad/s, 5700 deg/s: beyond the widest range of any MEMS gyro for wearables (4000 deg/s)."""


@dataclass(frozen=True, slots=True)
class Still:
    """The longest still stretch: sample indices [start, stop) and mean |acc|, m/s²."""

    start: int
    stop: int
    acc: float


def longest_still(
    acc: FloatArray, gyr: FloatArray | None, lost: np.ndarray, rate_hz: float
) -> Still | None:
    """The longest stretch of at least 0.5 s in which nothing moved.

    Args:
        acc: (n, 3) m/s², all axes present.
        gyr: (n, k) rad/s, the recorded axes, or None.
        lost: (n,) samples missing before each; a stretch does not cross a hole of over 0.1 s.
        rate_hz: samples per second.
    """
    width = max(3, round(_STILL_S * rate_hz))
    if len(acc) < width:
        return None
    size = np.sqrt(np.einsum("ij,ij->i", acc, acc))
    mean, spread = _moving(size, width)
    still = spread < _STILL_SPREAD * mean
    if gyr is not None and gyr.shape[1]:
        turn = np.sqrt(np.einsum("ij,ij->i", gyr, gyr))
        quiet = max(_STILL_GYR, _STILL_GYR_SHARE * float(np.percentile(turn, 99)))
        still &= _moving(turn, width)[0] < quiet
    holes = np.cumsum(lost > max(1.0, 0.1 * rate_hz))
    still &= holes[width - 1 :] == holes[: len(holes) - width + 1]
    if not still.any():
        return None
    start, length = _longest_run(still)
    stop = start + length + width - 1
    return Still(start, stop, float(size[start:stop].mean()))


def _moving(x: FloatArray, width: int) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of every whole window, (n - width + 1,)."""
    level = float(x.mean())
    y = x - level  # or the squares would swamp the variance
    cut = slice(width // 2, width // 2 + len(x) - width + 1)
    mean = uniform_filter1d(y, width)[cut]
    square = uniform_filter1d(y * y, width)[cut]
    return mean + level, np.sqrt(np.maximum(square - mean * mean, 0.0))


def _longest_run(flags: BoolArray) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    starts, stops = edges[::2], edges[1::2]
    best = int(np.argmax(stops - starts))
    return int(starts[best]), int(stops[best] - starts[best])


def fitting_acc_unit(value: float, per_unit: float) -> str | None:
    """The unit in which a rest that reads `value` m/s² under the scale `per_unit` is 1 g."""
    raw = value / per_unit
    return next(
        (
            unit
            for unit, scale in SCALES[Quantity.ACC].items()
            if abs(raw * scale / STANDARD_GRAVITY - 1) <= _REST_TOLERANCE
        ),
        None,
    )


def acc_unit_hint(raw: float) -> str | None:
    """What the raw value of a rest looks like, in words; 1 g is 1000 mg and 981 cm/s²."""
    unit = fitting_acc_unit(raw, 1.0)
    return "mg or cm/s2" if unit == "mg" else unit


def rest_fault(still: Still, unit: str) -> str | None:
    """What is wrong with a rest, and what to do; None where it reads 1 g within 10 %."""
    rest_g = still.acc / STANDARD_GRAVITY
    if abs(rest_g - 1) <= _REST_TOLERANCE:
        return None
    better = fitting_acc_unit(still.acc, SCALES[Quantity.ACC][unit])
    if better == "mg":
        # A sensor's offset exceeds the 2 % that would tell them apart.
        remedy = (
            f"values look like mg or cm/s2 ({still.acc / SCALES[Quantity.ACC][unit]:.4g}; 1 g is "
            "1000 mg or 981 cm/s2): for mg use --acc-unit mg, for cm/s2 divide them by 100 and use "
            "--acc-unit m/s2"
        )
    elif better:
        remedy = f"values look like {better}: use --acc-unit {better}"
    else:
        remedy = "no unit makes that 1 g: check the columns, or import as is with --no-check-rest"
    return f"at rest |acceleration| reads {rest_g:.3g} g instead of 1 g (as {unit}); {remedy}"


def moving_fault(acc: FloatArray, units: Mapping[str, str], gyr: FloatArray | None) -> str | None:
    """What is impossible even without a rest, and what to do.

    Args:
        acc: (n, k) m/s², the recorded axes.
        units: the units taken, by "acc" and "gyr".
        gyr: (n, k) rad/s, the recorded axes, or None.
    """
    mean_g = float(np.sqrt(np.einsum("ij,ij->i", acc, acc)).mean()) / STANDARD_GRAVITY
    if mean_g > _MEAN_MOST_G:
        # Without a rest the level is not known: the unit is named only where there is one other.
        other = {"g": "m/s2", "mg": "m/s2", "m/s2": "mg"}[units["acc"]]
        return (
            f"|acceleration| averages {mean_g:.3g} g (as {units['acc']}), more than any run; "
            f"values look like {other}: use --acc-unit {other}, or import as is with "
            "--no-check-rest"
        )
    if gyr is not None and gyr.size and float(np.abs(gyr).max()) > _GYR_MOST:
        return (
            f"the gyro reaches {float(np.abs(gyr).max()):.4g} rad/s (as {units['gyr']}), more than "
            "any sensor measures; use the right --gyr-unit (deg/s?), or import as is with "
            "--no-check-rest"
        )
    return None
