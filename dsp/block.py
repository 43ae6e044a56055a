"""What flows into the pipeline: a stream's description and its samples, block by block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FEW: Final = 32
"""Samples up to which plain Python is quicker than numpy, and rounds alike: a live block has 4 to
16."""


class Mount(StrEnum):
    """Where the sensor is worn."""

    WAIST = "waist"
    SHOE = "shoe"


class Side(StrEnum):
    """The runner's foot, where known."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"

    @property
    def other(self) -> "Side":
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, Side.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Stream:
    """What is constant over one stream of samples.

    Args:
        mount: where the sensor is worn.
        rate_hz: true output data rate, samples per second.
        side: the instrumented foot of a shoe mount.
        has_gyro: whether blocks carry `gyr`.
    """

    mount: Mount
    rate_hz: float
    side: Side = Side.UNKNOWN
    has_gyro: bool = True


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Consecutive samples of one stream; cutting and joining them changes no result.

    Args:
        t: (n,) s, on the trace's own time base, strictly increasing.
        acc: (n, 3) specific force, m/s², sensor axes; a column that was not recorded is all NaN.
        gyr: (n, 3) angular rate, rad/s, sensor axes (NaN columns likewise), or None without a gyro.
        lost: (n,) samples known to be lost just before each sample.
        acc_clipped: (n,) some accelerometer axis is at its limit.
        gyr_clipped: (n,) some gyro axis is at its limit.
    """

    t: FloatArray
    acc: FloatArray
    gyr: FloatArray | None
    lost: IntArray
    acc_clipped: BoolArray
    gyr_clipped: BoolArray

    def __len__(self) -> int:
        return len(self.t)

    def __getitem__(self, cut: slice) -> "SampleBlock":
        return SampleBlock(
            self.t[cut],
            self.acc[cut],
            None if self.gyr is None else self.gyr[cut],
            self.lost[cut],
            self.acc_clipped[cut],
            self.gyr_clipped[cut],
        )


def plain_block(t: FloatArray, acc: FloatArray, gyr: FloatArray | None = None) -> SampleBlock:
    """A block with nothing lost and nothing clipped."""
    n = len(t)
    no = np.zeros(n, dtype=bool)
    return SampleBlock(t, acc, gyr, np.zeros(n, dtype=np.int64), no, no)


def join(blocks: Iterable[SampleBlock]) -> SampleBlock:
    """One block from consecutive ones (at least one)."""
    b = list(blocks)
    if len(b) == 1:
        return b[0]
    gyr = [x.gyr for x in b if x.gyr is not None]
    return SampleBlock(
        np.concatenate([x.t for x in b]),
        np.concatenate([x.acc for x in b]),
        np.concatenate(gyr) if gyr else None,
        np.concatenate([x.lost for x in b]),
        np.concatenate([x.acc_clipped for x in b]),
        np.concatenate([x.gyr_clipped for x in b]),
    )


def recut(block: SampleBlock, edges: Iterable[int]) -> Iterator[SampleBlock]:
    """The same samples, cut before each index in `edges`; empty pieces are left out."""
    for a, b in pairwise([0, *sorted(set(edges)), len(block)]):
        if b > a:
            yield block[a:b]
