"""Draining the FIFO of the BMI270: frames with headers, placed by the chip's sensor time.

Sensor time has 24 bits of 39.0625 µs. With every update of the FIFO bit m of it toggles, where
25600 / 2^m is the rate: bit 6 at 400 Hz (so say the BMI160 and BMA456 datasheets of the same maker,
chapters on sensor time; the BMI270's was not at hand). So sensor time >> m counts samples, up to a
constant that is learned at the start, when nothing is missing. It is read just before the level, in
one burst; near an edge a sample might come between the two, so only a phase away from it counts.
"""

import errno
from math import ceil
from typing import Final

import numpy as np

from drivers.bus import MAX_BURST
from drivers.chips.chain import Chain
from drivers.chips.chip import Drained
from drivers.chips.registers import Registers
from drivers.chunk import CountArray
from drivers.errors import BusError, ChipError

R_SENSORTIME: Final = 0x18
R_FIFO_DATA: Final = 0x26
TICK_S: Final = 39.0625e-6
MODULUS: Final = 1 << 24
FRAME: Final = 13
BURST: Final = MAX_BURST // FRAME * FRAME
GYR_ACC: Final = 0x8C
SKIP: Final = 0x40
OVER_READ: Final = 0x80
SIZES: Final = {GYR_ACC: FRAME, 0x84: 7, 0x88: 7, SKIP: 2, 0x44: 4, 0x48: 5}
"""Bytes of each frame by its header: both sensors, accelerometer, gyro, skipped frames, sensor
time, changed settings."""
_SILENT: Final = (0x44, 0x48)
FIFO_BYTES: Final = 6144 + 64
FULL: Final = {2048: 1024, 6144: 4096}
"""By bytes that the FIFO holds: from this level on frames may be pushed out unread."""
STEADY: Final = 1
"""A disagreement of so many samples is no loss: the edge was nearer than thought."""
CLOCK_ERROR: Final = 0.08
SLACK_TICKS: Final = 8.0
_ROUNDS: Final = 8
_TYPE: Final = np.dtype([("header", "u1"), ("gyr", "<i2", 3), ("acc", "<i2", 3)])
_NACKS: Final = (errno.EREMOTEIO, errno.ENXIO)


