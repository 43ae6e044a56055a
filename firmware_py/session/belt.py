"""Whether the treadmill's speed that was set can be the runner's."""

from typing import Final

import numpy as np

from dsp.block import BoolArray
from dsp.wearer import Wearer
from firmware_py.session.steps import Steps
from firmware_py.wearer import KMH

SHARE: Final = 0.1
"""Of the steps with a speed: fewer are a belt that was starting or stopping."""
WALK_MOST_M_S: Final = 2.5
"""People walk at 2 m/s before they break into a run, few at more."""
WALKS: Final = 20
"""Walking steps that are a walk."""


def contradicted(steps: Steps, wearer: Wearer) -> BoolArray:
    """(n,) steps whose speed is not the belt's, since what was measured contradicts it."""
    speed = steps["speed_m_s"]
    if wearer.speed_m_s is None:
        return np.zeros(len(speed), dtype=np.bool_)
    # The steps keep single precision.
    return np.asarray(np.isfinite(speed) & (np.abs(speed - wearer.speed_m_s) > 1e-3))


def believed(steps: Steps, wearer: Wearer) -> bool:
    """Whether the belt's speed holds for most of the running."""
    if wearer.speed_m_s is None:
        return False
    known = np.isfinite(steps["speed_m_s"])
    return not known.any() or float(contradicted(steps, wearer)[known].mean()) <= 0.5


def belt_doubts(steps: Steps, walking: int, wearer: Wearer, *, shoe: bool) -> list[str]:
    """What contradicts the belt's speed, and what to do: a line, or nothing.

    Args:
        steps: of the running. walking: steps of walking.
    """
    if wearer.speed_m_s is None:
        return []
    said = f"runner.treadmill_speed_kmh = {KMH * wearer.speed_m_s:.3g}"
    running = int(steps["steps"].sum())
    if wearer.speed_m_s > WALK_MOST_M_S and walking >= max(WALKS, running):
        return [
            f"{said}: but {walking} of {walking + running} steps were walking, which nobody does "
            "at that speed; correct it"
        ]
    against = contradicted(steps, wearer)
    known = np.isfinite(steps["speed_m_s"])
    if not against.any() or float(against[known].mean()) <= SHARE:
        return []
    seen = KMH * float(np.median(steps["speed_m_s"][against]))
    how = "the strides measure" if shoe else "cadence and push look like"
    part = 100.0 * float(against[known].mean())
    return [f"{said}: but {how} {seen:.0f} km/h; not used in {part:.0f} % of the steps; correct it"]
