"""Writes docs/accuracy.md: `make accuracy`. Every figure in it is measured here, in one run.

Recordings come from $GAITCOACH_DATA or ../shared/data; without them nothing is written.
"""

import contextlib
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import Mount, SampleBlock
from dsp.events import Event, FootStrike, Step
from dsp.synth import daily_life, walk
from feedback.cue import COACHING, Cue
from feedback.settings import FeedbackSettings
from firmware_py.config import Config
from firmware_py.evaluate.conditions import by_condition
from firmware_py.evaluate.figures import BATCH_S, Result, figures
from firmware_py.evaluate.measures import joined
from firmware_py.evaluate.scoring import score
from firmware_py.evaluate.table import (
    MEASURE_HEAD,
    condition_rows,
    markdown,
    measure_rows,
    row,
)
from firmware_py.evaluate.truth import recordings
from firmware_py.importer.options import ImportOptions
from firmware_py.importer.recording import Recording, read_recording
from firmware_py.line import Line
from firmware_py.trace.header import TraceHeader
from tests.bench import (
    feet,
    fit_contact,
    published,
    shoe_metrics,
    shoe_strikes,
    targets,
    waist_metrics,
    waist_strikes,
)
from tests.bench.data import DATA, ROOT

TARGET_180: Final = Config(FeedbackSettings(cadence_target_spm=180.0, persistence_s=10.0))
TARGET_166: Final = Config(FeedbackSettings(cadence_target_spm=166.0, persistence_s=10.0))


def replayed(recording: Recording, config: Config) -> list[Event | Cue]:
    line = Line(recording.header, config)
    return [*line.push(recording.block), *line.finish()]


def read(path: Path) -> Recording:
    return read_recording(path, ImportOptions())


def scored(folder: str) -> list[Result]:
    results = [score(p, Config(), BATCH_S) for p in recordings(DATA / folder)]
    return [r for r in results if r is not None]


def section(results: Sequence[Result]) -> str:
    rows = [row(r.name, figures([r])) for r in results]
    for kind in dict.fromkeys(r.kind for r in results):
        rows.append(row(f"**all: {kind}**", figures([r for r in results if r.kind is kind])))
    return markdown(rows)


def hobby() -> str:
    """Cadence of the shoe run with missing samples, against the signal's own autocorrelation."""
    recording = read(DATA / "shoe-hobby" / "run.csv.gz")
    block = recording.block
    happened = replayed(recording, Config())
    steps = [e for e in happened if isinstance(e, Step)]
    strikes = [e for e in happened if isinstance(e, FootStrike) and not e.inferred]
    lines = [
        "| window s | steps/min, median | by autocorrelation of the turning |",
        "| --- | ---: | ---: |",
    ]
    for begin in range(0, 100, 20):
        cadence = [s.cadence_spm for s in steps if begin <= s.t < begin + 20]
        lines.append(
            f"| {begin}–{begin + 20} | {np.median(cadence):.1f} | "
            f"{120.0 / _period(block, begin, begin + 20):.1f} |"
        )
    whole = np.median([s.cadence_spm for s in steps])
    spans = [_period(block, t, t + 20) for t in range(0, 100, 20)]
    lines.append(f"| **all** | **{whole:.1f}** | {120.0 / np.mean(spans):.1f} |")
    lost = int(block.lost.sum())
    share = 100.0 * lost / (lost + len(block))
    lines.append("")
    lines.append(f"{len(strikes)} strikes; {lost} samples counted as lost ({share:.1f} %).")
    for name, config in (("180", TARGET_180), ("166", TARGET_166)):
        cues = [e for e in replayed(recording, config) if isinstance(e, Cue)]
        t = [c.t for c in cues if c.pattern in COACHING]
        gaps = f", closest {min(np.diff(t)):.1f} s apart" if len(t) > 1 else ""
        lines.append(f"With `cadence_target_spm = {name}`: {len(t)} coaching cues{gaps}.")
    return "\n".join(lines)


def _period(block: SampleBlock, begin: float, end: float) -> float:
    """Stride time, s: first peak beyond 0.5 s of the autocorrelation of |angular rate|."""
    if block.gyr is None:
        return float("nan")
    step = 0.002
    t = np.arange(begin, min(end, float(block.t[-1])), step)
    turning = np.interp(t, block.t, np.sqrt((block.gyr**2).sum(axis=1)))
    turning -= turning.mean()
    spectrum = np.fft.rfft(turning, 2 * len(turning))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(turning)]
    low, high = round(0.5 / step), round(1.0 / step)
    return float((low + np.argmax(correlation[low:high])) * step)


