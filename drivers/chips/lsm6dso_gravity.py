"""What tells LSM6DSO and LSM6DSO32 apart: the counts of gravity with FS_XL = 0."""

from typing import Final

import numpy as np

from drivers.bus import Bus
from drivers.chips.lsm6dso import R_CTRL1_XL, R_CTRL3_C, R_OUT_ACC
from drivers.chips.registers import Registers
from drivers.chunk import CountArray

ODR_208: Final = 5 << 4
SAMPLE_S: Final = 0.010
SAMPLES: Final = 60


def read_gravity_counts(bus: Bus, address: int) -> CountArray:
    """(60, 3) accelerometer counts over 0.6 s with FS_XL = 0; resets the chip before and after.

    Raises:
        BusError, ChipError: it cannot be read.
    """
    regs = Registers(bus, address)
    regs.write(R_CTRL3_C, 0x01)
    regs.until_clear("CTRL3_C.SW_RESET", R_CTRL3_C, 0x01, 0.010)
    regs.set("CTRL3_C", R_CTRL3_C, 0x44, 0x44)
    regs.set("CTRL1_XL", R_CTRL1_XL, ODR_208)
    bus.time.sleep(0.100)
    rows = []
    for _ in range(SAMPLES):
        bus.time.sleep(SAMPLE_S)
        rows.append(np.frombuffer(regs.read(R_OUT_ACC, 6), "<i2"))
    regs.write(R_CTRL1_XL, 0)
    return np.array(rows, dtype=np.int16)
