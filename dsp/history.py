"""The last few seconds of several signals, addressed by sample number since the start."""

import numpy as np

from dsp.block import FloatArray


class History:
    """Keeps at least the newest `keep` samples of `channels` signals.

    Sample numbers count every sample ever pushed, so they stay valid while a sample is kept.
    """

    def __init__(self, channels: int, keep: int) -> None:
        self._data = np.empty((channels, 4 * keep))
        self._keep = keep
        self._used = 0
        self._offset = 0

    @property
    def end(self) -> int:
        """One past the number of the newest sample."""
        return self._offset + self._used

    @property
    def start(self) -> int:
        """The number of the oldest sample still kept."""
        return self._offset

    def push(self, *signals: FloatArray) -> None:
        """Appends equally long pieces, one per channel."""
        n = len(signals[0])
        if self._used + n > self._data.shape[1]:
            self._forget(n)
        for row, piece in zip(self._data, signals, strict=True):
            row[self._used : self._used + n] = piece
        self._used += n

    def _forget(self, room: int) -> None:
        drop = max(self._used - self._keep, 0)
        kept = self._data[:, drop : self._used].copy()
        if kept.shape[1] + room > self._data.shape[1]:
            self._data = np.empty((len(self._data), kept.shape[1] + 2 * room))
        self._data[:, : kept.shape[1]] = kept
        self._used = kept.shape[1]
        self._offset += drop

    def view(self, channel: int, first: int, last: int) -> FloatArray:
        """Samples `first` up to but excluding `last`, as far as they are kept; not a copy."""
        b = min(last - self._offset, self._used)
        a = min(max(first - self._offset, 0), b)
        return self._data[channel, a:b]

    def at(self, channel: int, number: int) -> float:
        """One sample, which must still be kept."""
        return float(self._data[channel, number - self._offset])
