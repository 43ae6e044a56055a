"""How a runner's steps lie to even beats: by how much they lead, whether they have run away."""

from collections import deque
from statistics import fmean, median
from typing import Final

LEAD_S: Final = 0.020
"""How far footfall leads the beat before anything is learned: people step slightly early."""
LEAD_BOUNDS_S: Final = (-0.020, 0.080)
"""What is anticipation; beyond it is a runner who lags, or one who does not follow."""
LEARN: Final = 1.0 / 64.0
"""Of the difference, at each strike: half of it in 45, more than ten seconds."""
SEEN: Final = 48
ENOUGH: Final = 24
"""Strikes to the beat that are looked at, and that are needed to learn from."""
WITHIN: Final = 0.02
"""Of the beat's tempo, a runner's of late: 2.5 times its noise (`footfalls.RECENT_STEPS`)."""
SPREAD: Final = 0.10
"""Of the period, the mean distance from the median: a follower's SD of 35 ms gives 0.08, feet that
drift along the beats at 1 % 0.12."""
RUNAWAY: Final = 0.40
"""Of the period: beyond half a step's nearest beat is the next one, and asks for the opposite.

A runner who corrects only a fifth of each asynchrony and nothing of his own period lags 0.25 of it
behind +5 %, and 0.38 behind +7.5 %: he must not be put back all the time (docs/metronome.md)."""
RUNAWAY_STRIKES: Final = 3
LAG_STRIKES: Final = 12
"""Their median: one wrong strike is no runaway. One who keeps the tempo may lag for longer."""


class Synchrony:
    """Strikes against the beats that are nearest to them.

    Args:
        lead_s: what was learned before.

    Raises:
        ValueError: `lead_s` is outside `LEAD_BOUNDS_S`.
    """

    def __init__(self, lead_s: float = LEAD_S) -> None:
        low, high = LEAD_BOUNDS_S
        if not low <= lead_s <= high:
            raise ValueError(f"lead_s = {lead_s:g}: must be {low:g} to {high:g} s")
        self.lead_s = lead_s
        self._dues: deque[float] = deque(maxlen=SEEN)
        self._early: deque[float] = deque(maxlen=SEEN)
        self._apart: deque[float] = deque(maxlen=LAG_STRIKES)
        self._same_tempo = self._locked = False

    @property
    def locked(self) -> bool:
        """Whether the runner keeps to the beat's tempo."""
        return self._locked

    @property
    def runaway(self) -> bool:
        """Whether the beats are out of step with the feet."""
        strikes = LAG_STRIKES if self._same_tempo else RUNAWAY_STRIKES
        apart = list(self._apart)[-strikes:]
        return len(apart) == strikes and median(apart) > RUNAWAY

    def beat(self, due: float) -> None:
        """There is a beat at `due`, heard or not."""
        self._dues.append(due)

    def restart(self) -> None:
        """The beats begin anew; what was learned stays."""
        self._dues.clear()
        self.put_back()

    def put_back(self) -> None:
        """The beats were put back onto the steps."""
        self._early.clear()
        self._apart.clear()
        self._same_tempo = self._locked = False

    def strike(self, t: float, period_s: float, recent_s: float | None) -> None:
        """A seen strike, while the beats are `period_s` and of late the steps `recent_s` apart."""
        if not self._dues:
            return
        early = min((due - t for due in self._dues), key=abs)
        if abs(early) > 0.5 * period_s:
            return
        self._early.append(early)
        self._apart.append(abs(early - self.lead_s) / period_s)
        middle = median(self._early)
        self._same_tempo = recent_s is not None and abs(period_s / recent_s - 1.0) <= WITHIN
        self._locked = (
            self._same_tempo
            and len(self._early) >= ENOUGH
            and fmean(abs(e - middle) for e in self._early) <= SPREAD * period_s
        )
        if self._locked and LEAD_BOUNDS_S[0] <= middle <= LEAD_BOUNDS_S[1]:
            self.lead_s += LEARN * (middle - self.lead_s)
