"""A card as a power cut may leave it, from the log of every write and flush that reached it.

QEMU's blklogwrites writes the log (the kernel's dm-log-writes format). What was flushed is there;
of what was written later some is there, some is not, and some only in part: a card keeps it in its
own memory for a while and in no certain order. Killing QEMU alone would be too kind: it keeps all.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from tests.debian import BuildError, run

_MAGIC: Final = 0x6A736677736872
_SUPER: Final = struct.Struct("<QQQI")
_ENTRY: Final = struct.Struct("<QQQQ")
_FLUSH, _FUA, _DISCARD = 1, 2, 4
_SECTOR: Final = 512
KEPT: Final = 0.5
TORN: Final = 0.2


@dataclass(frozen=True, slots=True)
class Write:
    """One entry of the log.

    Args:
        at, size: bytes on the card. flags: of the entry. data: where in the log its bytes are, or
            None.
    """

    at: int
    size: int
    flags: int
    data: int | None


def writes(log: Path) -> list[Write]:
    """All whole entries.

    Raises:
        BuildError: it is no such log.
    """
    with log.open("rb") as file:
        return list(_entries(file))


def _entries(file: BinaryIO) -> Iterator[Write]:
    magic, _, count, sector = _SUPER.unpack(file.read(_SUPER.size))
    if magic != _MAGIC:
        raise BuildError("the log of the card's writes is none")
    at = sector
    for _ in range(count):
        file.seek(at)
        where, sectors, flags, _ = _ENTRY.unpack(file.read(_ENTRY.size))
        at += sector
        size = sectors * sector
        data = None
        if size and not flags & _DISCARD:
            data, at = at, at + size
        yield Write(where * sector, size, flags, data)


def entries_of(log: Path) -> int:
    """How many entries the log has by now."""
    with log.open("rb") as file:
        head = file.read(_SUPER.size)
    return int(_SUPER.unpack(head)[2]) if len(head) == _SUPER.size else 0


def cut(base: Path, log: Path, card: Path, seed: int) -> None:
    """Makes `card` what a power cut at the log's end may have left.

    Args:
        base: the card when the log began.
    """
    cut_after(entries_of(log), base, log, card, seed)


def cut_after(entries: int, base: Path, log: Path, card: Path, seed: int) -> None:
    """Makes `card` what a power cut after so many entries of the log may have left."""
    rng = np.random.default_rng(seed)
    done = writes(log)[:entries]
    flushed = max((k for k, e in enumerate(done) if e.flags & _FLUSH), default=0)
    run(["cp", "--sparse=always", base, card])
    with log.open("rb") as held, card.open("r+b") as out:
        for k, entry in enumerate(done):
            _put(entry, held, out, rng if k > flushed and not entry.flags & _FUA else None)


def _put(entry: Write, log: BinaryIO, card: BinaryIO, rng: np.random.Generator | None) -> None:
    if entry.data is None:
        if entry.flags & _DISCARD and entry.size:
            card.seek(entry.at)
            card.write(bytes(entry.size))
        return
    if rng is not None and rng.random() >= KEPT:
        return
    log.seek(entry.data)
    data = log.read(entry.size)
    if rng is None or rng.random() >= TORN:
        card.seek(entry.at)
        card.write(data)
        return
    for first in range(0, entry.size, _SECTOR):
        if rng.random() < KEPT:
            card.seek(entry.at + first)
            card.write(data[first : first + _SECTOR])
