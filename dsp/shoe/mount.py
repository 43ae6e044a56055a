"""Everything that is done with a sensor on the shoe."""

from dataclasses import replace

from dsp.activity.movement import Movement, Movements
from dsp.block import Stream
from dsp.events import FootStrike, Step, WalkStep
from dsp.grid import Piece
from dsp.prediction import Prediction
from dsp.running import Running
from dsp.shoe.channels import ACC_X, KNOWN, T, remember, shoe_history
from dsp.shoe.inferred import other_foot
from dsp.shoe.metrics import ShoeMetrics
from dsp.shoe.signals import ShoeSignals
from dsp.shoe.stance import StrideWindow
from dsp.shoe.strikes import ShoeStrikes
from dsp.wearer import Wearer


class ShoeMount:
    """Strikes, strides and walk steps from one piece of samples after another."""

    def __init__(self, stream: Stream, wearer: Wearer) -> None:
        self._side = stream.side
        self._history = shoe_history(stream)
        self._signals = ShoeSignals(stream)
        self._strikes = ShoeStrikes(stream, self._history)
        self._metrics = ShoeMetrics(stream, wearer, self._history)
        self._prediction = Prediction(feet=1)
        self._movements = Movements(stream.rate_hz, self._history, T, KNOWN, ACC_X)

    def push(self, piece: Piece) -> list[FootStrike | Step | WalkStep | Running | Movement]:
        """What the new samples decide, grouped by kind."""
        remember(self._history, piece, self._signals.push(piece))
        events: list[FootStrike | Step | WalkStep | Running | Movement] = []
        for found in self._strikes.push(piece):
            match found:
                case FootStrike():
                    next_t, next_sd_s = self._prediction.strike(found.t)
                    events.append(replace(found, next_t=next_t, next_sd_s=next_sd_s))
                case StrideWindow():
                    events.append(self._metrics.stride(found))
                    events.append(other_foot(found, self._side))
                case _:
                    if isinstance(found, Running) and not found.on:
                        self._prediction.stop()
                    events.append(found)
        return [*events, *self._movements.push(piece)]
