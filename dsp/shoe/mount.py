"""Everything that is done with a sensor on the shoe."""

from dataclasses import replace
from typing import Final

from dsp.activity.movement import Movement, Movements
from dsp.activity.stairs import Stairs
from dsp.block import Stream
from dsp.events import FootStrike, Step, WalkStep
from dsp.grid import Piece
from dsp.gyro_watch import GyroWatch
from dsp.prediction import Prediction
from dsp.running import Running
from dsp.shoe.channels import ACC_X, ACC_Z, KNOWN, RATE_X, TURN, T, remember, shoe_history
from dsp.shoe.inferred import other_foot
from dsp.shoe.metrics import ShoeMetrics
from dsp.shoe.signals import ShoeSignals
from dsp.shoe.stairs import ShoeStairs
from dsp.shoe.stance import StrideWindow
from dsp.shoe.strikes import ShoeStrikes
from dsp.wearer import Wearer

REREAD_S: Final = 8.0
"""Five times the mean's time constant, and less than the history is sure to hold."""

Found = FootStrike | Step | WalkStep | Running | Movement | Stairs


class ShoeMount:
    """Strikes, strides and walk steps from one piece of samples after another.

    A gyro that turns out to be dead, or an axis of it, is done without from there on.
    """

    def __init__(self, stream: Stream, wearer: Wearer) -> None:
        self._stream = stream
        self._watch = GyroWatch(stream.rate_hz) if stream.has_gyro else None
        self._anew = self._runs = False
        self._history = shoe_history(stream)
        self._signals = ShoeSignals(stream)
        self._strikes = ShoeStrikes(stream, self._history)
        self._metrics = ShoeMetrics(stream, wearer, self._history)
        self._prediction = Prediction(feet=1)
        self._stairs = ShoeStairs(stream, self._history)
        self._movements = Movements(stream.rate_hz, self._history, T, KNOWN, ACC_X)

    def push(self, piece: Piece) -> list[Found]:
        """What the new samples decide, grouped by kind."""
        if self._watch is None:
            return self._push(piece)
        dead = None if piece.gyr is None else self._watch.push(piece.acc, piece.gyr)
        if dead is None:
            return self._push(piece)
        before, after = piece.cut(dead)
        events = self._push(before)
        events += self._without_gyro(before)
        return [*events, *(self._push(after) if len(after.t) else [])]

    def _without_gyro(self, before: Piece) -> list[Found]:
        """The samples after a piece are read as if there were no gyro."""
        stream = replace(self._stream, has_gyro=False)
        self._watch, self._anew = None, True
        self._signals = ShoeSignals(stream)
        self._strikes = ShoeStrikes(stream, self._history)
        self._prediction.stop()
        # What was already there is read again: the mean force needs strides to settle.
        history = self._history
        first = max(history.end - round(REREAD_S * stream.rate_hz), 0)
        past = history.rows(ACC_X, ACC_Z + 1, first, history.end).T.copy()
        motion = self._signals.push(replace(before, restart=True, acc=past, gyr=None))
        history.write(TURN, first, motion.turn)
        for axis, rate in enumerate(motion.rate.T):
            history.write(RATE_X + axis, first, rate)
        if not self._runs:
            return []
        self._runs = False
        return [Running(float(before.t[-1]), float(before.known[-1]), on=False)]

    def _push(self, piece: Piece) -> list[Found]:
        if self._watch is None:
            piece = replace(piece, gyr=None)
        remember(self._history, piece, self._signals.push(piece))
        if self._anew:
            piece, self._anew = replace(piece, restart=True), False
        events: list[Found] = []
        for found in self._strikes.push(piece):
            match found:
                case FootStrike():
                    next_t, next_sd_s = self._prediction.strike(found.t)
                    events.append(replace(found, next_t=next_t, next_sd_s=next_sd_s))
                case StrideWindow():
                    events.append(self._metrics.stride(found))
                    events.append(other_foot(found, self._stream.side))
                case Running():
                    self._runs = found.on
                    if not found.on:
                        self._prediction.stop()
                    events.append(found)
                case WalkStep():
                    events += self._stairs.push(found)
                    events.append(found)
        return [*events, *self._movements.push(piece)]
