"""ST LSM6DSO, LSM6DSOX and LSM6DSO32: one register map, three accelerometers.

All three answer WHO_AM_I with 0x6C and decode FS_XL differently: which one it is must be known
(`drivers.identify` weighs gravity at rest). Register names and codes: LSM6DSO32 datasheet,
chapters 8 and 9, checked against ST's lsm6dso32-pid and lsm6dsox-pid headers.
"""

from collections.abc import Mapping
from typing import Final

from drivers.bus import Bus
from drivers.chips.chip import Drained, SelfTest
from drivers.chips.identity import require_id
from drivers.chips.registers import Registers
from drivers.chips.st_selftest import StSelfTest, run_self_test
from drivers.chips.st_stream import StStream
from drivers.chips.tag_plan import TAG_ACC, TAG_GYRO
from drivers.chips.ticks import TickCounter
from drivers.part import CLIPS_FEET, Mode, Part, Setup
from dsp.block import Mount

WHO_AM_I: Final = 0x6C
R_FIFO_CTRL1: Final = 0x07
R_FIFO_CTRL2: Final = 0x08
R_FIFO_CTRL3: Final = 0x09
R_FIFO_CTRL4: Final = 0x0A
R_INT1_CTRL: Final = 0x0D
R_WHO_AM_I: Final = 0x0F
R_CTRL1_XL: Final = 0x10
R_CTRL2_G: Final = 0x11
R_CTRL3_C: Final = 0x12
R_CTRL5_C: Final = 0x14
R_CTRL9_XL: Final = 0x18
R_CTRL10_C: Final = 0x19
R_OUT_GYRO: Final = 0x22
R_OUT_ACC: Final = 0x28
R_FIFO_STATUS1: Final = 0x3A
R_TIMESTAMP2: Final = 0x42
R_INTERNAL_FREQ_FINE: Final = 0x63
R_FIFO_DATA_OUT_TAG: Final = 0x78

BASE_HZ: Final = 6667.0
"""All rates are this over a power of two; trimmed by INTERNAL_FREQ_FINE (AN5192)."""
TRIM_STEP: Final = 0.0015
TICK_S: Final = 25e-6
ODR: Final = {BASE_HZ / 32: 5, BASE_HZ / 16: 6, BASE_HZ / 8: 7, BASE_HZ / 4: 8}
"""Rate in Hz to code of ODR_XL, ODR_G, BDR_XL and BDR_GY: 208, 417, 833, 1667 Hz."""
FS_G: Final = {125: 1, 250: 0, 500: 2, 1000: 4, 2000: 6}
FS_XL_SMALL: Final = {2: 0, 16: 1, 4: 2, 8: 3}
FS_XL_DSO32: Final = {4: 0, 32: 1, 8: 2, 16: 3}

_GYR: Final = {125: 4.375e-3, 250: 8.75e-3, 500: 17.5e-3, 1000: 35e-3, 2000: 70e-3}
_ACC_SMALL: Final = {2: 0.061e-3, 4: 0.122e-3, 8: 0.244e-3, 16: 0.488e-3}
_ACC_DSO32: Final = {4: 0.122e-3, 8: 0.244e-3, 16: 0.488e-3, 32: 0.976e-3}


def _small(name: str) -> Part:
    return Part(
        name,
        "lsm6dso",
        (0x6A, 0x6B),
        _ACC_SMALL,
        _GYR,
        tuple(ODR),
        256,
        {
            Mount.WAIST: Mode(BASE_HZ / 16, 16, 2000),
            Mount.SHOE: Mode(BASE_HZ / 8, 16, 2000, cadence_only=True, note=CLIPS_FEET),
        },
    )


LSM6DSO: Final = _small("LSM6DSO")
LSM6DSOX: Final = _small("LSM6DSOX")
LSM6DSO32: Final = Part(
    "LSM6DSO32",
    "lsm6dso",
    (0x6A, 0x6B),
    _ACC_DSO32,
    _GYR,
    tuple(ODR),
    256,
    {
        Mount.WAIST: Mode(BASE_HZ / 16, 16, 2000),
        Mount.SHOE: Mode(BASE_HZ / 8, 32, 2000, note="the hardest strikes pass ±32 g; counted"),
    },
)
PARTS: Final = (LSM6DSO32, LSM6DSO, LSM6DSOX)
FS_XL: Final[Mapping[str, Mapping[int, int]]] = {
    "LSM6DSO32": FS_XL_DSO32,
    "LSM6DSO": FS_XL_SMALL,
    "LSM6DSOX": FS_XL_SMALL,
}

