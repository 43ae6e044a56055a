"""InvenSense's byte FIFO as it is inside the chip."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class BytesFifo:
    """A ring of bytes; when it is full the oldest bytes go, frames or not.

    Args:
        size: bytes it holds.
        repeats: whether an empty one gives the last byte again (MPU-6050) instead of 0xFF.
    """

    def __init__(self, size: int, *, repeats: bool = False) -> None:
        self.size = size
        self.overflow = False
        """Latched until its flag is read."""
        self.dropped = 0
        self._repeats = repeats
        self._data = bytearray()
        self._last = 0xFF
        self._latched = 0

    def clear(self) -> None:
        """Empties it; the flag stays."""
        self._data.clear()

    @property
    def level(self) -> int:
        """Bytes in it."""
        return len(self._data)

    def push(self, data: bytes) -> None:
        """Adds bytes."""
        self._data += data
        over = len(self._data) - self.size
        if over > 0:
            self.overflow = True
            self.dropped += over
            del self._data[:over]

    def pop(self, count: int) -> bytes:
        """`count` bytes from the oldest on."""
        data = bytes(self._data[:count])
        del self._data[:count]
        if data:
            self._last = data[-1]
        return data + bytes([self._last if self._repeats else 0xFF]) * (count - len(data))

    def count_high(self) -> int:
        """FIFO_COUNTH; latches the low byte."""
        self._latched = len(self._data)
        return self._latched >> 8

    def count_low(self) -> int:
        """FIFO_COUNTL as latched."""
        return self._latched & 0xFF

    def read_from_count(self, count: int) -> bytes:
        """`count` bytes from FIFO_COUNTH on; after FIFO_COUNTL the pointer stays at FIFO_R_W."""
        head = bytes((self.count_high(), self.count_low()))
        return head[:count] + (self.pop(count - 2) if count > 2 else b"")


def frames(parts: Sequence[npt.NDArray[np.int16]]) -> bytes:
    """Samples in the order in which they go into the FIFO.

    Args:
        parts: (n, k) columns that are enabled, in the order of the registers.
    """
    if not parts:
        return b""
    return np.hstack(parts).astype(">i2").tobytes()
