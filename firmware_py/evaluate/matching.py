"""Pairs what was found with what was there, one to one."""

from typing import Final

import numpy as np
import numpy.typing as npt

from dsp.block import FloatArray

Pairs = list[tuple[int, int]]

RUNNING_STRIDE_S: Final = (0.55, 0.95)
"""Marked mid-stances this far apart enclose a running stride."""


def match(truth: FloatArray, found: FloatArray, window_s: float) -> Pairs:
    """(index in truth, index in found), nearest pairs first, none farther apart than the window."""
    distance = np.abs(found[np.newaxis, :] - truth[:, np.newaxis])
    near = np.argwhere(distance <= window_s)
    order: npt.NDArray[np.intp] = np.argsort(distance[near[:, 0], near[:, 1]], kind="stable")
    taken_truth: set[int] = set()
    taken_found: set[int] = set()
    pairs: Pairs = []
    for i, j in near[order]:
        if i not in taken_truth and j not in taken_found:
            taken_truth.add(int(i))
            taken_found.add(int(j))
            pairs.append((int(i), int(j)))
    return sorted(pairs)


def per_stride(marks: FloatArray, strikes: FloatArray) -> npt.NDArray[np.int64]:
    """How many strikes lie in each running stride between neighboring marks."""
    counts = np.searchsorted(strikes, marks[1:], "right") - np.searchsorted(
        strikes, marks[:-1], "right"
    )
    length = np.diff(marks)
    running = (length >= RUNNING_STRIDE_S[0]) & (length <= RUNNING_STRIDE_S[1])
    return np.asarray(counts[running], dtype=np.int64)
