"""The steps of a session in compact columns: hours of running fit in a megabyte or two."""

from array import array
from typing import Final

import numpy as np

from dsp.block import BoolArray, FloatArray
from dsp.events import Step
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
)


class Steps:
    """One row a step or stride; what was not measured is NaN."""

    def __init__(self) -> None:
        self._columns = {name: array("d") for name in COLUMNS}

    def __len__(self) -> int:
        return len(self._columns["t"])

    def add(self, step: Step, smooth_spm: float | None) -> None:
        """Takes one step and the coach's cadence estimate at its end, steps per minute."""
        for name, column in self._columns.items():
            value = smooth_spm if name == "smooth_spm" else getattr(step, name)
            column.append(float("nan") if value is None else float(value))

    def __getitem__(self, name: str) -> FloatArray:
        """(n,) one column; a copy."""
        return np.array(self._columns[name], dtype=np.float64)

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
