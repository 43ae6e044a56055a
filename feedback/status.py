"""What the device says about the run itself: started, paused, resumed, stopped."""

from typing import Final

from dsp.events import Activity, Event, Segment
from feedback.cue import STATUS, Cue, Pattern

PAUSE_S: Final = 3.0
"""A stop shorter than this is not worth a word. The pipeline decides that a runner stands when this
has passed (`dsp.segments.STOPPED_S`), so that the pause is told then, not at the next event."""

_WORDS: Final = {
    Activity.WALK: "walking",
    Activity.STAND: "standing",
    Activity.OTHER: "not running",
}


class RunStatus:
    """Status cues from segments; at most one of a kind in a row."""

    def __init__(self) -> None:
        self._last: Pattern | None = None
        self._running = False
        self._started = False
        self._paused = False
        self._stop: Segment | None = None

    def push(self, event: Event) -> list[Cue]:
        """Status cues decided by this event."""
        cues = self._pause(event)
        if not isinstance(event, Segment) or event.t_end is not None:
            return cues
        if event.kind is not Activity.RUN:
            if self._running:
                self._running, self._stop = False, event
                cues += self._pause(event)
            return cues
        if not self._started:
            self._started = True
            cues += self._say(Pattern.STARTED, event.t, event.t_decision, "running began")
        elif self._paused and self._stop is not None:
            why = f"running again after {event.t - self._stop.t:.0f} s"
            cues += self._say(Pattern.RESUMED, event.t, event.t_decision, why)
        self._running, self._paused, self._stop = True, False, None
        return cues

    def say(self, pattern: Pattern, t: float, because: str) -> list[Cue]:
        """A status cue of the firmware's own, every time it is told so.

        Raises:
            ValueError: `pattern` asks the runner for something; only the policy may.
        """
        if pattern not in STATUS:
            raise ValueError(f"{pattern} is a coaching pattern; the policy decides those")
        self._last = pattern
        return [Cue(t, t, pattern, because)]

    def finish(self, t: float) -> list[Cue]:
        """The session ends at `t`: `stopped`, if it ever started."""
        if not self._started:
            return []
        return self._say(Pattern.STOPPED, t, t, "the session ended")

    def _pause(self, event: Event) -> list[Cue]:
        stop = self._stop
        if stop is None or self._paused or event.t_decision - stop.t < PAUSE_S:
            return []
        # Running again within those seconds, but decided later, was no pause either.
        if (
            isinstance(event, Segment)
            and event.t_end is None
            and event is not stop
            and event.t - stop.t < PAUSE_S
        ):
            return []
        self._paused = True
        lasted = event.t_decision - stop.t
        why = f"{_WORDS.get(stop.kind, 'not running')} for {lasted:.0f} s"
        return self._say(Pattern.PAUSED, stop.t, event.t_decision, why)

    def _say(self, pattern: Pattern, t: float, t_decision: float, because: str) -> list[Cue]:
        if pattern is self._last:
            return []
        self._last = pattern
        return [Cue(t, t_decision, pattern, because)]
