"""InvenSense MPU-6050, MPU-6500, MPU-9250, ICM-20689 and their copies: one register map.

Boards sold as MPU-6050 carry any of them, so WHO_AM_I decides which part it is. Registers:
RM-MPU-6000A and RM-MPU-6500A, Linux drivers/iio/imu/inv_mpu6050; hardware.md A.1. None has a
timestamp or a FIFO watermark.
"""

from dataclasses import dataclass
from typing import Final

from drivers.bus import Bus
from drivers.chips.chip import Drained, SelfTest
from drivers.chips.raw_frames import FRAME, RawFifo, RawFrames
from drivers.chips.registers import Registers
from drivers.chips.trim_selftest import (
    TrimSelfTest,
    codes_as_text,
    judge_first,
    judge_later,
    respond,
)
from drivers.errors import ChipNotFoundError
from drivers.part import CLIPS_FEET, Mode, Part, Setup
from dsp.block import Mount

R_SELF_TEST_GYRO: Final = 0x00
"""Later parts."""
R_SELF_TEST: Final = 0x0D
"""MPU-6050: four registers; later parts: three of the accelerometer."""
R_SMPLRT_DIV: Final = 0x19
R_CONFIG: Final = 0x1A
R_GYRO_CONFIG: Final = 0x1B
R_ACCEL_CONFIG: Final = 0x1C
R_ACCEL_CONFIG2: Final = 0x1D
R_FIFO_EN: Final = 0x23
R_INT_ENABLE: Final = 0x38
R_INT_STATUS: Final = 0x3A
R_ACCEL_OUT: Final = 0x3B
R_GYRO_OUT: Final = 0x43
R_SIGNAL_PATH_RESET: Final = 0x68
R_USER_CTRL: Final = 0x6A
R_PWR_MGMT_1: Final = 0x6B
R_PWR_MGMT_2: Final = 0x6C
R_FIFO_COUNTH: Final = 0x72
R_WHO_AM_I: Final = 0x75

BASE_HZ: Final = 1000.0
"""With the low-pass filters on."""
FS_G: Final = {2: 0, 4: 1, 8: 2, 16: 3}
FS_DPS: Final = {250: 0, 500: 1, 1000: 2, 2000: 3}
DLPF_184_HZ: Final = 1
FIFO_OFLOW: Final = 0x10
FIFO_ACC_GYRO: Final = 0x78

_ACC: Final = {2: 1 / 16384, 4: 1 / 8192, 8: 1 / 4096, 16: 1 / 2048}
_GYR: Final = {250: 1 / 131, 500: 1 / 65.5, 1000: 1 / 32.8, 2000: 1 / 16.4}
_BOOT_S: Final = 0.100
_SETTLE_S: Final = 0.100
"""Gyro and its PLL; Linux waits 60 to 70 ms."""
CLONE: Final = "MPU-CLONE"


@dataclass(frozen=True, slots=True)
class Variant:
    """What parts differ in.

    Args:
        identity: WHO_AM_I; None: any that no other part has.
        fifo: bytes.
        accel_config2: value of that register; None: there is none, CONFIG filters both sensors.
        first_test: whether it has the MPU-6050's self-test; None: no self-test is known.
    """

    identity: int | None
    fifo: int
    accel_config2: int | None = DLPF_184_HZ
    first_test: bool | None = False


VARIANTS: Final = {
    "MPU-6050": Variant(0x68, 1024, None, True),
    "MPU-6500": Variant(0x70, 512),
    "MPU-6515": Variant(0x74, 512),
    "MPU-9250": Variant(0x71, 512),
    "MPU-9255": Variant(0x73, 512),
    # FIFO_SIZE = 3: Linux found that it starts with less.
    "ICM-20689": Variant(0x98, 4096, 0xC0 | DLPF_184_HZ),
    # Sold as MPU-6050, answers 0x72 or else: what all parts have, and the least of it.
    CLONE: Variant(None, 512, None, None),
}
PART_OF_ID: Final = {v.identity: name for name, v in VARIANTS.items() if v.identity is not None}


def _note(fifo: int, rate_hz: float, more: str = "") -> str:
    holds = f"the FIFO holds {1e3 * (fifo // FRAME) / rate_hz:.0f} ms; a longer stall loses samples"
    return "; ".join(text for text in (more, holds if fifo <= 1024 else "") if text)


def _part(name: str, variant: Variant) -> Part:
    return Part(
        name,
        "mpu6050",
        (0x68, 0x69),
        _ACC,
        _GYR,
        tuple(BASE_HZ / (1 + d) for d in (0, 1, 3, 4)),
        variant.fifo // FRAME,
        {
            Mount.WAIST: Mode(500.0, 16, 2000, note=_note(variant.fifo, 500.0)),
            Mount.SHOE: Mode(
                1000.0, 16, 2000, cadence_only=True, note=_note(variant.fifo, 1000.0, CLIPS_FEET)
            ),
        },
        has_watermark=False,
    )


PARTS: Final = tuple(_part(name, variant) for name, variant in VARIANTS.items())

_FIRST_TEST: Final = TrimSelfTest(
    setup=((R_SMPLRT_DIV, 0), (R_CONFIG, 2), (R_GYRO_CONFIG, 0), (R_ACCEL_CONFIG, 2 << 3)),
    on=((R_GYRO_CONFIG, 0xE0), (R_ACCEL_CONFIG, 0xE0 | 2 << 3)),
    off=((R_GYRO_CONFIG, 0), (R_ACCEL_CONFIG, 0)),
    out_acc=R_ACCEL_OUT,
    out_gyr=R_GYRO_OUT,
)
_LATER_TEST: Final = TrimSelfTest(
    setup=(
        (R_SMPLRT_DIV, 0),
        (R_CONFIG, 2),
        (R_GYRO_CONFIG, 0),
        (R_ACCEL_CONFIG, 0),
        (R_ACCEL_CONFIG2, 2),
    ),
    on=((R_GYRO_CONFIG, 0xE0), (R_ACCEL_CONFIG, 0xE0)),
    off=((R_GYRO_CONFIG, 0), (R_ACCEL_CONFIG, 0)),
    out_acc=R_ACCEL_OUT,
    out_gyr=R_GYRO_OUT,
)


