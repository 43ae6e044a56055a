"""What looks at a FIFO's level tell about the numbers of the samples in it."""

from collections.abc import Callable
from typing import Final

from drivers.chips.sample_track import SampleTrack

LOOK_PERIODS: Final = 1.5
"""For so long the level is looked at again and again for a count that is certain: the moment at
which the next sample comes tells what its number may be."""
Look = tuple[int, float, float]
"""(bytes in the FIFO, host times before and after they were counted, s)"""


def look_on(look: Callable[[], Look], now: Callable[[], float], period_s: float) -> list[Look]:
    """Level after level until the next sample has come.

    Args:
        look: reads the level.
        now: the host's clock.
        period_s: of the samples.

    Returns:
        The first and the last look of each level. One that no other confirms is left out: it may
        be disturbed.
    """
    until = now() + LOOK_PERIODS * period_s
    groups = [[look()]]
    while now() < until:
        latest = look()
        if latest[0] == groups[-1][0][0]:
            groups[-1].append(latest)
        else:
            groups.append([latest])
        if sum(len(group) > 1 for group in groups) > 1:
            break
    return [one for group in groups if len(group) > 1 for one in (group[0], group[-1])]


def before_oldest(
    track: SampleTrack, looks: list[Look], frame: int, fewest: int, most: int
) -> tuple[int, int]:
    """How many samples came before the oldest in the FIFO.

    Args:
        track: says which samples there were.
        looks: at its level, whole frames.
        frame: bytes of a sample.
        fewest, most: of them, as known otherwise.

    Returns:
        The fewest and the most as `looks` narrow them; equal when certain. Looks that contradict
        each other tell nothing.
    """
    least, greatest = fewest, most
    for level, before, after in looks:
        low, high = track.produced_at(before, after)
        least = max(least, low - level // frame)
        greatest = min(greatest, high - level // frame)
    return (least, greatest) if least <= greatest else (fewest, most)
