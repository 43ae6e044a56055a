"""The tagged FIFO of ST's LSM6 families: 7 byte words to whole samples, every loss counted.

A word is a tag and three axes. The tag names the sensor and counts time slots modulo 4; words of
one slot belong to one instant. Every eighth slot also holds the chip's timestamp, which tells how
many samples are missing where slots were lost. (LSM6DSO32 datasheet, FIFO chapter; AN5192.)
"""

from itertools import pairwise
from typing import Final

import numpy as np

from drivers.chips.tag_plan import WORD, Plan, make_plan
from drivers.chips.ticks import TickCounter
from drivers.chunk import CountArray
from drivers.errors import ChipError

BOOT_COUNTS: Final = 0x7FFD
"""A first axis from here on marks a word of the start-up phase (Linux st_lsm6dsx_buffer.c)."""
BOOT_SAMPLES: Final = 40
"""Only so many samples after the start: later on it is a clipped sample."""
MAX_WAITING: Final = 128
"""More samples than this without a timestamp: they will not come."""
_PLANS: Final = 4096
Piece = tuple[CountArray, int]
Stamps = list[tuple[int, int]]
"""(sample, ticks)"""


class TaggedFifo:
    """Takes words apart and counts what is missing.

    Args:
        tags: of the sensors that make a sample, in the order of the columns of its counts.
        ticks: the chip's timestamp.
    """

    def __init__(self, tags: tuple[int, ...], ticks: TickCounter) -> None:
        self._tags = tags
        self._ticks = ticks
        # The sequence of tags in a drain is one of few: how to take it apart is worked out once.
        self._plans: dict[bytes, Plan] = {}
        self._empty: CountArray = np.empty((0, 3 * len(tags)), dtype=np.int16)
        self.restart()

    def restart(self) -> None:
        """The FIFO was emptied and the timestamp set to 0: a new stream."""
        self._ticks.restart()
        self._tail = b""
        self._slot: int | None = None
        self._next = 0
        self._lost = 0
        self._booting = True
        self._unsure = False
        self._waiting = self._empty

    def broken(self) -> None:
        """Words may be missing from here on, any number of them."""
        self._unsure = True
        self._tail = b""
        # Held back samples that a further hole follows find no place: they are lost too.
        self._waiting = self._empty

    def push(self, data: bytes, host_time: float) -> list[Piece]:
        """Takes in whole words, in order.

        Args:
            data: (7 k) bytes.
            host_time: just after the level that announced them was read, s.

        Returns:
            Pieces of (n, 3 * sensors) int16, each with the samples lost before its first one.

        Raises:
            ChipError: they are no words of this FIFO, or its timestamps contradict each other;
                `broken` holds then.
        """
        data = self._tail + data
        tags = data[::WORD]
        plan = self._plans.get(tags)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[tags] = make_plan(tags, self._tags)
        if plan.bad:
            self.broken()
            raise ChipError(f"the FIFO sent {plan.bad}")
        self._tail = data[plan.whole * WORD :]
        counts = np.frombuffer(data, np.uint8).take(plan.places).view("<i2")
        stamps = [
            (j, int.from_bytes(data[at * WORD + 1 : at * WORD + 5], "little"))
            for j, cnt, at in plan.stamps
            if j >= 0 or cnt == self._slot
        ]
        follows = not plan.slots or self._slot is None or plan.slots[0] == (self._slot + 1) & 3
        if plan.slots:
            self._slot = plan.slots[-1]
        if follows and not plan.breaks and not self._unsure:
            return self._known(counts, stamps, host_time)
        pieces: list[Piece] = []
        for a, b in pairwise((0, *plan.breaks, len(counts))):
            self._unsure |= a > 0 or not follows
            if a > 0 or not follows:
                # Held back samples that a further hole follows find no place: they are lost too.
                self._waiting = self._empty
            part = [(j - a, ticks) for j, ticks in stamps if a <= max(j, 0) < b]
            take = self._found if self._unsure else self._known
            pieces += take(counts[a:b], part, host_time)
        return pieces

    def _known(self, counts: CountArray, stamps: Stamps, host_time: float) -> list[Piece]:
        """Samples that follow the last ones; timestamps must agree."""
        for j, ticks in stamps:
            index = self._next + j
            if self._ticks.anchored:
                # Whole turns of the slot counter may have been lost without showing in it.
                missing = self._missing(ticks, index, host_time)
                self._lost += missing
                self._next += missing
                index += missing
            self._ticks.anchor(index, ticks, host_time)
        self._next += len(counts)
        if self._booting:
            counts = self._booted(counts)
        if not len(counts):
            return []
        lost, self._lost = self._lost, 0
        return [(counts, lost)]

    def _found(self, counts: CountArray, stamps: Stamps, host_time: float) -> list[Piece]:
        """Samples after a hole: they wait for a timestamp that tells how long it was."""
        before = len(self._waiting)
        if not before:
            # A timestamp without its sample: of which slot it was is lost with the rest.
            stamps = [s for s in stamps if s[0] >= 0]
        waiting = np.concatenate([self._waiting, counts])
        if not stamps:
            if len(waiting) > MAX_WAITING:
                raise ChipError("the FIFO holds no timestamps any more")
            self._waiting = waiting
            return []
        stamps = [(before + j, ticks) for j, ticks in stamps]
        j, ticks = stamps[0]
        if not self._ticks.anchored:
            # A hole before the first timestamp: the timestamp began with the stream, about.
            missing = max(0, self._ticks.since_start(ticks) - (self._next + j))
            self._lost += missing
            self._next += missing
        self._unsure = False
        self._waiting = self._empty
        return self._known(waiting, stamps, host_time)

    def _missing(self, ticks: int, index: int, host_time: float) -> int:
        missing = self._ticks.index_of(ticks, host_time) - index
        if missing < 0:
            self.broken()
            raise ChipError("the timestamps in the FIFO went back")
        return missing

    def _booted(self, counts: CountArray) -> CountArray:
        """Leaves out words of the start-up phase; they count as lost."""
        early = max(0, BOOT_SAMPLES - (self._next - len(counts)))
        self._booting = self._next < BOOT_SAMPLES
        bad = np.flatnonzero((counts[:early, ::3] >= BOOT_COUNTS).any(axis=1))
        skip = int(bad[-1]) + 1 if len(bad) else 0
        self._lost += skip
        return counts[skip:]
