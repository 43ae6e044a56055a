"""TDK ICM-42688-P.

Register names and codes: datasheet DS-000347 rev. 1.5; the I2C set-up as its use note 12.3 and the
Linux driver inv_icm42600 have it. It starts up listening to SPI and I2C both.
"""

from typing import Final

import numpy as np

from drivers.bus import Bus
from drivers.chips.chip import Drained, SelfTest
from drivers.chips.icm_stream import FIFO_FLUSH, R_INT_STATUS, R_SIGNAL_PATH_RESET, IcmStream
from drivers.chips.identity import require_id
from drivers.chips.insist import insist
from drivers.chips.registers import Registers
from drivers.errors import BusError, ChipError
from drivers.part import CLIPS_FEET, Mode, Part, Setup
from dsp.block import FloatArray, Mount

WHO_AM_I: Final = 0x47
R_DEVICE_CONFIG: Final = 0x11
R_DRIVE_CONFIG: Final = 0x13
R_INT_CONFIG: Final = 0x14
R_FIFO_CONFIG: Final = 0x16
R_ACCEL_DATA: Final = 0x1F
R_INTF_CONFIG0: Final = 0x4C
R_PWR_MGMT0: Final = 0x4E
R_GYRO_CONFIG0: Final = 0x4F
R_ACCEL_CONFIG0: Final = 0x50
R_GYRO_ACCEL_CONFIG0: Final = 0x52
R_TMST_CONFIG: Final = 0x54
R_FIFO_CONFIG1: Final = 0x5F
R_FIFO_CONFIG2: Final = 0x60
R_FIFO_CONFIG3: Final = 0x61
R_INT_CONFIG1: Final = 0x64
R_INT_SOURCE0: Final = 0x65
R_SELF_TEST_CONFIG: Final = 0x70
R_WHO_AM_I: Final = 0x75
R_REG_BANK_SEL: Final = 0x76
R_GYRO_CONFIG_STATIC3: Final = 0x10C
R_XG_ST_DATA: Final = 0x15F
R_INTF_CONFIG4: Final = 0x17A
R_INTF_CONFIG6: Final = 0x17C
R_ACCEL_CONFIG_STATIC2: Final = 0x203
R_XA_ST_DATA: Final = 0x23B

ODR: Final = {200.0: 7, 500.0: 15, 1000.0: 6}
FS_G: Final = {16: 0, 8: 1, 4: 2, 2: 3}
FS_DPS: Final = {2000: 0, 1000: 1, 500: 2, 250: 3, 125: 4}
ANTI_ALIAS: Final = {200.0: (2, 4, 13), 500.0: (5, 25, 10), 1000.0: (11, 122, 8)}
"""By rate: AAF_DELT, AAF_DELTSQR, AAF_BITSHIFT for 84, 213 and 488 Hz (datasheet 5.3)."""
MODES_ON: Final = 0x0F
"""PWR_MGMT0: both sensors low-noise."""

ICM42688P: Final = Part(
    "ICM-42688-P",
    "icm42688",
    (0x68, 0x69),
    {2: 1 / 16384, 4: 1 / 8192, 8: 1 / 4096, 16: 1 / 2048},
    {125: 1 / 262, 250: 1 / 131, 500: 1 / 65.5, 1000: 1 / 32.8, 2000: 1 / 16.4},
    tuple(ODR),
    128,
    {
        Mount.WAIST: Mode(500.0, 16, 2000),
        Mount.SHOE: Mode(1000.0, 16, 2000, cadence_only=True, note=CLIPS_FEET),
    },
)
PARTS: Final = (ICM42688P,)

_RESET_S: Final = 0.002
_NO_WRITE_S: Final = 0.0003
"""After PWR_MGMT0 no register may be written for 200 µs."""
_SETTLE_S: Final = 0.060
"""The gyro needs 45 ms; Linux waits 60."""
_PRIME_TRIES: Final = 5
_PRIME_RECORDS: Final = 16
_TEST_READS: Final = 20
_TEST_SETTLE_S: Final = 0.060
_TEST_CODES: Final = (2, 3)
"""Ranges of the self-test: ±4 g and ±250 deg/s."""


