"""Stairs at the shoe: how much a walking foot rises from one mid-stance to the next."""

from collections import deque
from math import radians
from typing import Final

import numpy as np

from dsp.activity.stairs import Climbing, Stairs, Way
from dsp.block import Stream
from dsp.events import WalkStep
from dsp.history import History
from dsp.rotation import orientations, seen_from
from dsp.shoe.channels import T
from dsp.shoe.metrics import LEAST_HZ
from dsp.shoe.mid_stance import AVERAGED_S, STANCE, mid_stance
from dsp.shoe.rows import WALK_LONGEST_S
from dsp.shoe.strapdown import Travel, travel
from dsp.shoe.stride import StrideSamples, samples_of
from dsp.units import STANDARD_GRAVITY

RISE_M: Final = 0.14
"""Three times the largest error of 80 strides of people on the level (0.047 m; SD 0.012); even with
both feet on every stair a stride rises by 0.15 to 0.2 m."""
STEEP: Final = 0.25
"""Rise over run. Stairs have 0.3 (public ones, 0.12 on 0.4 m) to 0.9; what one walks without them
rises by 0.05 to 0.2, which on long strides is 0.14 m, too."""
CONTACT: Final = 0.62
"""Of a walking stride (people, medians of trials: 0.62 to 0.70)."""
STILL_RAD_S: Final = radians(35.0)
"""The foot turns about its ball or heel, 0.1 m away: 0.06 m/s, half of it over a stride 0.04 m.
People on the level: 0.48 rad/s at most."""
STILL_G: Final = 0.1
"""People on the level: 0.06 at most."""


class ShoeStairs:
    """Follows walk steps; each stride is integrated once, when the step after it has come.

    Without a gyro, or below 90 Hz, no stride can be.

    Args:
        history: holds the last three walk steps when the newest is pushed.
    """

    def __init__(self, stream: Stream, history: History) -> None:
        self._rate = stream.rate_hz
        self._history = history
        self._climbing = Climbing()
        self._steps: deque[float] = deque(maxlen=3)

    def push(self, step: WalkStep) -> list[Stairs]:
        """What one more step decides."""
        steps, out = self._steps, []
        if steps and step.t - steps[-1] > WALK_LONGEST_S:
            steps.clear()
            out = self._climbing.restart(step.t, step.t_decision)
        steps.append(step.t)
        if len(steps) == steps.maxlen:
            way = self._way(steps[0], steps[1], step.t_decision)
            out += self._climbing.push(steps[0], step.t_decision, way)
        return out

    def _way(self, start: float, end: float, t_decision: float) -> Way | None:
        """Where the stride from `start` to `end`, s, led; None where that cannot be measured."""
        if self._rate < LEAST_HZ:
            return None
        moved = self._travel(start, end, t_decision)
        if moved is None or not moved.sure:
            return None
        up = moved.gravity / np.sqrt((moved.gravity**2).sum())
        rise = float((moved.moved * up).sum())
        along_m = max(moved.length_m**2 - rise**2, 0.0) ** 0.5
        if abs(rise) < max(RISE_M, STEEP * along_m):
            return Way.LEVEL
        return Way.UP if rise > 0.0 else Way.DOWN

    def _travel(self, start: float, end: float, t_decision: float) -> Travel | None:
        history, contact = self._history, CONTACT * (end - start)
        number = history.start + int(
            history.view(T, history.start, history.end).searchsorted(start)
        )
        flat_again = min(end + STANCE[1] * contact + AVERAGED_S, t_decision)
        samples = samples_of(history, number, flat_again, self._rate)
        if not samples.whole:
            return None
        first = mid_stance(samples, start, contact, self._rate)
        last = mid_stance(samples, end, contact, self._rate)
        if first is None or last is None:
            return None
        if not (self._stands(samples, first) and self._stands(samples, last)):
            return None
        return travel(samples, seen_from(orientations(samples.t, samples.gyr), first), first, last)

    def _stands(self, samples: StrideSamples, number: int) -> bool:
        half = max(1, round(0.5 * AVERAGED_S * self._rate))
        around = slice(number - half, number + half + 1)
        turn = float(np.sqrt((samples.gyr[:, around] ** 2).sum(axis=0)).mean())
        force = float(np.sqrt((samples.acc[:, around] ** 2).sum(axis=0)).mean())
        return turn <= STILL_RAD_S and abs(force / STANDARD_GRAVITY - 1.0) <= STILL_G