class BmiStream:
    """One chip's FIFO.

    Args:
        regs: of the chip.
        rate_hz: nominal output data rate, 25600 over a power of two.
    """

    def __init__(self, regs: Registers, rate_hz: float) -> None:
        self._regs = regs
        self._rate = rate_hz
        self._period = round(1.0 / (TICK_S * rate_hz))
        self._chain = Chain()
        self._cross = 0
        self.restart(0, 2048)

    def restart(self, cross: int, capacity: int) -> None:
        """The FIFO was emptied: its next sample is the first.

        Args:
            cross: GYR_CAS: 512ths of the gyro's z that show in its x.
            capacity: bytes that the FIFO holds, 2048 or 6144.
        """
        self._chain.restart()
        self._capacity = capacity
        self._full = FULL[capacity]
        self._cross = cross
        self._offset: int | None = None
        self._ticks: tuple[int, float, float] | None = None
        self._total = 0

    def prime(self) -> bool:
        """Ties the first samples to sensor time.

        Returns:
            Whether that is done; else call again a little later.

        Raises:
            ChipError: they are not as they should be.
            BusError: the bus failed; the FIFO must be emptied and the stream restarted.
        """
        self._round()
        if self._chain.unsure:
            raise self._error("the FIFO lost samples at the very start")
        return self._offset is not None

    def drain(self) -> list[Drained]:
        """Everything in the FIFO.

        Raises:
            BusError: the bus failed; what was read until then comes with the next drain.
            ChipError: no frames of this FIFO came; the chip must be looked at.
        """
        chain = self._chain
        for _ in range(_ROUNDS):
            host_time, wait_s = self._round()
            if not chain.unsure:
                break
            self._regs.bus.time.sleep(wait_s)
        return [Drained(c, host_time, lost) for c, lost in chain.take()]

    def _round(self) -> tuple[float, float]:
        """Reads what the FIFO holds and puts it in its place if that can be known.

        Returns:
            Host time just after the level was read, s; how long until its place can be known, s.
        """
        chain, time = self._chain, self._regs.bus.time
        before = time.now()
        data = self._regs.read(R_SENSORTIME, 14)
        host_time = time.now()
        left = data[12] | data[13] << 8
        if data[9] & 0x0F != 1 or left > FIFO_BYTES:
            raise self._error(f"no status of a running BMI270: {data.hex(' ')}")
        self._unwrap(int.from_bytes(data[:3], "little"), before, host_time)
        level = left
        if level >= self._full and self._offset is not None and not chain.unsure:
            chain.hole()
        whole = True
        while left > 0:
            n = min(left, BURST)
            try:
                burst = self._regs.drain(R_FIFO_DATA, n)
            except BusError as e:
                if e.errno not in _NACKS:
                    chain.hole()
                elif self._offset is not None and not chain.unsure:
                    chain.trust()
                raise
            used, clean = self._push(burst)
            whole &= clean
            if not used:
                break
            left -= used
        phase = self._total % self._period
        edge = self._period // 8
        span = ceil((host_time - before) / TICK_S * (1.0 + CLOCK_ERROR)) + 1
        # Had it filled up meanwhile, what was read last were younger than the level.
        room = (self._capacity - level) // FRAME
        whole &= (time.now() - host_time) * self._rate * (1.0 + CLOCK_ERROR) < room
        if whole and edge <= phase <= self._period - span:
            self._place(self._total // self._period)
        elif self._offset is not None and not chain.unsure:
            chain.trust()
        return host_time, (edge + 2 - phase) % self._period * TICK_S

    def _place(self, count: int) -> None:
        """The newest sample is the last one before sensor time passed `count` periods."""
        chain = self._chain
        if self._offset is None:
            if chain.waiting:
                self._offset = chain.newest - count
            return
        newest = count + self._offset
        if not chain.unsure and abs(newest - chain.newest) <= STEADY:
            newest = chain.newest
        try:
            chain.place(newest)
        except ChipError as e:
            raise self._error(str(e)) from e

    def _unwrap(self, ticks: int, before: float, after: float) -> None:
        """Keeps the total; raises ChipError where the host's clock says that cannot be."""
        if self._ticks is None:
            self._total = ticks
        else:
            last, its_before, its_after = self._ticks
            least = (before - its_after) / TICK_S * (1.0 - CLOCK_ERROR) - SLACK_TICKS
            most = (after - its_before) / TICK_S * (1.0 + CLOCK_ERROR) + SLACK_TICKS
            delta = (ticks - last) % MODULUS
            delta += max(0, ceil((least - delta) / MODULUS)) * MODULUS
            if delta > most:
                raise self._error("sensor time leaps: it was reset, or is not what was read")
            self._total += delta
        self._ticks = (ticks, before, after)

    def _push(self, data: bytes) -> tuple[int, bool]:
        """Frames to the chain; the rest of one in parts comes again with the next read.

        Returns:
            Bytes used up, and whether they were samples that follow each other, no other frames.
        """
        n, rest = divmod(len(data), FRAME)
        if not rest and data[::FRAME] == bytes((GYR_ACC,)) * n:
            self._chain.add(self._counts(data))
            return len(data), True
        chain = self._chain
        at, clean = 0, True
        runs: list[list[bytes]] = [[]]
        while at < len(data):
            header = data[at]
            if header == OVER_READ and set(data[at:]) <= {OVER_READ, 0}:
                # The level told of more than there was.
                at, clean = len(data), False
                break
            size = SIZES.get(header)
            if size is None:
                chain.hole()
                raise self._error(f"the FIFO sent a frame 0x{header:02x}")
            if at + size > len(data):
                break
            if header == GYR_ACC:
                runs[-1].append(data[at : at + size])
            elif header not in _SILENT:
                runs.append([])
                clean = False
            at += size
        for i, run in enumerate(runs):
            if i:
                chain.hole()
            chain.add(self._counts(b"".join(run)))
        return at, clean

    def _counts(self, frames: bytes) -> CountArray:
        records = np.frombuffer(frames, _TYPE)
        counts = np.empty((len(records), 6), dtype=np.int16)
        counts[:, :3] = records["acc"]
        counts[:, 3:] = records["gyr"]
        if self._cross:
            # As Bosch's comp_gyro_cross_axis_sensitivity.
            shows = np.trunc(self._cross * counts[:, 5].astype(np.float64) / 512)
            counts[:, 3] = np.clip(counts[:, 3] - shows, -32768, 32767)
        return counts

    def _error(self, text: str) -> ChipError:
        return ChipError(f"I2C 0x{self._regs.address:02x}: {text}")
