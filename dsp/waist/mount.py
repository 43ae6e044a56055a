"""Everything that is done with a sensor at the waist."""

from dataclasses import replace

from dsp.activity.movement import Movement, Movements
from dsp.activity.stairs import Stairs
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
from dsp.waist.stairs import WaistStairs
from dsp.waist.strikes import WaistStrikes
from dsp.waist.walking import WaistWalking
from dsp.wearer import Wearer

Found = FootStrike | Step | WalkStep | Running | Movement | Stairs


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
        self._stairs = WaistStairs(stream, self._history)
        self._runs = False
        self._movements = Movements(stream.rate_hz, self._history, T, KNOWN, ACC_X)

    def push(self, piece: Piece) -> list[Found]:
        """What the new samples decide, grouped by kind."""
        self._signals.push(piece)
        self._metrics.push()
        events: list[Found] = []
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
        walked = self._walking.push(piece)
        if walked or events:
            events += [*self._climbed(events, walked), *walked]
        return [*events, *self._movements.push(piece)]

    def _climbed(self, found: list[Found], walked: list[WalkStep]) -> list[Stairs]:
        """What the steps that are no running say of stairs."""
        out: list[Stairs] = []
        notes: list[Running | WalkStep] = [e for e in found if isinstance(e, Running)]
        for note in sorted([*notes, *walked], key=lambda e: e.t_decision):
            if isinstance(note, Running):
                self._runs = note.on
            elif not self._runs:
                out += self._stairs.push(note)
        return out