_BOOT_S: Final = 0.010
_SETTLE_S: Final = 0.100
"""Gyro turn-on; AN5192 gives 70 ms and a few samples of its filters."""
_SELF_TEST: Final = StSelfTest(
    acc=((R_CTRL1_XL, 3 << 4), (R_CTRL5_C, 2)),
    acc_fs_g=4,
    gyr=((R_CTRL2_G, 5 << 4 | FS_G[2000] << 1), (R_CTRL5_C, 1 << 2)),
    off=((R_CTRL1_XL, 0), (R_CTRL2_G, 0), (R_CTRL5_C, 0)),
    select=R_CTRL5_C,
    out_acc=R_OUT_ACC,
    out_gyr=R_OUT_GYRO,
)


class Lsm6dso:
    """One LSM6DSO, LSM6DSOX or LSM6DSO32.

    Args:
        bus: the bus it sits on.
        address: 0x6A or 0x6B.
        setup: rate and ranges; names the part.
    """

    def __init__(self, bus: Bus, address: int, setup: Setup) -> None:
        self.setup = setup
        self._regs = Registers(bus, address)
        self._trim = 0
        self._stream = StStream(
            self._regs,
            R_FIFO_STATUS1,
            0x3FF,
            R_FIFO_DATA_OUT_TAG,
            (TAG_ACC, TAG_GYRO),
            TickCounter(1.0 / (TICK_S * setup.rate_hz), 1 << 32, TICK_S),
        )

    @property
    def rate_hz(self) -> float:
        """Nominal rate times the factory trim, which the timestamp shares (AN5192)."""
        return self.setup.rate_hz * (1.0 + TRIM_STEP * self._trim)

    def reset(self) -> None:
        """Software reset; afterwards I3C is off, BDU and address increment on."""
        regs = self._regs
        regs.forget()
        require_id(regs, "WHO_AM_I", R_WHO_AM_I, WHO_AM_I, self.setup.part.name)
        for register in (R_FIFO_CTRL4, R_CTRL1_XL, R_CTRL2_G):
            regs.write(register, 0)
        regs.write(R_CTRL3_C, 0x01)
        regs.until_clear("CTRL3_C.SW_RESET", R_CTRL3_C, 0x01, _BOOT_S)
        regs.set("CTRL9_XL.I3C_DISABLE", R_CTRL9_XL, 0x02, 0x02)
        regs.set("CTRL3_C", R_CTRL3_C, 0x44, 0x44)
        trim = regs.sure(R_INTERNAL_FREQ_FINE)
        self._trim = trim - 256 if trim > 127 else trim

    def start(self, watermark: int) -> None:
        """Sensors first, FIFO last: whatever it held before would be of another setting."""
        regs, mode = self._regs, self.setup.mode
        code = ODR[mode.rate_hz]
        words = min(2 * watermark, 511)
        fs_xl = FS_XL[self.setup.part.name][mode.acc_range_g]
        regs.write(R_FIFO_CTRL4, 0)
        regs.set("FIFO_CTRL1", R_FIFO_CTRL1, words & 0xFF)
        regs.set("FIFO_CTRL2", R_FIFO_CTRL2, words >> 8)
        regs.set("FIFO_CTRL3", R_FIFO_CTRL3, code << 4 | code)
        regs.set("INT1_CTRL", R_INT1_CTRL, 0x08)
        regs.set("CTRL5_C", R_CTRL5_C, 0, 0x0F)
        regs.set("CTRL1_XL", R_CTRL1_XL, code << 4 | fs_xl << 2)
        regs.set("CTRL2_G", R_CTRL2_G, code << 4 | FS_G[mode.gyr_range_dps] << 1)
        regs.set("CTRL10_C.TIMESTAMP_EN", R_CTRL10_C, 0x20, 0x20)
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
        self._regs.check_id("WHO_AM_I", R_WHO_AM_I, WHO_AM_I)
        self._regs.check()

    def stop(self) -> None:
        """Both sensors to power-down, the FIFO to bypass."""
        for register in (R_FIFO_CTRL4, R_CTRL1_XL, R_CTRL2_G):
            self._regs.release(register)
            self._regs.write(register, 0)

    def self_test(self) -> SelfTest:
        """ST's self-test: 50 to 1700 mg and 150 to 700 deg/s on every axis."""
        acc_g = self.setup.part.acc_g[_SELF_TEST.acc_fs_g]
        fs_xl = FS_XL[self.setup.part.name][_SELF_TEST.acc_fs_g]
        return run_self_test(self._regs, _SELF_TEST, fs_xl << 2, acc_g, _GYR[2000])

    def fingerprint(self) -> str:
        """The oscillator's trim."""
        return f"trim {self._trim:+d}"
