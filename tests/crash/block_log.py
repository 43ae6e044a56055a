"""The log of a disk's writes and flushes, and the disks that a power cut may leave of it.

The format is that of Linux's dm-log-writes, as qemu's blklogwrites writes it: a head (magic,
version, number of entries, sector size), then for each entry its own head (sector, sectors, flags,
bytes), padded to a sector, and its data.
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HEAD: Final = struct.Struct("<QQQI")
_ENTRY: Final = struct.Struct("<QQQQ")
_MAGIC: Final = 0x6A736677736872
_ENTRIES_AT: Final = 16
FLUSH: Final = 1
FUA: Final = 2
DISCARD: Final = 4
SECTOR: Final = 512
"""A card writes this much whole or not at all."""
ARRIVES: Final = 0.5
"""Share of the writes after the last flush that reach the card."""
TORN: Final = 0.2
"""Share of those of which only some sectors do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write, flush or discard: where, bytes, what, and its data."""

    at: int
    length: int
    flags: int
    data: memoryview | None


def entries_so_far(log: Path) -> int:
    """Entries in a log that is being written; all that was flushed is in it."""
    with log.open("rb") as file:
        file.seek(_ENTRIES_AT)
        (n,) = struct.unpack("<Q", file.read(8))
    return int(n)


def read_log(log: Path) -> list[Entry]:
    """All entries."""
    data = memoryview(log.read_bytes())
    magic, _, n, sector = _HEAD.unpack_from(data)
    assert magic == _MAGIC, f"{log}: no log of writes"
    found = []
    at = sector
    for _ in range(n):
        first, sectors, flags, _ = _ENTRY.unpack_from(data, at)
        at += sector
        length = sectors * sector
        held = None
        if not flags & DISCARD and sectors:
            held = data[at : at + length]
            at += length
        found.append(Entry(first * sector, length, flags, held))
    return found


def cut_cards(
    base: bytes, entries: list[Entry], cuts: int, seed: int
) -> Iterator[tuple[int, bytes]]:
    """The entry at which the power went, and the card then: all that was flushed, and of what came
    later a random half, some of it torn."""
    chance = random.Random(seed)
    for k in sorted(chance.sample(range(len(entries)), min(cuts, len(entries)))):
        flushed = max((f for f in range(k + 1) if entries[f].flags & FLUSH), default=0)
        card = bytearray(base)
        for entry in entries[:flushed]:
            _put(card, entry)
        for entry in entries[flushed : k + 1]:
            if entry.flags & FUA:
                _put(card, entry)
            elif entry.data is not None and chance.random() < ARRIVES:
                torn = chance.random() < TORN
                for s in range(0, entry.length, SECTOR):
                    if not torn or chance.random() < 0.5:
                        card[entry.at + s : entry.at + s + SECTOR] = entry.data[s : s + SECTOR]
        yield k, bytes(card)


def _put(card: bytearray, entry: Entry) -> None:
    if entry.data is not None:
        card[entry.at : entry.at + entry.length] = entry.data
    elif entry.flags & DISCARD:
        card[entry.at : entry.at + entry.length] = bytes(entry.length)
