"""LSM6DSV16X and LSM6DSV320X by their registers; scale tables of its own (double entry).

ST's lsm6dsv16x-pid and lsm6dsv320x-pid (registers, conversions, the rules that their functions
keep) and lsm6dsv320x-rs (reset values; the LSM6DSV16X's are taken to be the same). All sensors run
at one rate here: another one for the high-g channel is noted in `illegal`.
"""

from math import radians
from typing import ClassVar, Final

import numpy as np

from drivers.sim.chip import CountRows, SimChip, counts, from_g
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from drivers.sim.tagged import STAMP_EVERY, Axes, WordStream, bootstrap
from dsp.block import FloatArray

_ODR_HZ: Final = {1: 1.875} | {c: 7.5 * 2 ** (c - 2) for c in range(2, 13)}
_HAODR: Final = {0: 1.0, 1: 25 / 24, 2: 5 / 6, 3: 20000 / 3 / 7680}
_HIGH_G_HZ: Final = {3: 480.0, 4: 960.0, 5: 1920.0, 6: 3840.0, 7: 7680.0}
_MDPS_16X: Final = {0: 4.375, 1: 8.75, 2: 17.5, 3: 35.0, 4: 70.0, 12: 140.0}
_MDPS_320X: Final = {1: 8.75, 2: 17.5, 3: 35.0, 4: 70.0, 5: 140.0}
_MG: Final = {0b00: 0.061, 0b01: 0.122, 0b10: 0.244, 0b11: 0.488}
_MG_HIGH: Final = {0: 0.976, 1: 1.952, 2: 3.904, 3: 7.808, 4: 10.417}
_TICK_S: Final = 1 / 46080
_DEPTH: Final = 256
_RESET_S: Final = 150e-6
_SELECT_S: Final = 500e-6
_SELF_TEST_MG: Final = 480.0
_SELF_TEST_DPS: Final = 390.0
_NEVER: Final = -1e9


