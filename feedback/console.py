"""Cues as lines of a terminal."""

import math

from feedback.cue import TRAIN_S, Cue, Pattern


def clock(seconds: float) -> str:
    """83.2 s as "0:01:23": to the nearest second."""
    s = math.floor(seconds + 0.5)
    sign, s = ("-", -s) if s < 0 else ("", s)
    return f"{sign}{s // 3600}:{s // 60 % 60:02d}:{s % 60:02d}"


def cue_line(cue: Cue, start_t: float = 0.0) -> str:
    """`0:01:23  quicker       cadence 163 spm, ...`: when it is played, what, and why.

    Args:
        cue: the cue.
        start_t: the session's first time on the same base as the cue's, s.
    """
    return f"{clock(cue.t_decision - start_t)}  {cue.pattern:<13}  {cue.because}"


class CueLines:
    """The cues of a run as lines; of beats in a row the first one says it."""

    def __init__(self) -> None:
        self._beat_t = -math.inf

    def line(self, cue: Cue, start_t: float = 0.0) -> str | None:
        """As `cue_line`; None: it goes without saying."""
        if cue.pattern is Pattern.BEAT:
            before, self._beat_t = self._beat_t, cue.t
            if cue.t - before < TRAIN_S:
                return None
        return cue_line(cue, start_t)
