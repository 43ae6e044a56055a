"""The times of an imported recording: true rate, and which samples are missing.

The file's own times are kept. Three things are told apart: jitter (a late time stamp, made good by
the next intervals), rounding (416 Hz written in whole milliseconds: 2, 3, 2, 2, 3 ms) and holes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from dsp.block import FloatArray, IntArray
from dsp.errors import RecordingError

MIN_RATE_HZ: Final = 25.0
MAX_RATE_HZ: Final = 10_000.0
RATE_TOLERANCE: Final = 0.05
_LEVEL_SAMPLES: Final = 16
"""How many samples on each side of a long interval tell whether it was a hole or jitter."""
_COARSEST: Final = 4
"""At most so many samples may share one rounded time."""
_FINE_QUANTUM_S: Final = 1e-3
_HOLES_MOST: Final = 1 / 3
_SURE_RISE: Final = 0.6
"""Of a sampling interval; the mean of 16 rounded times is good to about 0.1."""
_ROUNDS: Final = 50
_FITTING: Final = 0.5

_LONGEST_HOLE_S: Final = 3600.0
"""A longer one is a wrong time stamp, or two recordings in one file."""

Where = Callable[[int], str]
"""Sample index to "file:line"."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the samples were taken.

    Args:
        t: (n,) s, strictly increasing.
        lost: (n,) samples missing just before each one.
        rate_hz: true rate, missing samples included.
        notes: what had to be inferred.
    """

    t: FloatArray
    lost: IntArray
    rate_hz: float
    notes: tuple[str, ...] = ()


def from_rate(n: int, rate_hz: float, where: Where) -> Timeline:
    """A timeline for a file without times, at a stated rate (Hz).

    Raises:
        RecordingError: the rate is absurd.
    """
    _check_rate(rate_hz, where(0), "the stated rate is", "correct it")
    note = f"no time column: times follow from the stated {rate_hz:g} Hz, holes cannot be seen"
    return Timeline(np.arange(n) / rate_hz, np.zeros(n, dtype=np.int64), rate_hz, (note,))


def from_times(t: FloatArray, where: Where, stated_hz: float | None = None) -> Timeline:
    """A timeline from a file's own times.

    Args:
        t: (n,) s, as in the file.
        where: names a sample's place for messages.
        stated_hz: what the JSON or the caller says; must agree within 5 %.

    Raises:
        RecordingError: fewer than two samples, times that go back or repeat, a hole of over an
            hour, an absurd rate, no regular sampling, or a stated rate that the times contradict.
    """
    if len(t) < 2:
        raise RecordingError(f"{where(0)}: holds one sample only; record or export it again")
    steps = np.diff(t)
    if (back := np.flatnonzero(steps < 0)).size:
        i = int(back[0]) + 1
        raise RecordingError(
            f"{where(i)}: time goes back from {t[i - 1]:.10g} s to {t[i]:.10g} s; cut the file "
            "there (a restarted logger, a counter that wrapped) and import the parts one by one"
        )
    _check_holes(t, steps, where)
    quantum = resolution(t)
    notes: list[str] = []
    if (steps == 0).any():
        t = _spread(t, quantum, where, stated_hz)
        steps = np.diff(t)
        notes.append(f"times are rounded to {quantum:g} s: equal ones were spread within it")
    median_hz = 1 / float(np.median(steps))
    _check_rate(
        median_hz, where(0), "the times give", "check the time column and its unit (--time-unit)"
    )
    step, rounded = _true_step(t, steps, quantum, stated_hz, has_repeats=bool(notes))
    if rounded and not notes:
        notes.append(f"times are rounded to {quantum:g} s")
    lost = _lost_in_rounded(t, steps, step, quantum) if rounded else _lost(t, steps, step)
    holes = np.count_nonzero(lost)
    if holes > _HOLES_MOST * len(steps):
        raise RecordingError(
            f"{where(0)}: the times are not those of regular sampling ({holes} holes in {len(t)} "
            "samples at the usual interval); if they are times of arrival, leave them out: "
            "--map t=none --rate HZ"
        )
    rate = (len(t) - 1 + int(lost.sum())) / float(t[-1] - t[0])
    if stated_hz is not None and abs(rate / stated_hz - 1) > RATE_TOLERANCE:
        raise RecordingError(
            f"{where(0)}: the times give {rate:.6g} Hz but {stated_hz:g} Hz is stated; correct or "
            "leave out the stated rate, or check --time-unit"
        )
    _check_rate(rate, where(0), "the times give", "check the time column and its unit")
    return Timeline(t, lost, rate, tuple(notes))


def resolution(t: FloatArray) -> float:
    """The coarsest power of ten (1 s to 1 us) that all times are multiples of, or 0.0."""
    since = t - t[0]
    # What float64 can hold of times since 1970.
    grain = 4 * float(np.spacing(np.abs(t).max()))
    for digits in range(7):
        ticks = since * 10.0**digits
        if np.abs(ticks - np.rint(ticks)).max() <= max(1e-6, grain * 10.0**digits):
            return 10.0**-digits
    return 0.0


def _check_rate(rate_hz: float, where: str, what: str, remedy: str) -> None:
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise RecordingError(
            f"{where}: {what} {rate_hz:.4g} Hz, outside {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g} Hz; "
            f"{remedy}"
        )


def _check_holes(t: FloatArray, steps: FloatArray, where: Where) -> None:
    # Where every interval is that long, it is the unit that is wrong: said with the rate.
    if float(np.median(steps)) > 1 / MIN_RATE_HZ:
        return
    if (far := np.flatnonzero(steps > _LONGEST_HOLE_S)).size:
        i = int(far[0]) + 1
        raise RecordingError(
            f"{where(i)}: time jumps from {t[i - 1]:.10g} s to {t[i]:.10g} s, over an hour: split "
            "the file there and import the parts one by one, or delete the line whose time is "
            "wrong (this one or the one before it)"
        )


def _spread(t: FloatArray, quantum: float, where: Where, stated_hz: float | None) -> FloatArray:
    """Equal times that come of rounding, moved apart evenly inside their tick."""
    first = np.flatnonzero(np.diff(t, prepend=t[0] - 1))
    sizes = np.diff(first, append=len(t))
    at = int(first[np.argmax(sizes > 1)]) + 1
    if sizes.max() > _COARSEST:
        raise RecordingError(
            f"{where(at)}: {sizes.max()} rows share one time: the times are too coarse; give the "
            "rate instead: --map t=none --rate HZ"
        )
    # Rounding repeats times all along, evenly, or a stated rate says that intervals are below the
    # tick (100.3 Hz in centiseconds); anything else is a row written twice.
    told = stated_hz is not None and stated_hz * quantum > 1.0001
    if quantum == 0 or not (told or _rounded_step(t, np.diff(t), quantum)):
        raise RecordingError(
            f"{where(at)}: has the same time as the row before ({t[at]:.10g} s); delete the row "
            "if it was written twice"
        )
    sizes = sizes.astype(np.intp)
    place = np.arange(len(t)) - np.repeat(first, sizes)
    spread: FloatArray = t + quantum * place / np.repeat(sizes, sizes)
    return spread


def _true_step(
    t: FloatArray, steps: FloatArray, quantum: float, stated_hz: float | None, *, has_repeats: bool
) -> tuple[float, bool]:
    """The sampling interval (s), and whether the times are that interval rounded to a tick."""
    median = float(np.median(steps))
    usual = steps[np.abs(steps - median) < median / 2]
    grid = float(usual.mean()) if usual.size else median
    if quantum == 0 or quantum < 0.2 * median:
        return grid, False
    # A centisecond grid with holes is far likelier than 91 Hz written in centiseconds.
    if not has_repeats and quantum > _FINE_QUANTUM_S * 1.001:
        return grid, False
    ramp = _rounded_step(t, steps, quantum)
    if ramp is None:
        return grid, False
    if stated_hz is not None and abs(grid * stated_hz - 1) < abs(ramp * stated_hz - 1):
        return grid, False
    return ramp, True


def _rounded_step(t: FloatArray, steps: FloatArray, quantum: float) -> float | None:
    """The interval if the times are a straight line rounded to `quantum`, else None.

    A rounded line never strays from the line by more than the tick; with randomly missing samples
    the count wanders off. The windows hold many odd intervals, or both would look alike.
    """
    values, counts = np.unique(np.rint(steps / quantum).astype(np.int64), return_counts=True)
    odd = len(steps) - int(counts.max())
    if len(values) < 2 or odd < 8:
        return None
    width = min(len(t), max(64, int(np.ceil(16 * len(steps) / odd))))
    rows = t[: len(t) // width * width].reshape(-1, width)
    k = np.arange(width) - (width - 1) / 2
    slopes = (rows - rows.mean(axis=1, keepdims=True)) @ k / (k @ k)
    strays = np.ptp(rows - slopes[:, None] * k, axis=1)
    fits = strays <= 1.5 * quantum
    return float(np.median(slopes[fits])) if fits.mean() >= _FITTING else None


def _lost(t: FloatArray, steps: FloatArray, step: float) -> IntArray:
    """(n,) missing samples: how far the times run ahead of the count, after less before each hole.

    Averages over the samples beside a long interval, so that a single late or early time stamp
    (8.4 ms, then 1.4 ms, at 200 Hz) is not taken for a hole.
    """
    lost = np.zeros(len(t), dtype=np.int64)
    after = np.flatnonzero(steps > 1.5 * step) + 1
    if after.size:
        ahead = t - t[0] - np.arange(len(t)) * step
        edges = np.concatenate(([0], after, [len(t)]))
        start = np.maximum(edges[:-2], after - _LEVEL_SAMPLES)
        stop = np.minimum(edges[2:], after + _LEVEL_SAMPLES)
        rise = _rise(ahead, start, after, stop) / step
        lost[after] = np.maximum(np.rint(rise), 0).astype(np.int64)
    return lost


def _lost_in_rounded(t: FloatArray, steps: FloatArray, step: float, quantum: float) -> IntArray:
    """The same for rounded times, where long intervals are usual.

    At 833 Hz in ms a hole is 2 ms among ordinary 1 and 2 ms: only the level of many samples shows
    it, so windows reach over other long intervals and the steepest rise nearby is taken out first.
    """
    n = len(t)
    lost = np.zeros(n, dtype=np.int64)
    after = np.flatnonzero(steps > 1.001 * step) + 1
    start, stop = np.maximum(after - _LEVEL_SAMPLES, 0), np.minimum(after + _LEVEL_SAMPLES, n)
    # At the file's ends there is too little to average; only what rounding cannot do counts.
    short = np.minimum(after - start, stop - after) < _LEVEL_SAMPLES // 2
    sure = ~short | (steps[after - 1] >= 1.5 * step + quantum)
    after, start, stop = after[sure], start[sure], stop[sure]
    if not after.size:
        return lost
    ahead = t - t[0] - np.arange(n) * step
    for _ in range(_ROUNDS):
        rise = _rise(ahead - np.cumsum(lost) * step, start, after, stop) / step
        steepest = np.zeros(n)
        steepest[after] = rise
        around = maximum_filter1d(steepest, 4 * _LEVEL_SAMPLES + 1, mode="constant")
        top = (rise > _SURE_RISE) & (rise >= around[after])
        if not top.any():
            break
        lost[after[top]] += np.rint(rise[top]).astype(np.int64)
    return lost


def _rise(ahead: FloatArray, start: IntArray, after: IntArray, stop: IntArray) -> FloatArray:
    """Mean of ahead[after:stop] less mean of ahead[start:after], for each entry."""
    total = np.concatenate(([0.0], np.cumsum(ahead)))
    before = (total[after] - total[start]) / (after - start)
    rise: FloatArray = (total[stop] - total[after]) / (stop - after) - before
    return rise
