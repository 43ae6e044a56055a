"""MPU-6050, MPU-6500, MPU-9250, ICM-20689 and copies by their registers; own scale tables.

RM-MPU-6000A-00 rev. 4.2 and RM-MPU-6500A-00 rev. 2.1: register descriptions.
"""

from dataclasses import dataclass
from math import radians
from typing import ClassVar, Final

import numpy as np

from drivers.sim.bytes_fifo import BytesFifo, frames
from drivers.sim.chip import CountRows, SimChip, counts, from_g
from drivers.sim.motion import SensorMotion
from drivers.sim.oscillator import Oscillator
from dsp.block import FloatArray

_LSB_PER_G: Final = {0: 16384.0, 1: 8192.0, 2: 4096.0, 3: 2048.0}
_LSB_PER_DPS: Final = {0: 131.0, 1: 65.5, 2: 32.8, 3: 16.4}
_TEMPERATURE: Final = 1234
_RESET_S: Final = 0.002


@dataclass(frozen=True, slots=True)
class Kind:
    """A part.

    Args:
        identity: WHO_AM_I.
        fifo: bytes of its FIFO.
        pwr_mgmt_1: reset value.
        first: an MPU-6050: no ACCEL_CONFIG2, another self-test.
        sized: ACCEL_CONFIG2.FIFO_SIZE chooses 512 bytes to `fifo`.
    """

    identity: int
    fifo: int
    pwr_mgmt_1: int
    first: bool = False
    sized: bool = False


KINDS: Final = {
    "MPU-6050": Kind(0x68, 1024, 0x40, first=True),
    "MPU-6500": Kind(0x70, 512, 0x01),
    "MPU-6515": Kind(0x74, 512, 0x01),
    "MPU-9250": Kind(0x71, 512, 0x01),
    "MPU-9255": Kind(0x73, 512, 0x01),
    "ICM-20689": Kind(0x98, 4096, 0x41, sized=True),
    "MPU-CLONE": Kind(0x72, 512, 0x40, first=True),
}