class SimLsm6dsv(SimChip):
    """One of the two.

    Args:
        v320x: the part with the high-g channel.
        trim: INTERNAL_FREQ: speeds the oscillator up by 0.13 % a step.
        identity: what WHO_AM_I says; None: what it should.
        dead_axes: whether its masses do not move in self-test.
        high_g_offset: of the high-g channel, m/s².
    """

    name = "LSM6DSV320X"
    reset_values: ClassVar = {0x02: 0x23, 0x12: 0x44}
    writable: ClassVar = frozenset(
        {1, 2, 3, *range(6, 0x0F), *range(0x10, 0x1A), 0x42, 0x4D, 0x4E, 0x50, 0x62}
    )

    def __init__(
        self,
        address: int = 0x6A,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
        *,
        v320x: bool = True,
        trim: int = 0,
        identity: int | None = None,
        dead_axes: bool = False,
        high_g_offset: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        self._stream = WordStream(_DEPTH, _TICK_S, parity=False)
        self._v320x = v320x
        self._trim = trim
        self._identity = (0x73 if v320x else 0x70) if identity is None else identity
        self._dead = dead_axes
        self._offset = np.array(high_g_offset)
        self._busy_until = _NEVER
        self._stopped = self._selected = _NEVER
        self._corrupt = False
        self._latest: CountRows = np.zeros((1, 9), dtype=np.int16)
        trimmed = (oscillator or Oscillator()).trimmed(1.0 + 0.0013 * trim)
        super().__init__(address, motion, trimmed)

    def reset_registers(self) -> None:
        """Power-on values; the FIFO is empty and in bypass."""
        super().reset_registers()
        self.regs[0x15] = 0x08 if self._v320x else 0x00
        self.regs[0x4F] = self._trim & 0xFF
        self.regs[0x0F] = self._identity
        self._stream.reset(self.chip_s(self._now))
        self._stopped, self._selected = self._now, _NEVER
        self._corrupt = False
        self._latest = np.zeros((1, 9), dtype=np.int16)

    def next_pointer(self, pointer: int) -> int:
        """Only with IF_INC; behind the last data byte it goes back to the tag."""
        if not self.regs[0x12] & 0x04:
            return pointer
        return 0x78 if pointer == 0x7E else (pointer + 1) & 0xFF

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        # A bus that tries again may ask for the same reset twice.
        if self._now < self._busy_until and not (register == 0x12 and value & 0x01):
            self.illegal.append(f"write to 0x{register:02x} during the software reset")
        if register == 0x12 and value & 0x01:
            self.reset_registers()
            self._busy_until = self._now + _RESET_S
        elif register == 0x0A and not value & 0x07:
            self._stream.fifo.clear()
            self._corrupt = False
        elif register in (0x10, 0x11, 0x15, 0x17, 0x4E):
            # Zephyr PR 119830: a FIFO that streams while rate or range change has a bad sample.
            self._corrupt |= bool(self._reg(0x0A) & 0x07) and value != before
            self._sensors_set(register, before, value)
        elif register == 0x62 and value != before:
            self._select(value & 3)
        elif register == 0x42:
            if value == 0xAA:
                self._stream.zero(self.chip_s(self._now))
            self.regs[register] = 0
        elif register == 0x19 and (value & 0x03 == 3 or value >> 2 & 0x03 == 3):
            self.illegal.append(f"reserved self-test 0x{value:02x}")

    def read(self, register: int) -> int:
        """Status, outputs and timestamp are made on the spot."""
        if register == 0x12:
            return self._reg(0x12) | (self._now < self._busy_until)
        if register == 0x1B:
            return self._stream.fifo.level & 0xFF
        if register == 0x1C:
            return self._stream.status2(self._reg(0x07))
        for first, columns in ((0x22, slice(3, 6)), (0x28, slice(0, 3)), (0x34, slice(6, 9))):
            if first <= register < first + 6:
                shown = first != 0x34 or self._reg(0x4E) & 0x80
                row = self._latest[-1, columns].astype("<i2").tobytes()
                return row[register - first] if shown else 0
        if 0x40 <= register <= 0x43:
            ticks = self._stream.ticks(self.chip_s(self._now))
            return ticks >> 8 * (register - 0x40) & 0xFF
        return super().read(register)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """From the tag on, round and round."""
        return self._stream.fifo.pop(count) if register == 0x78 else None

    def level(self) -> int:
        """Words in the FIFO."""
        return self._stream.fifo.level

    def interrupt(self) -> bool:
        """Level of INT1."""
        return bool(self._reg(0x0D) & 0x08) and 0 < self._reg(0x07) <= self.level()

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Quantizes and batches."""
        acc, gyr = self.motion.at(t)
        test = self._reg(0x19)
        if test and not self._dead:
            acc = acc + (from_g(_SELF_TEST_MG * 1e-3) if test & 0x03 else 0.0)
            gyr = gyr + (radians(_SELF_TEST_DPS) if test & 0x0C else 0.0)
        high_mg = _MG_HIGH.get(self._reg(0x4E) & 7, 10.417)
        rows = np.hstack(
            [
                counts(acc, from_g(_MG[self._reg(0x17) & 3] * 1e-3)),
                counts(gyr, radians(self._mdps() * 1e-3)),
                counts(acc + self._offset, from_g(high_mg * 1e-3)),
            ]
        )
        rows = bootstrap(first, rows)
        self._latest = rows[-1:]
        mode, bdr = self._reg(0x0A), self._reg(0x09)
        if not mode & 0x07:
            return
        high_g = self._v320x and self._reg(0x0B) & 0x08 and self._reg(0x4E) >> 3 & 7
        if self.log is not None:
            self.log.append(rows if high_g else rows[:, :6])
        if self._corrupt:
            self._corrupt = False
            rows = rows.copy()
            rows[0] = 0x5A5A
        sensors: list[tuple[int, Axes]] = []
        sensors += [(0x01, rows[:, 3:6])] if bdr >> 4 else []
        sensors += [(0x02, rows[:, :3])] if bdr & 0x0F else []
        sensors += [(0x1D, rows[:, 6:])] if high_g else []
        every = STAMP_EVERY[mode >> 6] if self._reg(0x50) & 0x40 else 0
        self._stream.push(sensors, chip_s, every, keep_newest=mode & 0x07 == 6)

    def _reg(self, register: int) -> int:
        return self.regs.get(register, 0)

    def _mdps(self) -> float:
        if self._v320x:
            return _MDPS_320X.get(self._reg(0x15) & 0x07, 140.0)
        return _MDPS_16X.get(self._reg(0x15) & 0x0F, 140.0)

    def _running(self) -> bool:
        return bool(self._reg(0x10) & 15 or self._reg(0x11) & 15 or self._reg(0x4E) >> 3 & 7)

    def _select(self, choice: int) -> None:
        """HAODR_CFG changes: only with all sensors off, and long enough."""
        if self._running():
            self.illegal.append("HAODR_SEL changed while a sensor runs")
        elif self._now - self._stopped < _SELECT_S:
            self.illegal.append("HAODR_SEL changed too soon after power-down")
        if choice == 3 and not self._v320x:
            self.illegal.append("the LSM6DSV16X has no HAODR_SEL = 3")
        self._selected = self._now

    def _sensors_set(self, register: int, before: int, value: int) -> None:
        if register == 0x4E and not self._v320x:
            self.illegal.append("the LSM6DSV16X has no CTRL1_XL_HG")
        if register == 0x15:
            if self._v320x and not value & 0x08:
                self.illegal.append("CTRL6 bit 3 must stay 1")
            if value & 0x07 not in _MDPS_320X and self._v320x:
                self.illegal.append(f"reserved FS_G 0x{value:02x}")
            return
        if register == 0x17:
            return
        if self._running() and self._now - self._selected < _SELECT_S:
            self.illegal.append("a sensor started too soon after HAODR_SEL")
        if not self._running():
            self._stopped = self._now
        self._check_modes()
        self._set_rates()

    def _check_modes(self) -> None:
        xl, gy, high = self._reg(0x10), self._reg(0x11), self._reg(0x4E)
        modes = [r >> 4 & 7 for r in (xl, gy) if r & 15]
        if len(set(modes)) > 1 and 1 in modes:
            self.illegal.append("one sensor in high-accuracy mode, the other not")
        if not high >> 3 & 7:
            return
        if high >> 3 & 7 not in _HIGH_G_HZ or high & 7 not in _MG_HIGH:
            self.illegal.append(f"reserved CTRL1_XL_HG 0x{high:02x}")
        elif modes and _HIGH_G_HZ[high >> 3 & 7] != self._low_g_hz():
            self.illegal.append("the high-g channel at a rate of its own: not simulated")
        if 3 in modes or (xl & 15 and xl >> 4 & 7 not in (0, 1)):
            self.illegal.append("the high-g channel beside a sensor in a mode that forbids it")

    def _low_g_hz(self) -> float:
        rates = [0.0]
        for r in (self._reg(0x10), self._reg(0x11)):
            if r & 15:
                accurate = r >> 4 & 7 == 1
                rates.append(_ODR_HZ[r & 15] * (_HAODR[self._reg(0x62) & 3] if accurate else 1.0))
        return max(rates)

    def _set_rates(self) -> None:
        self.set_rate(self._low_g_hz() or _HIGH_G_HZ.get(self._reg(0x4E) >> 3 & 7, 0.0))
