"""InvenSense ICM-20948 and ICM-20649: four banks, one FIFO of accelerometer and gyro.

Registers: DS-000189 (ICM-20948), InvenSense's eMD driver, PX4's registers of both; hardware.md A.4.
Neither has a timestamp or, without its DMP, a FIFO watermark.
"""

from dataclasses import dataclass
from typing import Final

from drivers.bus import Bus
from drivers.chips.chip import Drained, SelfTest
from drivers.chips.identity import require_id
from drivers.chips.raw_frames import FRAME, RawFifo, RawFrames
from drivers.chips.registers import Registers
from drivers.chips.trim_selftest import TrimSelfTest, codes_as_text, judge_later, respond
from drivers.part import CLIPS_FEET, Mode, Part, Setup
from dsp.block import Mount

# Bank 0
R_WHO_AM_I: Final = 0x000
R_USER_CTRL: Final = 0x003
R_LP_CONFIG: Final = 0x005
R_PWR_MGMT_1: Final = 0x006
R_PWR_MGMT_2: Final = 0x007
R_INT_ENABLE_2: Final = 0x012
R_INT_STATUS_2: Final = 0x01B
R_ACCEL_OUT: Final = 0x02D
R_GYRO_OUT: Final = 0x033
R_FIFO_EN_2: Final = 0x067
R_FIFO_RST: Final = 0x068
R_FIFO_MODE: Final = 0x069
R_FIFO_COUNTH: Final = 0x070
R_REG_BANK_SEL: Final = 0x7F
# Bank 1
R_SELF_TEST_GYRO: Final = 0x102
R_SELF_TEST_ACC: Final = 0x10E
R_TIMEBASE_CORRECTION_PLL: Final = 0x128
# Bank 2
R_GYRO_SMPLRT_DIV: Final = 0x200
R_GYRO_CONFIG_1: Final = 0x201
R_GYRO_CONFIG_2: Final = 0x202
R_ODR_ALIGN_EN: Final = 0x209
R_ACCEL_SMPLRT_DIV_1: Final = 0x210
R_ACCEL_CONFIG: Final = 0x214
R_ACCEL_CONFIG_2: Final = 0x215

BASE_HZ: Final = 1125.0
"""With ODR_ALIGN_EN and the filters on, both sensors."""
PLL_STEPS: Final = 1270
"""TIMEBASE_CORRECTION_PLL is in so many parts of the rate (eMD driver: 0.079 %)."""
FIFO_OVERFLOW: Final = 0x1F
FIFO_ACC_GYRO: Final = 0x1E

_GYR: Final = {
    250: 1 / 131,
    500: 1 / 65.5,
    1000: 1 / 32.8,
    2000: 1 / 16.4,
    4000: 1 / 8.2,
}
_BOOT_S: Final = 0.100
_SETTLE_S: Final = 0.100
"""After a change of the gyro's full scale."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What the two differ in.

    Args:
        identity: WHO_AM_I.
        fs_g, fs_dps: full scales by their code.
        fifo: bytes. ICM-20948: not in its datasheet; makers of boards say 512.
    """

    identity: int
    fs_g: tuple[int, ...]
    fs_dps: tuple[int, ...]
    fifo: int


VARIANTS: Final = {
    "ICM-20948": Variant(0xEA, (2, 4, 8, 16), (250, 500, 1000, 2000), 512),
    "ICM-20649": Variant(0xE1, (4, 8, 16, 30), (500, 1000, 2000, 4000), 4096),
}
_ACC: Final = {2: 1 / 16384, 4: 1 / 8192, 8: 1 / 4096, 16: 1 / 2048, 30: 1 / 1024}


def _part(name: str, modes: dict[Mount, Mode]) -> Part:
    variant = VARIANTS[name]
    return Part(
        name,
        "icm20948",
        (0x68, 0x69),
        {g: _ACC[g] for g in variant.fs_g},
        {dps: _GYR[dps] for dps in variant.fs_dps},
        tuple(BASE_HZ / (1 + d) for d in (0, 1, 2, 4)),
        variant.fifo // FRAME,
        modes,
        has_watermark=False,
    )


_SHORT: Final = "the FIFO holds {:.0f} ms; a longer stall loses samples"
ICM20948: Final = _part(
    "ICM-20948",
    {
        Mount.WAIST: Mode(BASE_HZ / 2, 16, 2000, note=_SHORT.format(1e3 * 42 * 2 / BASE_HZ)),
        Mount.SHOE: Mode(
            BASE_HZ,
            16,
            2000,
            cadence_only=True,
            note=f"{CLIPS_FEET}; {_SHORT.format(1e3 * 42 / BASE_HZ)}",
        ),
    },
)
ICM20649: Final = _part(
    "ICM-20649",
    {
        Mount.WAIST: Mode(BASE_HZ / 2, 16, 2000),
        Mount.SHOE: Mode(BASE_HZ, 30, 4000, note="the hardest strikes pass ±30 g; counted"),
    },
)
PARTS: Final = (ICM20649, ICM20948)

_TEST: Final = TrimSelfTest(
    # Gyro 152 Hz, accelerometer 246 Hz, both at their smallest full scale.
    setup=(
        (R_GYRO_SMPLRT_DIV, 0),
        (R_GYRO_CONFIG_1, 1 << 3 | 1),
        (R_ACCEL_CONFIG, 1 << 3 | 1),
    ),
    on=((R_GYRO_CONFIG_2, 0x38), (R_ACCEL_CONFIG_2, 0x1C)),
    off=((R_GYRO_CONFIG_2, 0), (R_ACCEL_CONFIG_2, 0)),
    out_acc=R_ACCEL_OUT,
    out_gyr=R_GYRO_OUT,
)


