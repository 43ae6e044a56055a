"""The steps of a session in compact columns: hours of running fit in a megabyte or two."""

from array import array
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
    "coached",
)
EXACT: Final = ("t", "duration_s", "steps", "cadence_spm", "smooth_spm", "impact_g")
LETTERS: Final = (Foot.A, Foot.B)
SIDES: Final = (Side.LEFT, Side.RIGHT)
STRIKES: Final = tuple(Contact)


class Steps:
    """One row a step or stride; what was not measured is NaN."""

    def __init__(self) -> None:
        # Metrics are good to three digits: single precision halves hours of running.
        self._columns = {name: array("d" if name in EXACT else "f") for name in COLUMNS}
        self._letters, self._sides = array("b"), array("b")
        self._strikes = array("b")

    def __len__(self) -> int:
        return len(self._columns["t"])

    def add(self, step: Step, smooth_spm: float | None) -> None:
        """Takes one step and the coach's cadence estimate at its end, steps per minute."""
        for name, column in self._columns.items():
            value = smooth_spm if name == "smooth_spm" else getattr(step, name, None)
            column.append(float("nan") if value is None else float(value))
        self._letters.append(-1 if step.foot is None else LETTERS.index(step.foot))
        self._sides.append(SIDES.index(step.side) if step.side in SIDES else -1)
        kind = step.strike_type
        self._strikes.append(-1 if kind is None else STRIKES.index(kind))

    def mark(self, coached: bool | None) -> None:
        """Whether cues could come at the newest step; False: the plan withheld them."""
        self._columns["coached"][-1] = float("nan") if coached is None else float(coached)

    def only(self, keep: BoolArray) -> "Steps":
        """Some of the steps."""
        out = Steps()
        for name, column in self._columns.items():
            out._columns[name] = array(column.typecode, np.array(column)[keep].tolist())
        for mine, its in (
            (self._letters, out._letters),
            (self._sides, out._sides),
            (self._strikes, out._strikes),
        ):
            its.extend(np.array(mine, dtype=np.int8)[keep].tolist())
        return out

    @property
    def named(self) -> bool:
        """Whether the feet have names."""
        return any(side >= 0 for side in self._sides)

    @property
    def foot(self) -> npt.NDArray[np.int8]:
        """(n,) 0 for the left foot (A without names), 1 for the other, -1 where it was not told.

        A name that came late also names the letters before it.
        """
        letters, sides = np.array(self._letters, np.int8), np.array(self._sides, np.int8)
        both = (letters >= 0) & (sides >= 0)
        if not self.named:
            return letters
        turned = both.any() and bool(np.mean(letters[both] != sides[both]) > 0.5)
        named = np.where(letters >= 0, letters ^ int(turned), -1) if both.any() else sides
        return np.where(sides >= 0, sides, named).astype(np.int8)

    @property
    def strike_type(self) -> dict[str, int]:
        """How many strides were of each class."""
        return {kind.value: self._strikes.count(k) for k, kind in enumerate(STRIKES)}

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
