"""Everything that is done with a sensor at the waist."""

from dataclasses import replace

from dsp.activity.movement import Movement, Movements
from dsp.block import Stream
from dsp.events import FootStrike, Step, WalkStep
from dsp.grid import Piece
from dsp.prediction import Prediction
from dsp.running import Running
from dsp.waist.channels import ACC_X, KNOWN, T, waist_history
from dsp.waist.crossing import StepWindow
from dsp.waist.feet import Feet
from dsp.waist.metrics import WaistMetrics
from dsp.waist.signals import WaistSignals
from dsp.waist.strikes import WaistStrikes
from dsp.waist.walking import WaistWalking
from dsp.wearer import Wearer


class WaistMount:
    """Strikes, steps and walk steps from one piece of samples after another."""

    def __init__(self, stream: Stream, wearer: Wearer) -> None:
        self._history = waist_history(stream)
        self._signals = WaistSignals(stream, self._history)
        self._strikes = WaistStrikes(stream, self._history, self._signals.active)
        self._feet = Feet(stream, wearer, self._history)
        self._metrics = WaistMetrics(stream, wearer, self._history)
        self._prediction = Prediction(feet=2)
        self._walking = WaistWalking(stream, self._history, self._signals.sway)
        self._movements = Movements(stream.rate_hz, self._history, T, KNOWN, ACC_X)

    def push(self, piece: Piece) -> list[FootStrike | Step | WalkStep | Running | Movement]:
        """What the new samples decide, grouped by kind."""
        self._signals.push(piece)
        self._metrics.push()
        events: list[FootStrike | Step | WalkStep | Running | Movement] = []
        for found in self._strikes.push(piece):
            match found:
                case FootStrike():
                    side, foot = self._feet.strike(found.t)
                    next_t, next_sd_s = self._prediction.strike(found.t)
                    events.append(
                        replace(found, side=side, foot=foot, next_t=next_t, next_sd_s=next_sd_s)
                    )
                case StepWindow():
                    side, foot = self._feet.step(found)
                    events.append(self._metrics.step(found, side, foot))
                case Running():
                    if not found.on:
                        self._feet.stop()
                        self._prediction.stop()
                    events.append(found)
        return [*events, *self._walking.push(piece), *self._movements.push(piece)]
