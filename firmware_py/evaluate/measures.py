"""Every measure of a step against what it truly was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dsp.block import FloatArray
from dsp.events import Step
from firmware_py.evaluate.truth import Truth

Errors = Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Measure:
    """One field of a step that has a truth.

    Args:
        unit: of the figures. scale: from the field's unit to that.
        true: what it truly was for contact `i` of a truth; NaN where unknown.
        of_step: what the step says, where it is not simply the field.
    """

    unit: str
    scale: float
    true: Callable[[Truth, int], float]
    of_step: Callable[[Step], float | None] | None = None


def _next(truth: Truth, i: int, steps: int) -> float:
    return float(truth.t[i + steps]) if i + steps < len(truth.t) else float("nan")


def _off(truth: Truth, i: int) -> float:
    return float("nan") if truth.off is None else float(truth.off[i])


def _contact(truth: Truth, i: int) -> float:
    return _off(truth, i) - float(truth.t[i])


def _step_time(truth: Truth, i: int) -> float:
    return _next(truth, i, 1) - float(truth.t[i])


def _stride(truth: Truth, i: int) -> float:
    """Length of this step and the one before, as a step at the waist tells it."""
    if not 0 < i < len(truth.t) - 1:
        return float("nan")
    before, after = float(truth.t[i] - truth.t[i - 1]), _step_time(truth, i)
    if max(before, after) > LONGEST_STEP_S:
        return float("nan")
    return _speed(truth, i) * (before + after)


def _speed(truth: Truth, i: int) -> float:
    return float("nan") if truth.speed_m_s is None else truth.speed_m_s


def _peak(truth: Truth, i: int) -> float:
    return float("nan") if truth.peak_bw is None else float(truth.peak_bw[i])


MEASURES: Final[Mapping[str, Measure]] = {
    "step_time_s": Measure("ms", 1e3, _step_time, lambda s: s.duration_s if s.steps == 1 else None),
    "toe_off_t": Measure("ms", 1e3, _off),
    "contact_s": Measure("ms", 1e3, _contact),
    "flight_s": Measure("ms", 1e3, lambda truth, i: _next(truth, i, 1) - _off(truth, i)),
    "duty_factor": Measure(
        "%", 1e2, lambda truth, i: _contact(truth, i) / (2.0 * _step_time(truth, i))
    ),
    "peak_force_bw": Measure("BW", 1.0, _peak),
    "speed_m_s": Measure("m/s", 1.0, _speed),
    "stride_length_m": Measure("m", 1.0, _stride),
}
"""In the order of the tables. A step is compared where its neighbors are contacts in a row: a
contact missing in the truth would double the interval."""
LONGEST_STEP_S: Final = 0.6
NEXT_NEEDED: Final = {"duty_factor", "stride_length_m", "flight_s", "step_time_s"}


def errors_of(truth: Truth, pairs: Sequence[tuple[int, float]], steps: Sequence[Step]) -> Errors:
    """Measured minus true, per measure, in the measure's unit.

    Args:
        truth: of the recording.
        pairs: index of a true contact and `t` of the strike that was matched to it.
        steps: all steps of the recording.
    """
    by_strike = {step.strike_t: step for step in steps}
    out: dict[str, list[float]] = {name: [] for name in MEASURES}
    for i, strike_t in pairs:
        step = by_strike.get(strike_t)
        if step is None:
            continue
        for name, measure in MEASURES.items():
            told = measure.of_step(step) if measure.of_step else getattr(step, name, None)
            if told is None:
                continue
            true = measure.true(truth, i)
            if name in NEXT_NEEDED and not _step_time(truth, i) <= LONGEST_STEP_S:
                continue
            if np.isfinite(true):
                out[name].append(measure.scale * (told - true))
    return {name: np.array(values) for name, values in out.items() if values}


def agreement(errors: FloatArray) -> dict[str, Any]:
    """Bias, SD, 95 % limits of agreement, MAE and RMSE of at least two errors."""
    bias, sd = float(errors.mean()), float(errors.std(ddof=1))
    return {
        "n": len(errors),
        "bias": bias,
        "sd": sd,
        "loa_low": bias - 1.96 * sd,
        "loa_high": bias + 1.96 * sd,
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt((errors**2).mean())),
    }


def joined(errors: Sequence[Errors]) -> dict[str, FloatArray]:
    """Those of several recordings together, in the tables' order."""
    return {
        name: np.concatenate(found)
        for name in MEASURES
        if (found := [e[name] for e in errors if name in e])
    }
