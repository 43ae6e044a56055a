"""Stairs at the waist: from one walking stride to the next the body begins to rise, or ceases to.

Whoever climbs at an even pace is, to an inertial sensor, as even as whoever walks on the level; but
the vertical speed, averaged over strides, changes by 0.2 to 0.4 m/s where stairs begin and end. Its
change over one stride needs no reference that could drift: the specific force of two strides, in
axes that do not turn, is gravity along its own mean, and what is tilted wrongly enters squared.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.activity.stairs import Stairs
from dsp.block import FloatArray, Stream
from dsp.events import WalkStep
from dsp.history import History
from dsp.rotation import orientations, turned
from dsp.units import STANDARD_GRAVITY
from dsp.waist.channels import ACC_X, ACC_Z, CLIPPED, GYR_X, GYR_Z, KEPT_S, UNSURE, T
from dsp.waist.walking import LONGEST_S

CHANGE: Final = 0.16
"""m/s. Level walks of people: 0.05 at most (docs/detection.md). Stairs of 0.15 m taken at 80 a
minute are 0.2; a ramp of 8 % at 1.4 m/s is 0.11."""
MOST_CHANGE: Final = 0.6
"""m/s. Two stairs of 0.18 m at once, 90 a minute, are 0.54; a stumble is one or more."""
AROUND: Final = 3
"""Steps on either side. A stride is two: where the speed changes at one step, the changes three
steps before and after know nothing of it. They show what an accelerometer's error, and the swing
of a pelvis that is not followed exactly, make of a level walk."""
GRID_HZ: Final = 100.0
"""Samples are averaged down to about this rate: a pelvis turns slowly."""
LEAST_HZ: Final = 50.0
SEEN_S: Final = KEPT_S - 1.5
"""What is older than this may be forgotten, depending on how the stream is cut."""
STILL: Final = 0.15 * STANDARD_GRAVITY
"""Whoever stands, breathes and looks around moves the waist by less, from least to most."""


@dataclass(frozen=True, slots=True)
class Change:
    """Of the vertical speed at a step.

    Args:
        t: the step, s. change: m/s, with what a force of `level` gives. lag: between the two
            strides' middles, s.
    """

    t: float
    change: float
    lag: float

    def beyond(self, level: float) -> float:
        """m/s, where the level's force is `level` m/s² more than gravity."""
        return self.change - level * self.lag


class WaistStairs:
    """Follows walk steps. Without a gyro, or below 50 Hz, no stairs are told.

    Args:
        history: holds the last four steps when the newest is pushed.
    """

    def __init__(self, stream: Stream, history: History) -> None:
        self._can = stream.has_gyro and stream.rate_hz >= LEAST_HZ
        self._rate = stream.rate_hz
        self._every = max(1, round(stream.rate_hz / GRID_HZ))
        self._history = history
        self.judged: tuple[float, float] | None = None
        """The change that was judged last: when, s, and how large, m/s."""
        self._climbs = 0
        """1 up, -1 down, 0 on the level."""
        self._begin()

    def _begin(self) -> None:
        self._steps: list[float] = []
        self._changes: deque[Change | None] = deque(maxlen=2 * AROUND + 1)

    def push(self, step: WalkStep) -> list[Stairs]:
        """What one more step decides."""
        if not self._can:
            return []
        out: list[Stairs] = []
        if self._steps and step.t - self._steps[-1] > LONGEST_S:
            out = self.restart(self._steps[-1], step.t_decision)
        steps = self._steps
        steps.append(step.t)
        if len(steps) == 4:
            # Out of a stand, which ended with the first stride: its last step sets off.
            stride = steps[2] - steps[0]
            stood = steps[0] - 1.5 * stride, steps[0] - 0.5 * stride
            change = self._change(stood, (steps[1], steps[3]), step.t_decision, still=True)
            self._changes.append(change)
        elif len(steps) > 4:
            del steps[:-5]
            first, _, middle, _, last = steps
            change = self._change((first, middle), (middle, last), step.t_decision)
            self._changes.append(change)
        return [*out, *self._edge(step.t_decision)]

    def restart(self, t: float, t_decision: float) -> list[Stairs]:
        """The walk ended at `t`, s."""
        self._begin()
        was, self._climbs = self._climbs, 0
        return [Stairs(t, t_decision, on=False)] if was else []

    def _edge(self, t_decision: float) -> list[Stairs]:
        at = len(self._changes) - 1 - AROUND
        if at < 0 or (here := self._changes[at]) is None:
            return []
        # Most of the changes around know nothing of this one: they show the level's force.
        level = float(np.median([c.change / c.lag for c in self._changes if c is not None]))
        size = here.beyond(level)
        self.judged = here.t, size
        if not CHANGE <= abs(size) <= MOST_CHANGE:
            return []
        if any(c is not None and abs(c.beyond(level)) > abs(size) for c in self._changes):
            return []
        was = self._climbs
        self._climbs = max(-1, min(1, was + (1 if size > 0.0 else -1)))
        if (was == 0) == (self._climbs == 0):
            return []
        return [Stairs(here.t, t_decision, on=self._climbs != 0)]

    def _change(
        self,
        before: tuple[float, float],
        after: tuple[float, float],
        t_decision: float,
        still: bool = False,
    ) -> Change | None:
        """Of the mean vertical speed, from one stride to another; None: not known.

        Args:
            before, after: begin and end, s. still: the body must stand in the first.
        """
        if t_decision - before[0] > SEEN_S:
            return None
        t, up = self._vertical(before[0], after[1])
        if not len(t):
            return None
        a, b = (t.searchsorted(x) for x in (before[1], after[0]))
        if not 1 <= a <= b < len(t) - 1:
            return None
        if still and np.ptp(up[:a]) > STILL:
            return None
        speed = up.cumsum() * (float(t[-1] - t[0]) / (len(t) - 1))
        change = float(speed[b:].mean() - speed[:a].mean())
        return Change(after[0], change, float(t[b:].mean() - t[:a].mean()))

    def _vertical(self, first: float, last: float) -> tuple[FloatArray, FloatArray]:
        """Times and specific force less gravity along its own mean, m/s²; empty: not known."""
        history, every = self._history, self._every
        nothing = np.empty(0)
        times = history.view(T, history.start, history.end)
        a, b = (history.start + int(times.searchsorted(x)) for x in (first, last))
        b -= (b - a) % every
        t = history.view(T, a, b)
        if b - a < 4 * every:
            return nothing, nothing
        whole = abs(float(t[-1] - t[0]) * self._rate / (b - a - 1) - 1.0) < 0.1
        damaged = history.view(UNSURE, a, b).any() or history.view(CLIPPED, a, b).any()
        if not whole or damaged:
            return nothing, nothing
        t = t.reshape(-1, every).mean(axis=1)
        acc = history.rows(ACC_X, ACC_Z + 1, a, b).reshape(3, -1, every).mean(axis=2)
        gyr = history.rows(GYR_X, GYR_Z + 1, a, b).reshape(3, -1, every).mean(axis=2)
        force = turned(orientations(t, gyr), acc)
        mean = force.mean(axis=1)
        length = float(np.sqrt((mean**2).sum()))
        along = (force * (mean / length)[:, None]).sum(axis=0)
        return t, np.asarray(along - STANDARD_GRAVITY)
