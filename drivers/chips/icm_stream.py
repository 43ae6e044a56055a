"""Draining the FIFO of the ICM-42688-P: records of 16 bytes, each with the chip's timestamp.

The timestamp has 16 bits and goes round in 70 ms. Records that follow each other show in their
timestamps; after a hole the host's clock tells how many times it went round, once it is known how
fast the chip's clock runs against the host's.
"""

import errno
from typing import Final

import numpy as np

from drivers.bus import MAX_BURST
from drivers.chips.chain import Chain
from drivers.chips.chip import Drained
from drivers.chips.registers import Registers
from drivers.chips.ticks import TickCounter
from drivers.errors import BusError, ChipError

R_INT_STATUS: Final = 0x2D
R_FIFO_DATA: Final = 0x30
R_SIGNAL_PATH_RESET: Final = 0x4B
FIFO_FLUSH: Final = 0x02
RECORD: Final = 16
BURST: Final = MAX_BURST // RECORD
MAX_RECORDS: Final = 130
"""2048 bytes, and two records on their way (datasheet: allocate 2080)."""
DEPTH: Final = 128
CLOCK_ERROR: Final = 0.08
FULL: Final = 96
"""From this level on records may be pushed out before they are read."""
HEADER: Final = 0x68
"""Packet 3: accelerometer, gyro, timestamp of the sample."""
CHANGED: Final = 0x03
"""Header bits of the first records after a change of rate."""
INVALID: Final = -32768
MODULUS: Final = 1 << 16
NOMINAL_TICK_S: Final = 32e-6 / 30
"""The FIFO's timestamp counts 30 where microseconds count 32 (datasheet 12.7)."""
JITTER: Final = 0.024
"""Timestamps of neighbors may be off by this part of a period. A loss of 35 or 70 samples, which
nearly is a whole turn, is off by 0.047 or more."""
ALIKE: Final = 200
"""Losses that look like none in the timestamps are longer than this many samples by far (734)."""
PRIME: Final = 12
"""Records from which the period is learned at the start."""
SWIFT_S: Final = 0.010
"""A status that took longer does not tell when it was taken."""
LEARN_S: Final = 0.5
REBASE_S: Final = 60.0
_ROUNDS: Final = 6
_NOT_RESET: Final = 0x91
"""INT_STATUS: bits that are 0 on a chip that was not reset (AGC_RDY, RESET_DONE, reserved)."""
_TYPE: Final = np.dtype([("header", "u1"), ("axes", ">i2", 6), ("temp", "i1"), ("stamp", ">u2")])
NACKS: Final = (errno.EREMOTEIO, errno.ENXIO)
"""Nobody acknowledged: nothing was read."""


