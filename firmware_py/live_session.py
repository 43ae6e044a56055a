"""One session as it is lived: what the reader delivers goes into the trace and through the line.

It is recorded as it comes; the line may be behind, where a session begins with what was streamed
before or goes on after an interruption, and is worked off in pieces.
"""

import contextlib
import logging
import queue
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from drivers.chunk import Chunk
from drivers.errors import ImplausibleError
from drivers.notes import Note, SensorBack, SensorLost, SensorRestarted
from dsp.block import SampleBlock, join
from feedback.actuators.played import Played
from feedback.cue import Pattern
from firmware_py.coaching import Coaching
from firmware_py.config import Config
from firmware_py.hooks import Happened, Hooks
from firmware_py.line import Line
from firmware_py.recorder import SYNC_S, Recorder
from firmware_py.sensor.weighing import Weighing, implausible
from firmware_py.session.status import Request, Status
from firmware_py.tape import Tape
from firmware_py.trace.decoding import make_decoder
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.joined import Recorded, Seam

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""Chunks that are pushed together while the line is behind: a second of samples."""
EARLIER_S: Final = 2.0
"""So much of the earlier parts goes through the line at a time: the main loop looks up between."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said between the newest sample and the next: see `Status`."""

    text: str
    pattern: Pattern | None = None
    request: Request | None = None


ASKED: Final = {
    Request.SILENCE: Remark(
        "the runner asked for no more coaching, or for it again", request=Request.SILENCE
    ),
    Request.METRONOME: Remark(
        "the runner asked for the metronome, or for no more of it", request=Request.METRONOME
    ),
    Request.PAUSE: Remark("paused, as you asked", Pattern.PAUSED, Request.PAUSE),
    Request.RESUME: Remark("going on, as you asked", Pattern.RESUMED, Request.RESUME),
}
"""What the runner asks for."""


