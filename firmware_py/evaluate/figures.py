"""How well one recording, or several together, were read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from dsp.block import FloatArray
from dsp.events import Event, FootStrike, Step
from feedback.cue import COACHING, Cue
from firmware_py.evaluate.matching import match, per_stride, running_strides
from firmware_py.evaluate.measures import Errors, errors_of
from firmware_py.evaluate.truth import Kind, Truth

WINDOW_S: Final = 0.050
SETTLE_S: Final = 1.5
"""From a recording's first sample on. Short recordings start in mid-run; contacts before this are
not asked for, nor held against."""
BATCH_S: Final = 0.010
"""Length of a FIFO batch on the device (4 samples at 416 Hz, 8 at 833 Hz)."""
NOTHING: Final = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Result:
    """One recording against its truth.

    Args:
        name: of the recording. kind: of its truth.
        truth, found, hit: contacts or strides asked for, detected, and matched.
        error_s: (hit,) detected minus true time. latency_s: (hit,) decision minus true time.
        batch_latency_s: the same when samples come in FIFO batches.
        cadence_error: relative error of the cadence over the recording, or None.
        coaching_cues: coaching cues given.
        settling: contacts in the first `SETTLE_S` of the recording, which are not asked for.
        speed_m_s, slope_deg: of the recording, where known.
        measures: errors of the steps' measures (`firmware_py.evaluate.measures`).
    """

    name: str
    kind: Kind
    truth: int
    found: int
    hit: int
    error_s: FloatArray = field(default_factory=lambda: NOTHING)
    latency_s: FloatArray = field(default_factory=lambda: NOTHING)
    batch_latency_s: FloatArray = field(default_factory=lambda: NOTHING)
    cadence_error: float | None = None
    coaching_cues: int = 0
    settling: int = 0
    speed_m_s: float | None = None
    slope_deg: float | None = None
    measures: Errors = field(default_factory=dict)


def result(
    name: str, truth: Truth, happened: Sequence[Event | Cue], start_t: float, batch_s: float
) -> Result:
    """Scores one recording; `start_t`: its first sample, where FIFO batches and settling begin."""
    strikes = [e for e in happened if isinstance(e, FootStrike) and not e.inferred]
    cues = sum(isinstance(e, Cue) and e.pattern in COACHING for e in happened)
    t = np.array([e.t for e in strikes])
    steps = [e for e in happened if isinstance(e, Step)]
    if truth.kind is Kind.CONTACTS:
        decided = np.array([e.t_decision for e in strikes])
        return _contacts(name, truth, t, decided, steps, cues, start_t, batch_s)
    if truth.kind is Kind.MIDSTANCES:
        counts = per_stride(truth.t, t)
        hit = int(np.count_nonzero(counts))
        return Result(
            name,
            truth.kind,
            len(counts),
            int(counts.sum()),
            hit,
            cadence_error=_stride_cadence_error(truth.t, steps) if len(counts) else None,
            coaching_cues=cues,
        )
    return Result(name, truth.kind, 0, len(strikes), 0, coaching_cues=cues)


def _contacts(
    name: str,
    known: Truth,
    found: FloatArray,
    decided: FloatArray,
    steps: Sequence[Step],
    cues: int,
    start_t: float,
    batch_s: float,
) -> Result:
    truth = known.t
    if not len(truth):
        return Result(name, Kind.CONTACTS, 0, len(found), 0, coaching_cues=cues)
    begin = start_t + SETTLE_S
    inside = found <= truth[-1] + WINDOW_S
    found, decided = found[inside], decided[inside]
    pairs = match(truth, found, WINDOW_S)
    early = {j for i, j in pairs if truth[i] < begin}
    pairs = [(i, j) for i, j in pairs if truth[i] >= begin]
    i = np.array([p[0] for p in pairs], dtype=np.intp)
    j = np.array([p[1] for p in pairs], dtype=np.intp)
    asked = [k for k, x in enumerate(found) if x >= begin - WINDOW_S and k not in early]
    # A decision waits for the end of the FIFO batch that holds its sample.
    batches = np.ceil((decided[j] - start_t) / batch_s - 1e-9) if batch_s > 0 else decided[j]
    arrived = start_t + batches * batch_s if batch_s > 0 else decided[j]
    return Result(
        name,
        Kind.CONTACTS,
        int(np.count_nonzero(truth >= begin)),
        len(asked),
        len(pairs),
        found[j] - truth[i],
        decided[j] - truth[i],
        arrived - truth[i],
        _cadence_error(truth, steps),
        cues,
        int(np.count_nonzero(truth < begin)),
        known.speed_m_s,
        known.slope_deg,
        errors_of(known, [(a, float(found[b])) for a, b in pairs], steps),
    )


def _cadence_error(truth: FloatArray, steps: Sequence[Step]) -> float | None:
    """Mean cadence of the steps against that of the true contacts over the same time."""
    if not steps:
        return None
    first, last = steps[0].t, steps[-1].t + steps[-1].duration_s
    inside = truth[(truth >= first - WINDOW_S) & (truth <= last + WINDOW_S)]
    if len(inside) < 3:
        return None
    measured = sum(s.steps for s in steps) / sum(s.duration_s for s in steps)
    return float(measured * np.mean(np.diff(inside)) - 1.0)


def _stride_cadence_error(marks: FloatArray, steps: Sequence[Step]) -> float | None:
    """Mean cadence of the running strides against that of the ones between marks."""
    inside = [s.duration_s for s in steps if marks[0] <= s.t and s.t + s.duration_s <= marks[-1]]
    marked, measured = running_strides(np.diff(marks)), running_strides(np.array(inside))
    if min(len(marked), len(measured)) < 3:
        return None
    return float(marked.mean() / measured.mean() - 1.0)


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """The figures of some recordings together; ms for times, None where there is nothing to say."""
    truth = sum(r.truth for r in results)
    found = sum(r.found for r in results)
    hit = sum(r.hit for r in results)
    error = np.concatenate([r.error_s for r in results] or [NOTHING]) * 1e3
    latency = np.concatenate([r.latency_s for r in results] or [NOTHING]) * 1e3
    batched = np.concatenate([r.batch_latency_s for r in results] or [NOTHING]) * 1e3
    cadence = [abs(r.cadence_error) for r in results if r.cadence_error is not None]
    return {
        "truth": truth,
        "found": found,
        "hit": hit,
        "recall": _share(hit, truth),
        "precision": _share(hit, found),
        "f1": _share(2 * hit, truth + found),
        "timing": _timing(error) if len(error) > 1 else None,
        "latency_ms": _quantiles(latency),
        "latency_with_batch_ms": _quantiles(batched),
        "cadence_error_percent": None if not cadence else round(100.0 * float(max(cadence)), 2),
        "coaching_cues": sum(r.coaching_cues for r in results),
        "not_asked_for": sum(r.settling for r in results),
    }


def _timing(error_ms: FloatArray) -> dict[str, float]:
    bias, sd = float(error_ms.mean()), float(error_ms.std(ddof=1))
    return {
        "bias_ms": round(bias, 1),
        "sd_ms": round(sd, 1),
        "loa_low_ms": round(bias - 1.96 * sd, 1),
        "loa_high_ms": round(bias + 1.96 * sd, 1),
        "mae_ms": round(float(np.abs(error_ms).mean()), 1),
    }


def _quantiles(x: FloatArray) -> dict[str, float] | None:
    if not len(x):
        return None
    return {f"p{q}": round(float(np.percentile(x, q)), 1) for q in (50, 95, 99)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
