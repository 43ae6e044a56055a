"""A live session: the reader's chunks through the line, to the ear and to the trace."""

import contextlib
import logging
import queue
import threading
from collections.abc import Sequence
from typing import Final

from drivers.backlog import Backlog
from drivers.chunk import Chunk
from drivers.errors import ImplausibleError
from drivers.notes import Note, SensorBack, SensorLost, SensorRestarted
from drivers.reader import POLL_S, Reader, ReaderState
from dsp.block import SampleBlock
from feedback.actuators.played import Played
from feedback.cue import Pattern
from firmware_py.coaching import Coaching
from firmware_py.config import Config
from firmware_py.hooks import Happened, Hooks, Lived
from firmware_py.line import Line
from firmware_py.recorder import SYNC_S
from firmware_py.sensor.attached import Attached
from firmware_py.sensor.header import header_for
from firmware_py.sensor.weighing import Weighing
from firmware_py.session.status import Request, Status
from firmware_py.trace.decoding import make_decoder

log = logging.getLogger(__name__)

LOOK_UP_S: Final = 0.2
"""How long it waits for samples before it looks whether it should stop."""
END_S: Final = 5.0
"""The reader ends within this: a retry's wait and a transaction's time-out."""
SIMULATED: Final = "simulated"
ASKED: Final = {
    Request.SILENCE: "the runner asked for no more coaching, or for it again",
    Request.METRONOME: "the runner asked for the metronome, or for no more of it",
}


