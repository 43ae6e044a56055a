"""The summary's figures about how the runner moves: contact, form, foot, distance, symmetry."""

from enum import StrEnum
from typing import Any, Final

import numpy as np

from dsp.block import FloatArray
from dsp.symmetry import Symmetry, symmetry
from firmware_py.session.steps import Steps

CONTACT: Final = ("contact_s", "flight_s", "duty_factor", "peak_force_bw")
FORM: Final = (
    "vertical_oscillation_m",
    "vertical_ratio_percent",
    "lean_forward_deg",
    "lean_left_deg",
    "braking_m_s",
    "vertical_stiffness_bw_m",
    "leg_stiffness_bw_m",
)
LEAST: Final = 10
"""Steps or strides that a median is made of: one or two are no habit."""
FOOT: Final = ("foot_strike_angle_deg", "pronation_deg", "overstride_m_s")


def medians(steps: Steps, names: tuple[str, ...]) -> dict[str, float | None]:
    """The median of each column, None where nothing was measured."""
    return {name: _median(steps[name]) for name in names}


def foot_figures(steps: Steps) -> dict[str, Any]:
    """Medians, and the share of strides of each class of foot strike."""
    count = steps.strike_type
    total = sum(count.values())
    shares = {kind: n / total for kind, n in count.items()} if total else None
    return {**medians(steps, FOOT), "strike_type_share": shares}


class SpeedFrom(StrEnum):
    """Where the speed comes from."""

    TREADMILL = "treadmill"
    MEASURED = "measured"
    MODEL = "model"
    CALIBRATED_MODEL = "calibrated model"


def distance_figures(steps: Steps, source: SpeedFrom, surface: str) -> dict[str, Any]:
    """Running distance; steps without a speed take the median of the others, and are told."""
    speed, seconds = steps["speed_m_s"], steps["duration_s"]
    known = np.isfinite(speed)
    usual = _median(speed)
    if usual is None:
        return {
            "running_m": None,
            "speed_m_s": None,
            "stride_length_m": None,
            "measured_share": 0.0,
            "source": None,
            "surface": surface,
        }
    filled = np.where(known, speed, usual)
    total = float(seconds.sum())
    return {
        "running_m": float((filled * seconds).sum()),
        "speed_m_s": float((filled * seconds).sum()) / total,
        "stride_length_m": _median(steps["stride_length_m"]),
        "measured_share": float(seconds[known].sum()) / total,
        "source": source.value,
        "surface": surface,
    }


def symmetry_figures(steps: Steps, *, shoe: bool) -> dict[str, Any]:
    """Step time and impact of one foot against the other.

    One shoe knows nothing of the other foot, and contact time at the waist cannot show asymmetry
    (R² 0.52, Yuan 2026).
    """
    nothing = {"first": None, "step_time": None, "impact": None}
    if shoe:
        return nothing
    foot = steps.foot
    if not (foot >= 0).any():
        return nothing
    first = np.flatnonzero((foot[:-1] == 0) & (foot[1:] == 1))
    ends = steps["t"] + steps["duration_s"]
    # The two steps of a stride follow each other without a hole.
    first = first[np.abs(steps["t"][first + 1] - ends[first]) < 0.05]
    use = steps.plausible
    first = first[use[first] & use[first + 1]]
    seconds, impact = steps["duration_s"], steps.unclipped("impact_g")
    return {
        "first": "left" if steps.named else "A",
        "step_time": _told(symmetry(seconds[first], seconds[first + 1])),
        "impact": _told(symmetry(impact[first], impact[first + 1])),
    }


def _told(found: Symmetry | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "strides": found.strides,
        "index_percent": found.index_percent,
        "low_percent": found.low_percent,
        "high_percent": found.high_percent,
        "angle_percent": found.angle_percent,
        "significant": found.significant,
    }


def _median(values: FloatArray) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) >= LEAST else None
