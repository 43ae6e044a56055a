"""Everything that is done with a sensor at the waist."""

from dsp.block import Stream
from dsp.events import FootStrike, Step, WalkStep
from dsp.grid import Piece
from dsp.running import Running
from dsp.waist.signals import WaistSignals
from dsp.waist.strikes import WaistStrikes
from dsp.waist.walking import WaistWalking


class WaistMount:
    """Strikes, steps and walk steps from one piece of samples after another."""

    def __init__(self, stream: Stream) -> None:
        self._signals = WaistSignals(stream)
        self._strikes = WaistStrikes(stream)
        self._walking = WaistWalking(stream)

    def push(self, piece: Piece) -> list[FootStrike | Step | WalkStep | Running]:
        """What the new samples decide, grouped by kind."""
        vertical = self._signals.push(piece)
        return [
            *self._strikes.push(piece, vertical),
            *self._walking.push(piece, vertical.sway),
        ]
