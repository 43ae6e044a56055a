"""A live session with a sensor of its own: read on a thread, coached here."""

import contextlib
import queue
import threading
from collections.abc import Sequence
from typing import Final

from drivers.backlog import Backlog
from drivers.chunk import Chunk
from drivers.notes import Note
from drivers.reader import POLL_S, Reader, ReaderState
from feedback.actuators.played import Played
from firmware_py.coaching import Coaching
from firmware_py.config import Config
from firmware_py.hooks import Hooks, Lived
from firmware_py.live_session import ASKED, LiveSession
from firmware_py.sensor.attached import Attached
from firmware_py.sensor.header import header_for
from firmware_py.session.status import Request

LOOK_UP_S: Final = 0.2
"""How long it waits for samples before it looks whether it should stop."""
END_S: Final = 5.0
"""The reader ends within this: a retry's wait and a transaction's time-out."""
SIMULATED: Final = "simulated"


class Live:
    """One session with one sensor: the reader on its thread, and what follows it.

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
        self._backlog = Backlog[Note](attached.chip.setup.rate_hz)
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
            self._session = LiveSession(header, config, coaching, hooks.recorder(header), hooks)
        except BaseException:
            # A chip that streams to nobody empties the battery.
            self._reader.close()
            raise
        self._asked: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._crash: BaseException | None = None

    def abandon(self) -> None:
        """Instead of `run`: the chip is let go of, and the recording closed."""
        self._reader.close()
        self._session.abandon()

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
                self._session.finish()
            raise
        reading.join(END_S)
        self._heed()
        self._session.finish()
        if self._crash is not None:
            raise self._crash
        sensor = {
            "reader": self._reader.counters.as_dict(),
            "bus": self._bus.counters.as_dict(),
            "not_taken": self._backlog.dropped,
        }
        error = self._session.error
        lived = str(error.strerror or error) if error else None
        return Lived(self._session.summary(), sensor, lived)

    def played(self, played: Played) -> None:
        """Takes what became of a cue; from any thread."""
        self._session.played(played)

    def request(self, request: Request) -> None:
        """Takes what the runner asks of the coach; from any thread."""
        self._asked.put(request)

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
            self._heed()
            if self._hooks.stopped():
                self._stop.set()
                self._hooks.leaving()

    def _take(self, item: Chunk | Note) -> None:
        self._session.take(item)
        self._session.work()
        if not isinstance(item, Chunk):
            self._may_end(item.host_time)
        elif self._session.t is not None:
            self._may_end(self._session.t)

    def _heed(self) -> None:
        """Takes what other threads have left."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._session.take(ASKED[self._asked.get_nowait()])
                self._session.work()
        self._session.listen()

    def _discard(self) -> None:
        """After an error: the reader must not wait for anyone."""
        with contextlib.suppress(TimeoutError):
            while self._backlog.get(END_S) is not None:
                self._backlog.done()

    def _may_end(self, t: float) -> None:
        if self._hooks.ends(t):
            self._stop.set()
            self._hooks.leaving()
