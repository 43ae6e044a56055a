"""When the foot stands: the zero velocity that strapdown integration starts and ends with."""

from typing import Final

import numpy as np

from dsp.shoe.stride import StrideSamples
from dsp.units import STANDARD_GRAVITY

STANCE: Final = (0.25, 0.60)
"""Of the contact (science 6.3): the foot lies flat between the slap and heel-off."""
FORCE_WEIGHT: Final = 4.0
"""(rad/s)² per g²: 0.1 g off counts like 0.2 rad/s; that foot, 0.1 m from the ground, moves as
fast as one that gains 0.1 g for 20 ms."""
AVERAGED_S: Final = 0.02
"""Over so long: ringing of the shoe (40–50 Hz) averages out."""


def mid_stance(
    stride: StrideSamples, strike_t: float, contact_s: float, rate_hz: float
) -> int | None:
    """Index of the sample at which the foot moves least.

    None where the samples had not come when the stride was decided. Bridged or clipped samples do
    not hide a foot that stands; what is integrated over them is another matter.
    """
    half = max(1, round(0.5 * AVERAGED_S * rate_hz))
    a = stride.at(strike_t + STANCE[0] * contact_s) - half
    b = stride.at(strike_t + STANCE[1] * contact_s) + half + 1
    b = min(b, len(stride.t))
    need = stride.at(strike_t + 0.5 * sum(STANCE) * contact_s) + half + 1
    if a < 0 or b < need:
        return None
    gyr, acc = stride.gyr[:, a:b], stride.acc[:, a:b] / STANDARD_GRAVITY
    force = np.sqrt(acc[0] ** 2 + acc[1] ** 2 + acc[2] ** 2) - 1.0
    moving = gyr[0] ** 2 + gyr[1] ** 2 + gyr[2] ** 2 + FORCE_WEIGHT * force**2
    total = np.concatenate([[0.0], np.cumsum(moving)])
    mean = total[2 * half + 1 :] - total[: -2 * half - 1]
    return a + half + int(np.argmin(mean))
