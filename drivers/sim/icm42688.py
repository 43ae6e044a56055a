"""ICM-42688-P by its registers; scale tables of its own (double entry).

Datasheet DS-000347 rev. 1.5: tables 1 and 2, chapters 6 (FIFO), 12 (use notes), 13 to 18 (register
map, with the values after a reset).
"""

import errno
import os
from math import radians
from typing import ClassVar, Final

import numpy as np

from drivers.sim.chip import CountRows, SimChip, counts, from_g
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from dsp.block import FloatArray

_LSB_PER_G: Final = (2048.0, 4096.0, 8192.0, 16384.0)
_LSB_PER_DPS: Final = (16.4, 32.8, 65.5, 131.0, 262.0, 524.3, 1048.6, 2097.2)
_ODR_HZ: Final = {
    3: 8000.0, 4: 4000.0, 5: 2000.0, 6: 1000.0, 7: 200.0, 8: 100.0, 9: 50.0, 10: 25.0, 11: 12.5,
    15: 500.0,
}  # fmt: skip
_RECORD: Final = 16
_DEPTH: Final = 2048 // _RECORD
_RESET_S: Final = 0.001
_NO_WRITE_S: Final = 200e-6
_GYRO_READY_S: Final = 0.030
_TMST_SHARE: Final = 30 / 32
_BANK_SEL: Final = 0x76
_TEST_SHARE: Final = 0.97
_MIDDLE: Final = (0x13, 0x14, 0x16, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F, 0x50, 0x51, 0x52, 0x53, 0x54)


