"""The last few seconds of several signals, addressed by sample number since the start."""

import numpy as np

from dsp.block import BoolArray, FloatArray

Signal = FloatArray | BoolArray


class History:
    """Keeps at least the newest `keep` samples of `channels` signals.

    Sample numbers count every sample ever pushed, so they stay valid while a sample is kept.

    Args:
        later: so many of the channels, the last ones, are not pushed but written later.
    """

    def __init__(self, channels: int, keep: int, later: int = 0) -> None:
        self._pushed = channels - later
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

    def push(self, *signals: Signal) -> None:
        """Appends equally long pieces: (n,) for one channel, (k, n) for k of them.

        Raises:
            ValueError: pieces of other lengths, or for another number of channels.
        """
        n = len(signals[0])
        if self._used + n > self._data.shape[1]:
            self._forget(n)
        here = slice(self._used, self._used + n)
        channel = 0
        for piece, copies in _runs(signals):
            until = channel + (copies if piece.ndim == 1 else len(piece))
            self._data[channel:until, here] = piece
            channel = until
        if channel != self._pushed:
            raise ValueError(f"{channel} channels given, {self._pushed} are kept")
        self._used += n

    def write(self, channel: int, first: int, values: FloatArray) -> None:
        """Puts in what was not known when the samples from `first` on were pushed."""
        a = first - self._offset
        self._data[channel, a : a + len(values)] = values

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

    def rows(self, channel: int, until: int, first: int, last: int) -> FloatArray:
        """(until - channel, n) of neighboring channels, otherwise as `view`."""
        b = min(last - self._offset, self._used)
        a = min(max(first - self._offset, 0), b)
        return self._data[channel:until, a:b]

    def at(self, channel: int, number: int) -> float:
        """One sample, which must still be kept."""
        return float(self._data[channel, number - self._offset])


def _runs(signals: tuple[Signal, ...]) -> list[tuple[Signal, int]]:
    """Each piece, and how many neighbors share it: written once, where blocks hold no holes."""
    out: list[tuple[Signal, int]] = []
    for piece in signals:
        if out and out[-1][0] is piece and piece.ndim == 1:
            out[-1] = piece, out[-1][1] + 1
        else:
            out.append((piece, 1))
    return out
