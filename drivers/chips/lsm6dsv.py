"""ST LSM6DSV16X and LSM6DSV320X: one register map, the latter with a second accelerometer to 320 g.

LSM6DSV and LSM6DSV32X also answer WHO_AM_I with 0x70, and the latter decodes FS_XL differently:
gravity at rest tells (`drivers.identify`). Register names and codes: ST's lsm6dsv16x-pid and
lsm6dsv320x-pid headers. Not confirmed by any source: that the high-accuracy rates follow
INTERNAL_FREQ as the others do.
"""

from collections.abc import Mapping
from typing import Final

from drivers.bus import Bus
from drivers.chips.chip import Drained, SelfTest
from drivers.chips.identity import require_id
from drivers.chips.registers import Registers
from drivers.chips.st_selftest import StSelfTest, run_self_test
from drivers.chips.st_stream import StStream
from drivers.chips.tag_plan import TAG_ACC, TAG_GYRO, TAG_HIGH_G
from drivers.chips.ticks import TickCounter
from drivers.errors import ChipNotFoundError
from drivers.part import CLIPS_FEET, Mode, Part, Setup
from dsp.block import Mount
from dsp.errors import ConfigError

WHO_AM_I: Final = {"LSM6DSV16X": 0x70, "LSM6DSV320X": 0x73}
ID_REVERSED: Final = 0x71
"""LSM6DSV16B, LSM6DSV16BX and ISM330BX."""
R_FIFO_CTRL1: Final = 0x07
R_FIFO_CTRL2: Final = 0x08
R_FIFO_CTRL3: Final = 0x09
R_FIFO_CTRL4: Final = 0x0A
R_COUNTER_BDR_REG1: Final = 0x0B
R_INT1_CTRL: Final = 0x0D
R_WHO_AM_I: Final = 0x0F
R_CTRL1: Final = 0x10
R_CTRL2: Final = 0x11
R_CTRL3: Final = 0x12
R_CTRL6: Final = 0x15
R_CTRL8: Final = 0x17
R_CTRL10: Final = 0x19
R_FIFO_STATUS1: Final = 0x1B
R_OUT_GYRO: Final = 0x22
R_OUT_ACC: Final = 0x28
R_TIMESTAMP2: Final = 0x42
R_CTRL1_XL_HG: Final = 0x4E
R_INTERNAL_FREQ: Final = 0x4F
R_FUNCTIONS_ENABLE: Final = 0x50
R_HAODR_CFG: Final = 0x62
R_FIFO_DATA_OUT_TAG: Final = 0x78

TRIM_STEP: Final = 0.0013
TICK_HZ: Final = 46080.0
"""Six times 7680 Hz; ST's code rounds a tick to 21.7 and to 21.75 us."""
HIGH_ACCURACY: Final = 1
"""OP_MODE_XL and OP_MODE_G with a rate of HAODR_CFG; both must have it."""
ODR_16X: Final[Mapping[float, tuple[int, int]]] = {
    200.0: (2, 7),
    240.0: (0, 7),
    400.0: (2, 8),
    480.0: (0, 8),
    800.0: (2, 9),
    960.0: (0, 9),
}
"""Rate in Hz to HAODR_SEL and the code of ODR_XL, ODR_G, BDR_XL and BDR_GY."""
HA03_HZ: Final = 20000.0 / 3.0
"""ST writes the third family as 13, 26, 52, 104, 208, 417, 833, 1667, 3333 and 6667 Hz."""
ODR_320X: Final = dict(ODR_16X) | {
    HA03_HZ / 32: (3, 7),
    HA03_HZ / 16: (3, 8),
    HA03_HZ / 8: (3, 9),
}
FS_XL: Final = {2: 0, 4: 1, 8: 2, 16: 3}
FS_G_16X: Final = {125: 0, 250: 1, 500: 2, 1000: 3, 2000: 4, 4000: 0xC}
FS_G_320X: Final = {250: 1, 500: 2, 1000: 3, 2000: 4, 4000: 5}
FS_XL_HG: Final = {32: 0, 64: 1, 128: 2, 256: 3, 320: 4}
ODR_XL_HG: Final = {480.0: 3, 960.0: 4}
MAX_WATERMARK: Final = 208
"""Words, of 256 in the FIFO: what ST's Linux driver allows itself."""

