"""Samples as they leave a FIFO, and how many are missing between them.

Samples that follow each other make a chain. After a hole a new chain begins whose place in the
stream is unknown until the chip's clock tells the index of its newest sample.
"""

import numpy as np

from drivers.chunk import CountArray
from drivers.errors import ChipError

Piece = tuple[CountArray, int]


class Chain:
    """Puts samples in their places.

    Args:
        invalid: a count that marks a sample as none: it is left out and counts as lost.
    """

    def __init__(self, invalid: int | None = None) -> None:
        self._invalid = invalid
        self.restart()

    def restart(self) -> None:
        """A new stream: its first sample is number 0."""
        self.unsure = False
        """Whether samples may be missing before those that wait."""
        self._next = 0
        self._waiting: list[CountArray] = []
        self._ready: list[Piece] = []
        self._lost = 0

    @property
    def newest(self) -> int:
        """Index of the newest sample if nothing is missing."""
        return self._next + sum(map(len, self._waiting)) - 1

    @property
    def waiting(self) -> bool:
        """Whether samples wait for their place."""
        return bool(self._waiting)

    def add(self, counts: CountArray) -> None:
        """(n, columns) samples that follow the last ones."""
        if len(counts):
            self._waiting.append(counts)

    def hole(self) -> None:
        """Samples may be missing from here on; those that waited for a place will not get one."""
        if self.unsure:
            self._waiting = []
        else:
            self.trust()
            self.unsure = True

    def trust(self) -> None:
        """Nothing is missing before those that wait."""
        self.place(self.newest)

    def place(self, newest: int) -> None:
        """The newest sample has this index.

        Raises:
            ChipError: samples so numbered were there already.
        """
        missing = newest - self.newest
        if missing < 0:
            self.unsure = True
            self._waiting = []
            raise ChipError("the chip's clock went back")
        self.unsure = False
        self._next = newest + 1
        waiting, self._waiting = self._waiting, []
        self._lost += missing
        if not waiting:
            return
        counts = waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
        if self._invalid is not None and (counts == self._invalid).any():
            self._valid_of(counts)
            return
        self._ready.append((counts, self._lost))
        self._lost = 0

    def take(self) -> list[Piece]:
        """What has its place, each piece with the samples lost before its first one."""
        ready, self._ready = self._ready, []
        return ready

    def _valid_of(self, counts: CountArray) -> None:
        good = ~(counts == self._invalid).any(axis=1)
        edges = np.flatnonzero(np.diff(good, prepend=False, append=False))
        at = 0
        for a, b in edges.reshape(-1, 2).tolist():
            self._ready.append((counts[a:b], self._lost + a - at))
            self._lost, at = 0, b
        self._lost += len(counts) - at
