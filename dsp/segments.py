"""Activity tier: from strikes, walk steps and movement to running, walking, standing and other."""

import math
from collections import deque
from collections.abc import Iterable
from math import radians
from typing import Final

from dsp.activity.movement import Movement
from dsp.activity.rest import Rest
from dsp.activity.stairs import Stairs
from dsp.block import Mount, Stream
from dsp.events import Activity, Event, FootStrike, Gap, Segment, WalkStep
from dsp.running import UNSEEN_S, Running

STILL_S: Final = 2.0
"""So long without a walk step the walk may be over."""
STOPPED_S: Final = 3.0
"""The same after running: a kerb is no stop. What the policy calls a pause."""
HELD_S: Final = 2.0
"""A run must last so long to be one: a stumble, a jump or a jolt makes three strikes in a row."""
HELD_BUSY_S: Final = 5.0
"""The same out of another activity: a device is shaken, and people jump, for seconds at a time."""
FOOT_RAD_S: Final = radians(170.0)
"""A runner's foot turns by more than ±30 degrees at 1.3 Hz and above; a pedaling one by ±20 at up
to 1.7 Hz: 150 deg/s. Slow running measures 200 and more, running usually 220 to 450."""
PELVIS_RAD_S: Final = radians(8.0)
"""A walking pelvis rolls and yaws by some 4 degrees at about 0.9 Hz: 15 to 30 deg/s. What sways
without turning is a car."""
TURNS: Final = 3
"""Windows looked at for both, 1.5 s: more than a stride, which has its own quiet half."""

Note = Event | Running | Movement | Stairs


class Segments:
    """Decides segments, and leaves out walk steps while running.

    A run is told once it has lasted some seconds and began where its first strike was; the strikes
    themselves are passed on at once.
    """

    def __init__(self, stream: Stream) -> None:
        self._foot = stream.mount is Mount.SHOE
        self._rest = Rest()
        self._turns: deque[float] = deque(maxlen=TURNS)
        self._kind: Activity | None = None
        self._began = -math.inf
        self._run: Running | None = None
        """The strikes' word that somebody runs."""
        self._held = False
        """That word is not believed yet."""
        self._stairs = False
        """The walking is on stairs."""
        self._open = True
        """What has been going on since `_since` is not decided."""
        self._since = self._not_before = -math.inf

    def push(self, events: Iterable[Note]) -> list[Event | Movement]:
        """The events with segments among them; of the notes only the movements are left.

        Args:
            events: in order of `t_decision`.
        """
        out: list[Event | Movement] = []
        for event in events:
            match event:
                case Movement():
                    self._move(event, out)
                    out.append(event)
                case Running():
                    self._strikes_say(event, out)
                case WalkStep():
                    self._walk(event, out)
                case Stairs():
                    self._climb(event, out)
                case Gap() if event.duration_s > UNSEEN_S:
                    self._unseen(event, out)
                    out.append(event)
                case _:
                    if isinstance(event, FootStrike) and not event.inferred:
                        self._believe(event.t_decision, out)
                    out.append(event)
        return out

    def _change(
        self, kind: Activity, since: float, t_decision: float, out: list[Event | Movement]
    ) -> None:
        if kind is not self._kind:
            self._kind = kind
            self._began = max(since, self._began)
            out.append(Segment(self._began, t_decision, kind))

    def _strikes_say(self, note: Running, out: list[Event | Movement]) -> None:
        if note.on:
            self._run = note
            going_on = self._kind is Activity.RUN and note.t - self._since <= STOPPED_S
            self._held = not going_on
            if going_on:
                self._open = False
            return
        self._run = None
        if self._held:
            # Never believed: what went on before still does, unless its own evidence ends it.
            self._held = False
            self._not_before = max(self._not_before, note.t_decision + STILL_S)
        elif note.unseen:
            self._open = False
            self._change(Activity.OTHER, note.t, note.t_decision, out)
        else:
            self._doubt(note.t, max(note.t + STOPPED_S, note.t_decision))

    def _unseen(self, gap: Gap, out: list[Event | Movement]) -> None:
        """Nobody knows what was done in a long hole; a run says so itself."""
        if self._kind in (Activity.WALK, Activity.STAND) and self._run is None:
            self._change(Activity.OTHER, gap.t - gap.duration_s, gap.t_decision, out)
            self._doubt(gap.t, gap.t_decision)
            self._turns.clear()

    def _doubt(self, since: float, not_before: float) -> None:
        """From `since` on nothing is known, and nothing is decided for some time."""
        self._open, self._since, self._not_before = True, since, not_before

    def _believe(self, now: float, out: list[Event | Movement]) -> None:
        """Running, once it has lasted, and the foot turns as only a runner's does."""
        run = self._run
        if run is None or not self._held:
            return
        busy = self._kind is Activity.OTHER and not self._stairs
        if now - run.t < (HELD_BUSY_S if busy else HELD_S):
            return
        if self._foot and self._turns and max(self._turns) < FOOT_RAD_S:
            return
        self._held = self._open = False
        self._change(Activity.RUN, run.t, now, out)

    def _hardly_turns(self) -> bool:
        """Less than any walker; False where that is not measured."""
        return len(self._turns) == TURNS and sorted(self._turns)[TURNS // 2] < PELVIS_RAD_S

    def _walk(self, step: WalkStep, out: list[Event | Movement]) -> None:
        if self._run is not None or self._hardly_turns():
            return
        # Between the end of a run and the first steps seen of a walk nobody stood.
        since = self._since if self._kind is Activity.RUN else max(step.t, self._since)
        kind = Activity.OTHER if self._stairs else Activity.WALK
        self._change(kind, since, step.t_decision, out)
        out.append(step)
        self._doubt(step.t, step.t_decision + STILL_S)

    def _climb(self, note: Stairs, out: list[Event | Movement]) -> None:
        """Stairs are no walk: it goes on as another activity, and from that as a walk."""
        ends, begins = (
            (Activity.WALK, Activity.OTHER) if note.on else (Activity.OTHER, Activity.WALK)
        )
        going = self._kind is ends and (note.on or self._stairs)
        self._stairs = note.on
        if going and self._run is None and not self._hardly_turns():
            self._change(begins, note.t, note.t_decision, out)

    def _move(self, window: Movement, out: list[Event | Movement]) -> None:
        self._rest.push(window)
        if window.turn is not None:
            self._turns.append(window.turn)
        now = window.t_decision
        if self._since == -math.inf:
            self._since = window.t
        # A run that is not believed after so long is left to what moves.
        if self._run and not (self._held and now - self._run.t >= HELD_BUSY_S):
            return
        if self._open:
            if now < self._not_before:
                return
            kind = self._rest.begun(self._since)
            if kind is not None:
                self._open = False
                self._change(kind, self._since, now, out)
            return
        if self._kind is Activity.STAND:
            kind, since = Activity.OTHER, self._rest.stirred()
        else:
            kind, since = Activity.STAND, self._rest.settled()
        if since is not None:
            self._since = since
            self._change(kind, since, now, out)
