"""Which cue sounds when, on what: all of the player but its thread."""

import heapq
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from feedback.actuators.actuator import Actuator
from feedback.actuators.edges import Edge
from feedback.actuators.guarded import Guarded
from feedback.actuators.played import NotPlayed, Played, Struck, record
from feedback.cue import Cue, Pattern
from feedback.patterns import graded
from feedback.pulse import Pulse, Voice

log = logging.getLogger(__name__)

Shapes = Mapping[Voice, tuple[Pulse, ...]]
LATE_BEAT_S: Final = 0.020
"""A beat that would start later than this against its plan is left out: a wrong beat misleads."""
SLIP_S: Final = 0.020
"""After a stall longer than this the rest of a pattern moves back, so that no pulse is lost."""
NIGHT_LEVEL: Final = 0.1
"""Of sound, where at night there is no vibration that works."""


@dataclass(slots=True)
class _Line:
    """What is left to do of one actuator's part in a pattern."""

    part: Guarded
    edges: tuple[Edge, ...]
    base: float
    """Time of the first edge, s."""
    level: float
    next: int = 0

    @property
    def next_t(self) -> float:
        return self.base + self.edges[self.next].after_s if self.next < len(self.edges) else inf


@dataclass(slots=True)
class _Performance:
    """A cue being played."""

    cue: Cue
    queued_t: float
    due_t: float
    lines: list[_Line]
    struck: list[Struck] = field(default_factory=list)
    told: bool = False

    @property
    def first(self) -> tuple[float, _Line]:
        """The line whose edge is due first, and when; inf: it is over."""
        line = min(self.lines, key=lambda each: each.next_t)
        return line.next_t, line