class Icm20948:
    """One ICM-20948 or ICM-20649.

    Args:
        bus: the bus it sits on.
        address: 0x68 or 0x69.
        setup: rate and ranges; names the part.
    """

    def __init__(self, bus: Bus, address: int, setup: Setup) -> None:
        self.setup = setup
        self._regs = Registers(bus, address, bank_register=R_REG_BANK_SEL, bank_shift=4)
        self._variant = VARIANTS[setup.part.name]
        self._trim = 0
        self._codes = b""
        fifo = RawFifo(
            size=self._variant.fifo,
            level=R_FIFO_COUNTH,
            status=R_INT_STATUS_2,
            overflow=FIFO_OVERFLOW,
            # In reset, then all but the one FIFO in use.
            stop=((R_FIFO_EN_2, 0), (R_FIFO_RST, 0x1F), (R_FIFO_RST, 0x1E)),
            go=("FIFO_EN_2", R_FIFO_EN_2, FIFO_ACC_GYRO),
        )
        self._frames = RawFrames(self._regs, fifo, setup.rate_hz)

    @property
    def rate_hz(self) -> float:
        """Nominal rate corrected by the deviation of the PLL that the factory measured."""
        return self.setup.rate_hz * (1.0 + self._trim / PLL_STEPS)

    def reset(self) -> None:
        """DEVICE_RESET; awake on the best clock afterwards."""
        regs = self._regs
        regs.forget()
        require_id(regs, "WHO_AM_I", R_WHO_AM_I, self._variant.identity, self.setup.part.name)
        regs.write(R_PWR_MGMT_1, 0x80)
        regs.forget()
        regs.until_clear("PWR_MGMT_1.DEVICE_RESET", R_PWR_MGMT_1, 0x80, _BOOT_S)
        regs.bus.time.sleep(_BOOT_S)
        regs.set("PWR_MGMT_1", R_PWR_MGMT_1, 0x01)
        regs.set("PWR_MGMT_2", R_PWR_MGMT_2, 0)
        regs.set("LP_CONFIG", R_LP_CONFIG, 0)
        places = (R_SELF_TEST_GYRO, R_SELF_TEST_ACC)
        self._codes = bytes(regs.sure(place + axis) for place in places for axis in range(3))
        # Sign and magnitude, as the maker's driver takes it.
        raw = regs.sure(R_TIMEBASE_CORRECTION_PLL)
        self._trim = -(raw & 0x7F) if raw & 0x80 else raw

    def start(self, watermark: int) -> None:
        """Sensors first, FIFO last; there is no watermark to set."""
        regs, mode, variant = self._regs, self.setup.mode, self._variant
        divider = round(BASE_HZ / mode.rate_hz) - 1
        # Below half the rate: at 1125 Hz accelerometer 473 and gyro 361 Hz, else 246 and 197 Hz.
        acc_dlpf, gyr_dlpf = (7, 7) if divider == 0 else (1, 0)
        fs_g, fs_dps = (
            variant.fs_g.index(mode.acc_range_g),
            variant.fs_dps.index(mode.gyr_range_dps),
        )
        regs.set("ODR_ALIGN_EN", R_ODR_ALIGN_EN, 1)
        regs.set("GYRO_SMPLRT_DIV", R_GYRO_SMPLRT_DIV, divider)
        regs.set("GYRO_CONFIG_1", R_GYRO_CONFIG_1, gyr_dlpf << 3 | fs_dps << 1 | 1)
        regs.set("GYRO_CONFIG_2", R_GYRO_CONFIG_2, 0)
        regs.set("ACCEL_SMPLRT_DIV_1", R_ACCEL_SMPLRT_DIV_1, 0)
        regs.set("ACCEL_SMPLRT_DIV_2", R_ACCEL_SMPLRT_DIV_1 + 1, divider)
        regs.set("ACCEL_CONFIG", R_ACCEL_CONFIG, acc_dlpf << 3 | fs_g << 1 | 1)
        regs.set("ACCEL_CONFIG_2", R_ACCEL_CONFIG_2, 0)
        regs.set("INT_ENABLE_2", R_INT_ENABLE_2, FIFO_OVERFLOW)
        regs.set("FIFO_MODE", R_FIFO_MODE, 0)
        regs.set("USER_CTRL", R_USER_CTRL, 0x40)
        regs.bus.time.sleep(_SETTLE_S)
        self._frames.restart()

    def drain(self) -> list[Drained]:
        """Everything in the FIFO."""
        return self._frames.drain()

    def check(self) -> None:
        """WHO_AM_I and every setting."""
        self._regs.check_id("WHO_AM_I", R_WHO_AM_I, self._variant.identity)
        self._regs.check()

    def stop(self) -> None:
        """FIFO off, asleep."""
        for register, value in ((R_FIFO_EN_2, 0), (R_USER_CTRL, 0), (R_PWR_MGMT_1, 0x41)):
            self._regs.release(register)
            self._regs.write(register, value)

    def self_test(self) -> SelfTest:
        """InvenSense's, of the later parts."""
        variant = self._variant
        acc_g, gyr_dps = _ACC[variant.fs_g[0]], _GYR[variant.fs_dps[0]]
        return judge_later(respond(self._regs, _TEST), self._codes, acc_g, gyr_dps)

    def fingerprint(self) -> str:
        """The self-test's factory codes and the PLL's deviation."""
        codes = codes_as_text(self._codes)
        return f"{codes} pll {self._trim:+d}" if codes or self._trim else ""
