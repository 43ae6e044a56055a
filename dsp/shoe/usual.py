"""What a runner's strikes are usually like, and how sure a new one is."""

import math
from collections import deque
from collections.abc import Iterable
from statistics import median
from typing import Final

from dsp.rhythm import Rhythm
from dsp.shoe.stance import Stance

TRUST_BLIND: Final = 0.5
"""Without a gyro the direction of the force must tell strikes from toe-offs, which is less sure."""
SOFT_SHARE: Final = 0.5
"""Of the usual shock peak: a contact softer than this is less sure to be a strike."""
SHOCKS: Final = 8


class Usual:
    """The shock of the last strikes and the beat they keep.

    Args:
        rhythm: of the strikes; kept by others.
    """

    def __init__(self, rhythm: Rhythm, *, has_gyro: bool) -> None:
        self._rhythm = rhythm
        self._trust = 1.0 if has_gyro else TRUST_BLIND
        self._shocks: deque[float] = deque(maxlen=SHOCKS)
        self.shock_g = 0.0
        """Median of the last strikes' shocks, g."""

    def begin(self, strikes: Iterable[Stance]) -> None:
        """A run begins with these."""
        self._shocks.clear()
        for strike in strikes:
            self.remember(strike)

    def remember(self, strike: Stance) -> None:
        """One more strike that is sure."""
        self._shocks.append(strike.shock_g)
        self.shock_g = median(self._shocks)

    def sure(self, interval_s: float, shock_g: float = math.inf) -> float:
        """Confidence in a strike: it comes when it is due, and not much softer than the others."""
        strength = min(1.0, shock_g / (SOFT_SHARE * self.shock_g))
        return self._trust * self.on_beat(interval_s) * strength

    def on_beat(self, interval_s: float) -> float:
        """1 for exactly one period or more whole ones, 0 for 30 % of one off."""
        period = self._rhythm.period_s or interval_s
        periods = max(round(interval_s / period), 1)
        return self._rhythm.agreement(interval_s - (periods - 1) * (self._rhythm.period_s or 0.0))
