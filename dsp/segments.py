"""Activity tier: from strikes and walk steps to segments of running, walking and standing."""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.events import Activity, Event, Segment, WalkStep
from dsp.running import Running

STILL_S: Final = 2.0
"""So long without a step is standing."""
STOPPED_S: Final = 3.1
"""The same after running: a kerb is no stop. A little over what the policy calls a pause (3 s)."""


class Segments:
    """Decides segments, and leaves out walk steps while running."""

    def __init__(self) -> None:
        self._kind: Activity | None = None
        self._run_over = False
        """Running has ended, and what follows is not decided yet."""
        self._deadline: float | None = None
        self._still_since = self._began = -math.inf

    def push(self, events: Iterable[Event | Running], t: FloatArray) -> list[Event]:
        """The events with segments among them.

        Args:
            events: in order of `t_decision`.
            t: (n,) times of the samples that decided them, s.
        """
        out: list[Event] = []
        if self._deadline is None and len(t):
            self._still_since = float(t[0])
            self._deadline = self._still_since + STILL_S
        for event in events:
            self._stand(event.t_decision, t, out)
            if isinstance(event, Running):
                self._run(event, out)
            elif isinstance(event, WalkStep):
                self._walk(event, out)
            else:
                out.append(event)
        if len(t):
            self._stand(float(t[-1]), t, out)
        return out

    def _change(self, kind: Activity, since: float, t_decision: float, out: list[Event]) -> None:
        if kind is not self._kind:
            self._kind = kind
            self._began = max(since, self._began)
            out.append(Segment(self._began, t_decision, kind))

    def _stand(self, now: float, t: FloatArray, out: list[Event]) -> None:
        """Standing, from the first sample at which the deadline has passed."""
        if self._deadline is None or now < self._deadline:
            return
        decided = float(t[np.searchsorted(t, self._deadline)])
        self._change(Activity.STAND, self._still_since, decided, out)
        self._deadline = math.inf

    def _run(self, note: Running, out: list[Event]) -> None:
        self._run_over = not note.on
        if note.on:
            self._change(Activity.RUN, note.t, note.t_decision, out)
            self._deadline = math.inf
        else:
            if note.unseen:
                self._change(Activity.OTHER, note.t, note.t_decision, out)
                self._still_since, self._deadline = note.t_decision, note.t_decision + STILL_S
                return
            # Standing unless walk steps follow; decided later, from where running ended.
            self._deadline = max(note.t + STOPPED_S, note.t_decision)
        self._still_since = note.t

    def _walk(self, step: WalkStep, out: list[Event]) -> None:
        if self._kind is Activity.RUN and not self._run_over:
            return
        self._change(Activity.WALK, max(step.t, self._still_since), step.t_decision, out)
        out.append(step)
        self._still_since = step.t
        self._deadline = step.t_decision + STILL_S
