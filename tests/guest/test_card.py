"""A card after a power cut: what was flushed is there, what was not is lost, torn or there."""

import struct
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guest.card import cut_after, entries_of

SECTOR: Final = 512
SECTORS: Final = 16
FLUSH: Final = 1
Entry = tuple[int, int]
"""Which sector is written, and with what byte; (-1, 0): a flush."""

ENTRIES: Final = st.lists(
    st.tuples(st.integers(0, SECTORS - 3), st.integers(1, 255)) | st.just((-1, 0)), max_size=30
)


def _log(entries: list[Entry], path: Path) -> None:
    """A log as QEMU's blklogwrites writes it; each write is of three sectors."""
    out = struct.pack("<QQQI", 0x6A736677736872, 1, len(entries), SECTOR).ljust(SECTOR, b"\0")
    for sector, byte in entries:
        if sector < 0:
            out += struct.pack("<QQQQ", 0, 0, FLUSH, 0).ljust(SECTOR, b"\0")
        else:
            out += struct.pack("<QQQQ", sector, 3, 0, 0).ljust(SECTOR, b"\0")
            out += bytes([byte]) * (3 * SECTOR)
    path.write_bytes(out)


@settings(max_examples=25)
@given(entries=ENTRIES, share=st.floats(0.0, 1.0), seed=st.integers(0, 99))
def test_a_cut_keeps_what_was_flushed_and_makes_up_nothing(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry], share: float, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("card")
    base, log, card = folder / "base", folder / "log", folder / "card"
    base.write_bytes(bytes(SECTORS * SECTOR))
    _log(entries, log)
    assert entries_of(log) == len(entries)
    done = entries[: round(share * len(entries))]
    cut_after(len(done), base, log, card, seed)
    flushes = [k for k, (sector, _) in enumerate(done) if sector < 0]
    last = flushes[-1] if flushes else -1
    found = card.read_bytes()
    for sector in range(SECTORS):
        here = [(k, byte) for k, (at, byte) in enumerate(done) if 0 <= at <= sector < at + 3]
        sure = [byte for k, byte in here if k < last]
        may = {byte for k, byte in here if k > last} | {sure[-1] if sure else 0}
        content = set(found[sector * SECTOR : (sector + 1) * SECTOR])
        assert len(content) == 1
        assert content <= may


def test_a_cut_does_lose_and_tear_unflushed_writes(tmp_path: Path) -> None:
    base, log, card = tmp_path / "base", tmp_path / "log", tmp_path / "card"
    base.write_bytes(bytes(SECTORS * SECTOR))
    _log([(3 * (k % 5), 1) for k in range(5)], log)
    found = set()
    for seed in range(40):
        cut_after(5, base, log, card, seed)
        written = card.read_bytes()
        found |= {
            written[k * 3 * SECTOR : (k + 1) * 3 * SECTOR].count(1) // SECTOR for k in range(5)
        }
    assert {0, 3} < found
