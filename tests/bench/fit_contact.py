"""Fits the waist's contact-time and speed models: `python -m tests.bench.fit_contact`.

Data: `sacrum-runner-means` (PeerJ 11199), means per runner and speed on a force treadmill; prints
the coefficients that stand in `dsp`, and leave-one-runner-out errors. The features are chosen
inside each fold, by leaving out one more runner.
"""

import csv
import sys
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dsp import spring
from dsp.block import BoolArray, FloatArray
from dsp.waist import contact_time, speed
from tests.importer.csv_files import DATA

Columns = Mapping[str, FloatArray]
Features = Callable[[Columns], FloatArray]

WITHIN: Final = 4.0
"""Variance between runners over that within one, in the fit of speed: the greater, the more the
model follows one runner's changes, and the more of the runners' differences it leaves to the
distance factor. See the table that this prints."""


def columns() -> dict[str, FloatArray]:
    """The table's columns, and `step`: step time, `width`: impulse over peak, s."""
    with (DATA / "sacrum-runner-means" / "means.csv").open() as file:
        rows = list(csv.DictReader(file))
    out = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    out["step"] = 1.0 / out["step_rate_hz"]
    # Both from the accelerometer: its scale error and tilt cancel.
    out["width"] = out["acc_impulse_g_s"] / out["acc_peak_g"]
    return out


def stacked(*features: FloatArray) -> FloatArray:
    return np.column_stack(features)


def log_of(*names: str) -> Features:
    return lambda c: stacked(np.ones_like(c["step"]), *(np.log(c[n]) for n in names))


def plain(*names: str) -> Features:
    return lambda c: stacked(*(1.0 / c[n] if n == "speed_m_s" else c[n] for n in names))


FREE: Final[dict[str, tuple[bool, Features]]] = {
    "ln: step": (True, log_of("step")),
    "ln: width": (True, log_of("width")),
    "ln: step, width": (True, log_of("step", "width")),
    "ln: step, width, crossings": (True, log_of("step", "width", "acc_contact_s")),
    "step, width": (False, plain("step", "width")),
    "step, width, crossings": (False, plain("step", "width", "acc_contact_s")),
}
SPEED: Final[dict[str, tuple[bool, Features]]] = {
    "1/speed, step": (False, plain("step", "speed_m_s")),
    "1/speed, step, width": (False, plain("step", "width", "speed_m_s")),
    "ln: speed, step": (True, log_of("step", "speed_m_s")),
    "ln: speed, step, width": (True, log_of("step", "width", "speed_m_s")),
}


def solved(x: FloatArray, y: FloatArray, runner: FloatArray, within: float = 0.0) -> FloatArray:
    """Least squares; with `within`, generalized for a runner's own offset (random intercept)."""
    x, y = x.copy(), y.copy()
    for who in np.unique(runner):
        at = runner == who
        share = 1.0 - np.sqrt(1.0 / (1.0 + at.sum() * within))
        x[at] -= share * x[at].mean(axis=0)
        y[at] -= share * y[at].mean()
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def left_out(
    c: Columns, target: str, model: tuple[bool, Features], within: float = 0.0
) -> FloatArray:
    """Predictions for every row by a fit without its runner."""
    logarithmic, features = model
    x, y, runner = features(c), c[target], c["runner"]
    out = np.empty_like(y)
    for who in np.unique(runner):
        rest = runner != who
        known = np.log(y[rest]) if logarithmic else y[rest]
        found = x[~rest] @ solved(x[rest], known, runner[rest], within)
        out[~rest] = np.exp(found) if logarithmic else found
    return out


def rmse(error: FloatArray) -> float:
    return float(np.sqrt((error**2).mean()))


def only(c: Columns, rows: BoolArray) -> dict[str, FloatArray]:
    return {name: values[rows] for name, values in c.items()}


def nested(c: Columns, models: Mapping[str, tuple[bool, Features]]) -> tuple[FloatArray, list[str]]:
    """Predictions with the features chosen without the runner; what was chosen."""
    out, chosen = np.empty_like(c["contact_s"]), []
    for who in np.unique(c["runner"]):
        rest = c["runner"] != who
        inner = only(c, rest)
        errors = {
            n: rmse(left_out(inner, "contact_s", m) - inner["contact_s"]) for n, m in models.items()
        }
        best = min(errors, key=lambda n: errors[n])
        chosen.append(best)
        logarithmic, features = models[best]
        y = np.log(inner["contact_s"]) if logarithmic else inner["contact_s"]
        found = features(only(c, ~rest)) @ solved(features(inner), y, inner["runner"])
        out[~rest] = np.exp(found) if logarithmic else found
    return out, chosen


