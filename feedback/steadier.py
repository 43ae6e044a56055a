"""A second prediction of the next strike, used while it does better for this runner.

What strikes scatter by either adds up from step to step, as a runner's own noise does, or is each
strike's own, as a detector's is. The pipeline's prediction (`dsp.prediction`) is a compromise;
where the noise adds up, the last strike and a slow mean of the intervals are nearer
(docs/metronome.md).
"""

from typing import Final

from dsp.prediction import Prediction

GAINS: Final = (1.0, 0.05, 0.05)
"""Into phase, period, feet: all of the last strike, a mean of some 20 intervals."""
SPREAD_STRIKES: Final = 30.0
"""Over which the two are compared."""
ENOUGH: Final = 12
"""Comparisons before the second may be used: its period is known by then."""


class Steadier:
    """Chooses between two predictions by how far off they have been.

    Args:
        feet: how many feet strike in turn: 2 at the waist, 1 at the shoe.
    """

    def __init__(self, feet: int) -> None:
        self._own = Prediction(feet, GAINS)
        self.restart()

    def restart(self) -> None:
        """After a break."""
        self._own.stop()
        self._due: tuple[float, float] | None = None
        self._given_square = self._own_square = 0.0
        self._count = 0

    def next_t(self, t: float, given_t: float) -> float:
        """Takes a strike and the prediction of the next one; the better prediction, s."""
        self._compare(t, given_t - t)
        own_t, _ = self._own.strike(t)
        self._due = None if own_t is None else (given_t, own_t)
        if own_t is None or self._count < ENOUGH or self._own_square >= self._given_square:
            return given_t
        return own_t

    def _compare(self, t: float, to_next_s: float) -> None:
        """Of strikes that were not missed: those would count for neither."""
        if self._due is None or abs(t - self._due[0]) > 0.25 * to_next_s:
            return
        self._count += 1
        share = 1.0 / min(self._count, SPREAD_STRIKES)
        self._given_square += share * ((t - self._due[0]) ** 2 - self._given_square)
        self._own_square += share * ((t - self._due[1]) ** 2 - self._own_square)
