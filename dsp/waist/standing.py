"""Which way is up in the sensor's axes while the runner stands upright."""

from collections import deque
from typing import Final

import numpy as np

from dsp.block import FloatArray, Stream
from dsp.history import History
from dsp.units import STANDARD_GRAVITY
from dsp.waist.channels import ACC_X, ACC_Y, ACC_Z, KEPT_S, UNSURE, T
from dsp.wearer import Wearer

CELL_S: Final = 0.5
CELLS: Final = 4
"""So many cells in a row are 2 s of standing."""
STILL_G: Final = 0.03
"""Standard deviation of each axis in a cell: breathing and sway stay within 0.02 g, walking is
over 0.1 g."""
TURNED: Final = np.cos(np.radians(3.0))
"""Cells of one stand agree within this: a runner who leans over to tie a shoe moves more."""


class Standing:
    """Finds stands in cells of a fixed number of samples, as long as the stream runs."""

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._history = history
        self._size = max(2, round(CELL_S * stream.rate_hz))
        self._kept = int(KEPT_S * stream.rate_hz)
        self._known = None if wearer.up is None else np.array(wearer.up)
        self._next = 0
        self._row: list[FloatArray] = []
        self._found: deque[tuple[int, FloatArray]] = deque()
        self._up: FloatArray | None = self._known

    def push(self) -> None:
        """Looks at the cells that the newest samples complete."""
        if self._known is not None:
            return
        while (self._next + 1) * self._size <= self._history.end:
            first = self._next * self._size
            self._next += 1
            self._cell(first, first + self._size)

    def up(self, number: int) -> FloatArray | None:
        """(3,) unit vector, as known at sample `number`; numbers never go back."""
        while self._found and self._found[0][0] <= number:
            self._up = self._found.popleft()[1]
        return self._up

    def _cell(self, first: int, last: int) -> None:
        mean = _still(self._history, first, last)
        if mean is None:
            self._row.clear()
            return
        if self._row and float((mean * self._row[0]).sum()) < TURNED:
            self._row.clear()
        self._row.append(mean)
        if len(self._row) >= CELLS:
            # The middle of the stand: its ends may be the beginning of something else.
            total = np.array(self._row[-CELLS:]).sum(axis=0)
            self._found.append((last, total / np.sqrt((total * total).sum())))
            del self._row[:-CELLS]
            # Nobody asks for what lies further back than the history.
            while len(self._found) > 1 and self._found[1][0] <= first - self._kept:
                self._up = self._found.popleft()[1]


def _still(history: History, first: int, last: int) -> FloatArray | None:
    """(3,) direction of the specific force over a cell in which nothing moved, else None."""
    if history.view(UNSURE, first, last).any():
        return None
    t = history.view(T, first, last)
    if len(t) < last - first or t[-1] - t[0] > 1.1 * CELL_S:
        return None
    acc = np.stack([history.view(channel, first, last) for channel in (ACC_X, ACC_Y, ACC_Z)])
    if acc.std(axis=1).max() > STILL_G * STANDARD_GRAVITY:
        return None
    mean = acc.mean(axis=1)
    length = float(np.sqrt((mean * mean).sum()))
    return mean / length if length > 0.5 * STANDARD_GRAVITY else None