class SimMpu6050(SimChip):
    """One of the parts in KINDS.

    Args:
        part: which.
        identity: what WHO_AM_I says; None: the part's.
        fifo: bytes of its FIFO; None: the part's.
        dead_axes: whether its masses do not move in self-test.
        codes: factory codes of the self-test, four of an MPU-6050, six (gyro, acc) of the others.
    """

    name = "MPU-6050"
    writable: ClassVar = frozenset(
        {*range(0x0D, 0x11), *range(0x13, 0x20), 0x23, 0x37, 0x38, 0x68, 0x6A, 0x6B, 0x6C, 0x74}
    )

    def __init__(
        self,
        address: int = 0x68,
        motion: SensorMotion | None = None,
        oscillator: Oscillator | None = None,
        *,
        part: str = "MPU-6050",
        identity: int | None = None,
        fifo: int | None = None,
        dead_axes: bool = False,
        codes: bytes | None = None,
    ) -> None:
        self._kind = kind = KINDS[part]
        self._identity = kind.identity if identity is None else identity
        self._size = kind.fifo if fifo is None else fifo
        self._fifo = BytesFifo(self._size, repeats=kind.first)
        self._dead = dead_axes
        default = (
            bytes((0x8C, 0x6D, 0xAE, 0x1B)) if kind.first else bytes((90, 95, 100, 60, 66, 72))
        )
        self._codes = default if codes is None else codes
        self._resetting = -1.0
        self._data_ready = False
        self._streaming = False
        self._latest: CountRows = np.zeros((1, 6), dtype=np.int16)
        super().__init__(address, motion, oscillator)

    def reset_registers(self) -> None:
        """Power-on values; the FIFO is empty and off."""
        super().reset_registers()
        kind = self._kind
        self.regs[0x6B] = kind.pwr_mgmt_1
        self.regs[0x75] = self._identity
        places = range(0x0D, 0x11) if kind.first else (0x00, 0x01, 0x02, 0x0D, 0x0E, 0x0F)
        self.regs.update(zip(places, self._codes, strict=True))
        self._fifo = BytesFifo(512 if kind.sized else self._size, repeats=kind.first)
        self._data_ready = self._streaming = False
        self._latest = np.zeros((1, 6), dtype=np.int16)
        self._set_rates()

    def next_pointer(self, pointer: int) -> int:
        """It stays at FIFO_R_W."""
        return pointer if pointer == 0x74 else (pointer + 1) & 0xFF

    def wrote(self, register: int, before: int, value: int) -> None:
        """Consequences of a write."""
        if self._now < self._resetting and not (register == 0x6B and value & 0x80):
            self.regs[register] = before
            self.illegal.append(f"write to 0x{register:02x} in reset")
        elif register == 0x6B and value & 0x80:
            self.reset_registers()
            self._resetting = self._now + _RESET_S
        elif register == 0x6A:
            self._wrote_user_ctrl(value)
        elif register == 0x1D and self._kind.sized:
            self._fifo = BytesFifo(512 << (value >> 6))
        elif (register == 0x1D and self._kind.first) or register == 0x68:
            self.regs[register] = 0
        if register in (0x19, 0x1A, 0x6B):
            self._set_rates()
        self._streaming |= self._enabled()

    def read(self, register: int) -> int:
        """Status and outputs are made on the spot."""
        if register == 0x3A:
            status = (0x10 if self._fifo.overflow else 0) | (0x01 if self._data_ready else 0)
            self._fifo.overflow = self._data_ready = False
            return status
        if 0x3B <= register <= 0x48:
            row = self._latest[-1]
            words = np.concatenate([row[:3], [_TEMPERATURE], row[3:]])
            return int(words.astype(">i2").tobytes()[register - 0x3B])
        if register == 0x6B and self._now < self._resetting:
            return 0x80 | self.regs[0x6B]
        if register == 0x73:
            return self._fifo.count_low()
        return super().read(register)

    def read_fifo(self, register: int, count: int) -> bytes | None:
        """From FIFO_COUNTH or FIFO_R_W on."""
        if register == 0x72:
            return self._fifo.read_from_count(count)
        return self._fifo.pop(count) if register == 0x74 else None

    def level(self) -> int:
        """Bytes in the FIFO."""
        return self._fifo.level

    @property
    def dropped(self) -> int:
        """Bytes that an overflow pushed out."""
        return self._fifo.dropped

    def interrupt(self) -> bool:
        """Level of INT, latched until INT_STATUS is read: data ready or overflow, no watermark."""
        enabled = self.regs.get(0x38, 0)
        return bool(
            (enabled & 0x01 and self._data_ready) or (enabled & 0x10 and self._fifo.overflow)
        )

    def keeps(self) -> bool:
        """While it streams, and while its FIFO is enabled."""
        return self._streaming or self._enabled()

    def sample(self, first: int, t: FloatArray, chip_s: FloatArray) -> None:
        """Quantizes and stores."""
        acc, gyr = self.motion.at(t)
        acc_fs, gyr_fs = self.regs.get(0x1C, 0) >> 3 & 3, self.regs.get(0x1B, 0) >> 3 & 3
        rows = np.hstack(
            [
                counts(acc, from_g(1.0 / _LSB_PER_G[acc_fs])),
                counts(gyr, radians(1.0 / _LSB_PER_DPS[gyr_fs])),
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
        sources = self.regs.get(0x23, 0)
        parts = [rows[:, :3]] if sources & 0x08 else []
        if sources & 0x80:
            parts.append(np.full((len(rows), 1), _TEMPERATURE, dtype=np.int16))
        parts += [rows[:, 3 + k : 4 + k] for k in range(3) if sources & 0x40 >> k]
        self._fifo.push(frames(parts))

    def _enabled(self) -> bool:
        return bool(self.regs.get(0x6A, 0) & 0x40 and self.regs.get(0x23, 0) & 0xF8)

    def _wrote_user_ctrl(self, value: int) -> None:
        if value & 0x04:
            if value & 0x40:
                self.illegal.append("FIFO_RESET while FIFO_EN is 1")
            else:
                self._fifo.clear()
        self.regs[0x6A] = value & 0xF8

    def _test_response(self, acc_fs: int, gyr_fs: int) -> CountRows:
        """(1, 6) counts by which self-test moves the outputs: what the factory wrote down."""
        acc_on, gyr_on = self.regs.get(0x1C, 0) >> 5, self.regs.get(0x1B, 0) >> 5
        if not acc_on | gyr_on:
            return np.zeros((1, 6), dtype=np.int16)
        codes = self._codes
        if self._kind.first:
            low = codes[3]
            acc_codes = [(codes[k] >> 5) << 2 | low >> 4 - 2 * k & 3 for k in range(3)]
            # At ±8 g 4096 counts a g, at ±250 deg/s 131 a deg/s.
            acc = [
                4096 * 0.34 * (0.92 / 0.34) ** ((c - 1) / 30) / 2 ** (acc_fs - 2) for c in acc_codes
            ]
            gyr = [25 * 131 * 1.046 ** ((c & 0x1F) - 1) / 2**gyr_fs for c in codes[:3]]
            gyr[1] = -gyr[1]
        else:
            gyr = [2620 * 1.01 ** (c - 1) / 2**gyr_fs for c in codes[:3]]
            acc = [2620 * 1.01 ** (c - 1) / 2**acc_fs for c in codes[3:]]
        on = [acc_on >> 2 - k & 1 for k in range(3)] + [gyr_on >> 2 - k & 1 for k in range(3)]
        return np.rint(np.array([acc + gyr]) * on).astype(np.int16)

    def _set_rates(self) -> None:
        if self.regs.get(0x6B, 0) & 0x40:
            self.set_rate(0.0)
            return
        base = 8000.0 if self.regs.get(0x1A, 0) & 7 in (0, 7) else 1000.0
        self.set_rate(base / (1 + self.regs.get(0x19, 0)))
