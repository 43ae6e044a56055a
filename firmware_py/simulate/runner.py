"""A simulated runner who hears: told to quicken, she takes the same steps faster."""

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


class HearingRunner:
    """Motion that goes by faster after a `quicker` cue.

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

    @property
    def end(self) -> float:
        """Host time at which the motion is over, s, as she runs now."""
        t, m, pace = self._knots[-1]
        return t + (self._motion.end - m) / pace

    def hear(self, cue: Cue) -> None:
        """Takes a cue; its effect begins two strides later."""
        if not self._answers or cue.pattern is not Pattern.QUICKER:
            return
        aim = min(self._pace * QUICKEN, MAX_QUICKEN)
        for k in range(RAMP_STEPS):
            pace = self._pace + (aim - self._pace) * (k + 1) / RAMP_STEPS
            self._turn(cue.t_decision + REACTION_S + k * RAMP_S / RAMP_STEPS, pace)
        self._pace = aim

    def at(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `SensorMotion`."""
        when, motion, pace = np.array(self._knots).T
        i = np.maximum(np.searchsorted(when, t, side="right") - 1, 0)
        force, rate = self._motion.at(motion[i] + (t - when[i]) * pace[i])
        return force, rate * pace[i, np.newaxis]

    def _turn(self, t: float, pace: float) -> None:
        then, motion, before = self._knots[-1]
        t = max(t, then)
        self._knots.append((t, motion + (t - then) * before, pace))
