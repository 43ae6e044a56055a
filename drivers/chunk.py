"""What a driver hands over at every drain of the chip's FIFO."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CountArray = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Raw counts as the chip gave them.

    Args:
        counts: (n, 6) int16, accelerometer x y z then gyro x y z, sensor axes; (n, 3) without a
        gyro; (n, 9) with a second, coarse accelerometer x y z.
        host_time: monotonic host time just after the FIFO's level was read, s.
        lost: samples known to be lost before the first one.
    """

    counts: CountArray
    host_time: float
    lost: int = 0
