"""Contact time at the waist: from how concentrated the push is, not from two crossings.

What is pushed in contact must carry the weight for the whole step, so a short contact has a high
peak: contact time follows from the step time and the width of the vertical pulse. Toe-off itself
does not show at the waist (crossings: RMSE 16 to 27 ms, science 1.3; Patoz 2022: 20 ms).
"""

from math import exp, log
from typing import Final

import numpy as np

from dsp.spring import PEAK_SHAPE
from dsp.waist.stride import POINTS, WholeStride

FREE: Final = (0.3484, 0.9146, 0.4410)
"""ln contact = a + b ln step + c ln width (s): tests/bench/fit_contact.py, 25 runners at 3.8 to
5.4 m/s on a force treadmill."""
WITH_SPEED: Final = (0.2277, 0.4612, 0.2781)
"""contact = a step + b width + c / speed (s, m/s): the same."""
FLIGHT_G: Final = 0.1
"""In a flight nothing is carried: on a force treadmill the 30 Hz vertical falls to 0.07 g or less
in every step (13 trials). What always carries more has no flight."""
SHORTEST_S: Final = 0.095
"""No stance is shorter (Kiernan 2023)."""
LONGEST_SHARE: Final = 1.3
"""Of the step: beyond this it is walking."""


def pulse_width_s(stride: WholeStride) -> float | None:
    """Impulse over peak of the smooth vertical in the second step, s."""
    pulse = stride.smooth_g[stride.second]
    peak = float(pulse.max()) if len(pulse) > 1 else 0.0
    if peak <= 0.0:
        return None
    # What is below zero is the trunk in flight, not a push.
    return float(np.maximum(pulse, 0.0).sum()) / len(pulse) / peak * stride.step_s


def contact_time_s(
    stride: WholeStride, width_s: float, speed_m_s: float | None, offset_s: float = 0.0
) -> float:
    """Contact time of the second step, s.

    Args:
        width_s: see `pulse_width_s`. speed_m_s: where it is known.
        offset_s: this runner's, over the mean runner's.
    """
    trace = stride.quick_g[stride.second]
    if len(trace) and float(trace.min()) > FLIGHT_G:
        contact = grounded_s(stride)
    else:
        # There was a flight, whatever a belt's speed that is not the runner's makes of it.
        contact = min(modelled_s(stride.step_s, width_s, speed_m_s), stride.step_s)
    contact = min(max(contact, SHORTEST_S), LONGEST_SHARE * stride.step_s)
    return max(contact + offset_s, SHORTEST_S)


def modelled_s(step_s: float, width_s: float, speed_m_s: float | None) -> float:
    """Contact time of a step with a flight, s."""
    if speed_m_s is None:
        a, b, c = FREE
        return exp(a + b * log(step_s) + c * log(width_s))
    a, b, c = WITH_SPEED
    return a * step_s + b * width_s + c / speed_m_s


def grounded_s(stride: WholeStride) -> float:
    """Contact time of a step without a flight, s: at least the step, both feet share the ground.

    There the vertical is nearly a sinusoid about 1 g, and its peak over the mean force in contact
    is a known one.
    """
    peak_g = 1.0 + 2.0 * abs(complex(stride.vertical[2])) / POINTS
    return max(PEAK_SHAPE / peak_g, 1.0) * stride.step_s
