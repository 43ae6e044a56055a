"""Whether a run goes on: notes between stages, and the deadline that every strike moves."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.grid import Piece

UNSEEN_S: Final = 3.0
"""After a hole this long nobody knows whether the runner went on."""
KEPT_S: Final = 1.0
"""Over a hole shorter than this a runner's rhythm goes on: three steps, hardly out of phase."""


@dataclass(frozen=True, slots=True)
class Running:
    """From `t` on the runner runs (`on`) or does not; known at `t_decision`.

    `unseen`: nothing was recorded from `t` to `t_decision`.
    """

    t: float
    t_decision: float
    on: bool
    unseen: bool = False


class RunEnd:
    """Ends a run when no strike has come for too long.

    Args:
        least_s: the shortest time without a strike that ends a run.
        periods: the same in periods, where that is longer.
    """

    def __init__(self, least_s: float, periods: float) -> None:
        self._least_s = least_s
        self._periods = periods
        self._deadline = math.inf
        self.t: float | None = None
        """Where the run will have ended if no more strikes come; None while nobody runs."""

    def strike(self, t: float, period_s: float) -> None:
        """A strike at `t`: the run goes on."""
        self.t = t + period_s
        self._deadline = t + max(self._least_s, self._periods * period_s)

    def clear(self) -> None:
        """Nobody runs."""
        self.t, self._deadline = None, math.inf

    def across(self, piece: Piece, again_s: float) -> Running | None:
        """A hole lies before the piece: the run is over, or has `again_s` to show itself again."""
        if self.t is None:
            return None
        t = float(piece.t[0])
        if piece.hole_s > UNSEEN_S:
            ended = min(self.t, t - piece.hole_s)
            self.clear()
            return Running(ended, float(piece.known[0]), on=False, unseen=True)
        self._deadline = max(self._deadline, t + again_s)
        return None

    def due(self, t: float) -> bool:
        """Whether the deadline has passed at `t`, s."""
        return self.t is not None and t >= self._deadline

    def expired(self, t: FloatArray, known: FloatArray) -> Running | None:
        """The note at the first sample that has reached the deadline; clears it.

        Args:
            t, known: (n,) s, samples not asked about before, as in `dsp.grid.Piece`.
        """
        if self.t is None or t[-1] < self._deadline:
            return None
        note = Running(self.t, float(known[np.searchsorted(t, self._deadline)]), on=False)
        self.clear()
        return note