class Mpu6050:
    """One of the parts above.

    Args:
        bus: the bus it sits on.
        address: 0x68 or 0x69.
        setup: rate and ranges; names the part.
    """

    def __init__(self, bus: Bus, address: int, setup: Setup) -> None:
        self.setup = setup
        self._regs = Registers(bus, address)
        self._variant = VARIANTS[setup.part.name]
        self._identity = 0
        self._codes = b""
        fifo = RawFifo(
            size=self._variant.fifo,
            level=R_FIFO_COUNTH,
            status=R_INT_STATUS,
            overflow=FIFO_OFLOW,
            # FIFO_RESET works while FIFO_EN is 0.
            stop=((R_FIFO_EN, 0), (R_USER_CTRL, 0), (R_USER_CTRL, 0x04), (R_USER_CTRL, 0x40)),
            go=("FIFO_EN", R_FIFO_EN, FIFO_ACC_GYRO),
        )
        self._frames = RawFrames(self._regs, fifo, setup.rate_hz)

    @property
    def rate_hz(self) -> float:
        """Nominal: these parts tell no trim."""
        return self.setup.rate_hz

    def reset(self) -> None:
        """DEVICE_RESET, then the signal paths; the clock from the gyro's PLL."""
        regs = self._regs
        regs.forget()
        self._identity = self._identified()
        regs.write(R_PWR_MGMT_1, 0x80)
        regs.until_clear("PWR_MGMT_1.DEVICE_RESET", R_PWR_MGMT_1, 0x80, _BOOT_S)
        regs.bus.time.sleep(_BOOT_S)
        regs.write(R_SIGNAL_PATH_RESET, 0x07)
        regs.bus.time.sleep(_BOOT_S)
        regs.set("PWR_MGMT_1", R_PWR_MGMT_1, 0x01)
        regs.set("PWR_MGMT_2", R_PWR_MGMT_2, 0)
        self._codes = self._factory_codes()

    def start(self, watermark: int) -> None:
        """Sensors first, FIFO last; there is no watermark to set."""
        regs, mode = self._regs, self.setup.mode
        regs.set("SMPLRT_DIV", R_SMPLRT_DIV, round(BASE_HZ / mode.rate_hz) - 1)
        regs.set("CONFIG", R_CONFIG, DLPF_184_HZ)
        regs.set("GYRO_CONFIG", R_GYRO_CONFIG, FS_DPS[mode.gyr_range_dps] << 3)
        regs.set("ACCEL_CONFIG", R_ACCEL_CONFIG, FS_G[mode.acc_range_g] << 3)
        if self._variant.accel_config2 is not None:
            regs.set("ACCEL_CONFIG2", R_ACCEL_CONFIG2, self._variant.accel_config2)
        regs.set("INT_ENABLE", R_INT_ENABLE, FIFO_OFLOW)
        regs.set("USER_CTRL", R_USER_CTRL, 0x40)
        regs.bus.time.sleep(_SETTLE_S)
        self._frames.restart()

    def drain(self) -> list[Drained]:
        """Everything in the FIFO."""
        return self._frames.drain()

    def check(self) -> None:
        """WHO_AM_I and every setting."""
        self._regs.check_id("WHO_AM_I", R_WHO_AM_I, self._identity)
        self._regs.check()

    def stop(self) -> None:
        """FIFO off, asleep."""
        for register, value in ((R_FIFO_EN, 0), (R_USER_CTRL, 0), (R_PWR_MGMT_1, 0x40)):
            self._regs.release(register)
            self._regs.write(register, value)

    def self_test(self) -> SelfTest:
        """InvenSense's, of the part's generation."""
        first = self._variant.first_test
        if first is None:
            return SelfTest(None, ("no self-test is known of this copy",))
        if first:
            return judge_first(respond(self._regs, _FIRST_TEST), self._codes)
        return judge_later(respond(self._regs, _LATER_TEST), self._codes, _ACC[2], _GYR[250])

    def fingerprint(self) -> str:
        """The self-test's factory codes."""
        return codes_as_text(self._codes)

    def _identified(self) -> int:
        part = self.setup.part.name
        wanted = self._variant.identity
        found = self._regs.byte(R_WHO_AM_I)
        other = PART_OF_ID.get(found, "")
        fits = found == wanted if wanted is not None else not other and found not in (0x00, 0xFF)
        if not fits:
            says = "something else than other parts" if wanted is None else f"0x{wanted:02x}"
            hint = f"; it is an {other}" if other else ""
            raise ChipNotFoundError(
                f"I2C 0x{self._regs.address:02x}: WHO_AM_I is 0x{found:02x}, an {part} says {says}"
                f"{hint}"
            )
        return found

    def _factory_codes(self) -> bytes:
        if self._variant.first_test is None:
            return b""
        places = (
            range(R_SELF_TEST, R_SELF_TEST + 4)
            if self._variant.first_test
            else (
                *range(R_SELF_TEST_GYRO, R_SELF_TEST_GYRO + 3),
                *range(R_SELF_TEST, R_SELF_TEST + 3),
            )
        )
        return bytes(self._regs.sure(place) for place in places)
