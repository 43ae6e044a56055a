"""ICM-20948 and ICM-20649 by their registers; scale tables of its own (double entry).

DS-000189 (ICM-20948) and DS-000192 (ICM-20649): register descriptions.
"""

from math import radians
from typing import ClassVar, Final

import numpy as np

from drivers.sim.bytes_fifo import BytesFifo, frames
from drivers.sim.chip import CountRows, SimChip, counts, from_g
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from dsp.block import FloatArray

_LSB_PER_G: Final = {
    "ICM-20948": {0: 16384.0, 1: 8192.0, 2: 4096.0, 3: 2048.0},
    "ICM-20649": {0: 8192.0, 1: 4096.0, 2: 2048.0, 3: 1024.0},
}
_LSB_PER_DPS: Final = {
    "ICM-20948": {0: 131.0, 1: 65.5, 2: 32.8, 3: 16.4},
    "ICM-20649": {0: 65.5, 1: 32.8, 2: 16.4, 3: 8.2},
}
_IDENTITY: Final = {"ICM-20948": 0xEA, "ICM-20649": 0xE1}
_FIFO: Final = {"ICM-20948": 512, "ICM-20649": 4096}
_TEMPERATURE: Final = 1234
_RESET_S: Final = 0.002
_BANK_SEL: Final = 0x7F