def personal(c: Columns, predicted: FloatArray, target: str, *, factor: bool) -> FloatArray:
    """Errors at a runner's other speeds after calibration at one: relative, or absolute."""
    errors, truth = [], c[target]
    for who in np.unique(c["runner"]):
        at = np.flatnonzero(c["runner"] == who)
        for i in at:
            for j in at[at != i]:
                if factor:
                    errors.append(predicted[j] * truth[i] / predicted[i] / truth[j] - 1.0)
                else:
                    errors.append(predicted[j] + truth[i] - predicted[i] - truth[j])
    return np.array(errors)


def contact(c: Columns, title: str, models: Mapping[str, tuple[bool, Features]]) -> None:
    print(f"\ncontact time, {title}; leave one runner out")
    for name, model in models.items():
        predicted = left_out(c, "contact_s", model)
        e = 1000.0 * (predicted - c["contact_s"])
        own = 1000.0 * personal(c, predicted, "contact_s", factor=False)
        logarithmic, features = model
        y = np.log(c["contact_s"]) if logarithmic else c["contact_s"]
        found = np.round(solved(features(c), y, c["runner"]), 4)
        print(
            f"  {name:28s} RMSE {rmse(e):5.2f} ms, bias {e.mean():+.2f}; "
            f"own offset from one speed {rmse(own):5.2f} ms; {found}"
        )
    predicted, chosen = nested(c, models)
    e = 1000.0 * (predicted - c["contact_s"])
    print(
        f"  chosen inside the fold       RMSE {rmse(e):5.2f} ms, bias {e.mean():+.2f}, "
        f"LoA {e.mean() - 1.96 * e.std():+.1f} to {e.mean() + 1.96 * e.std():+.1f}, "
        f"MAE {np.abs(e).mean():.1f}; " + ", ".join(f"{n} {chosen.count(n)}" for n in set(chosen))
    )


def force(c: Columns) -> None:
    print("\npeak force, body weights; leave one runner out")
    free = left_out(c, "contact_s", FREE["ln: step, width"])
    known = left_out(c, "contact_s", SPEED["1/speed, step, width"])
    for name, tc in (("true", c["contact_s"]), ("modelled", free), ("with speed", known)):
        c = {**c, "mean force": c["step"] / tc}
        predicted = left_out(c, "peak_force_bw", (False, plain("mean force")))
        shape = solved(c["mean force"][:, np.newaxis], c["peak_force_bw"], c["runner"])
        e = predicted - c["peak_force_bw"]
        own = personal(c, predicted, "peak_force_bw", factor=False)
        print(
            f"  contact {name:11s} shape {shape[0]:.3f}, RMSE {rmse(e):.3f}, "
            f"own offset {rmse(own):.3f}"
        )


def stiffness(c: Columns) -> None:
    print("\nvertical stiffness with modelled contact against the same formula with the true one")
    for name, model in (
        ("speed unknown", FREE["ln: step, width"]),
        ("speed known", SPEED["1/speed, step, width"]),
    ):
        modelled, true = (
            np.array(
                [spring.vertical_stiffness_bw_m(s, x) for s, x in zip(c["step"], tc, strict=True)]
            )
            for tc in (left_out(c, "contact_s", model), c["contact_s"])
        )
        ratio = (modelled / true).astype(float)
        print(f"  {name:14s} bias {100 * (ratio.mean() - 1):+.1f} %, SD {100 * ratio.std():.1f} %")


def pace(c: Columns) -> None:
    print("\nspeed from step and width; leave one runner out, and one's own factor from one speed")
    model = (True, log_of("step", "width"))
    for within in (0.0, 1.0, 2.0, WITHIN, 8.0, 1e3):
        predicted = left_out(c, "speed_m_s", model, within)
        relative = predicted / c["speed_m_s"] - 1.0
        own = personal(c, predicted, "speed_m_s", factor=True)
        found = np.round(solved(model[1](c), np.log(c["speed_m_s"]), c["runner"], within), 3)
        print(
            f"  within {within:6.1f}: {100 * rmse(relative):4.1f} %, "
            f"own {100 * rmse(own):4.1f} %; {found}"
        )


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"no recordings at {DATA}; set GAITCOACH_DATA")
    c = columns()
    print(f"{len(c['runner'])} means of {len(np.unique(c['runner']))} runners")
    contact(c, "speed unknown", FREE)
    contact(c, "speed known", SPEED)
    force(c)
    stiffness(c)
    pace(c)
    print(
        f"\nin dsp: {contact_time.FREE}, {contact_time.WITH_SPEED}, {spring.PEAK_SHAPE}, "
        f"{speed.MODEL}"
    )


if __name__ == "__main__":
    main()
