"""LSM6DSO, LSM6DSOX and LSM6DSO32 by their registers; scale tables of its own (double entry).

Datasheets DS12140 (LSM6DSO), DS12814 (LSM6DSOX), DS13438 (LSM6DSO32): tables of mechanical
characteristics, chapters on registers and FIFO.
"""

from math import radians
from typing import ClassVar, Final

import numpy as np

from drivers.sim.chip import CountRows, SimChip, counts, from_g
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from drivers.sim.tagged import STAMP_EVERY, WordStream, bootstrap
from dsp.block import FloatArray

_ODR_HZ: Final = {c: 6667.0 / 2 ** (10 - c) for c in range(1, 11)}
_MDPS: Final = {0b000: 8.75, 0b001: 4.375, 0b010: 17.5, 0b100: 35.0, 0b110: 70.0}
_MG_SMALL: Final = {0b00: 0.061, 0b01: 0.488, 0b10: 0.122, 0b11: 0.244}
_MG_DSO32: Final = {0b00: 0.122, 0b01: 0.976, 0b10: 0.244, 0b11: 0.488}
_TICK_S: Final = 25e-6
_DEPTH: Final = 512
_SELF_TEST_MG: Final = 480.0
_SELF_TEST_DPS: Final = 390.0


class SimLsm6dso(SimChip):
    """One of the three.

    Args:
        dso32: the ±32 g part.
        trim: INTERNAL_FREQ_FINE: speeds the oscillator up by 0.15 % a step.
        identity: what WHO_AM_I says.
        dead_axes: whether its masses do not move in self-test.
    """

    name = "LSM6DSO32"
    reset_values: ClassVar = {0x02: 0x3F, 0x0F: 0x6C, 0x12: 0x04, 0x18: 0xE0}
    writable: ClassVar = frozenset(
        {0x01, 0x02, *range(0x07, 0x0F), *range(0x10, 0x1A), 0x42, 0x56, *range(0x73, 0x76)}
    )

    def __init__(
        self,
        address: int = 0x6A,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
        *,
        dso32: bool = True,
        trim: int = 0,
        identity: int = 0x6C,
        dead_axes: bool = False,
    ) -> None:
        self._stream = WordStream(_DEPTH, _TICK_S, parity=True)
        self._fifo = self._stream.fifo
        self._mg = _MG_DSO32 if dso32 else _MG_SMALL
        self._trim = trim
        self._identity = identity
        self._dead = dead_axes
        self._latest: CountRows = np.zeros((1, 6), dtype=np.int16)
        # FREQ_FINE tells how far the oscillator is off its nominal 40 kHz and 6667 Hz.
        trimmed = (oscillator or Oscillator()).trimmed(1.0 + 0.0015 * trim)
        super().__init__(address, motion, trimmed)

    def reset_registers(self) -> None:
        """Power-on values; the FIFO is empty and in bypass."""
        super().reset_registers()
        self.regs[0x63] = self._trim & 0xFF
        self.regs[0x0F] = self._identity
        self._stream.reset(self.chip_s(self._now))
        self._latest = np.zeros((1, 6), dtype=np.int16)

    def next_pointer(self, pointer: int) -> int:
        """Only with IF_INC; behind the last data byte it goes back to the tag."""
        if not self.regs[0x12] & 0x04:
            return pointer
        return 0x78 if pointer == 0x7E else (pointer + 1) & 0xFF

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        if register == 0x12 and value & 0x01:
            self.reset_registers()
        elif register == 0x0A and not value & 0x07:
            self._fifo.clear()
        elif register in (0x10, 0x11):
            self._set_rates()
        elif register == 0x42:
            if value == 0xAA:
                self._stream.zero(self.chip_s(self._now))
            self.regs[register] = 0

    def read(self, register: int) -> int:
        """Status, outputs and timestamp are made on the spot."""
        if register == 0x3A:
            return self._fifo.level & 0xFF
        if register == 0x3B:
            return self._stream.status2(self._watermark())
        if 0x22 <= register <= 0x2D:
            row = np.concatenate([self._latest[-1, 3:], self._latest[-1, :3]])
            return int(row.astype("<i2").tobytes()[register - 0x22])
        if 0x40 <= register <= 0x43:
            return self._stream.ticks(self.chip_s(self._now)) >> 8 * (register - 0x40) & 0xFF
        return super().read(register)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """From the tag on, round and round."""
        return self._fifo.pop(count) if register == 0x78 else None

    def level(self) -> int:
        """Words in the FIFO."""
        return self._fifo.level

    def interrupt(self) -> bool:
        """Level of INT1."""
        return bool(self.regs.get(0x0D, 0) & 0x08) and 0 < self._watermark() <= self._fifo.level

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Quantizes and batches."""
        acc, gyr = self.motion.at(t)
        test = self.regs.get(0x14, 0)
        if test & 0x0F and not self._dead:
            acc = acc + (from_g(_SELF_TEST_MG * 1e-3) if test & 0x03 else 0.0)
            gyr = gyr + (radians(_SELF_TEST_DPS) if test & 0x0C else 0.0)
        rows = np.hstack(
            [
                counts(acc, from_g(self._mg[self.regs.get(0x10, 0) >> 2 & 3] * 1e-3)),
                counts(gyr, radians(_MDPS[self.regs.get(0x11, 0) >> 1 & 7] * 1e-3)),
            ]
        )
        rows = bootstrap(first, rows)
        self._latest = rows[-1:]
        mode = self.regs.get(0x0A, 0)
        if not mode & 0x07:
            return
        if self.log is not None:
            self.log.append(rows)
        bdr = self.regs.get(0x09, 0)
        sensors = [(0x01, rows[:, 3:])] if bdr >> 4 else []
        sensors += [(0x02, rows[:, :3])] if bdr & 0x0F else []
        every = STAMP_EVERY[mode >> 6] if self.regs.get(0x19, 0) & 0x20 else 0
        self._stream.push(sensors, chip_s, every, keep_newest=mode & 0x07 == 6)

    def _watermark(self) -> int:
        return self.regs.get(0x07, 0) | (self.regs.get(0x08, 0) & 1) << 8

    def _set_rates(self) -> None:
        xl, gy = self.regs.get(0x10, 0) >> 4, self.regs.get(0x11, 0) >> 4
        rates = [_ODR_HZ[c] for c in (xl, gy) if c]
        self.set_rate(max(rates, default=0.0))
