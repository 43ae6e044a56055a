"""Parts of a session, told in retrospect: warm-up, intervals and their rests, cool-down."""

from collections.abc import Iterable, Sequence
from typing import Final

from dsp.activity.movement import Movement
from dsp.activity.profile import Effort, Stretch, stretches
from dsp.events import Activity, Event, Segment, Step

OVER_S: Final = 60.0
"""So long without running or walking the session is over; longer than most traffic lights."""
REPEATS: Final = 3
"""Hard stretches that make intervals; two can be two hills."""
LONGEST_S: Final = 600.0
"""Of an interval or of a rest: longer repeats are runs of their own."""
EASY_S: Final = 60.0
"""The shortest warm-up or cool-down."""
EASY_MOST_S: Final = 1200.0
"""The longest: what is easy for longer was the run, or the way home."""

GOING: Final = (Activity.RUN, Activity.WALK)


class Parts:
    """Adds the parts of a session once it is over: after a minute without a step, or at the end.

    They lie over the activities: each has a `t_end`.
    """

    def __init__(self) -> None:
        self._effort = Effort()
        self._segments: list[Segment] = []

    def push(self, events: Iterable[Event | Movement]) -> list[Event]:
        """The events with parts among them, without the movements.

        Args:
            events: in order of `t_decision`.
        """
        out: list[Event] = []
        for event in events:
            match event:
                case Movement():
                    out += self._rest(event.t_decision)
                    continue
                case Segment():
                    self._segments.append(event)
                case Step():
                    self._effort.push(event)
                case _:
                    pass
            out.append(event)
        return out

    def finish(self, t: float) -> list[Event]:
        """The parts of a session that ends with the stream, at `t`."""
        return self._tell(t, t)

    def _rest(self, now: float) -> list[Event]:
        if not self._segments:
            return []
        last = self._segments[-1]
        if last.kind in GOING or now - last.t < OVER_S:
            return []
        return self._tell(last.t, now)

    def _tell(self, end: float, t_decision: float) -> list[Event]:
        if not any(s.kind is Activity.RUN for s in self._segments):
            # Without a run since the last one was told there is nothing to tell, nor to keep.
            del self._segments[:-1]
            return []
        found = parts(stretches(self._segments, end, self._effort))
        self._effort.clear()
        self._segments = self._segments[-1:] if self._segments[-1].kind not in GOING else []
        return [Segment(p.t, t_decision, kind, p.t_end) for kind, p in found]


def parts(found: Sequence[Stretch]) -> list[tuple[Activity, Stretch]]:
    """What each stretch was, in order of time; steady running is no part.

    Args:
        found: hard and easy ones in turn.
    """
    main = _intervals(found)
    out: list[tuple[Activity, Stretch]] = []
    if main:
        out = [(Activity.INTERVAL if s.hard else Activity.REST, s) for s in found[main]]
        first, last = main.start, main.stop - 1
    else:
        hard = [i for i, s in enumerate(found) if s.hard and s.duration_s >= EASY_S]
        if not hard:
            return []
        first, last = hard[0], hard[-1]
    before, after = _whole(found[:first]), _whole(found[last + 1 :])
    if before:
        out.insert(0, (Activity.WARM_UP, before))
    if after:
        out.append((Activity.COOL_DOWN, after))
    return out


def _intervals(found: Sequence[Stretch]) -> slice | None:
    """Where most hard stretches follow each other, none and no rest between them too long."""
    best: slice | None = None
    start = None
    for i, stretch in enumerate(found):
        if stretch.duration_s > LONGEST_S:
            start = None
        elif stretch.hard:
            start = i if start is None else start
            longer = best is None or i + 1 - start > best.stop - best.start
            if longer and i - start >= 2 * (REPEATS - 1):
                best = slice(start, i + 1)
    return best


def _whole(found: Sequence[Stretch]) -> Stretch | None:
    """Easy stretches as one, if it is long enough, short enough, and easy throughout."""
    if not found or any(s.hard for s in found):
        return None
    whole = Stretch(found[0].t, found[-1].t_end, False, sum(s.seen_s for s in found))
    return whole if EASY_S <= whole.duration_s <= EASY_MOST_S else None
