"""InvenSense's byte FIFOs: frames of acc and gyro, without tag, number or timestamp.

Nothing in such a stream tells where a frame begins, so it must never be cut: after an overflow (no
FIFO's size is a multiple of a frame) or a burst of unknown outcome only emptying it helps. What
that costs is counted by the sample track.
"""

import logging
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from drivers.bus import MAX_BURST
from drivers.chips.chip import Drained
from drivers.chips.registers import Registers
from drivers.chips.sample_track import SampleTrack
from drivers.errors import BusError, ChipError

log = logging.getLogger(__name__)

FRAME: Final = 12
"""Bytes: acc x y z, gyro x y z, high byte first."""
LEVEL: Final = 2
"""Bytes of the level in front of every burst."""
BURST: Final = (MAX_BURST - LEVEL) // FRAME * FRAME
ROOM: Final = 3 * FRAME
"""With less room left a burst may have been overtaken by an overflow (Linux inv_mpu_ring.c)."""
SLACK: Final = 2.0
"""Samples that a level may be off what the track expects, besides the rate's error."""
RATE_SLACK: Final = 0.05
LOOK_PERIODS: Final = 1.5
"""For so long the level is looked at again and again for a count that is certain: the moment at
which the next sample comes tells what its number may be."""
LOOKS: Final = 64
"""No more than so many."""
_EMPTY: Final = b"\xff" * FRAME
"""What an empty FIFO or a bus without a chip reads like; no motion does."""
_Look = tuple[int, float, float]
"""(bytes in the FIFO, host times before and after they were counted, s)"""


@dataclass(frozen=True, slots=True)
class RawFifo:
    """A family's registers for it.

    Args:
        size: bytes.
        level: FIFO_COUNTH; FIFO_COUNTL and FIFO_R_W follow, where the chip's pointer stays: one
            transaction reads the level and then the data (as PX4's drivers do).
        status, overflow: register and bit of the overflow flag; it goes with the read.
        stop: writes that stop and empty it.
        go: name, register and value of the write from which on samples go in.
    """

    size: int
    level: int
    status: int
    overflow: int
    stop: tuple[tuple[int, int], ...]
    go: tuple[str, int, int]


