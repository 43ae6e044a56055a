"""A simulated runner who hears: told to quicken, or given beats, she takes her steps faster."""

from collections import deque
from typing import Final

import numpy as np

from drivers.sim.motion import Recorded
from dsp.block import FloatArray, SampleBlock
from feedback.cue import Cue, Pattern

REACTION_S: Final = 1.5
"""Two strides."""
RAMP_S: Final = 3.0
RAMP_STEPS: Final = 6
QUICKEN: Final = 1.055
"""Per cue she answers."""
MAX_QUICKEN: Final = 1.10
BEATS: Final = 8
"""She has the tempo after so many."""
SAME: Final = 0.005
"""A tempo closer to hers than this is hers."""


class HearingRunner:
    """Motion that goes by faster after a `quicker` cue, or at the tempo of beats.

    The steps are those of the recording, played faster: their times shrink, the turning rates grow
    in proportion; peaks of force stay as they are.

    Args:
        block: the motion, in the sensor's axes.
        start: when it begins, s.
        answers: whether she answers at all.
    """

    def __init__(self, block: SampleBlock, start: float, *, answers: bool) -> None:
        self._motion = Recorded(block, 0.0)
        self._answers = answers
        self._pace = 1.0
        # From knot to knot: host time, motion time, motion seconds per second.
        self._knots = [(start, 0.0, 1.0)]
        self._columns = np.array(self._knots).T
        self._beats: deque[Cue] = deque(maxlen=BEATS)

    @property
    def end(self) -> float:
        """Host time at which the motion is over, s, as she runs now."""
        t, m, pace = self._knots[-1]
        return t + (self._motion.end - m) / pace

    def hear(self, cue: Cue) -> None:
        """Takes a cue; its effect begins two strides later."""
        if not self._answers:
            return
        if cue.pattern is Pattern.QUICKER:
            self._change(cue.t_decision, self._pace * QUICKEN)
        elif cue.pattern is Pattern.BEAT:
            self._step_to(cue)

    def _step_to(self, cue: Cue) -> None:
        """Compares beats and her own steps, and takes the beats' tempo."""
        beats = self._beats
        if beats and cue.t - beats[-1].t > 2.0:
            beats.clear()
        if beats and cue.strike_t == beats[-1].strike_t:
            # At a shoe a strike decides two beats: from the first one to the next one is a stride.
            return
        beats.append(cue)
        first = beats[0]
        # Steps that were taken before she last changed her tempo say nothing of it.
        if len(beats) < BEATS or first.strike_t is None or cue.strike_t is None:
            return
        if first.strike_t < self._knots[-1][0]:
            return
        ratio = (cue.strike_t - first.strike_t) / (cue.t - first.t)
        if abs(ratio - 1.0) > SAME:
            self._change(cue.t_decision, self._pace * ratio)

    def _change(self, t: float, aim: float) -> None:
        aim = min(max(aim, 1.0 / MAX_QUICKEN), MAX_QUICKEN)
        for k in range(RAMP_STEPS):
            pace = self._pace + (aim - self._pace) * (k + 1) / RAMP_STEPS
            self._turn(t + REACTION_S + k * RAMP_S / RAMP_STEPS, pace)
        self._pace = aim

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        when, motion, pace = self._columns
        i = np.maximum(np.searchsorted(when, t, side="right") - 1, 0)
        force, rate = self._motion.at(motion[i] + (t - when[i]) * pace[i])
        return force, rate * pace[i, np.newaxis]

    def _turn(self, t: float, pace: float) -> None:
        then, motion, before = self._knots[-1]
        t = max(t, then)
        self._knots.append((t, motion + (t - then) * before, pace))
        self._columns = np.array(self._knots).T
