"""Cues as lines of a terminal."""

import math

from feedback.cue import Cue


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