def silence() -> str:
    lines = ["| recording | running strikes | coaching cues |", "| --- | ---: | ---: |"]
    for folder, prefix in (("waist-walking", ""), ("shoe-hallway", "walk")):
        for path in recordings(DATA / folder):
            if path.name.startswith(prefix):
                happened = replayed(read(path), TARGET_180)
                lines.append(_quiet(path.name.removesuffix(".csv.gz"), happened))
    for mount in Mount:
        for name, run in (
            ("walk", walk(mount=mount)),
            ("daily life", daily_life(mount=mount)),
        ):
            line = Line(TraceHeader(mount, run.stream.rate_hz, "synthetic"), TARGET_180)
            lines.append(_quiet(f"synthetic {name}, {mount.value}", line.push(run.block)))
    return "\n".join(lines)


def _quiet(name: str, happened: Sequence[Event | Cue]) -> str:
    strikes = sum(isinstance(e, FootStrike) and not e.inferred for e in happened)
    cues = sum(isinstance(e, Cue) and e.pattern in COACHING for e in happened)
    return f"| {name} | {strikes} | {cues} |"


def measures(folder: str) -> str:
    """What steps say against their truth, without and with the treadmill's speed."""
    out = []
    for title, known in (("Speed unknown", False), ("Speed known", True)):
        results = [
            r
            for p in recordings(DATA / folder)
            if (r := score(p, Config(), BATCH_S, known_speed=known)) is not None
        ]
        rows = measure_rows(joined([r.measures for r in results]))
        groups = by_condition(results)
        head, lines = condition_rows(
            {n: joined([r.measures for r in g]) for n, g in groups.items()}
        )
        out += [f"{title}:", "", markdown(rows, MEASURE_HEAD), "", markdown(lines, head), ""]
    return "\n".join(out)


def printed(main: Callable[[], object]) -> str:
    """What a measurement prints, as a block."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main()
    text = said.getvalue().strip()
    return text if text.startswith("|") else f"```\n{text}\n```"


def document() -> str:
    treadmill = scored("sacrum-treadmill")
    return f"""# Accuracy

Made by `make accuracy` from the recordings in `$GAITCOACH_DATA` (or `../shared/data`); every figure
is measured in that run. **Real truth**: a force treadmill, marked strides, walking with known
contacts; few people, named below. **Synthetic only**: our own generator of runners, whose truth is
exact and whose runners are only as real as we could make them. Thresholds were chosen with these
sets in view; where limits were tuned on the very set that scores them, docs/detection.md says so.

## Aims

{targets.table()}

What it costs is in [performance.md](performance.md).

## Waist: force treadmill (real truth; one runner, 13 trials of 5 s)

Times in ms, matched one to one within ±50 ms; p50, p95, p99: from the true contact to the sample
that decided; +batch: with FIFO batches of 10 ms; cadence: error of the mean cadence over a
recording, % (the largest of several). Contacts in a recording's first 1.5 s are not asked for. The
data are already low-passed near 20–30 Hz by their authors: good for timing and cadence, not for
impact.

{section(treadmill)}

### What steps say (real truth)

{measures("sacrum-treadmill")}

## Contact time, force, speed from 25 runners (real truth, leave one runner out)

{printed(fit_contact.main)}

## Waist: metrics by condition (treadmill rows: real truth; runners: synthetic only)

{printed(waist_metrics.main)}

## Waist: strikes by condition (first row real truth, others synthetic only)

{printed(waist_strikes.main)}

## Shoe: hallway runs and walks (real truth: marked mid-stances)

Truth: running strides (two marks 0.55–0.95 s apart); found: strikes in them.

{section(scored("shoe-hallway"))}

## Shoe: strikes (hallway: real truth; feet: synthetic only)

{printed(shoe_strikes.main)}

## Shoe: metrics (hallway: real recordings without truth; conditions: synthetic only)

{printed(shoe_metrics.main)}

## Shoe: 102 s from a hobby board, 11 % of the samples missing (real, without truth)

{hobby()}

The recording was described to us as 166 steps/min with a stride of 0.72 s throughout. By its own
time column it is quicker in its first 40 s, by our strikes and by the autocorrelation of the
signal, which knows nothing of strikes; we keep the measured figures.

## Silence (fixed target of 180 steps/min, persistence 10 s)

{silence()}

{feet.document()}
{published.document()}"""


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"no recordings at {DATA}; set GAITCOACH_DATA")
    out = ROOT / "docs" / "accuracy.md"
    out.write_text(document())
    sys.stdout.write(f"{out.relative_to(ROOT)} written\n")


if __name__ == "__main__":
    main()
