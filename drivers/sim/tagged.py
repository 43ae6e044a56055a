"""ST's tagged FIFO as it is inside the chip."""

from typing import Final

import numpy as np
import numpy.typing as npt

WORD: Final = 7
Words = npt.NDArray[np.uint8]


def words(
    tag: int, slots: npt.NDArray[np.int64], axes: npt.NDArray[np.int16], parity: bool
) -> Words:
    """(n, 7) words of one sensor.

    Args:
        slots: (n,) time slot numbers; the tag keeps them modulo 4.
        axes: (n, 3).
        parity: whether bit 0 makes the tag byte's parity even.
    """
    out = np.empty((len(slots), WORD), dtype=np.uint8)
    out[:, 0] = tag << 3 | (slots & 3) << 1
    if parity:
        out[:, 0] |= np.unpackbits(out[:, :1], axis=1).sum(axis=1, dtype=np.uint8) & 1
    out[:, 1:] = np.ascontiguousarray(axes, dtype="<i2").view(np.uint8).reshape(-1, 6)
    return out


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
