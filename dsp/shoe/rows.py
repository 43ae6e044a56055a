"""Contacts sorted by which way the foot was turning: strikes here, toe-offs there."""

from typing import Final

from dsp.block import Side
from dsp.events import WalkStep
from dsp.shoe.stance import Stance

KEPT: Final = 7
FORGET_S: Final = 2.5
WALK_SHORTEST_S: Final = 0.79
WALK_LONGEST_S: Final = 2.0
WALK_STEPS: Final = 3


class Rows:
    """Up to two rows of rests, newest last in each."""

    def __init__(self, shortest_s: float) -> None:
        self._shortest_s = shortest_s
        self._rows: list[list[Stance]] = []
        self._newest: list[Stance] = []
        self._told_t = float("-inf")

    def clear(self) -> None:
        """Forgets all rows."""
        self._rows = []
        self._newest = []

    def push(self, stance: Stance) -> list[Stance]:
        """Sorts a rest in; the row it joined, or an empty one where it did not lengthen a row."""
        self._rows = [r for r in self._rows if stance.t - r[-1].t <= FORGET_S]
        row = next((r for r in self._rows if r[-1].like(stance)), None)
        if row is None:
            row = []
            self._rows = [*self._rows, row][-2:]
        self._newest = row
        if row and stance.t - row[-1].t < self._shortest_s:
            # The foot rocked twice on one contact: the harder shock was the strike.
            if stance.shock_g > row[-1].shock_g:
                row[-1] = stance
            return []
        row.append(stance)
        del row[:-KEPT]
        return row

    def is_strongest(self, row: list[Stance]) -> bool:
        """Whether no other row has a harder shock: a strike is harder than the toe-off."""
        return all(_mean_shock(row) >= _mean_shock(other) for other in self._rows)

    def walked(self, side: Side) -> list[WalkStep]:
        """The walk steps that the newest rest completes."""
        row = self._newest
        pairs = zip(row[-WALK_STEPS:], row[-WALK_STEPS + 1 :], strict=False)
        if len(row) < WALK_STEPS or not self.is_strongest(row):
            return []
        if not all(WALK_SHORTEST_S <= b.t - a.t <= WALK_LONGEST_S for a, b in pairs):
            return []
        fresh = [s for s in row[-WALK_STEPS:] if s.t > self._told_t]
        self._told_t = row[-1].t
        return [WalkStep(s.t, row[-1].t_decision, side) for s in fresh]


def _mean_shock(row: list[Stance]) -> float:
    newest = row[-3:]
    return sum(s.shock_g for s in newest) / len(newest)
