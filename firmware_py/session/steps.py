"""The steps of a session in compact columns: hours of running fit in a megabyte or two."""

from array import array
from collections import Counter
from typing import Final

import numpy as np
import numpy.typing as npt

from dsp.block import BoolArray, FloatArray, Side
from dsp.events import Contact, Foot, Step
from feedback.settings import PLAUSIBLE_SPM

COLUMNS: Final = (
    "t",
    "duration_s",
    "steps",
    "cadence_spm",
    "smooth_spm",
    "impact_g",
    "impact_excess_g",
    "clipped",
    "contact_s",
    "flight_s",
    "duty_factor",
    "peak_force_bw",
    "vertical_oscillation_m",
    "vertical_ratio_percent",
    "lean_forward_deg",
    "lean_left_deg",
    "braking_m_s",
    "vertical_stiffness_bw_m",
    "leg_stiffness_bw_m",
    "speed_m_s",
    "stride_length_m",
    "foot_strike_angle_deg",
    "pronation_deg",
    "overstride_m_s",
    "level_ground",
)
EXACT: Final = ("t", "duration_s", "steps", "cadence_spm", "smooth_spm", "impact_g")
FEET: Final = {Side.LEFT: 0, Foot.A: 0, Side.RIGHT: 1, Foot.B: 1}
"""The left foot first, and A where they have no names."""


class Steps:
    """One row a step or stride; what was not measured is NaN."""

    def __init__(self) -> None:
        # Metrics are good to three digits: single precision halves hours of running.
        self._columns = {name: array("d" if name in EXACT else "f") for name in COLUMNS}
        self._feet = array("b")
        self._strike: Counter[Contact] = Counter()
        self.named = True
        """Whether every foot that was told apart was also named left or right."""

    def __len__(self) -> int:
        return len(self._columns["t"])

    def add(self, step: Step, smooth_spm: float | None) -> None:
        """Takes one step and the coach's cadence estimate at its end, steps per minute."""
        for name, column in self._columns.items():
            value = smooth_spm if name == "smooth_spm" else getattr(step, name)
            column.append(float("nan") if value is None else float(value))
        self._feet.append(self._foot(step))
        if step.strike_type is not None:
            self._strike[step.strike_type] += 1

    def _foot(self, step: Step) -> int:
        if step.side is not Side.UNKNOWN:
            return FEET[step.side]
        if step.foot is None:
            return -1
        self.named = False
        return FEET[step.foot]

    @property
    def foot(self) -> npt.NDArray[np.int8]:
        """(n,) 0 for the left foot (or A), 1 for the other, -1 where it was not told."""
        return np.array(self._feet, dtype=np.int8)

    @property
    def strike_type(self) -> dict[str, int]:
        """How many strides were of each class."""
        return {kind.value: self._strike[kind] for kind in Contact}

    def __getitem__(self, name: str) -> FloatArray:
        """(n,) one column; a copy."""
        return np.array(self._columns[name], dtype=np.float64)

    @property
    def level(self) -> BoolArray:
        """(n,) whether nothing says that slope or speed had changed."""
        return np.asarray(self["level_ground"] != 0.0)

    @property
    def plausible(self) -> BoolArray:
        """(n,) whether a step's cadence can be running: a missed strike halves it."""
        spm = self["cadence_spm"]
        return np.asarray((spm >= PLAUSIBLE_SPM[0]) & (spm <= PLAUSIBLE_SPM[1]))

    def judged(self, *, shoe: bool) -> FloatArray:
        """(n,) the impact that is judged, g, NaN where clipped or incomplete."""
        return self.unclipped("impact_g" if shoe else "impact_excess_g")

    def unclipped(self, name: str) -> FloatArray:
        """(n,) one column, NaN where the impact was clipped."""
        return np.where(self["clipped"] > 0, np.nan, self[name])


def mean_cadence(duration_s: FloatArray, steps: FloatArray) -> float | None:
    """Steps over time, steps per minute: not biased by the noise of single intervals."""
    total = float(duration_s.sum())
    return 60.0 * float(steps.sum()) / total if total > 0 else None
