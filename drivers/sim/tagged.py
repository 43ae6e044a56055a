"""ST's tagged FIFO as it is inside the chip, for both families that have one."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

WORD: Final = 7
TAG_STAMP: Final = 0x04
STAMP_EVERY: Final = {0: 0, 1: 1, 2: 8, 3: 32}
"""Code of the timestamp's decimation to slots."""
Words = npt.NDArray[np.uint8]
BOOT_SAMPLES: Final = 2
BOOT_MARK: Final = 0x7FFE
"""First axis of a word of the start-up phase (Linux st_lsm6dsx_buffer.c drops from 0x7FFD on)."""
Axes = npt.NDArray[np.int16]
_ODD: Final = np.array([b.bit_count() & 1 for b in range(256)], dtype=np.uint8)
"""Whether a byte has an odd number of ones."""


def tag_bytes(tag: npt.ArrayLike, slots: npt.NDArray[np.int64], parity: bool) -> Words:
    """The first byte of a word.

    Args:
        tag: of the sensor; broadcast against `slots`.
        slots: time slot numbers; the tag keeps them modulo 4.
        parity: whether bit 0 makes the byte's parity even.
    """
    out = (np.asarray(tag) << 3 | (slots & 3) << 1).astype(np.uint8)
    return out | _ODD[out] if parity else out


def bytes_of(axes: Axes) -> Words:
    """(n, 6) bytes as they stand in a word, from (n, 3) counts."""
    return np.ascontiguousarray(axes, dtype="<i2").view(np.uint8).reshape(-1, 6)


def bootstrap(first: int, rows: Axes) -> Axes:
    """(n, 3 k) counts as they come while a sensor starts up: the first words are marked.

    Args:
        first: number of the first row since the sensors were switched on.
    """
    n = max(0, BOOT_SAMPLES - first)
    if not n:
        return rows
    rows = rows.copy()
    rows[:n, ::3] = BOOT_MARK
    return rows


class WordFifo:
    """A ring of words.

    Args:
        depth: words it holds.
    """

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._data = bytearray()
        self.overrun = False
        """Latched until its flag is read."""
        self.dropped = 0

    def clear(self) -> None:
        """Empties it."""
        self._data.clear()
        self.overrun = False

    @property
    def level(self) -> int:
        """Words in it."""
        return len(self._data) // WORD

    def push(self, data: bytes, keep_newest: bool) -> None:
        """Adds whole words; what does not fit pushes out the oldest, or is dropped itself."""
        self._data += data
        over = len(self._data) - self._depth * WORD
        if over <= 0:
            return
        self.overrun = True
        self.dropped += over // WORD
        if keep_newest:
            del self._data[:over]
        else:
            del self._data[-over:]

    def pop(self, count: int) -> bytes:
        """`count` bytes from the oldest on; zeros once it is empty.

        A word counts as read when its last byte was: the rest of a word read in part stays away,
        as the chip's pointer begins each transaction at the tag.
        """
        data = bytes(self._data[:count])
        taken = -(-count // WORD) * WORD
        del self._data[:taken]
        return data + bytes(count - len(data))


class WordStream:
    """What the sensors send, slot by slot, with the chip's timestamp, into the FIFO.

    Args:
        depth: words the FIFO holds.
        tick_s: one count of the timestamp, s of the chip's own clock.
        parity: see `tag_bytes`.
    """

    def __init__(self, depth: int, tick_s: float, parity: bool) -> None:
        self.fifo = WordFifo(depth)
        self._depth = depth
        self._tick_s = tick_s
        self._parity = parity
        self._zero = 0.0
        self._slot = 0

    def reset(self, chip_s: float) -> None:
        """Empty, the timestamp at 0."""
        self.fifo.clear()
        self.zero(chip_s)

    def zero(self, chip_s: float) -> None:
        """The timestamp starts anew."""
        self._zero = chip_s

    def ticks(self, chip_s: float) -> int:
        """The timestamp; a trim acts on rate and timestamp alike: both are the chip's seconds."""
        return int((chip_s - self._zero) / self._tick_s) & 0xFFFFFFFF

    def push(
        self,
        sensors: Sequence[tuple[int, Axes]],
        chip_s: npt.NDArray[np.float64],
        stamp_every: int,
        keep_newest: bool,
    ) -> None:
        """Adds the words of n slots.

        Args:
            sensors: tag and (n, 3) axes, in the order in which they stand in a slot.
            chip_s: (n,) the chip's time of each slot.
            stamp_every: slots from timestamp to timestamp; 0: none.
            keep_newest: whether a full FIFO drops its oldest words.
        """
        n = len(chip_s)
        slots = np.arange(self._slot, self._slot + n)
        self._slot += n
        tags = np.array([*(tag for tag, _ in sensors), TAG_STAMP])
        batch = np.zeros((n, len(tags), WORD), dtype=np.uint8)
        batch[:, :, 0] = tag_bytes(tags, slots[:, np.newaxis], self._parity)
        for k, (_, axes) in enumerate(sensors):
            batch[:, k, 1:] = bytes_of(axes)
        ticks = np.array([self.ticks(s) for s in chip_s.tolist()], dtype="<u4")
        batch[:, -1, 1:5] = ticks.view(np.uint8).reshape(-1, 4)
        there = np.ones((n, len(tags)), dtype=bool)
        there[:, -1] = slots % stamp_every == 0 if stamp_every else False
        self.fifo.push(batch[there].tobytes(), keep_newest)

    def status2(self, watermark: int) -> int:
        """FIFO_STATUS2: the level's high bits and the flags; the latched one goes with the read."""
        fifo = self.fifo
        out = fifo.level >> 8 & 0x03
        if fifo.overrun:
            # Latched, and live while it is full.
            out |= 0x08 | (0x40 if fifo.level >= self._depth else 0)
            fifo.overrun = False
        if fifo.level >= self._depth:
            out |= 0x20
        if 0 < watermark <= fifo.level:
            out |= 0x80
        return out