class SimIcm42688(SimChip):
    """One ICM-42688-P.

    Args:
        identity: what WHO_AM_I says.
        otp: self-test codes of the factory, gyro x y z, accelerometer x y z.
        invalid_every: every so many samples one is marked invalid; 0: none.
        dead_axes: whether its masses do not move in self-test.
    """

    name = "ICM-42688-P"
    boot_s = 0.001
    reset_values: ClassVar = {
        0x13: 0x05, 0x2D: 0x10, 0x30: 0xFF, 0x34: 0x04, 0x4C: 0x30, 0x4D: 0x91, 0x4F: 0x06,
        0x50: 0x06, 0x51: 0x16, 0x52: 0x11, 0x53: 0x0D, 0x54: 0x23, 0x56: 0x82, 0x62: 0x10,
        0x64: 0x10, 0x65: 0x10, 0x75: 0x47,
        0x103: 0x80, 0x10B: 0xA0, 0x10C: 0x0D, 0x10D: 0xAA, 0x10E: 0x80, 0x113: 0x11,
        0x17A: 0x83, 0x17C: 0x5F, 0x203: 0x30, 0x204: 0x40, 0x205: 0x62,
        0x440: 0xA2, 0x441: 0x85, 0x442: 0x51, 0x443: 0xA4, 0x444: 0x8C, 0x445: 0x5C,
        0x446: 0x45, 0x447: 0x5B,
    }  # fmt: skip
    writable: ClassVar = frozenset(
        {
            0x11, *_MIDDLE, 0x56, 0x57, *range(0x5F, 0x67), 0x68, 0x69, 0x70,
            *(bank << 8 | _BANK_SEL for bank in range(5)),
            0x103, *range(0x10B, 0x114), 0x17A, 0x17B, 0x17C, 0x203, 0x204, 0x205,
        }
    )  # fmt: skip

    def __init__(
        self,
        address: int = 0x68,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
        *,
        identity: int = 0x47,
        otp: bytes = bytes((142, 139, 147, 120, 118, 125)),
        invalid_every: int = 0,
        dead_axes: bool = False,
    ) -> None:
        self._identity = identity
        self._otp = otp
        self._invalid_every = invalid_every
        self._dead = dead_axes
        self._fifo = bytearray()
        self._latched = 0
        self._full = False
        self._quiet_until = 0.0
        self._gyro_since = 0.0
        self._batched = 0
        self._latest: CountRows = np.zeros((1, 6), dtype=np.int16)
        self.dropped = 0
        super().__init__(address, motion, oscillator)

    def reset_registers(self) -> None:
        """Values after a reset; the FIFO is empty and in bypass, bank 0 is selected."""
        super().reset_registers()
        self.regs[0x75] = self._identity
        for at, code in zip((0x15F, 0x160, 0x161, 0x23B, 0x23C, 0x23D), self._otp, strict=True):
            self.regs[at] = code
        self._selected = 0
        self._fifo.clear()
        self._full = False
        self._quiet_until = 0.0

    def bank(self) -> int:
        """REG_BANK_SEL, which is in every bank."""
        return self._selected

    def next_pointer(self, pointer: int) -> int:
        """FIFO_DATA keeps the pointer."""
        return pointer if pointer == 0x30 and self._selected == 0 else (pointer + 1) & 0xFF

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        if self._now < self._quiet_until:
            self.illegal.append(f"write to 0x{register:03x} within 200 us of a change of power")
        if register & 0xFF == _BANK_SEL:
            self._selected = value & 0x07
        elif register == 0x11 and value & 1:
            self.reset_registers()
            self._ready = self._now + _RESET_S
        elif register == 0x17C:
            # It takes effect and yet does not acknowledge (Linux b5d6ba09).
            raise OSError(errno.EREMOTEIO, os.strerror(errno.EREMOTEIO))
        elif register == 0x4B:
            self.regs[register] = 0
            if value & 0x02:
                self._fifo.clear()
        elif register == 0x16 and not value & 0xC0:
            self._fifo.clear()
        elif register == 0x4E:
            self._powered_as(before, value)
        elif register in (0x4F, 0x50):
            self._set_rates()

    def read(self, register: int) -> int:
        """Status, level and outputs are made on the spot."""
        if register == 0x2D:
            return self._status()
        if register == 0x2E:
            return self._latched >> 8
        if register == 0x2F:
            in_records = self.regs[0x4C] & 0x40
            self._latched = len(self._fifo) // _RECORD if in_records else len(self._fifo)
            return self._latched
        if 0x1F <= register <= 0x2A:
            return int(self._latest[-1].astype(">i2").tobytes()[register - 0x1F])
        if register & 0xFF == _BANK_SEL:
            return self._selected
        return super().read(register)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """Bytes go as they are read, with RESUME_PARTIAL_RD; an empty FIFO gives 0xFF."""
        if register != 0x30:
            return None
        data = bytes(self._fifo[:count])
        if not self.regs.get(0x5F, 0) & 0x40 and count % _RECORD:
            self.illegal.append("a record was read in part")
        del self._fifo[:count]
        return data + b"\xff" * (count - len(data))

    def level(self) -> int:
        """Records in the FIFO."""
        return len(self._fifo) // _RECORD

    def interrupt(self) -> bool:
        """Level of INT1."""
        watermark = self.regs.get(0x60, 0) | (self.regs.get(0x61, 0) & 0x0F) << 8
        works = self.regs[0x65] & 0x04 and not self.regs[0x64] & 0x10
        return bool(works) and 0 < watermark <= self.level()

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Quantizes and batches."""
        acc, gyr = self.motion.at(t)
        fs_acc, fs_gyr = self.regs[0x50] >> 5, self.regs[0x4F] >> 5
        test = self.regs.get(0x70, 0)
        rows = np.hstack(
            [
                counts(acc, from_g(1 / _LSB_PER_G[fs_acc & 3])),
                counts(gyr, radians(1 / _LSB_PER_DPS[fs_gyr])),
            ]
        )
        if test and not self._dead:
            rows[:, 3:] += self._pull(self._otp[:3], fs_gyr, test & 0x07)
            rows[:, :3] += self._pull(self._otp[3:], fs_acc, test >> 3 & 0x07)
        # -32768 means no sample.
        rows = np.maximum(rows, -32767)
        if self._invalid_every:
            rows[(np.arange(first, first + len(rows)) + 1) % self._invalid_every == 0, 2] = -32768
        rows[chip_s < self._gyro_since + _GYRO_READY_S, 3:] = -32768
        self._latest = rows[-1:]
        if not self.regs.get(0x16, 0) & 0xC0:
            return
        if self.log is not None:
            self.log.append(rows)
        if self.regs.get(0x5F, 0) & 0x0F != 0x0F or self.regs[0x54] & 0x0D != 0x01:
            self.illegal.append("a FIFO of other packets than number 3 is not simulated")
            return
        packets = np.zeros((len(rows), _RECORD), dtype=np.uint8)
        packets[:, 0] = 0x68
        if not self._batched:
            packets[0, 0] |= 0x03
        order = ">i2" if self.regs[0x4C] & 0x10 else "<i2"
        packets[:, 1:13] = np.ascontiguousarray(rows, dtype=order).view(np.uint8).reshape(-1, 12)
        stamps = np.floor(chip_s * 1e6 * _TMST_SHARE + 1e-6).astype(np.int64) & 0xFFFF
        packets[:, 14] = stamps >> 8
        packets[:, 15] = stamps & 0xFF
        self._batched += len(rows)
        self._fifo += packets.tobytes()
        over = len(self._fifo) // _RECORD - _DEPTH
        if over > 0:
            self._full = True
            self.dropped += over
            if self.regs[0x16] & 0x80:
                del self._fifo[-over * _RECORD :]
            else:
                del self._fifo[: over * _RECORD]

    def _status(self) -> int:
        out = self.regs[0x2D] & 0x10
        watermark = self.regs.get(0x60, 0) | (self.regs.get(0x61, 0) & 0x0F) << 8
        out |= 0x02 if self._full else 0
        out |= 0x04 if 0 < watermark <= self.level() else 0
        self._full = False
        self.regs[0x2D] = 0
        return out

    def _pull(self, codes: bytes, fs: int, axes: int) -> CountRows:
        """(1, 3) counts by which a self-test moves the output."""
        pull = [
            2620 / 2 ** (3 - fs) * 1.01 ** (code - 1) * _TEST_SHARE * (axes >> k & 1)
            for k, code in enumerate(codes)
        ]
        return np.rint([pull]).astype(np.int16)

    def _powered_as(self, before: int, value: int) -> None:
        if before & 0x0F == 0 and value & 0x0F:
            self._quiet_until = self._now + _NO_WRITE_S
        if value & 0x0C and not before & 0x0C:
            self._gyro_since = self.chip_s(self._now)
        elif before & 0x0C and not value & 0x0C:
            on = self.chip_s(self._now) - self._gyro_since
            if on < 0.045:
                self.illegal.append("the gyro was on for less than 45 ms")
        self._set_rates()

    def _set_rates(self) -> None:
        if self.regs[0x4F] & 0x0F != self.regs[0x50] & 0x0F and self.regs.get(0x4E, 0) & 0x0F:
            self.illegal.append("unequal rates are not simulated")
        on = self.regs.get(0x4E, 0) & 0x0F == 0x0F
        rate = _ODR_HZ.get(self.regs[0x50] & 0x0F, 0.0) if on else 0.0
        if rate:
            self._batched = 0
        self.set_rate(rate)
