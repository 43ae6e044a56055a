"""What makes the strides of a shoe a run, and not a walk."""

from typing import Final

from dsp.history import History
from dsp.rhythm import Tempo
from dsp.shoe.stance import Stance, stillness

STRIDE: Final = Tempo(shortest_s=0.48, longest_s=0.95)
"""126–250 steps/min."""
RUN_STILL: Final = 0.29
"""A foot is flat and still for more than this share of a walking stride (measured: running 0–0.28,
walking 0.31–0.48)."""
SLOW_STRIDE_S: Final = 0.84
SLOW_RUN_STILL: Final = 0.20
"""A longer stride can also be brisk walking, which rests less: there the foot must fly longer."""
LEAD_IN_S: Final = 1.05
"""Longer strides than this do not lead into a run."""


def runs(interval_s: float, still: float) -> bool:
    """Whether a stride of this length, its foot still for this share of it, is a running one."""
    return still <= (RUN_STILL if interval_s <= SLOW_STRIDE_S else SLOW_RUN_STILL)


def led_in(history: History, row: list[Stance]) -> list[Stance]:
    """The last three strikes, and before them those of slower strides that led into the run."""
    first = len(row) - 3
    while first > 0:
        before, strike = row[first - 1], row[first]
        if strike.t - before.t > LEAD_IN_S:
            break
        if stillness(history, before.number, strike.number) > RUN_STILL:
            break
        first -= 1
    return row[first:]
