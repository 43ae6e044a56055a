"""Everything that is done with a sensor on the shoe."""

from dsp.block import Stream
from dsp.grid import Piece
from dsp.shoe.signals import ShoeSignals
from dsp.shoe.strikes import ShoeStrikes, StrideEvent


class ShoeMount:
    """Strikes, strides and walk steps from one piece of samples after another."""

    def __init__(self, stream: Stream) -> None:
        self._signals = ShoeSignals(stream)
        self._strikes = ShoeStrikes(stream)

    def push(self, piece: Piece) -> list[StrideEvent]:
        """What the new samples decide, in order of decision."""
        return self._strikes.push(piece, self._signals.push(piece))