class Conductor:
    """Plays cues on actuators when `step` is called; the newest cue wins.

    A cue with `t` in the future starts then, early by each actuator's onset. Beats interrupt no
    other pattern, and are left out when late.

    Args:
        actuators: used from the thread that calls, and closed by `close`.
        patterns: the shapes of each pattern.
        clock: monotonic time on the base of the cues, s.
        played: called with what became of each cue.
        failed: called with name and reason when an actuator fails.
    """

    def __init__(
        self,
        actuators: Sequence[Actuator],
        patterns: Mapping[Pattern, Shapes],
        clock: Callable[[], float],
        *,
        played: Callable[[Played], object] = lambda record: None,
        failed: Callable[[str, str], object] = lambda name, text: None,
    ) -> None:
        self.level = 1.0
        self.night = False
        self.silent = False
        self._clock = clock
        self._patterns = patterns
        self._played = played
        self._failed = failed
        # The quickest first: a buzzer must not wait for a motor whose bus hangs.
        by_onset = sorted(actuators, key=lambda a: a.onset_s)
        self._parts = [Guarded(a, clock, self._tell_failed) for a in by_onset]
        self._now: _Performance | None = None
        self._waiting: list[tuple[float, int, Cue, float]] = []
        self._count = 0

    def prepare(self) -> None:
        """Silences all actuators, which sets them up: who fails, fails now and not at a cue."""
        for part in self._parts:
            part.off()

    def take(self, cue: Cue, queued_t: float) -> None:
        """Begins a cue at once, or keeps it until its time."""
        if self._silenced:
            self._tell(record(cue, queued_t, queued_t, not_played=NotPlayed.SILENCED))
        elif cue.pattern is Pattern.BEAT or cue.t > self._clock():
            lead = max((p.onset_s for p in self._parts), default=0.0)
            self._count += 1
            heapq.heappush(self._waiting, (cue.t - lead, self._count, cue, queued_t))
        else:
            self._begin(cue, queued_t, planned=False)

    def step(self) -> float | None:
        """Does all that is due.

        Returns:
            When there is something to do again, s; None: nothing is playing or planned.
        """
        for part in self._parts:
            if part.off_t is not None and part.off_t <= self._clock():
                part.off()
        while True:
            now = self._clock()
            if self._waiting and self._waiting[0][0] <= now:
                _, _, cue, queued_t = heapq.heappop(self._waiting)
                self._begin(cue, queued_t, planned=True)
            elif not self._play(now):
                return self._next_t()

    def cancel_beats(self) -> None:
        """Beats that have not begun are not played."""
        self._drop_waiting(NotPlayed.CANCELED, beats_only=True)

    def hush(self) -> None:
        """Silent at once; nothing that waits is played."""
        self._stop(NotPlayed.SILENCED)
        self._drop_waiting(NotPlayed.SILENCED)

    def close(self) -> None:
        """Silent, and the actuators let go of."""
        self.hush()
        for part in self._parts:
            if part.sounding or part.off_t is not None:
                part.off()
            part.close()

    # one cue

    def _begin(self, cue: Cue, queued_t: float, *, planned: bool) -> None:
        if self._silenced:
            self._tell(record(cue, queued_t, queued_t, not_played=NotPlayed.SILENCED))
            return
        beat = cue.pattern is Pattern.BEAT
        playing = self._now
        if beat and playing is not None and playing.cue.pattern is not Pattern.BEAT:
            self._tell(record(cue, queued_t, cue.t, not_played=NotPlayed.BUSY))
            return
        now = self._clock()
        lines, why = self._lines(cue, now, planned=planned)
        if beat and lines:
            lines = [line for line in lines if now - line.base <= LATE_BEAT_S]
            why = NotPlayed.LATE
        if not lines:
            self._tell(record(cue, queued_t, cue.t if planned else queued_t, not_played=why))
            return
        self._stop(NotPlayed.REPLACED)
        due_t = min(line.base for line in lines) if planned else queued_t
        self._now = _Performance(cue, queued_t, due_t, lines)

    def _lines(self, cue: Cue, now: float, *, planned: bool) -> tuple[list[_Line], NotPlayed]:
        """Who plays it, and if nobody does, why."""
        shapes = self._patterns.get(cue.pattern, {})
        parts = [p for p in self._parts if shapes.get(p.voice)]
        if not parts:
            return [], NotPlayed.NO_SHAPE
        parts = [p for p in parts if p.usable()]
        level = self.level
        if self.night:
            quiet = [p for p in parts if p.voice is Voice.BUZZ]
            level = level if quiet else min(level, NIGHT_LEVEL)
            parts = quiet or parts
        return [
            _Line(
                part,
                part.edges(graded(shapes[part.voice], cue.grade + 1)),
                cue.t - part.onset_s if planned else now,
                level,
            )
            for part in parts
        ], NotPlayed.FAILED

    def _play(self, now: float) -> bool:
        """Does the edge that is due first; False: none is."""
        playing = self._now
        if playing is None:
            return False
        due, line = playing.first
        if due > now:
            return False
        if now - due > SLIP_S:
            for each in playing.lines:
                each.base += now - due
        edge = line.edges[line.next]
        first, line.next = line.next == 0, line.next + 1
        if not line.part.act(edge.action, edge.pulse, line.level):
            line.next = len(line.edges)
        elif first:
            began = self._clock()
            onset = began + line.part.onset_s
            playing.struck.append(Struck(line.part.name, began, onset))
        if not playing.told and all(n.next for n in playing.lines):
            self._told(playing, NotPlayed.FAILED)
        if playing.first[0] == inf:
            self._now = None
        return True

    def _stop(self, why: NotPlayed) -> None:
        """Ends what is playing."""
        playing, self._now = self._now, None
        for part in self._parts:
            if part.sounding:
                part.off()
        if playing is not None and not playing.told:
            self._told(playing, why)

    def _told(self, playing: _Performance, why: NotPlayed) -> None:
        playing.told = True
        struck = tuple(playing.struck)
        self._tell(
            record(playing.cue, playing.queued_t, playing.due_t, struck, None if struck else why)
        )

    # the rest

    @property
    def _silenced(self) -> bool:
        return self.silent or self.level <= 0.0

    def _drop_waiting(self, why: NotPlayed, *, beats_only: bool = False) -> None:
        keep = []
        for item in sorted(self._waiting):
            _, _, cue, queued_t = item
            if beats_only and cue.pattern is not Pattern.BEAT:
                keep.append(item)
            else:
                self._tell(record(cue, queued_t, cue.t, not_played=why))
        self._waiting = keep

    def _next_t(self) -> float | None:
        times = [p.off_t for p in self._parts if p.off_t is not None]
        if self._waiting:
            times.append(self._waiting[0][0])
        if self._now is not None:
            times.append(self._now.first[0])
        return min(times, default=None)

    def _tell_failed(self, name: str, text: str) -> None:
        try:
            self._failed(name, text)
        except Exception:
            log.exception("that %s failed cannot be told", name)

    def _tell(self, played: Played) -> None:
        try:
            self._played(played)
        except Exception:
            log.exception("what was played cannot be told")