class IcmStream:
    """One chip's FIFO.

    Args:
        regs: of the chip.
        rate_hz: nominal output data rate.
    """

    def __init__(self, regs: Registers, rate_hz: float) -> None:
        self._regs = regs
        self._rate = rate_hz
        self._chain = Chain(INVALID)
        self._misaligned = False
        self._restart(1.0 / (rate_hz * NOMINAL_TICK_S))

    def prime(self) -> bool:
        """Reads the first records and learns from them; the FIFO must have been emptied.

        Returns:
            Whether there were enough; else call again when there are more.

        Raises:
            ChipError: they are not as they should be.
            BusError: the bus failed; the FIFO must be emptied first.
        """
        level, swift, host_time = self._status()
        if level < PRIME:
            return False
        data = b"".join(self._read(level))
        if any(h & ~CHANGED != HEADER for h in data[::RECORD]):
            raise self._error("the FIFO sends no records of accelerometer and gyro")
        records = np.frombuffer(data, _TYPE)
        periods = np.mod(np.diff(records["stamp"].astype(np.int64)), MODULUS)
        period = float(np.mean(periods))
        nominal = 1.0 / (self._rate * NOMINAL_TICK_S)
        even = bool((np.abs(periods - period) < JITTER * period).all())
        if not even or not swift or abs(period / nominal - 1.0) > 0.1:
            raise self._error(f"the FIFO's timestamps are not {nominal:.1f} apart: {periods}")
        self._restart(period)
        self._last = int(records["stamp"][-1])
        # They wait for the first drain, to be one piece with what that brings.
        self._chain.add(records["axes"].astype(np.int16))
        self._anchor(self._chain.newest, host_time)
        return True

    def drain(self) -> list[Drained]:
        """Everything in the FIFO.

        Raises:
            BusError: the bus failed; what was read until then comes with the next drain.
            ChipError: no records of this FIFO came; the chip must be looked at.
        """
        chain = self._chain
        for _ in range(_ROUNDS):
            level, host_time = self._round()
            if not chain.unsure or not level:
                break
        return [Drained(c, host_time, lost) for c, lost in chain.take()]

    def _round(self) -> tuple[int, float]:
        """Reads what the FIFO holds and puts it in its place if that can be known."""
        chain = self._chain
        if self._misaligned:
            # How much of a record had left the FIFO nobody knows: only an empty FIFO is aligned.
            self._regs.write(R_SIGNAL_PATH_RESET, FIFO_FLUSH)
            self._misaligned = False
        level, swift, host_time = self._status()
        if level >= FULL and not chain.unsure:
            chain.hole()
        if level:
            try:
                bursts = self._read(level)
            except BusError:
                if not chain.unsure:
                    chain.trust()
                raise
            self._push(b"".join(bursts))
        # Had it filled up meanwhile, what was read last were younger than the level.
        since = (self._regs.bus.time.now() - host_time) * self._rate * (1.0 + CLOCK_ERROR)
        if chain.waiting and swift and since < DEPTH - level:
            self._place(host_time)
        elif not chain.unsure:
            chain.trust()
        return level, host_time

    def _place(self, host_time: float) -> None:
        """The newest sample was the FIFO's newest at this time."""
        chain = self._chain
        chip_s = self._chip_s + (host_time - self._host) * self._speed
        newest = self._ticks.index_of(self._last, chip_s)
        if not chain.unsure and abs(newest - chain.newest) < ALIKE:
            newest = chain.newest
        try:
            chain.place(newest)
        except ChipError as e:
            raise self._error(str(e)) from e
        self._anchor(newest, host_time)

    def _status(self) -> tuple[int, bool, float]:
        """Level in records, whether the host knows when that was, host time just after, s."""
        time = self._regs.bus.time
        before = time.now()
        # Reading the low byte latches the level; it fits there as it counts records.
        status, high, level = self._regs.read(R_INT_STATUS, 3)
        host_time = time.now()
        if status & _NOT_RESET or high or level > MAX_RECORDS:
            raise self._error(f"no level of a FIFO: 0x{status:02x}{high:02x}{level:02x}")
        return level, host_time - before < SWIFT_S, host_time

    def _read(self, level: int) -> list[bytes]:
        """`level` records; on failure those before it are pushed."""
        bursts: list[bytes] = []
        while level:
            n = min(level, BURST)
            try:
                bursts.append(self._regs.drain(R_FIFO_DATA, n * RECORD))
            except BusError as e:
                if bursts:
                    self._push(b"".join(bursts))
                if e.errno not in NACKS:
                    self._misaligned = True
                    self._chain.hole()
                raise
            level -= n
        return bursts

    def _push(self, data: bytes) -> None:
        """Records to the chain, which is broken where their timestamps say so."""
        n = len(data) // RECORD
        chain, last = self._chain, self._last
        if data[::RECORD] != bytes((HEADER,)) * n:
            chain.hole()
            self._misaligned = True
            raise self._error("the FIFO sends no records of accelerometer and gyro")
        records = np.frombuffer(data, _TYPE)
        counts = records["axes"].astype(np.int16)
        low, high = self._period * (1.0 - JITTER), self._period * (1.0 + JITTER)
        start = 0
        for i, stamp in enumerate(records["stamp"].tolist()):
            if not low < (stamp - last) % MODULUS < high:
                chain.add(counts[start:i])
                chain.hole()
                start = i
            last = stamp
        self._last = last
        chain.add(counts[start:] if start else counts)

    def _restart(self, period: float) -> None:
        self._period = period
        self._ticks = TickCounter(period, MODULUS, 1.0 / (self._rate * period))
        self._chain.restart()
        self._misaligned = False
        self._last = 0
        # Chip time is samples over nominal rate; it passes `speed` times as fast as the host's.
        self._speed = 1.0
        self._host = self._chip_s = 0.0
        self._bases: list[tuple[float, float]] = []

    def _anchor(self, index: int, host_time: float) -> None:
        """The sample stamped last has this index, and was the newest at this time."""
        chip_s = index / self._rate
        self._ticks.anchor(index, self._last, chip_s)
        self._host, self._chip_s = host_time, chip_s
        bases = self._bases
        if not bases or host_time - bases[-1][0] > REBASE_S:
            bases.append((host_time, chip_s))
            del bases[:-2]
        span = host_time - bases[0][0]
        if span >= LEARN_S:
            self._speed = min(1.1, max(0.9, (chip_s - bases[0][1]) / span))

    def _error(self, text: str) -> ChipError:
        return ChipError(f"I2C 0x{self._regs.address:02x}: {text}")
