"""Pairs what was found with what was there, one to one."""

from typing import Final

import numpy as np
import numpy.typing as npt

from dsp.block import BoolArray, FloatArray

Pairs = list[tuple[int, int]]

RUNNING_STRIDE_S: Final = (0.55, 0.95)
"""Marked mid-stances this far apart enclose a running stride."""


def match(truth: FloatArray, found: FloatArray, window_s: float) -> Pairs:
    """(index in truth, index in found), nearest pairs first, none farther apart than the window."""
    near, distance = _near(truth, found, window_s)
    order: npt.NDArray[np.intp] = np.argsort(distance, kind="stable")
    taken_truth: set[int] = set()
    taken_found: set[int] = set()
    pairs: Pairs = []
    for i, j in near[order]:
        if i not in taken_truth and j not in taken_found:
            taken_truth.add(int(i))
            taken_found.add(int(j))
            pairs.append((int(i), int(j)))
    return sorted(pairs)


def _near(
    truth: FloatArray, found: FloatArray, window_s: float
) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """(k, 2) indices of all pairs within the window, in order, and (k,) how far apart they are.

    Takes memory for the pairs, not for every combination: hours of contacts are few pairs.
    """
    by_time = np.argsort(found, kind="stable")
    # A sum may round to the other side of the edge: wider here, exact below.
    largest = max(float(np.abs(x[np.isfinite(x)]).max(initial=0.0)) for x in (truth, found))
    wide = window_s + 4.0 * float(np.spacing(largest + window_s))
    first = np.searchsorted(found, truth - wide, "left", sorter=by_time)
    last = np.searchsorted(found, truth + wide, "right", sorter=by_time)
    count = np.maximum(last - first, 0)
    count = count.astype(np.intp)
    rows = np.repeat(np.arange(len(truth)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    columns = by_time[np.repeat(first, count) + within]
    order = np.lexsort((columns, rows))
    rows, columns = rows[order], columns[order]
    distance = np.abs(found[columns] - truth[rows])
    keep = distance <= window_s
    return np.stack([rows[keep], columns[keep]], axis=1), distance[keep]


def per_stride(marks: FloatArray, strikes: FloatArray) -> npt.NDArray[np.int64]:
    """How many strikes lie in each running stride between neighboring marks."""
    counts = np.searchsorted(strikes, marks[1:], "right") - np.searchsorted(
        strikes, marks[:-1], "right"
    )
    return np.asarray(counts[_running(np.diff(marks))], dtype=np.int64)


def running_strides(lengths_s: FloatArray) -> FloatArray:
    """Those of some stride lengths, s, that are running strides."""
    return lengths_s[_running(lengths_s)]


def _running(lengths_s: FloatArray) -> BoolArray:
    shortest, longest = RUNNING_STRIDE_S
    running: BoolArray = (lengths_s >= shortest) & (lengths_s <= longest)
    return running
