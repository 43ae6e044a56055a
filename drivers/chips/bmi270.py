"""Bosch BMI270.

Register names and codes: Bosch's BMI270_SensorAPI 2.86.1 (bmi2_defs.h, bmi2.c). It measures nothing
until its maker's configuration image was uploaded (`drivers.chips.bmi270_image`).
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.bus import Bus
from drivers.chips.bmi270_image import SIZES, load_image
from drivers.chips.bmi_stream import FRAME, BmiStream
from drivers.chips.chip import Drained, SelfTest
from drivers.chips.identity import require_id
from drivers.chips.insist import insist
from drivers.chips.registers import Registers
from drivers.errors import BusError, ChipError, ChipResetError
from drivers.part import CLIPS_FEET, Mode, Part, Setup
from dsp.block import FloatArray, Mount

CHIP_ID: Final = 0x24
R_CHIP_ID: Final = 0x00
R_ACC_DATA: Final = 0x0C
R_GYR_CAS_GPIO0: Final = 0x1E
R_INTERNAL_STATUS: Final = 0x21
R_FEAT_PAGE: Final = 0x2F
R_GYR_CAS: Final = 0x3C
R_ACC_CONF: Final = 0x40
R_ACC_RANGE: Final = 0x41
R_GYR_CONF: Final = 0x42
R_GYR_RANGE: Final = 0x43
R_FIFO_DOWNS: Final = 0x45
R_FIFO_WTM_0: Final = 0x46
R_FIFO_WTM_1: Final = 0x47
R_FIFO_CONFIG_0: Final = 0x48
R_FIFO_CONFIG_1: Final = 0x49
R_INT1_IO_CTRL: Final = 0x53
R_INT_MAP_DATA: Final = 0x58
R_INIT_CTRL: Final = 0x59
R_INIT_ADDR_0: Final = 0x5B
R_INIT_DATA: Final = 0x5E
R_ACC_SELF_TEST: Final = 0x6D
R_PWR_CONF: Final = 0x7C
R_PWR_CTRL: Final = 0x7D
R_CMD: Final = 0x7E
CMD_SOFT_RESET: Final = 0xB6
CMD_FIFO_FLUSH: Final = 0xB0

ODR: Final = {200.0: 9, 400.0: 10, 800.0: 11}
FS_G: Final = {2: 0, 4: 1, 8: 2, 16: 3}
FS_DPS: Final = {2000: 0, 1000: 1, 500: 2, 250: 3, 125: 4}
CAPACITY: Final = {SIZES[0]: 6144, SIZES[1]: 2048}
"""Bytes in the FIFO by the size of the image."""
SELF_TEST_MG: Final = (16000.0, -15000.0, 10000.0)
"""By axis, positive minus negative: at least so far, in this direction."""

BMI270: Final = Part(
    "BMI270",
    "bmi270",
    (0x68, 0x69),
    {2: 1 / 16384, 4: 1 / 8192, 8: 1 / 4096, 16: 1 / 2048},
    {125: 1 / 262.144, 250: 1 / 131.072, 500: 1 / 65.536, 1000: 1 / 32.768, 2000: 1 / 16.384},
    tuple(ODR),
    2048 // FRAME,
    {
        Mount.WAIST: Mode(400.0, 16, 2000),
        Mount.SHOE: Mode(800.0, 16, 2000, cadence_only=True, note=CLIPS_FEET),
    },
)
PARTS: Final = (BMI270,)

_CHUNK: Final = 256
_RESET_S: Final = 0.003
_SAVE_OFF_S: Final = 0.0006
"""With advanced power save on, and just after, registers rest 450 µs between writes."""
_INIT_S: Final = 0.020
_INIT_TRIES: Final = 7
_SETTLE_S: Final = 0.060
"""The gyro needs 45 ms."""
_PRIME_S: Final = 0.0131
_PRIME_TRIES: Final = 24
_TEST_WAIT_S: Final = 0.060


class Bmi270:
    """One BMI270.

    Args:
        bus: the bus it sits on.
        address: 0x68 or 0x69.
        setup: rate and ranges.
        image: gives the configuration image when it is needed first; a simulator brings its own.
    """

    def __init__(
        self, bus: Bus, address: int, setup: Setup, image: Callable[[], bytes] = load_image
    ) -> None:
        self.setup = setup
        self._regs = Registers(bus, address)
        self._stream = BmiStream(self._regs, setup.rate_hz)
        self._load = image
        self._image: bytes | None = None
        self._capacity = CAPACITY[SIZES[0]]
        self._cross = 0

    @property
    def rate_hz(self) -> float:
        """Nominal: the chip does not tell its trim."""
        return self.setup.rate_hz

    def reset(self) -> None:
        """Software reset, power save off, configuration image uploaded and accepted."""
        regs = self._regs
        regs.forget()
        require_id(regs, "CHIP_ID", R_CHIP_ID, CHIP_ID, self.setup.part.name)
        image = self._its_image()
        insist(regs, "soft reset", R_CMD, CMD_SOFT_RESET, _RESET_S, self._is_reset)
        insist(
            regs, "PWR_CONF", R_PWR_CONF, 0, _SAVE_OFF_S, lambda: regs.byte(R_PWR_CONF) & 0x01 == 0
        )
        regs.set("PWR_CONF.ADV_POWER_SAVE", R_PWR_CONF, 0, 0x01)
        regs.write(R_INIT_CTRL, 0)
        for at in range(0, len(image), _CHUNK):
            self._upload(at, image[at : at + _CHUNK])
        regs.write(R_INIT_CTRL, 1)
        for _ in range(_INIT_TRIES):
            regs.bus.time.sleep(_INIT_S)
            status = regs.byte(R_INTERNAL_STATUS) & 0x0F
            if status == 1:
                break
        else:
            raise ChipError(
                f"I2C 0x{regs.address:02x}: the BMI270 refuses its configuration image "
                f"(INTERNAL_STATUS {status}): the file is damaged, or the bus is"
            )
        self._capacity = CAPACITY[len(image)]
        self._cross = self._cross_axis(len(image))

    def start(self, watermark: int) -> None:
        """Sensors first, the FIFO last; the first samples are read at once."""
        regs, mode = self._regs, self.setup.mode
        code = ODR[mode.rate_hz]
        size = min(max(1, watermark), self.setup.part.fifo_samples - 8) * FRAME
        regs.write(R_FIFO_CONFIG_1, 0x10)
        # Normal filters, for performance.
        regs.set("ACC_CONF", R_ACC_CONF, 0xA0 | code)
        regs.set("ACC_RANGE", R_ACC_RANGE, FS_G[mode.acc_range_g], 0x03)
        regs.set("GYR_CONF", R_GYR_CONF, 0xE0 | code)
        regs.set("GYR_RANGE", R_GYR_RANGE, FS_DPS[mode.gyr_range_dps], 0x07)
        regs.set("FIFO_DOWNS", R_FIFO_DOWNS, 0x88)
        regs.set("FIFO_WTM_0", R_FIFO_WTM_0, size & 0xFF)
        regs.set("FIFO_WTM_1", R_FIFO_WTM_1, size >> 8, 0x1F)
        # Newest samples are kept, no sensor time frames.
        regs.set("FIFO_CONFIG_0", R_FIFO_CONFIG_0, 0, 0x03)
        regs.set("INT1_IO_CTRL", R_INT1_IO_CTRL, 0x0A, 0x1E)
        regs.set("INT_MAP_DATA", R_INT_MAP_DATA, 0x02, 0x0F)
        regs.set("PWR_CTRL", R_PWR_CTRL, 0x0E, 0x0F)
        regs.bus.time.sleep(_SETTLE_S)
        regs.write(R_CMD, CMD_FIFO_FLUSH)
        self._stream.restart(self._cross, self._capacity)
        regs.set("FIFO_CONFIG_1", R_FIFO_CONFIG_1, 0xD0, 0xF0)
        self._prime()

    def drain(self) -> list[Drained]:
        """Everything in the FIFO."""
        return self._stream.drain()

    def check(self) -> None:
        """CHIP_ID, the configuration image and every setting."""
        regs = self._regs
        regs.check_id("CHIP_ID", R_CHIP_ID, CHIP_ID)
        status = regs.byte(R_INTERNAL_STATUS) & 0x0F
        if status != 1:
            raise ChipResetError(
                f"I2C 0x{regs.address:02x}: INTERNAL_STATUS is {status}: the configuration image "
                "is gone"
            )
        regs.check()

    def stop(self) -> None:
        """Both sensors and the FIFO off."""
        for register, value in ((R_FIFO_CONFIG_1, 0x10), (R_PWR_CTRL, 0)):
            self._regs.release(register)
            self._regs.write(register, value)

    def self_test(self) -> SelfTest:
        """Bosch's for the accelerometer; the gyro's needs its feature engine."""
        regs = self._regs
        regs.set("ACC_RANGE", R_ACC_RANGE, FS_G[16], 0x03)
        regs.set("ACC_CONF", R_ACC_CONF, 0xAC)
        regs.set("PWR_CTRL", R_PWR_CTRL, 0x04, 0x0F)
        regs.bus.time.sleep(_TEST_WAIT_S)
        plus = self._pulled(0x0D)
        minus = self._pulled(0x09)
        regs.write(R_ACC_SELF_TEST, 0)
        moved = (plus - minus) * self.setup.part.acc_g[16] * 1e3
        detail, passed = [], True
        for axis, by, least in zip("xyz", moved.tolist(), SELF_TEST_MG, strict=True):
            fine = by > least if least > 0 else by < least
            passed &= fine
            verdict = "ok" if fine else f"does not reach {least:.0f}"
            detail.append(f"acc {axis} moved by {by:.0f} mg: {verdict}")
        return SelfTest(passed, tuple(detail))

    def fingerprint(self) -> str:
        """None that is worth the name."""
        return ""

    def _its_image(self) -> bytes:
        if self._image is None:
            where = f"I2C 0x{self._regs.address:02x}"
            try:
                image = self._load()
            except ChipError as e:
                raise ChipError(f"{where}: {e}") from e
            if len(image) not in SIZES:
                raise ChipError(f"{where}: a configuration image of {len(image)} bytes is none")
            self._image = image
        return self._image

    def _is_reset(self) -> bool:
        regs = self._regs
        power = regs.read(R_PWR_CONF, 2)
        return power[0] & 0x01 == 1 and not power[1] and not regs.byte(R_INTERNAL_STATUS) & 0x0F

    def _upload(self, at: int, chunk: bytes) -> None:
        """One chunk; its address is told again if it has to be sent again."""
        regs = self._regs
        for last in (False, False, True):
            regs.write(R_INIT_ADDR_0, at // 2 & 0x0F, at // 2 >> 4)
            try:
                regs.bus.write(regs.address, R_INIT_DATA, *chunk, retry=False)
                return
            except BusError:
                if last:
                    raise

    def _cross_axis(self, size: int) -> int:
        """GYR_CAS, 7 bits with sign; the small image keeps it in another place."""
        regs = self._regs
        if size == SIZES[0]:
            register = R_GYR_CAS_GPIO0
        else:
            register = R_GYR_CAS
            regs.set("FEAT_PAGE", R_FEAT_PAGE, 0)
            regs.release(R_FEAT_PAGE)
        # Nothing else would show a misread one.
        a, b, c = (regs.byte(register) & 0x7F for _ in range(3))
        cross = a if a in (b, c) else b
        return cross - 128 if cross & 0x40 else cross

    def _prime(self) -> None:
        """Until the stream has begun; from an emptied FIFO again where it began badly."""
        regs = self._regs
        error: BusError | ChipError = ChipError(f"I2C 0x{regs.address:02x}: the FIFO stays empty")
        for _ in range(_PRIME_TRIES):
            # No multiple of any sample period: the phase goes through all values.
            regs.bus.time.sleep(_PRIME_S)
            try:
                if self._stream.prime():
                    return
            except (BusError, ChipError) as e:
                error = e
                regs.write(R_CMD, CMD_FIFO_FLUSH)
                self._stream.restart(self._cross, self._capacity)
        raise error

    def _pulled(self, how: int) -> FloatArray:
        """(3,) counts of the accelerometer while the test pulls."""
        regs = self._regs
        regs.write(R_ACC_SELF_TEST, how)
        regs.bus.time.sleep(_TEST_WAIT_S)
        return np.frombuffer(regs.read(R_ACC_DATA, 6), "<i2").astype(np.float64)