class Icm42688:
    """One ICM-42688-P.

    Args:
        bus: the bus it sits on.
        address: 0x68 or 0x69.
        setup: rate and ranges.
    """

    def __init__(self, bus: Bus, address: int, setup: Setup) -> None:
        self.setup = setup
        self._regs = Registers(bus, address, bank_register=R_REG_BANK_SEL)
        self._stream = IcmStream(self._regs, setup.rate_hz)
        self._codes = b""

    @property
    def rate_hz(self) -> float:
        """Nominal: the chip does not tell its trim."""
        return self.setup.rate_hz

    def reset(self) -> None:
        """Software reset; afterwards SPI and I3C are off."""
        regs = self._regs
        regs.forget()
        require_id(regs, "WHO_AM_I", R_WHO_AM_I, WHO_AM_I, self.setup.part.name)
        insist(regs, "DEVICE_CONFIG.SOFT_RESET", R_DEVICE_CONFIG, 1, _RESET_S, self._is_reset)
        # RESET_DONE goes with the read.
        regs.byte(R_INT_STATUS)
        regs.byte(R_INTF_CONFIG6)
        # I3C_EN alone. The write turns on a filter that can swallow its own acknowledge (Linux
        # b5d6ba09).
        insist(
            regs,
            "INTF_CONFIG6",
            R_INTF_CONFIG6,
            0x50,
            _NO_WRITE_S,
            lambda: regs.byte(R_INTF_CONFIG6) & 0x1F == 0x10,
        )
        self._set_once("INTF_CONFIG4.I3C_BUS_MODE", R_INTF_CONFIG4, 0, 0x40)
        regs.set("DRIVE_CONFIG", R_DRIVE_CONFIG, 0x09, 0x3F)
        # Level in records, level and data big-endian, SPI off, invalid samples marked.
        regs.set("INTF_CONFIG0", R_INTF_CONFIG0, 0x72, 0xF3)
        codes = [regs.read(R_XG_ST_DATA, 3) + regs.read(R_XA_ST_DATA, 3) for _ in range(3)]
        self._codes = codes[0] if codes[0] in codes[1:] else codes[1]

    def start(self, watermark: int) -> None:
        """Filters before the sensors, the FIFO last; the first samples are read at once."""
        regs, mode = self._regs, self.setup.mode
        code = ODR[mode.rate_hz]
        regs.write(R_FIFO_CONFIG, 0)
        delta, square, shift = ANTI_ALIAS[mode.rate_hz]
        low, high = square & 0xFF, shift << 4 | square >> 8
        self._set_once("GYRO_CONFIG_STATIC3", R_GYRO_CONFIG_STATIC3, delta, 0x3F)
        self._set_once("GYRO_CONFIG_STATIC4", R_GYRO_CONFIG_STATIC3 + 1, low)
        self._set_once("GYRO_CONFIG_STATIC5", R_GYRO_CONFIG_STATIC3 + 2, high)
        self._set_once("ACCEL_CONFIG_STATIC2", R_ACCEL_CONFIG_STATIC2, delta << 1, 0x7F)
        self._set_once("ACCEL_CONFIG_STATIC3", R_ACCEL_CONFIG_STATIC2 + 1, low)
        self._set_once("ACCEL_CONFIG_STATIC4", R_ACCEL_CONFIG_STATIC2 + 2, high)
        regs.set("GYRO_CONFIG0", R_GYRO_CONFIG0, FS_DPS[mode.gyr_range_dps] << 5 | code)
        regs.set("ACCEL_CONFIG0", R_ACCEL_CONFIG0, FS_G[mode.acc_range_g] << 5 | code)
        # Bandwidth half the rate: the anti-alias filter lies below it.
        regs.set("GYRO_ACCEL_CONFIG0", R_GYRO_ACCEL_CONFIG0, 0x00)
        regs.set("TMST_CONFIG", R_TMST_CONFIG, 0x01, 0x1F)
        # Resume partial reads, watermark at or above, timestamp, temperature, gyro, accelerometer.
        regs.set("FIFO_CONFIG1", R_FIFO_CONFIG1, 0x6F)
        records = max(1, min(watermark, self.setup.part.fifo_samples - 8))
        regs.set("FIFO_CONFIG2", R_FIFO_CONFIG2, records & 0xFF)
        regs.set("FIFO_CONFIG3", R_FIFO_CONFIG3, records >> 8, 0x0F)
        # INT1: high, push-pull, until INT_STATUS is read.
        regs.set("INT_CONFIG", R_INT_CONFIG, 0x07, 0x07)
        regs.set("INT_CONFIG1.INT_ASYNC_RESET", R_INT_CONFIG1, 0, 0x10)
        regs.set("INT_SOURCE0", R_INT_SOURCE0, 0x04)
        self._power(MODES_ON)
        regs.set("PWR_MGMT0", R_PWR_MGMT0, MODES_ON)
        regs.bus.time.sleep(_SETTLE_S)
        regs.byte(R_INT_STATUS)
        regs.write(R_SIGNAL_PATH_RESET, FIFO_FLUSH)
        regs.set("FIFO_CONFIG", R_FIFO_CONFIG, 0x40, 0xC0)
        self._prime()

    def drain(self) -> list[Drained]:
        """Everything in the FIFO."""
        return self._stream.drain()

    def check(self) -> None:
        """WHO_AM_I and every setting of bank 0."""
        self._regs.check_id("WHO_AM_I", R_WHO_AM_I, WHO_AM_I)
        self._regs.check()

    def stop(self) -> None:
        """Both sensors off, the FIFO to bypass."""
        for register in (R_FIFO_CONFIG, R_PWR_MGMT0):
            self._regs.release(register)
        self._regs.write(R_FIFO_CONFIG, 0)
        self._power(0)

    def self_test(self) -> SelfTest:
        """How far the test moves each axis, against the factory's own; no limits are published."""
        regs = self._regs
        fs_acc, fs_gyr = _TEST_CODES
        regs.set("GYRO_CONFIG0", R_GYRO_CONFIG0, fs_gyr << 5 | ODR[1000.0])
        regs.set("ACCEL_CONFIG0", R_ACCEL_CONFIG0, fs_acc << 5 | ODR[1000.0])
        regs.set("GYRO_ACCEL_CONFIG0", R_GYRO_ACCEL_CONFIG0, 0x44)
        self._power(MODES_ON)
        before = self._mean()
        regs.write(R_SELF_TEST_CONFIG, 0x78)
        acc = np.abs(self._mean() - before)[:3]
        regs.write(R_SELF_TEST_CONFIG, 0x07)
        gyr = np.abs(self._mean() - before)[3:]
        regs.write(R_SELF_TEST_CONFIG, 0)
        self._power(0)
        codes = [int(c) for c in self._codes]
        detail = []
        for name, moved, its, fs in (("acc", acc, codes[3:], fs_acc), ("gyro", gyr, codes, fs_gyr)):
            for axis, by, code in zip("xyz", moved.tolist(), its, strict=False):
                # InvenSense's equation for the factory's response.
                ratio = by / (2620 / 2 ** (3 - fs) * 1.01 ** (code - 1)) if code else float("nan")
                detail.append(
                    f"{name} {axis} moved by {by:.0f} counts: {ratio:.2f} of the factory's"
                )
        return SelfTest(None, tuple(detail))

    def fingerprint(self) -> str:
        """The factory's self-test codes, gyro x y z, accelerometer x y z."""
        return f"otp {self._codes.hex(' ')}"

    def _is_reset(self) -> bool:
        regs = self._regs
        power, gyro, acc = regs.read(R_PWR_MGMT0, 3)
        return (power, gyro, acc, regs.byte(R_INTF_CONFIG0)) == (0, 6, 6, 0x30)

    def _set_once(self, name: str, register: int, value: int, mask: int = 0xFF) -> None:
        """Sets and reads back; `check` leaves banks alone, which would cost it many writes."""
        self._regs.set(name, register, value, mask)
        self._regs.release(register)

    def _power(self, value: int) -> None:
        """Turns the sensors on or off, with the rest that it asks for."""
        regs = self._regs
        regs.byte(R_PWR_MGMT0)
        insist(
            regs,
            "PWR_MGMT0",
            R_PWR_MGMT0,
            value,
            _NO_WRITE_S,
            lambda: regs.byte(R_PWR_MGMT0) == value,
        )

    def _prime(self) -> None:
        """Until the stream has begun; from an emptied FIFO again where it began badly."""
        regs = self._regs
        error: BusError | ChipError = ChipError(f"I2C 0x{regs.address:02x}: the FIFO stays empty")
        for _ in range(_PRIME_TRIES):
            regs.bus.time.sleep(_PRIME_RECORDS / self.rate_hz)
            try:
                if self._stream.prime():
                    return
            except (BusError, ChipError) as e:
                error = e
                regs.write(R_SIGNAL_PATH_RESET, FIFO_FLUSH)
        raise error

    def _mean(self) -> FloatArray:
        """(6,) counts."""
        time = self._regs.bus.time
        time.sleep(_TEST_SETTLE_S)
        rows = []
        for _ in range(_TEST_READS):
            time.sleep(0.0015)
            rows.append(np.frombuffer(self._regs.read(R_ACCEL_DATA, 12), ">i2"))
        return np.asarray(np.mean(rows, axis=0), dtype=np.float64)
