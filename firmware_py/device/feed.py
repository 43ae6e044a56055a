"""The sensor's thread: finds it, lets it stream or sleep, and says what it is about."""

import logging
import os
import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

from drivers.backlog import Backlog
from drivers.calibration import Calibration
from drivers.chunk import Chunk
from drivers.host import HostTime
from drivers.reader import POLL_S, Reader, ReaderState
from dsp.errors import GaitCoachError
from firmware_py.device.items import Absent, Crashed, Given, Report, Started
from firmware_py.sensor.attached import Attached

log = logging.getLogger(__name__)

RETRY_S: Final = 2.0
"""From one search for the sensor to the next."""
END_LOOK_S: Final = 0.1
END_LOOKS: Final = 50
"""A thread that has not ended after 5 s hangs, and ends with the program."""
REPORT_S: Final = 1.0
"""At least so often it says that it lives; the watchdog takes what is less than 3 s old."""


class Source(Protocol):
    """Where the sensor comes from."""

    @property
    def origin(self) -> str:
        """As a trace's header says it: device or simulated."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for the trace's header."""
        ...

    @property
    def time(self) -> HostTime:
        """The clock of its samples."""
        ...

    def attach(self) -> Attached:
        """Finds it.

        Raises:
            GaitCoachError, OSError: it is not to be had.
        """
        ...

    def expect(self, part: str | None) -> None:
        """Which part was there before the program began; None: it is not known."""
        ...

    def calibration(self, attached: Attached) -> Calibration | None:
        """This specimen's; it was reset.

        Raises:
            GaitCoachError: it cannot be used.
        """
        ...

    def release(self, attached: Attached) -> None:
        """Lets go of it."""
        ...

    def doze(self, woken: threading.Event, seconds: float) -> None:
        """Lets so many seconds pass, or less if it is woken."""
        ...


class Feed:
    """One sensor, for as long as the program runs.

    Streaming, it hands over chunks and notes; asleep or without a sensor, a `Report` every second.
    A thread that hangs hands over nothing.

    Args:
        source: where the sensor comes from.
        give: takes everything; must not block.
        poll_s: from one drain to the next.
        realtime: the thread's priority among the kernel's real-time threads; 0: an ordinary one.
    """

    def __init__(
        self,
        source: Source,
        give: Callable[[Chunk | Given], object],
        poll_s: float = POLL_S,
        realtime: int = 0,
    ) -> None:
        self._source = source
        self._time = source.time
        self._give = give
        self._poll_s = poll_s
        self._realtime = realtime
        self._attached: Attached | None = None
        self._reader: Reader | None = None
        self._retry_at = float("-inf")
        # Which stream is wanted, counted; 0: none. A number, since two wishes may come between two
        # looks at them, and who wishes waits for a `Started` of its own.
        self._wanted = self._streaming = self._streams = 0
        self._dropped = threading.Event()
        self._ended = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def start(self) -> None:
        """Begins to look for the sensor."""
        self._thread.start()

    def stream(self) -> None:
        """The sensor is to stream, anew if it does; `Started` tells since when."""
        self._streams += 1
        self._wanted = self._streams
        self._woken.set()

    def sleep(self) -> None:
        """The sensor is to sleep."""
        self._wanted = 0
        self._woken.set()

    def drop(self) -> None:
        """Lets go of the sensor, and looks for one anew in 2 s."""
        self._dropped.set()
        self._woken.set()

    def close(self, given: Backlog[Any]) -> None:
        """Lets the sensor sleep, and ends.

        Args:
            given: what it has given; nobody needs that any more, but in virtual time it waits for
                that to be worked off.
        """
        self._ended.set()
        self._woken.set()
        looks = 0
        while self._thread.is_alive() and looks < END_LOOKS:
            try:
                given.get(END_LOOK_S)
            except TimeoutError:
                looks += 1
            else:
                given.done()

    def _run(self) -> None:
        if self._realtime:
            self._hurry()
        try:
            while not self._ended.is_set():
                self._step()
        except BaseException as e:  # noqa: BLE001 - handed to the main thread, which raises it
            self._give(Crashed(e))
        finally:
            self._let_go()

    def _hurry(self) -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(self._realtime))
        except (OSError, AttributeError) as e:
            log.info("the sensor is read without real-time priority: %s", e)

    def _step(self) -> None:
        if self._dropped.is_set():
            self._dropped.clear()
            self._let_go()
            self._retry_at = self._time.now() + RETRY_S
        wanted = self._wanted
        if self._attached is None:
            self._find()
        elif self._reader is None:
            if wanted:
                self._streaming = wanted
                self._start(self._attached)
            else:
                self._wait(REPORT_S)
        elif self._streaming != wanted:
            self._reader.close()
            self._reader = None
        else:
            self._reader.step()
            if self._reader.state is ReaderState.LOST:
                self._report()

    def _find(self) -> None:
        left = self._retry_at - self._time.now()
        if left > 0:
            self._wait(min(left, REPORT_S))
            return
        self._retry_at = self._time.now() + RETRY_S
        try:
            self._attached = self._source.attach()
        except (GaitCoachError, OSError) as e:
            self._give(Absent(self._time.now(), str(e)))

    def _start(self, attached: Attached) -> None:
        reader = Reader(
            attached.bus,
            attached.chip,
            self._give,
            poll_s=self._poll_s,
            watermark=attached.watermark,
        )
        try:
            reader.open()
            calibration = self._source.calibration(attached)
        except (GaitCoachError, OSError) as e:
            reader.close()
            self._let_go()
            self._retry_at = self._time.now() + RETRY_S
            self._give(Absent(self._time.now(), str(e)))
            return
        self._reader = reader
        self._give(Started(self._time.now(), attached, calibration))

    def _wait(self, seconds: float) -> None:
        self._report()
        self._source.doze(self._woken, seconds)
        self._woken.clear()

    def _report(self) -> None:
        self._give(Report(self._time.now()))

    def _let_go(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._attached is not None:
            self._source.release(self._attached)
            self._attached = None
