"""The straight line from samples to events, the same live and in replay."""

from typing import Final

import numpy as np

from dsp.activity.movement import Movement
from dsp.activity.stairs import Stairs
from dsp.block import Mount, SampleBlock, Stream, recut
from dsp.errors import StreamError
from dsp.events import Event
from dsp.grid import Grid
from dsp.parts import Parts
from dsp.running import Running
from dsp.segments import Segments
from dsp.shoe.mount import ShoeMount
from dsp.waist.mount import WaistMount
from dsp.wearer import UNKNOWN, Wearer

MOST_S: Final = 1.0


class Pipeline:
    """Foot strikes, steps, gaps and segments of one stream.

    Chunk law: cutting the stream into other blocks changes no event. Prefix law: pushing only the
    samples up to and including an event's `t_decision` yields that event, unchanged.

    Args:
        stream: what is constant over the stream.
        wearer: what is known about the runner.

    Raises:
        StreamError: the stream's rate is outside 25–10000 Hz.
    """

    def __init__(self, stream: Stream, wearer: Wearer = UNKNOWN) -> None:
        if not 25.0 <= stream.rate_hz <= 10_000.0:
            raise StreamError(f"rate {stream.rate_hz:g} Hz: must be 25 to 10000 Hz")
        self._stream = stream
        self._grid = Grid(stream)
        shoe = stream.mount is Mount.SHOE
        self._mount = ShoeMount(stream, wearer) if shoe else WaistMount(stream, wearer)
        self._segments = Segments(stream)
        self._parts = Parts()
        self._most = max(1, round(MOST_S * stream.rate_hz))
        self._t = -np.inf

    def push(self, block: SampleBlock) -> list[Event]:
        """Events that the new samples decide, in order of `t_decision`.

        Raises:
            StreamError: times do not increase, the gyro is there or absent against the stream, or
                samples are no numbers.
        """
        if len(block) > self._most:
            # What looks over all that is new would take the square of a long block's time.
            cuts = range(self._most, len(block), self._most)
            return [event for piece in recut(block, cuts) for event in self.push(piece)]
        if not len(block):
            return []
        self._check(block)
        pieces, gaps = self._grid.push(block)
        self._t = float(block.t[-1])
        events: list[Event | Running | Movement | Stairs] = [*gaps]
        for piece in pieces:
            events += self._mount.push(piece)
        # Stable: at one instant a gap comes before what was decided at the sample after it.
        events.sort(key=lambda e: e.t_decision)
        return self._parts.push(self._segments.push(events))

    def finish(self) -> list[Event]:
        """Events that only the end of the stream decides: parts of the session.

        Their `t_decision` is the time of the last sample; without `finish` that sample does not
        yield them, since the session might go on.
        """
        return self._parts.finish(self._t)

    def _check(self, block: SampleBlock) -> None:
        if (block.gyr is None) == self._stream.has_gyro:
            raise StreamError(
                f"block at {block.t[0]:.3f} s {'lacks' if block.gyr is None else 'has'} a gyro "
                "against what its stream declares"
            )
