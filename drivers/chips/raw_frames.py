"""InvenSense's byte FIFOs: frames of acc and gyro, without tag, number or timestamp.

Nothing in such a stream tells where a frame begins, so it must never be cut: after an overflow (no
FIFO's size is a multiple of a frame) or a burst of unknown outcome only emptying it helps. What
that costs is counted by the sample track.
"""

import logging
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.bus import MAX_BURST
from drivers.chips.chip import Drained
from drivers.chips.level_looks import Look, before_oldest, look_on
from drivers.chips.registers import Registers
from drivers.chips.sample_track import SampleTrack
from drivers.errors import BusError, ChipError, ChipResetError

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
TRIES: Final = 6
"""So often the FIFO is started anew for a count that is certain."""
_EMPTY: Final = b"\xff" * FRAME
"""What an empty FIFO or a bus without a chip reads like; no motion does."""


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
        # What starting and stopping write says nothing about the rest.
        self._by_us = frozenset({fifo.go[1], *(register for register, _ in fifo.stop)})
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
            ChipResetError: the chip was reset: nothing of it is delivered.
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
            self._hold(bursts, host_time, level // FRAME)
        if self._broken:
            self._resync()
        return self._take()

    def _begin(self) -> None:
        self._track.restart()
        self._next = self._lost = self._asked = 0
        self._held = []
        self._broken = False

    def _level(self) -> Look:
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

    def _look(self) -> Look:
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
        part = there % FRAME
        if (there > fifo.size - ROOM or part) and self._overflowed():
            return None
        # A frame that was being written is whole by now; if not, the burst was made up.
        if part and not 0 <= self._look()[0] - (there - part + FRAME - n) <= FRAME:
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

    def _hold(self, bursts: list[bytes], host_time: float, unread: int) -> None:
        """The next samples in order."""
        if not bursts:
            return
        data = bursts[0] if len(bursts) == 1 else b"".join(bursts)
        counts = np.frombuffer(data, ">i2").astype(np.int16).reshape(-1, FRAME // 2)
        self._held.append(Drained(counts, host_time, self._lost, unread))
        self._lost = 0
        self._next += len(counts)

    def _take(self) -> list[Drained]:
        held, self._held = self._held, []
        return held

    def _recounted(self) -> bool:
        """Whether the level tells how many whole frames a failed burst took; they are lost."""
        if not self._asked:
            return False
        looks = [self._look(), self._look()]
        asked, self._asked = self._asked, 0
        fewest, most = self._next, self._next + asked // FRAME
        if not all(self._is_whole(level) for level, _, _ in looks):
            return False
        oldest = self._narrowed(looks, fewest, most)
        if oldest[0] != oldest[1]:
            looks += self._looks()
            oldest = self._narrowed(looks, fewest, most)
        if oldest[0] != oldest[1]:
            return False
        self._go_on(oldest[0], looks)
        return True

    def _resync(self) -> None:
        """Empties and starts the FIFO; what it held and what came meanwhile is lost, counted."""
        regs, track = self._regs, self._track
        time = regs.bus.time
        self._broken, self._asked = True, 0
        took = 0.0
        _, register, value = self._fifo.go
        for again in range(TRIES):
            self._stop()
            if again:
                time.sleep(max(0.0, track.quiet_from(time.now() + took) - took / 2 - time.now()))
            before = time.now()
            regs.write(register, value)
            after = time.now()
            # A write that was tried twice takes long, and happened nobody knows when.
            at_once = after - before < 1.0 / track.rate_hz
            took = after - before if at_once else 0.0
            fewest, most = (max(n, self._next) for n in track.produced_at(before, after))
            if fewest == most or (at_once and most - fewest > 1):
                break
            # A sample may have come while the FIFO was being started: was it in time or not?
        looks = [] if fewest == most else self._looks()
        fewest, most = self._narrowed(looks, fewest, most)
        self._stands()
        if fewest != most:
            if not at_once:
                return
            lost = fewest - self._next, most - self._next
            log.debug("I2C 0x%02x: %d to %d samples are lost", regs.address, *lost)
            likely = track.likely_at((before + after) / 2)
            track.renumber()
            fewest = min(max(fewest, likely), most)
        self._go_on(fewest, [(0, before, after), *looks])

    def _go_on(self, oldest: int, looks: list[Look]) -> None:
        """The FIFO is sound, so many samples came before its oldest; `looks` were at its level."""
        self._lost += oldest - self._next
        self._next = oldest
        for level, before, after in looks:
            self._track.seen(oldest + level // FRAME, before, after)
        self._broken = False

    def _looks(self) -> list[Look]:
        looks = look_on(self._look, self._regs.bus.time.now, 1.0 / self._track.rate_hz)
        return looks if all(self._is_whole(level) for level, _, _ in looks) else []

    def _narrowed(self, looks: list[Look], fewest: int, most: int) -> tuple[int, int]:
        return before_oldest(self._track, looks, FRAME, fewest, most)

    def _is_whole(self, level: int) -> bool:
        return not level % FRAME and level <= self._fifo.size - ROOM

    def _stands(self) -> None:
        """Whether the settings stand now that the FIFO is on: a reset from here on turns it off."""
        try:
            self._regs.check(but=self._by_us)
        except ChipResetError:
            # One disturbed read is no reset.
            self._regs.check(but=self._by_us)

    def _stop(self) -> None:
        for register, value in self._fifo.stop:
            self._regs.write(register, value)
        self._regs.byte(self._fifo.status)
