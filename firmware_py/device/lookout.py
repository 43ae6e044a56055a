"""What is made of the sensor's stream while there is no session: weighed, kept, and watched."""

from typing import Final

from drivers.chunk import Chunk
from drivers.notes import Note, SensorLost
from dsp.block import SampleBlock
from dsp.events import Activity, Segment
from dsp.pipeline import Pipeline
from dsp.wearer import UNKNOWN
from firmware_py.device.items import Started
from firmware_py.device.ring import Ring
from firmware_py.sensor.header import header_for
from firmware_py.sensor.weighing import Weighing, implausible
from firmware_py.trace.decoding import make_decoder

KEPT_S: Final = 90.0
"""A session that begins by itself begins so much earlier."""
RAN_S: Final = 20.0
"""Running that lasts so long begins a session."""
REARM_S: Final = 60.0
"""After a session that the runner ended: running begins a new one only after so long without."""


class Lookout:
    """The stream of a started sensor, between sessions.

    Args:
        started: the sensor.
        weighed: it was found right before.
        watches: whether running is looked for.
        armed: whether running counts at once; False: only after a while without any.
    """

    def __init__(
        self, started: Started, *, weighed: bool = False, watches: bool = False, armed: bool = True
    ) -> None:
        header = header_for(started.attached, "device", started.calibration)
        self._decoder = make_decoder(header)
        self._pipeline = Pipeline(header.stream, UNKNOWN) if watches else None
        self._weighing = None if weighed else Weighing()
        self._ring = Ring(KEPT_S if watches else RAN_S)
        self._armed = armed
        self._ran_since: float | None = None
        self._quiet_since: float | None = None
        self._t = 0.0
        self.ready = weighed
        """Whether it streams, and is what it is taken for."""
        self.wrong: str | None = None
        """Why it is another sensor than it is taken for; None: nothing is known against it."""

    def take(self, item: Chunk | Note) -> None:
        """The next item of the stream."""
        self._ring.push(item)
        if isinstance(item, Chunk):
            block = self._decoder.push_chunk(item)
            if len(block):
                self._look(block)
            return
        # It was set up anew, perhaps it is another one; or it is gone.
        self._weighing, self.ready, self.wrong = Weighing(), False, None
        if isinstance(item, SensorLost):
            self._ran_since = None

    @property
    def ran(self) -> bool:
        """Whether running has lasted long enough to begin a session."""
        since = self._ran_since
        return self.ready and self._armed and since is not None and self._t - since >= RAN_S

    def last(self, seconds: float) -> list[Chunk | Note]:
        """What a session begins with."""
        return self._ring.last(seconds)

    def _look(self, block: SampleBlock) -> None:
        self._t = float(block.t[-1])
        if self._weighing is not None and (rest := self._weighing.push(block)) is not None:
            self._weighing = None
            if rest.still and not rest.plausible:
                self.wrong = implausible(rest)
            else:
                self.ready = True
        if self._pipeline is None:
            return
        if self._quiet_since is None:
            self._quiet_since = self._t
        for event in self._pipeline.push(block):
            if isinstance(event, Segment) and event.t_end is None:
                runs = event.kind is Activity.RUN
                self._ran_since = event.t if runs else None
                self._quiet_since = None if runs else event.t
        quiet = self._quiet_since
        if self._ran_since is None and quiet is not None and self._t - quiet >= REARM_S:
            self._armed = True