class SimIcm20948(SimChip):
    """One of the two.

    Args:
        part: which.
        pll: TIMEBASE_CORRECTION_PLL, steps of 1/1270 by which the oscillator is fast.
        identity: what WHO_AM_I says; None: the part's.
        fifo: bytes of its FIFO; None: the part's.
        dead_axes: whether its masses do not move in self-test.
        codes: factory codes of the self-test, gyro, then acc.
    """

    name = "ICM-20948"
    writable: ClassVar = frozenset(
        {
            *(bank << 8 | _BANK_SEL for bank in range(4)),
            *(0x03, 0x05, 0x06, 0x07, 0x0F, *range(0x10, 0x14)),
            *(*range(0x66, 0x6A), 0x72, 0x76),
            *(*range(0x200, 0x203), 0x209, *range(0x210, 0x216)),
        }
    )

    def __init__(
        self,
        address: int = 0x69,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
        *,
        part: str = "ICM-20948",
        pll: int = 0,
        identity: int | None = None,
        fifo: int | None = None,
        dead_axes: bool = False,
        codes: bytes = bytes((90, 95, 100, 60, 66, 72)),
    ) -> None:
        self._part = part
        self._pll = pll
        self._identity = _IDENTITY[part] if identity is None else identity
        self._fifo = BytesFifo(_FIFO[part] if fifo is None else fifo)
        self._dead = dead_axes
        self._codes = codes
        self._resetting = -1.0
        self._data_ready = False
        self._streaming = False
        self._latest: CountRows = np.zeros((1, 6), dtype=np.int16)
        trimmed = (oscillator or Oscillator()).trimmed(1.0 + pll / 1270)
        super().__init__(address, motion, trimmed)

    def reset_registers(self) -> None:
        """Power-on values; the FIFO is empty and off."""
        super().reset_registers()
        self.regs.update({0x05: 0x40, 0x06: 0x41, 0x201: 0x01, 0x214: 0x01})
        self.regs[0x00] = self._identity
        self.regs.update(zip((0x102, 0x103, 0x104, 0x10E, 0x10F, 0x110), self._codes, strict=True))
        self.regs[0x128] = 0x80 | -self._pll if self._pll < 0 else self._pll
        self._fifo = BytesFifo(self._fifo.size)
        self._data_ready = self._streaming = False
        self._latest = np.zeros((1, 6), dtype=np.int16)

    def bank(self) -> int:
        """As REG_BANK_SEL has it."""
        return self.regs.get(_BANK_SEL, 0) >> 4 & 3

    def next_pointer(self, pointer: int) -> int:
        """It stays at FIFO_R_W."""
        return pointer if pointer == 0x72 and self.bank() == 0 else (pointer + 1) & 0xFF

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        if register & 0xFF == _BANK_SEL:
            # The same register in all banks.
            del self.regs[register]
            self.regs[_BANK_SEL] = value & 0x30
        elif self._now < self._resetting and not (register == 0x06 and value & 0x80):
            self.regs[register] = before
            self.illegal.append(f"write to 0x{register:03x} in reset")
        elif register == 0x06 and value & 0x80:
            self.reset_registers()
            self._resetting = self._now + _RESET_S
        elif register == 0x68 and value & 0x01:
            self._fifo.clear()
        if register in (0x06, 0x07, 0x200, 0x201, 0x209, 0x211, 0x214):
            self._set_rates()
        if self._enabled():
            self._streaming = True
            self._look_at_rates()

    def read(self, register: int) -> int:
        """Status and outputs are made on the spot."""
        if register & 0xFF == _BANK_SEL:
            return self.regs.get(_BANK_SEL, 0)
        if register == 0x1A:
            ready, self._data_ready = self._data_ready, False
            return int(ready)
        if register == 0x1B:
            overflow, self._fifo.overflow = self._fifo.overflow, False
            return int(overflow)
        if 0x2D <= register <= 0x3A:
            words = np.concatenate([self._latest[-1], [_TEMPERATURE]])
            return int(words.astype(">i2").tobytes()[register - 0x2D])
        if register == 0x06 and self._now < self._resetting:
            return 0x80 | self.regs[0x06]
        if register == 0x71:
            return self._fifo.count_low()
        return super().read(register)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """From FIFO_COUNTH or FIFO_R_W on."""
        if register == 0x70:
            return self._fifo.read_from_count(count)
        return self._fifo.pop(count) if register == 0x72 else None

    def level(self) -> int:
        """Bytes in the FIFO."""
        return self._fifo.level

    @property
    def dropped(self) -> int:
        """Bytes that an overflow pushed out."""
        return self._fifo.dropped

    def interrupt(self) -> bool:
        """Level of INT1, latched until its status is read: data ready or overflow, no watermark."""
        ready = self.regs.get(0x11, 0) & 0x01 and self._data_ready
        return bool(ready or (self.regs.get(0x12, 0) & 0x1F and self._fifo.overflow))

    def keeps(self) -> bool:
        """While it streams, and while its FIFO is enabled."""
        return self._streaming or self._enabled()

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Quantizes and stores."""
        acc, gyr = self.motion.at(t)
        acc_fs, gyr_fs = self.regs[0x214] >> 1 & 3, self.regs[0x201] >> 1 & 3
        rows = np.hstack(
            [
                counts(acc, from_g(1.0 / _LSB_PER_G[self._part][acc_fs])),
                counts(gyr, radians(1.0 / _LSB_PER_DPS[self._part][gyr_fs])),
            ]
        )
        if not self._dead:
            rows += self._test_response(acc_fs, gyr_fs)
        self._latest = rows[-1:]
        self._data_ready = True
        if self._streaming and self.log is not None:
            self.log.append(rows)
        if not self._enabled():
            return
        sources = self.regs.get(0x67, 0)
        parts = [rows[:, :3]] if sources & 0x10 else []
        parts += [rows[:, 3 + k : 4 + k] for k in range(3) if sources & 0x02 << k]
        if sources & 0x01:
            parts.append(np.full((len(rows), 1), _TEMPERATURE, dtype=np.int16))
        self._fifo.push(frames(parts))

    def _enabled(self) -> bool:
        in_reset = self.regs.get(0x68, 0) & 0x01
        return bool(self.regs.get(0x03, 0) & 0x40 and self.regs.get(0x67, 0) and not in_reset)

    def _test_response(self, acc_fs: int, gyr_fs: int) -> CountRows:
        """(1, 6) counts by which self-test moves the outputs: what the factory wrote down."""
        acc_on, gyr_on = self.regs.get(0x215, 0) >> 2 & 7, self.regs.get(0x202, 0) >> 3 & 7
        on = [acc_on >> 2 - k & 1 for k in range(3)] + [gyr_on >> 2 - k & 1 for k in range(3)]
        factory = [2620 * 1.01 ** (c - 1) for c in self._codes]
        moved = [a / 2**acc_fs for a in factory[3:]] + [g / 2**gyr_fs for g in factory[:3]]
        return np.rint(np.array([moved]) * on).astype(np.int16)

    def _set_rates(self) -> None:
        asleep = self.regs.get(0x06, 0) & 0x40 or self.regs.get(0x07, 0)
        self.set_rate(0.0 if asleep else 1125.0 / (1 + self.regs.get(0x200, 0)))

    def _look_at_rates(self) -> None:
        """Without ODR_ALIGN_EN the gyro runs at 1100 Hz: then the FIFO holds no frames."""
        if not self.regs.get(0x209, 0) & 1:
            self.illegal.append("FIFO of two rates: ODR_ALIGN_EN is 0")
        if self.regs.get(0x200, 0) != (self.regs.get(0x210, 0) << 8 | self.regs.get(0x211, 0)):
            self.illegal.append("FIFO of two rates: the dividers differ")
        if not (self.regs[0x201] & 1 and self.regs[0x214] & 1):
            self.illegal.append("FIFO without filters: not the rate that the divider says")
