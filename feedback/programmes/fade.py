"""How feedback is taken away: all of it at first, three single minutes at the end."""

from typing import Final

Spans = tuple[tuple[float, float], ...]
"""From, to in minutes of running time; ordered, without overlap."""

STANDARD: Final[tuple[tuple[float, Spans | None], ...]] = (
    (15, None),
    (18, None),
    (21, None),
    (24, None),
    (26, ((0, 5), (10, 14), (21, 26))),
    (28, ((0, 3), (12, 16), (25, 28))),
    (30, ((0, 2), (14, 16), (28, 30))),
    (30, ((0, 1), (14, 15), (29, 30))),
)
"""Minutes of running and of feedback (None: all) of 8 sessions: the pattern of Crowell & Davis
2011, 15 to 30 min, full for 4 sessions, 3 x 1 min in the last; sessions 5 to 7 are interpolated."""


def reminder(run_min: float) -> Spans:
    """Three single minutes: at the start, before the middle, at the end; all of a shorter run."""
    if run_min < 4:
        return ((0, run_min),)
    return ((0, 1), (run_min / 2 - 1, run_min / 2), (run_min - 1, run_min))
