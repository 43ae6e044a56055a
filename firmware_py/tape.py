"""A recorded run on its way through a line: its samples, and what the device said between them."""

from collections import deque
from collections.abc import Iterator
from typing import Final

import numpy as np

from dsp.block import SampleBlock
from dsp.events import Event
from feedback.actuators.played import Played, played_of
from feedback.cue import Cue
from firmware_py.line import Line
from firmware_py.session.status import Status, status_of
from firmware_py.trace.joined import Recorded

OWN: Final = ("device", "simulated")
"""Sources of the traces that the device itself has written."""


class Tape:
    """Pushes the blocks of a recording through a line, in order.

    Args:
        line: made from its header.
        recorded: whose remarks and played cues belong between them.
    """

    def __init__(self, line: Line, recorded: Recorded) -> None:
        self.start_t: float | None = None
        """Time of the first sample that was pushed, s."""
        self.end_t: float | None = None
        """Time of the newest one, s."""
        self.told_t: float | None = None
        """Time of the newest sample or remark, s."""
        self._line = line
        self._said, self._played = _noted(recorded)

    def push(self, block: SampleBlock) -> Iterator[Event | Cue]:
        """Events and cues of a block, and between its samples what the device said then."""
        if self.start_t is None:
            self.start_t = float(block.t[0])
        self.end_t = float(block.t[-1])
        at = 0
        while self._said and self._said[0].t < self.end_t:
            status = self._said.popleft()
            k = int(np.searchsorted(block.t, status.t, side="right"))
            yield from self._line.push(block[at:k])
            yield from self._line.status(status, self.start_t)
            at = k
        yield from self._line.push(block[at:])

    def said_last(self) -> Iterator[Cue]:
        """What the device said with the last sample and after it."""
        self.told_t = self.end_t
        while self._said:
            status = self._said.popleft()
            self.told_t = max(status.t, self.told_t or status.t)
            yield from self._line.status(status, self.start_t or 0.0)

    def tell_played(self) -> None:
        """Tells the line what became of its cues; after all of them were decided."""
        while self._played:
            self._line.played(self._played.popleft())


def _noted(recorded: Recorded) -> tuple[deque[Status], deque[Played]]:
    """What the device had to say, in order of time, and what became of its cues.

    Only its own traces hold any.
    """
    said: list[Status] = []
    played: deque[Played] = deque()
    if recorded.header.source in OWN:
        for event in recorded.events():
            if (status := status_of(event)) is not None:
                said.append(status)
            elif (one := played_of(event)) is not None:
                played.append(one)
    return deque(sorted(said, key=lambda s: s.t)), played