class RawFrames:
    """One chip's FIFO.

    Args:
        regs: of the chip.
        fifo: its registers.
        rate_hz: nominal.
    """

    def __init__(self, regs: Registers, fifo: RawFifo, rate_hz: float) -> None:
        self._regs = regs
        self._fifo = fifo
        self._track = SampleTrack(rate_hz)
        # Number of the oldest sample in the FIFO, and how many are lost before it.
        self._next = self._lost = 0
        self._held: list[Drained] = []
        self._broken = False
        # Bytes of a burst that failed: so many at most left the FIFO.
        self._asked = 0
        # Bytes that the last burst said were there.
        self._there = 0

    def restart(self) -> None:
        """Starts the FIFO, a new stream; the sensors must be running.

        Raises:
            ChipError, BusError: it does not start.
        """
        regs, now = self._regs, self._regs.bus.time.now
        self._begin()
        self._stop()
        before = now()
        regs.set(*self._fifo.go)
        self._track.seen(0, before, now())

    def drain(self) -> list[Drained]:
        """Everything in the FIFO.

        Raises:
            BusError: the bus failed; what was read until then comes with a later drain.
            ChipError: level or data are no FIFO's; the chip must be looked at.
        """
        if self._broken and not self._recounted():
            self._resync()
            return self._take()
        level, before, host_time = self._level()
        bursts: list[bytes] = []
        try:
            while level:
                burst = self._burst(level, host_time)
                if burst is None:
                    self._broken = True
                    break
                if not bursts and self._there == level:
                    # Told twice alike: a wrong look would mislead the track for seconds.
                    self._track.seen(self._next + level // FRAME, before, host_time)
                bursts.append(burst)
                level -= len(burst)
        except (BusError, ChipError):
            self._broken = True
            raise
        finally:
            self._hold(bursts, host_time)
        if self._broken:
            self._resync()
        return self._take()

    def _begin(self) -> None:
        self._track.restart()
        self._next = self._lost = self._asked = 0
        self._held = []
        self._broken = False

    def _level(self) -> _Look:
        for _ in range(2):
            level, before, after = self._look()
            if self._likely(level, after):
                return level, before, after
            # Once more: a look may fall into the chip's writing of a frame.
        self._broken = True
        if level <= self._fifo.size and self._overflowed():
            self._resync()
            return 0, before, after
        raise ChipError(
            f"I2C 0x{self._regs.address:02x}: the FIFO claims {level} bytes; about "
            f"{FRAME * (self._track.about(after) - self._next):.0f} can be in it"
        )

    def _look(self) -> _Look:
        regs = self._regs
        now = regs.bus.time.now
        before = now()
        high, low = regs.read(self._fifo.level, LEVEL)
        return high << 8 | low, before, now()

    def _likely(self, level: int, now: float) -> bool:
        if level % FRAME or level >= self._fifo.size:
            return False
        expected = self._track.about(now) - self._next
        error = max(RATE_SLACK, self._track.rate_error)
        return abs(level // FRAME - expected) <= SLACK + error * expected

    def _burst(self, level: int, since: float) -> bytes | None:
        """The oldest frames of at least `level` bytes that the FIFO held at `since`.

        Returns:
            None: it has overflowed, they may be cut.
        """
        regs, fifo = self._regs, self._fifo
        n = min(level, BURST)
        self._asked = n
        data = regs.drain(fifo.level, LEVEL + n)
        there = self._there = data[0] << 8 | data[1]
        grown = FRAME * (SLACK + (regs.bus.time.now() - since) * self._track.rate_hz * 1.1)
        # Its own level in front shows that the bus did not make the burst up.
        if not level <= there <= level + grown or data[-FRAME:] == _EMPTY:
            if there <= fifo.size and self._overflowed():
                return None
            raise ChipError(
                f"I2C 0x{regs.address:02x}: a burst of the FIFO claims {there} bytes where {level} "
                f"were, and ends with 0x{data[-1]:02x}"
            )
        if (there > fifo.size - ROOM or there % FRAME) and self._overflowed():
            return None
        self._asked = 0
        return data[LEVEL:]

    def _overflowed(self) -> bool:
        """Whether the FIFO has overflowed, or nobody knows any more."""
        try:
            # Reading clears the flag: a second try would not see it.
            return bool(self._regs.drain(self._fifo.status, 1)[0] & self._fifo.overflow)
        except BusError:
            return True

    def _hold(self, bursts: list[bytes], host_time: float) -> None:
        """The next samples in order."""
        if not bursts:
            return
        data = bursts[0] if len(bursts) == 1 else b"".join(bursts)
        counts = np.frombuffer(data, ">i2").astype(np.int16).reshape(-1, FRAME // 2)
        self._held.append(Drained(counts, host_time, self._lost))
        self._lost = 0
        self._next += len(counts)

    def _take(self) -> list[Drained]:
        held, self._held = self._held, []
        return held

    def _lose(self, samples: int) -> None:
        self._lost += samples
        self._next += samples

    def _recounted(self) -> bool:
        """Whether the level tells how many whole frames a failed burst took; they are lost."""
        if not self._asked:
            return False
        asked, self._asked = self._asked, 0
        looks = self._looks()
        fewest, most = self._before_oldest(looks, self._next, self._next + asked // FRAME)
        if fewest != most:
            return False
        self._lose(fewest - self._next)
        self._saw(looks)
        self._broken = False
        return True

    def _resync(self) -> None:
        """Empties and starts the FIFO; what it held and what came meanwhile is lost, counted."""
        regs, track = self._regs, self._track
        now = regs.bus.time.now
        self._asked = 0
        self._stop()
        _, register, value = self._fifo.go
        before = now()
        regs.write(register, value)
        after = now()
        # A sample may have come while the FIFO was being started: was it in time or not?
        fewest, most = (max(n, self._next) for n in track.produced_at(before, after))
        looks = [] if fewest == most else self._looks()
        least, greatest = self._before_oldest(looks, fewest, most)
        if least != greatest:
            log.debug(
                "I2C 0x%02x: %d to %d samples are lost",
                regs.address,
                least - self._next,
                greatest - self._next,
            )
            likely = track.likely_at((before + after) / 2)
            track.renumber()
            least = min(max(least, likely), greatest)
        self._lose(least - self._next)
        self._saw([(0, before, after), *looks])
        self._broken = False

    def _looks(self) -> list[_Look]:
        """Level after level until the next sample has come: the first and last of each level.

        One that no other confirms is left out: it may be disturbed.
        """
        now = self._regs.bus.time.now
        until = now() + LOOK_PERIODS / self._track.rate_hz
        looks: list[_Look] = []
        while now() < until and len(looks) < LOOKS:
            looks.append(self._look())
        alike = [list(group) for _, group in groupby(looks, lambda look: look[0])]
        return [look for group in alike if len(group) > 1 for look in (group[0], group[-1])]

    def _before_oldest(self, looks: list[_Look], fewest: int, most: int) -> tuple[int, int]:
        """How many samples came before the oldest in the FIFO.

        Args:
            looks: at its level.
            fewest, most: of them, as known otherwise.

        Returns:
            The fewest and the most as `looks` narrow them; equal when certain.
        """
        least, greatest = fewest, most
        for level, before, after in looks:
            if level % FRAME or level > self._fifo.size - ROOM:
                return fewest, most
            low, high = self._track.produced_at(before, after)
            least = max(least, low - level // FRAME)
            greatest = min(greatest, high - level // FRAME)
        return (least, greatest) if least <= greatest else (fewest, most)

    def _saw(self, looks: list[_Look]) -> None:
        for level, before, after in looks:
            self._track.seen(self._next + level // FRAME, before, after)

    def _stop(self) -> None:
        for register, value in self._fifo.stop:
            self._regs.write(register, value)
        self._regs.byte(self._fifo.status)
