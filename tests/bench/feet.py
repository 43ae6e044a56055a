"""Left and right, and the next strike: `python -m tests.bench.feet` prints Markdown.

Recordings come from $GAITCOACH_DATA or ../shared/data; without them only the synthetic rows are
made.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import FloatArray, Mount, Side
from dsp.events import Event, Foot, FootStrike
from dsp.pipeline import Pipeline
from dsp.prediction import Prediction
from dsp.synth import SynthRun, easy_run, random_runner, stop_and_go
from dsp.wearer import FootSigns, Wearer
from firmware_py.evaluate.scoring import opened
from firmware_py.evaluate.table import markdown
from firmware_py.evaluate.truth import Kind, read_truth, recordings
from tests.bench.data import DATA

RUNNERS: Final = 20
SETTLE: Final = 6
"""Strikes before a prediction is held against it (science 1.3)."""
NEAR_S: Final = 0.06
STOP_S: Final = 0.2
ROLL: Final = FootSigns(gyro=True, direction=(1.0, 0.0, 0.0), left=0.6, right=-0.6, spread=0.2)
"""The synthetic pelvis rolls so in body axes; the mounting turns it into the sensor's."""


def strikes_of(run: SynthRun, wearer: Wearer) -> list[FootStrike]:
    pipeline = Pipeline(run.stream, wearer)
    events: list[Event] = [*pipeline.push(run.block), *pipeline.finish()]
    return [e for e in events if isinstance(e, FootStrike) and not e.inferred]


def told(run: SynthRun) -> tuple[int, list[bool], list[bool]]:
    """Strikes matched, whether each letter fits the foot, whether each name does."""
    along = np.array(run.sensor.mounting) @ np.array(ROLL.direction)
    x, y, z = (float(v) for v in along)
    strikes = strikes_of(run, Wearer(foot_signs=replace(ROLL, direction=(x, y, z))))
    truth = run.truth
    letters, names, matched = [], [], 0
    for strike in strikes:
        i = int(np.argmin(np.abs(truth.strike_t - strike.t)))
        if abs(truth.strike_t[i] - strike.t) > NEAR_S:
            continue
        matched += 1
        if strike.foot is not None:
            letters.append((strike.foot is Foot.A) == bool(truth.left[i]))
        if strike.side is not Side.UNKNOWN:
            names.append((strike.side is Side.LEFT) == bool(truth.left[i]))
    return matched, letters, names


def feet_table() -> str:
    rng = np.random.default_rng(31)
    groups: dict[str, list[SynthRun]] = {
        f"{RUNNERS} random runners": [random_runner(rng) for _ in range(RUNNERS)],
        "6 runs with stops": [stop_and_go(seed=seed) for seed in range(6)],
    }
    rows = []
    for name, runs in groups.items():
        results = [told(run) for run in runs]
        strikes = sum(r[0] for r in results)
        # A letter means either foot, but the same one throughout a recording.
        letters = [max(sum(r[1]), len(r[1]) - sum(r[1])) for r in results]
        lettered = sum(len(r[1]) for r in results)
        named = [x for r in results for x in r[2]]
        rows.append(
            (
                f"{name} (synthetic only)",
                str(strikes),
                f"{100 * lettered / strikes:.1f}",
                f"{100 * sum(letters) / max(lettered, 1):.2f}",
                f"{100 * len(named) / strikes:.1f}",
                f"{100 * float(np.mean(named)):.2f}" if named else "–",
            )
        )
    head = ("recordings", "strikes", "A/B told %", "of these right %", "named %", "right %")
    return markdown(rows, head)


def foreseen(strikes: Sequence[float], feet: int) -> Iterator[tuple[float, float]]:
    """What the predictions were off by, s, and the spread that they stated, s."""
    prediction = Prediction(feet)
    expected: float | None = None
    spread: float | None = None
    for i, t in enumerate(strikes):
        # Across a stop nothing was foreseen.
        if expected is not None and spread is not None and i >= SETTLE and t - expected < STOP_S:
            yield t - expected, spread
        expected, spread = prediction.strike(t)


def prediction_table() -> str:
    rng = np.random.default_rng(32)
    waist = [random_runner(rng) for _ in range(RUNNERS)]
    shoe = [easy_run(60.0, seed=seed, mount=Mount.SHOE) for seed in range(4)]
    sets: dict[str, tuple[list[Sequence[float]], int]] = {}
    if DATA.is_dir():
        paths = list(recordings(DATA / "sacrum-treadmill"))
        truths = [t for p in paths if (t := read_truth(p)) and t.kind is Kind.CONTACTS]
        sets["force-plate contacts (real truth)"] = ([list(t.t) for t in truths], 2)
        sets["detected on the same (real truth)"] = ([_detected(p) for p in paths], 2)
    sets[f"{RUNNERS} random runners, waist (synthetic only)"] = (
        [[s.t for s in strikes_of(run, Wearer())] for run in waist],
        2,
    )
    sets["4 runs, shoe: same foot (synthetic only)"] = (
        [[s.t for s in strikes_of(run, Wearer())] for run in shoe],
        1,
    )
    rows = []
    for name, (recorded, feet) in sets.items():
        off, spread = np.array([x for t in recorded for x in foreseen(t, feet)]).T
        rows.append((name, str(len(off)), *_figures(1e3 * off), f"{np.std(off / spread):.2f}"))
    head = ("strikes", "predictions", "median", "SD", "p95", "error over stated SD")
    return markdown(rows, head)


def _detected(path: Path) -> list[float]:
    header, blocks = opened(path)
    pipeline = Pipeline(header.stream)
    return [e.t for b in blocks for e in pipeline.push(b) if isinstance(e, FootStrike)]


def _figures(off_ms: FloatArray) -> tuple[str, str, str]:
    p95 = float(np.percentile(np.abs(off_ms), 95))
    return f"{np.median(off_ms):+.1f}", f"{off_ms.std(ddof=1):.1f}", f"{p95:.1f}"


def document() -> str:
    """Both tables, as Markdown."""
    return f"""## Left and right at the waist

A letter must mean the same foot throughout a recording; names need hops (here the synthetic
pelvis' own roll).

{feet_table()}

## The next strike

Predicted at each strike, ms; the first {SETTLE} strikes of a recording are not held against it.

{prediction_table()}
"""


def main() -> None:
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