_ACC: Final = {2: 0.061e-3, 4: 0.122e-3, 8: 0.244e-3, 16: 0.488e-3}
_HIGH_G: Final = {32: 0.976e-3, 64: 1.952e-3, 128: 3.904e-3, 256: 7.808e-3, 320: 10.417e-3}
_GYR: Final = {250: 8.75e-3, 500: 17.5e-3, 1000: 35e-3, 2000: 70e-3, 4000: 140e-3}
_FULL_RATE: Final = (
    "strikes beyond ±16 g come from the ±320 g channel; takes about half of a 400 kHz bus, and the "
    "FIFO holds 85 ms: no other load on this bus, or 480 Hz"
)

LSM6DSV16X: Final = Part(
    "LSM6DSV16X",
    "lsm6dsv",
    (0x6A, 0x6B),
    _ACC,
    {125: 4.375e-3} | _GYR,
    tuple(ODR_16X),
    128,
    {
        Mount.WAIST: Mode(400.0, 16, 2000),
        Mount.SHOE: Mode(800.0, 16, 2000, cadence_only=True, note=CLIPS_FEET),
    },
)
LSM6DSV320X: Final = Part(
    "LSM6DSV320X",
    "lsm6dsv",
    (0x6A, 0x6B),
    _ACC,
    _GYR,
    tuple(ODR_320X),
    128,
    {
        Mount.WAIST: Mode(HA03_HZ / 16, 16, 2000),
        Mount.SHOE: Mode(960.0, 16, 2000, high_g=320, note=_FULL_RATE),
    },
    _HIGH_G,
)
PARTS: Final = (LSM6DSV16X, LSM6DSV320X)

_RESET_S: Final = 0.005
"""ST: 150 us."""
_SELECT_S: Final = 0.001
"""Twice what AN6119 3.4 wants between sensors that run and a change of HAODR_CFG."""
_SETTLE_S: Final = 0.100


