"""A trace that was cut off is closed whole, whatever the cut, and whatever cuts the mending."""

from pathlib import Path

import pytest
from mcap.reader import make_reader

from dsp.errors import TraceError
from firmware_py.trace.mend import CUT, is_whole, mend
from firmware_py.trace.reader import Trace, open_trace
from tests.trace.recordings import write_counts, write_samples

SECONDS = 3


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("mend") / "whole.mcap"
    write_counts(path, SECONDS)
    return path.read_bytes()


def samples(trace: Trace) -> int:
    return sum(len(b) for b in trace.blocks())


def remarks(trace: Trace) -> list[str]:
    return [str(e["text"]) for e in trace.events() if e["type"] == "status"]


def others(trace: Trace) -> list[str]:
    return [str(e) for e in trace.events() if e["type"] != "status"]


def test_what_could_be_read_of_a_cut_file_is_there_in_a_whole_one(
    synced: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "cut.mcap"
    mended = unreadable = 0
    for cut in range(0, len(synced), 53):
        path.write_bytes(synced[:cut])
        try:
            before = open_trace(path)
        except TraceError:
            with pytest.raises(TraceError):
                mend(path)
            assert path.read_bytes() == synced[:cut]
            unreadable += 1
            continue
        had = samples(before), others(before)
        assert mend(path).changed
        trace = open_trace(path)
        assert (samples(trace), others(trace)) == had
        assert trace.damage is None
        # Not where only the end of a complete recording was missing, nor where nothing was.
        assert len(remarks(trace)) <= 1
        whole = path.read_bytes()
        assert not mend(path).changed
        assert path.read_bytes() == whole
        with path.open("rb") as file:
            reader = make_reader(file, validate_crcs=True)
            count = sum(1 for _ in reader.iter_messages())
            summary = reader.get_summary()
        assert summary is not None
        assert summary.statistics is not None
        assert count == summary.statistics.message_count
        mended += 1
    assert mended > 20
    assert 0 < unreadable < mended


@pytest.mark.parametrize("share", [0.2, 0.3, 0.45])
def test_a_mending_that_is_cut_off_anywhere_is_begun_again(
    synced: bytes, tmp_path: Path, share: float
) -> None:
    torn = synced[: int(share * len(synced))]
    path = tmp_path / "cut.mcap"
    path.write_bytes(torn)
    had = samples(open_trace(path))
    mend(path)
    whole = path.read_bytes()
    kept = next(n for n in range(len(whole)) if n >= len(torn) or whole[n] != torn[n])
    for cut in range(kept, len(whole), 29):
        for rest in (b"", torn[cut:], bytes(len(whole) - cut)):
            path.write_bytes(whole[:cut] + rest)
            mend(path)
            trace = open_trace(path)
            assert samples(trace) == had
            assert trace.damage is None
            assert remarks(trace).count(CUT) == (1 if had else 0)
            assert is_whole(path)


def test_a_chunk_that_is_damaged_in_the_middle_stays_and_is_told(
    synced: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "bad.mcap"
    damaged = bytearray(synced[: int(0.8 * len(synced))])
    at = synced.index(b"\x04\0\0\0zstd") + 100
    damaged[at] ^= 0xFF
    path.write_bytes(bytes(damaged))
    before = open_trace(path)
    had = samples(before)
    assert 0 < had < 100 * SECONDS
    assert mend(path).changed
    after = open_trace(path)
    assert samples(after) == had
    assert after.damage is not None
    assert "checksum" in after.damage
    assert path.read_bytes()[: at + 1] == bytes(damaged[: at + 1])


def test_a_whole_file_and_one_closed_on_a_full_disk_are_left_as_they_are(
    synced: bytes, tmp_path: Path
) -> None:
    from firmware_py.trace.mcap_end import DATA_END, SHORTEST_END

    path = tmp_path / "t.mcap"
    short = synced[: synced.rindex(DATA_END)] + SHORTEST_END
    for data in (synced, short):
        path.write_bytes(data)
        assert not mend(path).changed
        assert path.read_bytes() == data
    block = write_samples(tmp_path / "si.mcap", 2)
    assert not mend(tmp_path / "si.mcap").changed
    assert samples(open_trace(tmp_path / "si.mcap")) == len(block)
