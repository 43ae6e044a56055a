"""Listens to a sensor for a while: decoded samples as they come, and how well they came."""

from collections.abc import Iterator
from math import inf
from typing import Final

from drivers.bus import Bus
from drivers.chips.chip import Chip
from drivers.chunk import Chunk
from drivers.decode import ChunkDecoder, gather
from drivers.notes import Note
from drivers.reader import POLL_S, Reader, ReaderCounters
from dsp.block import SampleBlock

SKIPPED_S: Final = 0.1
"""What comes first after a start: filters that still settle."""


class Listener:
    """Streams one sensor as a session does; nothing is calibrated.

    Args:
        bus: the bus it sits on.
        chip: not started yet.
        poll_s: from one drain to the next.
    """

    def __init__(self, bus: Bus, chip: Chip, poll_s: float = POLL_S) -> None:
        self.longest_drain_s = 0.0
        """From a drain's look at the FIFO's level to its samples being here."""
        self.longest_wait_s = 0.0
        """From one such look to the next."""
        self.notes: list[Note] = []
        self._time = bus.time
        self._reader = Reader(bus, chip, self._take, poll_s=poll_s)
        self._chip = chip
        self._decoder: ChunkDecoder | None = None
        self._chunks: list[Chunk] = []
        self._looks: list[tuple[float, int]] = []

    @property
    def counters(self) -> ReaderCounters:
        """What happened so far."""
        return self._reader.counters

    @property
    def rate_hz(self) -> float | None:
        """Samples, lost ones too, per second of the host's clock; None: too few came."""
        if len(self._looks) < 2:
            return None
        span = self._looks[-1][0] - self._looks[0][0]
        samples = sum(n for _, n in self._looks[1:])
        return samples / span if span > 0 else None

    @property
    def silent_s(self) -> float:
        """How long ago the newest samples came, s; infinite: none did."""
        return self._time.now() - self._looks[-1][0] if self._looks else inf

    def open(self) -> None:
        """Resets and starts the chip.

        Raises:
            ChipNotFoundError, ChipError, BusError: it is not to be had.
        """
        self._reader.open()
        setup = self._chip.setup
        self._decoder = ChunkDecoder(
            self._chip.rate_hz,
            setup.acc_scale,
            setup.gyr_scale,
            setup.acc_limit,
            setup.gyr_limit,
            setup.high_g_scale,
        )

    def blocks(self, seconds: float) -> Iterator[SampleBlock]:
        """What comes within `seconds` of the host's clock, drain by drain; sensor axes.

        The first SKIPPED_S after the start are left out.

        Raises:
            RuntimeError: it is not open.
        """
        if self._decoder is None:
            raise RuntimeError("the listener is not open")
        end = self._time.now() + seconds
        left_out = 0 if self._looks else round(SKIPPED_S * self._chip.setup.rate_hz)
        while self._time.now() < end:
            self._reader.step()
            chunks, self._chunks = self._chunks, []
            if not chunks:
                continue
            block = self._decoder.push(gather(chunks))
            drop = min(left_out, len(block))
            left_out -= drop
            if len(block) > drop:
                yield block[drop:]

    def close(self) -> None:
        """Powers the chip down."""
        self._reader.close()

    def _take(self, item: Chunk | Note) -> None:
        if not isinstance(item, Chunk):
            self.notes.append(item)
            return
        self._chunks.append(item)
        self.longest_drain_s = max(self.longest_drain_s, self._time.now() - item.host_time)
        if self._looks:
            self.longest_wait_s = max(self.longest_wait_s, item.host_time - self._looks[-1][0])
        self._looks.append((item.host_time, len(item.counts) + item.lost))