class Lsm6dsv:
    """One LSM6DSV16X or LSM6DSV320X.

    Args:
        bus: the bus it sits on.
        address: 0x6A or 0x6B.
        setup: rate and ranges; names the part.

    Raises:
        ConfigError: the high-g accelerometer does not have that rate.
    """

    def __init__(self, bus: Bus, address: int, setup: Setup) -> None:
        rate, high_g = setup.rate_hz, setup.mode.high_g
        if high_g is not None and rate not in ODR_XL_HG:
            raise ConfigError(
                f"{setup.part.name}: with its high-g accelerometer the rate must be 480 or 960 Hz, "
                f"not {rate:g} Hz"
            )
        self.setup = setup
        self._has_high_g = bool(setup.part.high_g)
        self._tags = (TAG_ACC, TAG_GYRO) if high_g is None else (TAG_ACC, TAG_GYRO, TAG_HIGH_G)
        self._regs = Registers(bus, address)
        self._trim = 0
        self._stream = StStream(
            self._regs,
            R_FIFO_STATUS1,
            0x1FF,
            R_FIFO_DATA_OUT_TAG,
            self._tags,
            TickCounter(TICK_HZ / rate, 1 << 32, 1.0 / TICK_HZ),
        )

    @property
    def rate_hz(self) -> float:
        """Nominal rate times the factory trim, which the timestamp shares (ST's header)."""
        return self.setup.rate_hz * (1.0 + TRIM_STEP * self._trim)

    def reset(self) -> None:
        """Software reset; afterwards BDU and address increment are on."""
        regs = self._regs
        name = self.setup.part.name
        regs.forget()
        found = regs.byte(R_WHO_AM_I)
        if found == ID_REVERSED:
            raise ChipNotFoundError(
                f"I2C 0x{regs.address:02x}: an LSM6DSV16B, LSM6DSV16BX or ISM330BX (WHO_AM_I "
                f"0x71): its FIFO has the accelerometer's axes in reverse; not supported"
            )
        require_id(regs, "WHO_AM_I", R_WHO_AM_I, WHO_AM_I[name], name)
        self._power_down()
        regs.write(R_CTRL3, 0x01)
        regs.until_clear("CTRL3.SW_RESET", R_CTRL3, 0x01, _RESET_S)
        regs.set("CTRL3", R_CTRL3, 0x44, 0x44)
        trim = regs.sure(R_INTERNAL_FREQ)
        self._trim = trim - 256 if trim > 127 else trim

    def start(self, watermark: int) -> None:
        """Sensors first, FIFO last: it would begin with a corrupt sample (Zephyr, PR 119830)."""
        regs, mode = self._regs, self.setup.mode
        select, code = ODR_320X[mode.rate_hz]
        op_mode = HIGH_ACCURACY if select else 0
        words = min(len(self._tags) * watermark, MAX_WATERMARK)
        self._power_down()
        regs.bus.time.sleep(_SELECT_S)
        regs.set("HAODR_CFG", R_HAODR_CFG, select, 0x03)
        regs.bus.time.sleep(_SELECT_S)
        regs.set("FIFO_CTRL1", R_FIFO_CTRL1, words)
        regs.set("FIFO_CTRL2", R_FIFO_CTRL2, 0)
        regs.set("FIFO_CTRL3", R_FIFO_CTRL3, code << 4 | code)
        regs.set("INT1_CTRL", R_INT1_CTRL, 0x08)
        regs.set("CTRL10", R_CTRL10, 0, 0x0F)
        # Bit 3 belongs to FS_G in the one part and must stay 1 in the other.
        if self._has_high_g:
            regs.set("CTRL6.FS_G", R_CTRL6, FS_G_320X[mode.gyr_range_dps], 0x07)
        else:
            regs.set("CTRL6.FS_G", R_CTRL6, FS_G_16X[mode.gyr_range_dps], 0x0F)
        regs.set("CTRL8.FS_XL", R_CTRL8, FS_XL[mode.acc_range_g], 0x03)
        regs.set("CTRL1", R_CTRL1, op_mode << 4 | code)
        regs.set("CTRL2", R_CTRL2, op_mode << 4 | code)
        if mode.high_g is not None:
            value = 0x80 | ODR_XL_HG[mode.rate_hz] << 3 | FS_XL_HG[mode.high_g]
            regs.set("CTRL1_XL_HG", R_CTRL1_XL_HG, value)
            regs.set("COUNTER_BDR_REG1.XL_HG_BATCH_EN", R_COUNTER_BDR_REG1, 0x08, 0x08)
        regs.set("FUNCTIONS_ENABLE.TIMESTAMP_EN", R_FUNCTIONS_ENABLE, 0x40, 0x40)
        regs.bus.time.sleep(_SETTLE_S)
        # Before the FIFO: a timestamp from before its reset must not get in.
        regs.write(R_TIMESTAMP2, 0xAA)
        # Continuous mode, a timestamp in every eighth slot.
        regs.set("FIFO_CTRL4", R_FIFO_CTRL4, 2 << 6 | 6)
        self._stream.restart()

    def drain(self) -> list[Drained]:
        """Everything in the FIFO."""
        return self._stream.drain()

    def check(self) -> None:
        """WHO_AM_I and every setting."""
        self._regs.check_id("WHO_AM_I", R_WHO_AM_I, WHO_AM_I[self.setup.part.name])
        self._regs.check()

    def stop(self) -> None:
        """All sensors to power-down, the FIFO to bypass."""
        for register in (R_FIFO_CTRL4, R_CTRL1, R_CTRL2, R_CTRL1_XL_HG):
            self._regs.release(register)
        self._power_down()

    def self_test(self) -> SelfTest:
        """ST's self-test: 50 to 1700 mg and 150 to 700 deg/s; none is known for the high-g part."""
        # 2000 deg/s, with the bit that must stay 1 where there is one.
        fs_g = 0x08 | FS_G_320X[2000] if self._has_high_g else FS_G_16X[2000]
        test = StSelfTest(
            acc=((R_CTRL8, FS_XL[4]), (R_CTRL1, 5), (R_CTRL10, 2)),
            acc_fs_g=4,
            gyr=((R_CTRL6, fs_g), (R_CTRL2, 7), (R_CTRL10, 1 << 2)),
            off=((R_CTRL1, 0), (R_CTRL2, 0), (R_CTRL10, 0)),
            select=R_CTRL10,
            out_acc=R_OUT_ACC,
            out_gyr=R_OUT_GYRO,
        )
        return run_self_test(self._regs, test, 0, _ACC[4], _GYR[2000])

    def fingerprint(self) -> str:
        """The oscillator's trim."""
        return f"trim {self._trim:+d}"

    def _power_down(self) -> None:
        off = (R_FIFO_CTRL4, R_CTRL1, R_CTRL2, *((R_CTRL1_XL_HG,) if self._has_high_g else ()))
        for register in off:
            self._regs.write(register, 0)
