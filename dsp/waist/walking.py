"""Walking steps at the waist: the slow rise and fall of the body, one cycle a step."""

from typing import Final

import numpy as np

from dsp.block import FloatArray, Side, Stream
from dsp.events import WalkStep
from dsp.grid import Piece

BAND_G: Final = 0.03
"""The 3 Hz vertical must leave 1 g by this much either way; standing stays within 0.02 g."""
SHORTEST_S: Final = 0.35
LONGEST_S: Final = 1.2
ALIKE: Final = 1.6
STEPS: Final = 4
"""So many steps in a row are walking, reported with the last; a run is known a step sooner."""


class WaistWalking:
    """Walk steps from the 3 Hz vertical; their times are approximate (± 0.1 s) contact times."""

    def __init__(self, stream: Stream) -> None:
        self._high = False
        self._row: list[float] = []

    def push(self, piece: Piece, sway: FloatArray) -> list[WalkStep]:
        """Steps that the new samples decide; not yet told apart from running."""
        if piece.restart:
            self._high, self._row = False, []
        events: list[WalkStep] = []
        at = 0
        while True:
            rest = sway[at:]
            found = rest < 1.0 - BAND_G if self._high else rest > 1.0 + BAND_G
            k = int(np.argmax(found)) if len(found) else 0
            if not len(found) or not found[k]:
                return events
            at += k
            self._high = not self._high
            if self._high:
                events += self._rise(float(piece.t[at]), float(piece.known[at]))

    def _rise(self, t: float, known: float) -> list[WalkStep]:
        row = self._row
        interval = t - row[-1] if row else 0.0
        before = row[-1] - row[-2] if len(row) > 1 else interval
        if row and interval < SHORTEST_S:
            return []
        regular = interval <= LONGEST_S and max(interval, before) <= ALIKE * min(interval, before)
        if row and not regular:
            row.clear()
        row.append(t)
        if len(row) < STEPS:
            return []
        fresh = row if len(row) == STEPS else row[-1:]
        events = [WalkStep(x, known, Side.UNKNOWN) for x in fresh]
        del row[: -STEPS - 1]
        return events
