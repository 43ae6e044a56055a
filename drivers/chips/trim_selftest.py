"""InvenSense's self-tests: the masses are moved electrically, factory codes say by how much.

Procedures and limits: the application notes for MPU-6000 and MPU-6500, as in InvenSense's own
drivers (Icm20948SelfTest.c); hardware.md A.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.chips.chip import SelfTest
from drivers.chips.registers import Registers
from dsp.block import FloatArray

SETTLE_S: Final = 0.100
SAMPLES: Final = 200
SAMPLE_S: Final = 1e-3
FIRST_LIMIT: Final = 0.14
"""MPU-6050: the response may be so far off its factory value, relative."""
RATIO_LOW: Final = 0.5
RATIO_HIGH: Final = 1.5
"""Later parts: of the factory value; the gyro has no upper limit."""
ACC_MG: Final = (225.0, 675.0)
GYR_DPS: Final = 60.0
"""Later parts without factory codes."""
REST_DPS: Final = 20.0
"""Later parts: what a gyro may read at rest."""
Writes = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class TrimSelfTest:
    """A family's registers for it.

    Args:
        setup: rates, filters and full scales of the test.
        on, off: what turns it on, and off again.
        out_acc, out_gyr: first output registers.
    """

    setup: Writes
    on: Writes
    off: Writes
    out_acc: int
    out_gyr: int


@dataclass(frozen=True, slots=True)
class Response:
    """What the test did to the outputs, counts.

    Args:
        rest: (6,) acc, gyro before.
        moved: (6,) by how much they moved.
    """

    rest: FloatArray
    moved: FloatArray


def respond(regs: Registers, test: TrimSelfTest) -> Response:
    """Runs the test; the chip must lie still.

    Raises:
        BusError: the bus failed.
    """
    for register, value in test.setup:
        regs.write(register, value)
    rest = _mean(regs, test)
    for register, value in test.on:
        regs.write(register, value)
    moved = _mean(regs, test) - rest
    for register, value in test.off:
        regs.write(register, value)
    return Response(rest, moved)


def first_codes(raw: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """MPU-6050: the codes of acc and gyro from SELF_TEST_X, _Y, _Z and _A."""
    x, y, z, a = raw
    acc = (x >> 3 & 0x1C | a >> 4 & 3, y >> 3 & 0x1C | a >> 2 & 3, z >> 3 & 0x1C | a & 3)
    return acc, (x & 0x1F, y & 0x1F, z & 0x1F)


def judge_first(response: Response, raw: Sequence[int]) -> SelfTest:
    """MPU-6050, at ±8 g and ±250 deg/s: within 14 % of the factory's response."""
    acc, gyr = first_codes(raw)
    if not any(acc + gyr):
        return SelfTest(None, ("the chip holds no factory codes: most likely a copy",))
    wanted = [4096 * 0.34 * (0.92 / 0.34) ** ((c - 1) / 30) if c else 0.0 for c in acc]
    signs = (1, -1, 1)
    wanted += [
        s * 25 * 131 * 1.046 ** (c - 1) if c else 0.0 for s, c in zip(signs, gyr, strict=True)
    ]
    detail, passed = [], True
    for name, moved, factory in zip(_NAMES, response.moved, wanted, strict=True):
        off = (moved - factory) / factory if factory else np.inf
        fine = bool(abs(off) <= FIRST_LIMIT)
        passed &= fine
        verdict = "ok" if fine else f"outside ±{100 * FIRST_LIMIT:.0f} %"
        detail.append(f"{name} is {100 * off:+.0f} % off its factory response: {verdict}")
    return SelfTest(passed, tuple(detail))


def judge_later(response: Response, codes: Sequence[int], acc_g: float, gyr_dps: float) -> SelfTest:
    """Later parts at their smallest full scales.

    Args:
        codes: factory codes, gyro x y z, acc x y z, in the order of the registers.
        acc_g: g per count; gyr_dps: deg/s per count.
    """
    gyr, acc = codes[:3], codes[3:]
    detail, passed = [], True
    for k, (name, code) in enumerate(zip(_NAMES, (*acc, *gyr), strict=True)):
        moved = float(response.moved[k])
        is_acc = k < 3
        if all(acc if is_acc else gyr):
            ratio = moved / (2620 * 1.01 ** (code - 1))
            fine = RATIO_LOW <= ratio <= RATIO_HIGH if is_acc else ratio > RATIO_LOW
            text = f"{name} moved by {100 * ratio:.0f} % of its factory response"
        elif is_acc:
            moved *= acc_g * 1e3
            fine = ACC_MG[0] <= abs(moved) <= ACC_MG[1]
            text = f"{name} moved by {moved:.0f} mg"
        else:
            moved *= gyr_dps
            fine = abs(moved) >= GYR_DPS
            text = f"{name} moved by {moved:.0f} deg/s"
        rest = float(response.rest[k]) * gyr_dps
        if not is_acc and abs(rest) >= REST_DPS:
            fine = False
            text += f", reads {rest:.0f} deg/s at rest"
        passed &= fine
        detail.append(f"{text}: {'ok' if fine else 'outside its limits'}")
    return SelfTest(passed, tuple(detail))


def codes_as_text(codes: Sequence[int]) -> str:
    """Factory codes as a fingerprint; "" where there are none."""
    if all(c in (0x00, 0xFF) for c in codes):
        return ""
    return "codes " + bytes(codes).hex()


_NAMES: Final = tuple(f"{sensor} {axis}" for sensor in ("acc", "gyro") for axis in "xyz")


def _mean(regs: Registers, test: TrimSelfTest) -> FloatArray:
    """(6,) counts."""
    regs.bus.time.sleep(SETTLE_S)
    total = np.zeros(6)
    for _ in range(SAMPLES):
        regs.bus.time.sleep(SAMPLE_S)
        total[:3] += np.frombuffer(regs.read(test.out_acc, 6), ">i2")
        total[3:] += np.frombuffer(regs.read(test.out_gyr, 6), ">i2")
    return total / SAMPLES