class LiveSession:
    """Decoder, line and recording of one session; used by one thread but for `played`.

    Args:
        header: of its trace.
        config: whom to coach.
        coaching: how.
        recorder: where it is recorded; None: nowhere. Closed by `finish`.
        hooks: `seen`, `told` and `quiet` are used.
        weighed: gravity at rest was found right already; False: the first moments are looked at.
        line: of a session that goes on; None: a new one.
    """

    def __init__(
        self,
        header: TraceHeader,
        config: Config,
        coaching: Coaching | None,
        recorder: Recorder | None,
        hooks: Hooks,
        *,
        weighed: bool = False,
        line: Line | None = None,
    ) -> None:
        self.first: float | None = None
        """Time of the first sample that went through the line, s."""
        self.t: float | None = None
        """Time of the newest one, s."""
        self.catching_up = False
        """Whether the line is still at what was there when the session began."""
        self._hooks = hooks
        self._decoder = make_decoder(header)
        self._line = line or Line(header, config, coaching)
        self._rate_hz = header.rate_hz
        self._seam: Seam | None = None
        self._recorder = recorder
        self._waiting: deque[Chunk | Note | Remark] = deque()
        self._earlier: Iterator[object] | None = None
        self._played: queue.SimpleQueue[Played] = queue.SimpleQueue()
        self._storage_failed = self._remarking = False
        self._weighing = None if weighed else Weighing()
        self._must_weigh = not weighed

    def begin_with(self, items: Sequence[Chunk | Note]) -> None:
        """What was streamed before it began; what is said of it comes too late to be heard."""
        for item in items:
            self.take(item)
        self.catching_up = self.behind

    def go_on_from(self, earlier: Recorded) -> None:
        """The session's earlier parts: they go through the line first, and nothing is heard."""
        self._earlier = self._again(earlier)
        self.catching_up = True

    def take(self, item: Chunk | Note | Remark) -> None:
        """Records a chunk at once; all else follows when the line has come to it."""
        if isinstance(item, Chunk) and self._recorder is not None:
            self._recorder.chunk(item)
        self._waiting.append(item)

    @property
    def aloud(self) -> bool:
        """Whether what `seen` is called with now is to be heard; the device's own remarks are."""
        return self._remarking or not self.catching_up

    @property
    def behind(self) -> bool:
        """Whether anything waits to be worked off."""
        return bool(self._waiting) or self._earlier is not None

    def work(self) -> None:
        """Works off a piece of what waits.

        Raises:
            ImplausibleError: gravity at rest is not 1 g: the wrong sensor, or a broken one.
        """
        if self._earlier is not None:
            if next(self._earlier, None) is None:
                self._earlier = None
            return
        blocks = list[SampleBlock]()
        for _ in range(min(AT_ONCE, len(self._waiting))):
            item = self._waiting[0]
            if isinstance(item, Chunk):
                block = self._decoder.push_chunk(item)
                if self._seam is not None:
                    block = self._seam.join(block)
                if len(block):
                    blocks.append(block)
            elif not blocks:
                self._tell(item)
            else:
                break
            self._waiting.popleft()
        if blocks:
            self._push(blocks[0] if len(blocks) == 1 else join(blocks))
        if not self._waiting:
            # Last: of two cues at once the newer is heard.
            self._watch_storage()
        self.listen()
        self.catching_up = self.catching_up and self.behind

    def played(self, played: Played) -> None:
        """Takes what became of a cue; from any thread."""
        self._played.put(played)

    def listen(self) -> None:
        """Notes what became of cues since."""
        with contextlib.suppress(queue.Empty):
            while True:
                one = self._played.get_nowait()
                self._line.played(one)
                if self._recorder is not None:
                    self._recorder.event(one.as_dict())

    def finish(self) -> None:
        """Works off what is left and ends the line, then, whatever that brings, the recording."""
        try:
            try:
                self.listen()
                while self.behind:
                    self.work()
                self._show(self._line.finish())
            finally:
                self._hooks.quiet()
            self.listen()
        finally:
            if self._recorder is not None:
                self._recorder.close()

    def abandon(self) -> None:
        """Instead of `finish`, where nothing has begun: the recording is closed."""
        if self._recorder is not None:
            self._recorder.close()

    @property
    def error(self) -> OSError | None:
        """Why the recording is not whole; None: it is."""
        return None if self._recorder is None else self._recorder.error

    def summary(self) -> dict[str, Any]:
        """docs/summary.md; after `finish`."""
        return self._line.summary()

    def _again(self, earlier: Recorded) -> Iterator[bool]:
        tape = Tape(self._line, earlier)
        for block in earlier.blocks(EARLIER_S):
            for _ in tape.push(block):
                pass
            yield True
        for _ in tape.said_last():
            pass
        # What is said next was said after all that.
        self.first, self.t = tape.start_t, tape.told_t
        if tape.end_t is not None:
            self._seam = Seam(tape.end_t, self._rate_hz)
        tape.tell_played()

    def _push(self, block: SampleBlock) -> None:
        if self.first is None:
            self.first = float(block.t[0])
        self.t = float(block.t[-1])
        self._weigh(block)
        self._show(self._line.push(block))

    def _weigh(self, block: SampleBlock) -> None:
        """Whether the first moments after a start, if at rest, show 1 g."""
        rest = None if self._weighing is None else self._weighing.push(block)
        if rest is None or not rest.still or rest.plausible:
            return
        text = implausible(rest)
        if self._must_weigh:
            raise ImplausibleError(text)
        # In mid-run the session stays: what it recorded until now is good.
        self._say(Status(self.t or 0.0, text, Pattern.SENSOR_LOST))

    def _tell(self, item: Note | Remark) -> None:
        """What the reader says, or the device: to the ear, the trace and the summary."""
        if isinstance(item, Remark):
            self._remarking = True
            try:
                # Between this sample and the next, in replay too.
                self._say(Status(self.t or 0.0, item.text, item.pattern, item.request))
            finally:
                self._remarking = False
            return
        if not isinstance(item, SensorLost):
            self._must_weigh = False
            self._weighing = Weighing()
        pattern = Pattern.SENSOR_LOST if isinstance(item, SensorLost) else None
        self._say(Status(item.host_time, words(item), pattern))

    def _say(self, status: Status) -> None:
        log.info("%s", status.text)
        if status.pattern is None and status.request is None:
            # A cue says the same.
            self._hooks.told(status.text, max(0.0, status.t - (self.first or status.t)))
        if self._recorder is not None:
            self._recorder.event(status.as_dict())
        self._show(self._line.status(status, self.first))

    def _watch_storage(self) -> None:
        stall_s = self._recorder.new_stall() if self._recorder else None
        if stall_s is not None:
            text = f"the card stalled for {stall_s:.1f} s: a power cut then would have cost "
            self._say(Status(self.t or 0.0, f"{text}{stall_s + SYNC_S:.1f} s"))
        error = self.error
        if error is None or self._storage_failed:
            return
        self._storage_failed = True
        text = f"recording stopped: {error.strerror or error}; coaching goes on"
        log.warning("%s", text)
        status = Status(self.t or 0.0, text, Pattern.STORAGE_FULL)
        self._remarking = True
        self._show(self._line.status(status, self.first))
        self._remarking = False

    def _show(self, happened: Sequence[Happened]) -> None:
        for one in happened:
            if self._recorder is not None:
                self._recorder.event(one.as_dict())
            self._hooks.seen(one, self.first or 0.0)


def words(note: Note) -> str:
    """A note in words."""
    match note:
        case SensorLost(because=because):
            return f"sensor lost: {because}"
        case SensorBack(away_s=away_s):
            return f"sensor back after {away_s:.1f} s"
        case SensorRestarted(because=because):
            return f"sensor restarted: {because}"
