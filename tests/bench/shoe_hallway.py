"""The shoe's strikes on the hallway recordings: part of `tests.bench.shoe_strikes`."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import BoolArray, FloatArray, SampleBlock, Stream
from dsp.events import Event, FootStrike, Step
from dsp.pipeline import Pipeline
from tests.real_data import found, name_of, real

RUNNING_STRIDE_S: Final = (0.55, 0.95)
BOUT_STRIDES: Final = 6


def without_gyro(stream: Stream, block: SampleBlock) -> tuple[Stream, SampleBlock]:
    return replace(stream, has_gyro=False), replace(block, gyr=None)


def seen(events: Sequence[Event]) -> list[FootStrike]:
    return [e for e in events if isinstance(e, FootStrike) and not e.inferred]


def marks(path: Path) -> FloatArray:
    events = path.with_name(path.name.removesuffix(".csv.gz") + ".events.csv")
    with events.open() as file:
        return np.array([float(row["midstance_s"]) for row in csv.DictReader(file)])


@dataclass
class Hallway:
    """Counts over all running trials, and (marked strides, cadence error in %) of every bout."""

    strides: int = 0
    one: int = 0
    extra: int = 0
    paused: int = 0
    outside: int = 0
    walking: int = 0
    bouts: list[tuple[int, float]] = field(default_factory=list)


def running_bouts(length: FloatArray) -> list[tuple[int, int]]:
    """(first, last) of rows of 6 and more running strides, as slices of the lengths."""
    run = np.concatenate([[False], _is_running(length), [False]])
    edges = np.flatnonzero(np.diff(run.astype(int)))
    return [(a, b) for a, b in edges.reshape(-1, 2).tolist() if b - a >= BOUT_STRIDES]


def _is_running(length: FloatArray) -> BoolArray:
    shortest, longest = RUNNING_STRIDE_S
    return np.asarray((length >= shortest) & (length <= longest))


def cadence_error(mark_t: FloatArray, steps: Sequence[Step], bout: tuple[int, int]) -> float:
    """Mean cadence of our strides that lie in a bout against the marks', %."""
    start, end = mark_t[bout[0]], mark_t[bout[1]]
    inside = [s.duration_s for s in steps if s.t > start and s.t + s.duration_s <= end]
    true = (end - start) / (bout[1] - bout[0])
    return float(100.0 * (true / np.mean(inside) - 1.0)) if inside else float("nan")


def hallway(gyro: bool) -> Hallway:
    out = Hallway()
    for path in found("shoe-hallway/*.csv.gz"):
        recording = real(name_of(path))
        stream, block = recording.header.stream, recording.block
        if not gyro:
            stream, block = without_gyro(stream, block)
        events = Pipeline(stream).push(block)
        t = np.array([s.t for s in seen(events)])
        if path.name.startswith("walk"):
            out.walking += len(t)
            continue
        mark_t = marks(path)
        length = np.diff(mark_t)
        run = _is_running(length)
        counts = np.diff(np.searchsorted(t, mark_t, "right"))
        out.strides += int(run.sum())
        out.one += int((counts[run] >= 1).sum())
        out.extra += int(np.maximum(counts[run] - 1, 0).sum())
        # As score.py has it: the stopping and the starting step are no pause.
        for a in np.flatnonzero(length > 2.0):
            out.paused += int(((t > mark_t[a] + 1.0) & (t < mark_t[a + 1] - 0.6)).sum())
        out.paused += int((t < mark_t[0] - 0.6).sum())
        out.outside += int(counts[~run].sum())
        steps = [e for e in events if isinstance(e, Step)]
        for bout in running_bouts(length):
            out.bouts += [(bout[1] - bout[0], cadence_error(mark_t, steps, bout))]
    return out


def print_hallway() -> None:
    print("## hallway: 8 running and 4 walking trials")
    for gyro in (True, False):
        h = hallway(gyro)
        error = np.array([e for _, e in h.bouts])
        print(
            f"{'gyro' if gyro else 'no gyro':8s} strides {h.strides}, with a strike {h.one}"
            f" (recall {h.one / h.strides:.4f}), too many {h.extra}"
            f" (precision {h.one / max(h.one + h.extra, 1):.4f}), in pauses {h.paused}, in other"
            f" strides {h.outside}, in walking trials {h.walking}; cadence of {len(error)} bouts:"
            f" median {np.median(np.abs(error)):.2f} %, worst {np.abs(error).max():.2f} %"
        )
