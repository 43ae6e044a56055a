"""What was aimed for and what was measured, a row each: `python -m tests.bench.targets`.

Part of docs/accuracy.md. Every row says whether its truth is real or synthetic.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from dsp.block import Mount
from dsp.events import Event, Step
from dsp.pipeline import Pipeline
from dsp.synth import (
    OTHER_ACTIVITIES,
    Motion,
    Phase,
    Runner,
    Sensor,
    other_activity,
    random_runner,
    synthesize,
)
from feedback.cue import COACHING, Cue
from feedback.settings import FeedbackSettings
from firmware_py.config import Config
from firmware_py.evaluate.scoring import score
from firmware_py.evaluate.table import markdown
from firmware_py.evaluate.truth import recordings
from firmware_py.line import Line
from firmware_py.trace.header import TraceHeader
from tests.bench import fit_contact, waist_strikes
from tests.bench.data import DATA
from tests.bench.shoe_hallway import hallway
from tests.bench.shoe_metrics import conditions
from tests.bench.shoe_strikes import FEET, any_foot, f1, read
from tests.dsp.shoe_truth import errors

REAL: Final = "real truth"
SYNTHETIC: Final = "synthetic only"
EAGER: Final = Config(FeedbackSettings(cadence_target_spm=180.0, persistence_s=10.0))
Row = tuple[str, str, str, str, str]


def waist() -> Iterator[Row]:
    """Strikes and cadence at the waist."""
    on = "sacrum-treadmill, all conditions"
    many = waist_strikes.treadmill()
    error, late = (
        1e3 * np.concatenate([getattr(s, name) for s in many]) for name in ("error", "latency")
    )
    truth, found = sum(s.truth for s in many), sum(s.found for s in many)
    yield "F1 at ±50 ms, waist", on, "≥ 0.998", f"{2 * len(error) / (truth + found):.3f}", REAL
    yield (
        "IC SD, waist (no part is fitted)",
        on,
        "≤ 7.5 ms",
        f"{error.std(ddof=1):.1f} ms, bias {error.mean():+.1f}",
        REAL,
    )
    p50, p95 = np.percentile(late, [50, 95])
    yield "decision latency p50 / p95", on, "≤ 15 / ≤ 32 ms", f"{p50:.0f} / {p95:.0f} ms", REAL
    steady, hard = waist_strikes.steady(), waist_strikes.HARD
    ringing = [replace(hard, belt_ring_g=g, belt_ring_hz=hz) for g in (0.25, 0.8) for hz in (8, 15)]
    noisy = Sensor(acc_noise=10.0 * Sensor().acc_noise)
    groups = {
        "20 random runners": [
            waist_strikes.ran(random_runner(np.random.default_rng(s), 60.0)) for s in range(20)
        ],
        "hard impacts, ringing belts, noise": [
            s for r in ringing for s in waist_strikes.runs(steady, r, noisy)
        ],
    }
    for name, scores in groups.items():
        hits = sum(len(s.error) for s in scores)
        asked = sum(s.truth + s.found for s in scores)
        late = 1e3 * np.concatenate([s.latency for s in scores])
        p50, p95 = np.percentile(late, [50, 95])
        got = f"{2 * hits / asked:.3f}; p50 / p95 {p50:.0f} / {p95:.0f} ms"
        yield "F1 with the same settings", name, "≥ 0.995", got, SYNTHETIC


def cadence() -> Iterator[Row]:
    """Cadence, recording by recording and window by window."""
    results = [score(p, Config(), 0.0) for p in recordings(DATA / "sacrum-treadmill")]
    off = np.array([abs(r.cadence_error) for r in results if r and r.cadence_error is not None])
    yield (
        "cadence, median / worst",
        "sacrum-treadmill, whole trials",
        "≤ 0.5 / ≤ 1.5 %",
        f"{100 * np.median(off):.2f} / {100 * off.max():.2f} %",
        REAL,
    )
    bouts = np.abs([e for _, e in hallway(gyro=True).bouts])
    yield (
        "cadence, worst",
        f"shoe-hallway, {len(bouts)} bouts of 6 and more strides",
        "≤ 1.5 %",
        f"{bouts.max():.2f} %",
        REAL,
    )
    for mount in Mount:
        windows = np.abs(list(_windows(mount)))
        yield (
            "cadence, worst",
            f"{mount.value}, {len(windows)} windows of 20 s, 130–230 spm",
            "≤ 0.5 %",
            f"{windows.max():.2f} %",
            SYNTHETIC,
        )


def _windows(mount: Mount) -> Iterator[float]:
    for spm in range(130, 231, 10):
        speed = float(np.clip(3.2 + (spm - 168) * 0.02, 2.0, 5.0))
        phases = [Phase(Motion.STAND, 5.0), Phase(Motion.RUN, 66.0, float(spm), speed=speed)]
        run = synthesize(phases, mount=mount, runner=Runner(jitter=0.015), seed=spm)
        steps = [e for e in Pipeline(run.stream).push(run.block) if isinstance(e, Step)]
        true = run.truth.strike_t
        for start in (10.0, 30.0, 50.0):
            got = [s.cadence_spm for s in steps if start <= s.t < start + 20.0]
            inside = true[(true >= start) & (true < start + 20.0)]
            want = 60.0 * (len(inside) - 1) / (inside[-1] - inside[0])
            # Two feet: the median of strides, not of alternating steps.
            yield float(100.0 * (np.mean(got) / want - 1.0)) if got else float("nan")


def contact() -> Iterator[Row]:
    """Contact time, a runner left out at a time, features chosen without the runner."""
    c = fit_contact.columns()
    for name, models, aim in (
        ("speed unknown", fit_contact.FREE, "≤ 11 ms"),
        ("speed known", fit_contact.SPEED, "≤ 8 ms"),
    ):
        predicted, _ = fit_contact.nested(c, models)
        rmse = 1e3 * fit_contact.rmse(predicted - c["contact_s"])
        on = f"sacrum-runner-means, {len(np.unique(c['runner']))} runners left out in turn"
        yield f"contact time RMSE, waist, {name}", on, aim, f"{rmse:.1f} ms", REAL


def shoe() -> Iterator[Row]:
    """Strikes, toe-off and stride length at the shoe."""
    h = hallway(gyro=True)
    yield (
        "strides: recall / precision, in pauses",
        f"shoe-hallway, {h.strides} running strides",
        "≥ 0.995 both, 0",
        f"{h.one / h.strides:.3f} / {h.one / (h.one + h.extra):.3f}, {h.paused}",
        REAL,
    )
    reads = [read(any_foot(seed)) for seed in range(FEET)]
    error = 1e3 * np.concatenate([r.error_s for r in reads])
    late = 1e3 * np.concatenate([r.latency_s for r in reads])
    on = f"{FEET} feet of any kind: clipping, noise, losses, 200–833 Hz"
    yield "IC MAD, shoe", on, "≤ 6 ms", f"{np.mean(np.abs(error)):.1f} ms", SYNTHETIC
    yield "decision latency p95", on, "≤ 15 ms", f"{np.percentile(late, 95):.1f} ms", SYNTHETIC
    yield "F1, shoe", on, "≥ 0.998", f"{f1(reads):.4f}", SYNTHETIC
    off: dict[str, float] = {}
    length: dict[str, float] = {}
    for condition in conditions():
        got, _ = errors(condition, 0, 25.0)
        toe, stride = np.array(got["toe-off ms"]), np.array(got["length %"])
        toe, stride = toe[np.isfinite(toe)], stride[np.isfinite(stride)]
        if len(toe):
            off[condition.name] = float(np.mean(np.abs(toe)))
        if len(stride):
            length[condition.name] = float(np.sqrt(np.mean(stride**2)))
    for name, found, aim, unit in (
        ("toe-off MAD, shoe", off, "≤ 8 ms", "ms"),
        ("stride length RMS error", length, "≤ 3 %", "%"),
    ):
        grounded = found.pop("grounded")
        worst = max(found, key=lambda key: found[key])
        text = f"{found[worst]:.1f} {unit} ({worst}); grounded {grounded:.1f}"
        yield name, f"worst of {len(found)} conditions", aim, text, SYNTHETIC


def silence() -> Iterator[Row]:
    """Coaching cues where nobody runs, with a fixed target of 180 steps/min."""
    cues = n = 0
    for folder, prefix in (("waist-walking", ""), ("shoe-hallway", "walk")):
        for path in recordings(DATA / folder):
            if path.name.startswith(prefix):
                result = score(path, EAGER, 0.0)
                cues += result.coaching_cues if result else 0
                n += 1
    yield "coaching cues", f"walking, {n} trials, both mounts", "0", str(cues), REAL
    cues = n = 0
    for mount in Mount:
        for seed in range(3):
            for phases in OTHER_ACTIVITIES:
                run = other_activity(phases, seed=seed, mount=mount)
                header = TraceHeader(mount, run.stream.rate_hz, "synthetic", side=run.stream.side)
                line = Line(header, EAGER)
                happened: Sequence[Event | Cue] = [*line.push(run.block), *line.finish()]
                cues += sum(isinstance(e, Cue) and e.pattern in COACHING for e in happened)
                n += 1
    yield "coaching cues", f"other activities, {n} runs, both mounts", "0", str(cues), SYNTHETIC


def table() -> str:
    """All rows, in Markdown."""
    makers: Sequence[Callable[[], Iterator[Row]]] = (waist, cadence, contact, shoe, silence)
    rows = [row for make in makers for row in make()]
    return markdown(rows, ("what", "on", "aim", "measured", "truth"))


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"no recordings at {DATA}; set GAITCOACH_DATA")
    sys.stdout.write(table() + "\n")


if __name__ == "__main__":
    main()
