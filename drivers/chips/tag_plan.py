"""How to take apart a sequence of FIFO words, from their tags alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import IntArray

WORD: Final = 7
"""Bytes: the tag, then three axes of 16 bits, or a timestamp of 32."""
TAG_GYRO: Final = 0x01
TAG_ACC: Final = 0x02
TAG_TIMESTAMP: Final = 0x04
TAG_CONFIG_CHANGE: Final = 0x05
TAG_HIGH_G: Final = 0x1D


@dataclass(frozen=True, slots=True)
class Plan:
    """How to take words apart.

    Args:
        places: (samples, 6 * sensors) the bytes of each sample's counts, in the order of columns.
        slots: time slot of each sample, 0 to 3.
        breaks: samples, after the first, whose slot does not follow the one before.
        stamps: (sample, slot, place) of the timestamps; sample -1 is the one before these words,
            if that has this slot.
        whole: words that are used up; those after them wait for the rest of their slot.
        bad: why these cannot be words of this FIFO; "" if they can.
    """

    places: IntArray
    slots: tuple[int, ...]
    breaks: tuple[int, ...]
    stamps: tuple[tuple[int, int, int], ...]
    whole: int
    bad: str = ""


def make_plan(tags: bytes, wanted: tuple[int, ...]) -> Plan:
    """The plan for words with these tag bytes.

    Args:
        tags: the first byte of each word: slot in bits 2:1, sensor in 7:3 (bit 0 is a parity of
            the older family and unused in the newer).
        wanted: sensors that make a sample.
    """
    places: tuple[list[int], ...] = tuple([] for _ in wanted)
    slots: list[int] = []
    stamps: list[tuple[int, int, int]] = []
    group: dict[int, int] = {}
    start, slot = 0, -1

    def close() -> None:
        """The words of one slot are together."""
        whole = all(tag in group for tag in wanted)
        if whole:
            for column, tag in zip(places, wanted, strict=True):
                column.append(group[tag])
            slots.append(slot)
        if TAG_TIMESTAMP in group and (whole or len(group) == 1):
            follows = bool(slots) and slots[-1] == slot
            if follows or not slots:
                stamps.append((len(slots) - 1, slot, group[TAG_TIMESTAMP]))

    for i, byte in enumerate(tags):
        tag, its_slot = byte >> 3, byte >> 1 & 3
        if tag == TAG_CONFIG_CHANGE:
            continue
        if tag not in wanted and tag != TAG_TIMESTAMP:
            return Plan(_bytes_of(places), (), (), (), len(tags), f"a word tagged 0x{byte:02x}")
        if group and (its_slot != slot or tag in group):
            close()
            group = {}
        if not group:
            start, slot = i, its_slot
        group[tag] = i
    whole = len(tags)
    if group:
        if all(tag in group for tag in wanted):
            close()
        else:
            whole = start
    return Plan(
        _bytes_of(places),
        tuple(slots),
        tuple(i for i in range(1, len(slots)) if slots[i] != (slots[i - 1] + 1) & 3),
        tuple(stamps),
        whole,
    )


def _bytes_of(places: tuple[list[int], ...]) -> IntArray:
    """(n, 6 * sensors) places of bytes from those of each sensor's words."""
    words = np.array(places, dtype=np.int64).T
    data = words[:, :, np.newaxis] * WORD + np.arange(1, WORD)
    return np.ascontiguousarray(data.reshape(len(words), (WORD - 1) * len(places)))
