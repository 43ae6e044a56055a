"""Everything that is done with a sensor on the shoe."""

from dataclasses import replace

from dsp.block import Stream
from dsp.events import FootStrike, Step, WalkStep
from dsp.grid import Piece
from dsp.prediction import Prediction
from dsp.running import Running
from dsp.shoe.channels import remember, shoe_history
from dsp.shoe.metrics import ShoeMetrics
from dsp.shoe.signals import ShoeSignals
from dsp.shoe.stance import StrideWindow
from dsp.shoe.strikes import ShoeStrikes
from dsp.wearer import Wearer


class ShoeMount:
    """Strikes, strides and walk steps from one piece of samples after another."""

    def __init__(self, stream: Stream, wearer: Wearer) -> None:
        self._history = shoe_history(stream)
        self._signals = ShoeSignals(stream)
        self._strikes = ShoeStrikes(stream, self._history)
        self._metrics = ShoeMetrics(stream, wearer, self._history)
        self._prediction = Prediction(feet=1)

    def push(self, piece: Piece) -> list[FootStrike | Step | WalkStep | Running]:
        """What the new samples decide, in order of decision."""
        remember(self._history, piece, self._signals.push(piece))
        events: list[FootStrike | Step | WalkStep | Running] = []
        for found in self._strikes.push(piece):
            match found:
                case FootStrike():
                    next_t, next_sd_s = self._prediction.strike(found.t)
                    events.append(replace(found, next_t=next_t, next_sd_s=next_sd_s))
                case StrideWindow():
                    events.append(self._metrics.stride(found))
                case _:
                    if isinstance(found, Running) and not found.on:
                        self._prediction.stop()
                    events.append(found)
        return events
