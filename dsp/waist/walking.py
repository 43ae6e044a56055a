"""Walking steps at the waist: the slow rise and fall of the body, one cycle a step."""

from typing import Final

import numpy as np

from dsp.block import FloatArray, Side, Stream
from dsp.deferred import Deferred
from dsp.events import WalkStep
from dsp.grid import Piece
from dsp.history import History
from dsp.waist.channels import KNOWN, SWAY, T

BAND_G: Final = 0.03
"""The 3 Hz vertical must leave 1 g by this much either way; standing stays within 0.02 g."""
LEAST_SWING_G: Final = 0.12
"""From the lowest to the highest in a step. A sinusoid of height h at f steps/s has h·(2πf)²/g:
2 cm at 1.3 Hz, a stroll, is 0.14 g; the rocking on a bicycle is about 0.1 g."""
MOST_SWING_G: Final = 1.4
"""Stairs reach 1 g; beyond are jumps and a device shaken in the hand."""
SHORTEST_S: Final = 0.35
LONGEST_S: Final = 1.2
ALIKE: Final = 1.6
STEPS: Final = 4
"""So many steps in a row are walking, reported with the last; a run is known a step sooner."""

LOOK_S: Final = 0.05
"""It looks this often, at everything new: walking waits for four steps anyway."""
MANY: Final = 64
"""Pieces that are put together at once."""


class WaistWalking:
    """Walk steps from the 3 Hz vertical; their times are approximate (± 0.1 s) contact times.

    Args:
        history: holds every piece before it is pushed here.
        sway: its 3 Hz vertical.
    """

    def __init__(self, stream: Stream, history: History, sway: Deferred) -> None:
        self._history = history
        self._sway = sway
        self._look = max(1, round(LOOK_S * stream.rate_hz))
        self._next = 0
        self._high = False
        self._since: list[FloatArray] = []
        """The vertical since the last rise; what is older only by its extremes."""
        self._row: list[float] = []

    def push(self, piece: Piece) -> list[WalkStep]:
        """Steps that the new samples decide; not yet told apart from running."""
        history = self._history
        if piece.restart:
            self._next = history.end - len(piece.t)
            self._high = False
            self._since.clear()
            self._row.clear()
        looks = (history.end - self._next) // self._look
        if not looks:
            return []
        self._sway.settle()
        first, last = self._next, self._next + looks * self._look
        self._next = last
        return self._rises(first, history.view(SWAY, first, last))

    def _rises(self, first: int, sway: FloatArray) -> list[WalkStep]:
        events: list[WalkStep] = []
        at = begin = 0
        while True:
            rest = sway[at:]
            found = rest < 1.0 - BAND_G if self._high else rest > 1.0 + BAND_G
            k = int(np.argmax(found)) if len(found) else 0
            if not len(found) or not found[k]:
                break
            at += k
            self._high = not self._high
            if self._high:
                self._since.append(sway[begin:at].copy())
                low, high = self._extremes()
                looked = first + (at // self._look + 1) * self._look - 1
                events += self._rise(
                    self._history.at(T, first + at), self._history.at(KNOWN, looked), high - low
                )
                self._since, begin = [], at
        self._since.append(sway[begin:].copy())
        if len(self._since) > MANY:
            self._since = [np.array(self._extremes())]
        return events

    def _extremes(self) -> tuple[float, float]:
        values = np.concatenate(self._since)
        return (float(values.min()), float(values.max())) if len(values) else (1.0, 1.0)

    def _rise(self, t: float, known: float, swing_g: float) -> list[WalkStep]:
        row = self._row
        interval = t - row[-1] if row else 0.0
        before = row[-1] - row[-2] if len(row) > 1 else interval
        if row and interval < SHORTEST_S:
            return []
        regular = interval <= LONGEST_S and max(interval, before) <= ALIKE * min(interval, before)
        sized = LEAST_SWING_G <= swing_g <= MOST_SWING_G
        if row and not (regular and sized):
            row.clear()
        row.append(t)
        if len(row) < STEPS:
            return []
        fresh = row if len(row) == STEPS else row[-1:]
        events = [WalkStep(x, known, Side.UNKNOWN) for x in fresh]
        del row[: -STEPS - 1]
        return events
