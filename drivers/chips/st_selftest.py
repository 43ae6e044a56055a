"""The self-test that ST prescribes for its LSM6 families (ST's self_test.c examples)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.chips.chip import SelfTest
from drivers.chips.registers import Registers
from dsp.block import FloatArray

SETTLE_S: Final = 0.100
SAMPLES: Final = 5
SAMPLE_S: Final = 0.025
"""Longer than a sample period at 52 Hz."""
ACC_MG: Final = (50.0, 1700.0)
GYR_DPS: Final = (150.0, 700.0)
Writes = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class StSelfTest:
    """A family's registers for it.

    Args:
        acc: what starts the accelerometer, the last of them turns its test on.
        acc_fs_g: full scale of the test.
        gyr: the same for the gyro at ±2000 deg/s.
        off: what ends both.
        select: register that turns tests on and off.
        out_acc, out_gyr: first output register.
    """

    acc: Writes
    acc_fs_g: int
    gyr: Writes
    off: Writes
    select: int
    out_acc: int
    out_gyr: int


def run_self_test(
    regs: Registers, test: StSelfTest, acc_fs_bits: int, acc_g: float, gyr_dps: float
) -> SelfTest:
    """Moves the masses electrically and looks whether all axes follow; the chip must lie still.

    Args:
        acc_fs_bits: full scale bits to add to the accelerometer's first write; 0 where they are
            in it.
        acc_g: g per count there; gyr_dps: deg/s per count.
    """
    *starts, on = test.acc
    for register, value in starts:
        regs.write(register, value | acc_fs_bits)
        acc_fs_bits = 0
    moved_mg = _moved(regs, on, test.select, test.out_acc) * acc_g * 1e3
    for register, value in test.off:
        regs.write(register, value)
    *starts, on = test.gyr
    for register, value in starts:
        regs.write(register, value)
    moved_dps = _moved(regs, on, test.select, test.out_gyr) * gyr_dps
    for register, value in test.off:
        regs.write(register, value)
    detail, passed = [], True
    for name, moved, (low, high), unit in (
        ("acc", moved_mg, ACC_MG, "mg"),
        ("gyro", moved_dps, GYR_DPS, "deg/s"),
    ):
        for axis, by in zip("xyz", moved, strict=True):
            fine = bool(low <= by <= high)
            passed &= fine
            verdict = "ok" if fine else f"outside {low:.0f} to {high:.0f}"
            detail.append(f"{name} {axis} moved by {by:.0f} {unit}: {verdict}")
    return SelfTest(passed, tuple(detail))


def _moved(regs: Registers, on: tuple[int, int], select: int, out: int) -> FloatArray:
    """(3,) counts: how far the test moves the output."""
    before = _mean(regs, out)
    regs.write(*on)
    after = _mean(regs, out)
    regs.write(select, 0)
    return np.asarray(np.abs(after - before))


def _mean(regs: Registers, out: int) -> FloatArray:
    regs.bus.time.sleep(SETTLE_S)
    rows = []
    for _ in range(1 + SAMPLES):
        regs.bus.time.sleep(SAMPLE_S)
        rows.append(np.frombuffer(regs.read(out, 6), "<i2"))
    return np.asarray(np.mean(rows[1:], axis=0), dtype=np.float64)
