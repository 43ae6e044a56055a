"""`good`: said rarely, and only of what a cue had asked for."""

from typing import Final

HELD_S: Final = 30.0
"""In the band for so long: a good moment is chance."""
ANSWER_S: Final = 120.0
"""Later than this after a cue it is no answer to it."""
APART_S: Final = 600.0
"""Praise is wanted less often than cues (feedback every 1 to 2 minutes is liked best)."""


class Praise:
    """Whether a runner who was told, and did it, is to hear that it is good."""

    def __init__(self) -> None:
        self._cued_t: float | None = None
        self._said_t = float("-inf")

    def cued(self, t: float) -> None:
        """A coaching cue was given."""
        self._cued_t = t

    def due(self, now: float, well_since: float | None) -> bool:
        """Whether to say it now; True once an answer.

        Args:
            well_since: since when all is as it should be, s; None: it is not.
        """
        cued = self._cued_t
        if cued is None or well_since is None:
            return False
        if now - cued > ANSWER_S:
            self._cued_t = None
            return False
        if now - max(cued, well_since) < HELD_S or now - self._said_t < APART_S:
            return False
        self._cued_t, self._said_t = None, now
        return True