class Live:
    """One session with one sensor.

    Args:
        attached: the sensor; not started yet.
        config: whom to coach.
        coaching: how.
        source: of the trace's header: "device" or SIMULATED.
        hooks: what it tells and asks.
        poll_s: from one drain of the sensor to the next.
        notes: remarks for the trace's header.
    """

    def __init__(
        self,
        attached: Attached,
        config: Config,
        coaching: Coaching,
        source: str,
        hooks: Hooks,
        poll_s: float = POLL_S,
        notes: Sequence[str] = (),
    ) -> None:
        self._hooks = hooks
        self._backlog = Backlog(attached.chip.setup.rate_hz)
        self._bus = attached.bus
        self._reader = Reader(
            attached.bus,
            attached.chip,
            self._backlog.put,
            poll_s=poll_s,
            watermark=attached.watermark,
        )
        self._reader.open()
        try:
            header = header_for(
                attached, source, hooks.calibration(attached), notes, config.runner, coaching
            )
            self._decoder = make_decoder(header)
            self._line = Line(header, config, coaching)
            self._recorder = hooks.recorder(header)
        except BaseException:
            # A chip that streams to nobody empties the battery.
            self._reader.close()
            raise
        self._from_others: queue.SimpleQueue[Played | Request] = queue.SimpleQueue()
        self._storage_failed = False
        self._first: float | None = None
        self._t = 0.0
        self._weighing = Weighing()
        self._was_restarted = False
        self._stop = threading.Event()
        self._crash: BaseException | None = None

    def abandon(self) -> None:
        """Instead of `run`: the chip is let go of, and the recording closed."""
        self._reader.close()
        if self._recorder is not None:
            self._recorder.close()

    def run(self) -> Lived:
        """Until it is stopped.

        Raises:
            ImplausibleError: gravity at rest is not 1 g: the wrong sensor, or a broken one.
        """
        self._hooks.worked_off(self._backlog.wait_until_done)
        reading = threading.Thread(target=self._read, name="reader", daemon=True)
        reading.start()
        try:
            self._follow()
        except BaseException:
            self._stop.set()
            self._hooks.leaving()
            self._discard()
            reading.join(END_S)
            # What went wrong first is what is to be told.
            with contextlib.suppress(Exception):
                self._ended()
            raise
        reading.join(END_S)
        self._ended()
        if self._crash is not None:
            raise self._crash
        sensor = {
            "reader": self._reader.counters.as_dict(),
            "bus": self._bus.counters.as_dict(),
            "not_taken": self._backlog.dropped,
        }
        error = self._recorder.error if self._recorder else None
        return Lived(self._line.summary(), sensor, str(error.strerror or error) if error else None)

    def played(self, played: Played) -> None:
        """Takes what became of a cue; from any thread."""
        self._from_others.put(played)

    def request(self, request: Request) -> None:
        """Takes what the runner asks of the coach; from any thread."""
        self._from_others.put(request)

    def _read(self) -> None:
        try:
            while not self._stop.is_set():
                self._reader.step()
                if self._reader.state is ReaderState.LOST:
                    # Nothing is delivered that would show the time.
                    self._may_end(self._bus.time.now())
        except BaseException as e:  # noqa: BLE001 - handed to the main thread, which raises it
            self._crash = e
        finally:
            self._reader.close()
            self._backlog.close()

    def _follow(self) -> None:
        """Takes what the reader delivers, to the last item after the session was ended."""
        while True:
            try:
                item = self._backlog.get(LOOK_UP_S)
            except TimeoutError:
                self._may_end(self._bus.time.now())
            else:
                if item is None:
                    return
                try:
                    self._take(item)
                finally:
                    self._backlog.done()
            self._listen()
            if self._hooks.stopped():
                self._stop.set()
                self._hooks.leaving()

    def _listen(self, *, over: bool = False) -> None:
        """Takes what other threads have left; once it is over, no wishes any more."""
        with contextlib.suppress(queue.Empty):
            while True:
                one = self._from_others.get_nowait()
                if isinstance(one, Played):
                    self._line.played(one)
                    if self._recorder is not None:
                        self._recorder.event(one.as_dict())
                elif not over:
                    # Between this sample and the next, in replay too.
                    self._say(Status(self._t, ASKED[one], request=one))

    def _discard(self) -> None:
        """After an error: the reader must not wait for anyone."""
        with contextlib.suppress(TimeoutError):
            while self._backlog.get(END_S) is not None:
                self._backlog.done()

    def _take(self, item: Chunk | Note) -> None:
        if isinstance(item, Chunk):
            if self._recorder is not None:
                self._recorder.chunk(item)
            block = self._decoder.push_chunk(item)
            if len(block):
                self._push(block)
        else:
            self._tell(item)
        self._watch_storage()

    def _push(self, block: SampleBlock) -> None:
        if self._first is None:
            self._first = float(block.t[0])
        self._t = float(block.t[-1])
        self._weigh(block)
        self._show(self._line.push(block))
        self._may_end(self._t)

    def _may_end(self, t: float) -> None:
        if self._hooks.ends(t):
            self._stop.set()
            self._hooks.leaving()

    def _weigh(self, block: SampleBlock) -> None:
        """Whether the first moments after a start, if at rest, show 1 g."""
        rest = self._weighing.push(block)
        if rest is None or not rest.still or rest.plausible:
            return
        text = (
            f"the sensor measures {rest.gravity_g:.2f} g at rest, not 1: it is another part than "
            "it is taken for, or broken; run gaitcoach doctor"
        )
        if not self._was_restarted:
            raise ImplausibleError(text)
        # In mid-run the session stays: what it recorded until now is good.
        self._say(Status(self._t, text, Pattern.SENSOR_LOST))

    def _tell(self, note: Note) -> None:
        """What the reader says: to the ear, the trace and the summary."""
        if not isinstance(note, SensorLost):
            self._was_restarted = True
            self._weighing.begin()
        pattern = Pattern.SENSOR_LOST if isinstance(note, SensorLost) else None
        self._say(Status(note.host_time, _words(note), pattern))
        self._may_end(note.host_time)

    def _say(self, status: Status) -> None:
        log.info("%s", status.text)
        if status.pattern is None and status.request is None:
            # A cue says the same.
            self._hooks.told(status.text, max(0.0, status.t - (self._first or status.t)))
        if self._recorder is not None:
            self._recorder.event(status.as_dict())
        self._show(self._line.status(status, self._first))

    def _watch_storage(self) -> None:
        stall_s = self._recorder.new_stall() if self._recorder else None
        if stall_s is not None:
            text = f"the card stalled for {stall_s:.1f} s: a power cut then would have cost "
            self._say(Status(self._t, f"{text}{stall_s + SYNC_S:.1f} s"))
        error = self._recorder.error if self._recorder else None
        if error is None or self._storage_failed:
            return
        self._storage_failed = True
        text = f"recording stopped: {error.strerror or error}; coaching goes on"
        self._show(self._line.status(Status(self._t, text, Pattern.STORAGE_FULL), self._first))

    def _show(self, happened: Sequence[Happened]) -> None:
        for one in happened:
            if self._recorder is not None:
                self._recorder.event(one.as_dict())
            self._hooks.seen(one, self._first or 0.0)

    def _ended(self) -> None:
        """Ends the line, then, whatever that brings, the recording."""
        self._listen()
        try:
            try:
                self._show(self._line.finish())
            finally:
                self._hooks.quiet()
            # What is asked for from here on is not heeded: the session is over.
            self._listen(over=True)
        finally:
            if self._recorder is not None:
                self._recorder.close()


def _words(note: Note) -> str:
    match note:
        case SensorLost(because=because):
            return f"sensor lost: {because}"
        case SensorBack(away_s=away_s):
            return f"sensor back after {away_s:.1f} s"
        case SensorRestarted(because=because):
            return f"sensor restarted: {because}"
