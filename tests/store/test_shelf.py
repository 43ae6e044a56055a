"""The shelf: what is listed, handed out, proven and removed, and what never is."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dsp.errors import GaitCoachError
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import start
from firmware_py.programme.due import Due
from firmware_py.programme.state_file import StateFile
from firmware_py.session.files import read_summary
from firmware_py.store.errors import NotVerifiedError, UnknownSessionError
from firmware_py.store.ledger import sha256_of
from firmware_py.trace.writer import TraceWriter
from tests.live.test_recorder import files_of_at_most
from tests.store.machine import HEADER, MadeUp, chunks, kept, record, shelf_on, summed

STANDARD = built_in("cadence-standard")


def test_a_session_is_listed_while_it_is_recorded_and_after(tmp_path: Path) -> None:
    shelf = shelf_on(tmp_path / "kept", MadeUp())
    session = shelf.begin(HEADER, "button")
    record(session.recorder, 2)
    (listed,) = shelf.sessions()
    assert (listed.id, listed.open, listed.duration_s) == ("session-0001", True, None)
    session.recorder.close()
    session.close(summed(session.folder), "button")
    (listed,) = shelf.sessions()
    assert not listed.open
    assert listed.duration_s == pytest.approx(2.0, abs=0.1)
    names = ["session.json", "summary.json", "trace.mcap"]
    assert [f.name for f in listed.files] == names
    for file in listed.files:
        with shelf.open_file(listed.id, file.name) as opened:
            assert len(opened.read()) == file.size
    assert kept(shelf) == "session-0002"


def test_a_folder_of_an_earlier_version_is_a_session_too(tmp_path: Path) -> None:
    folder = tmp_path / "session-0007"
    folder.mkdir()
    with TraceWriter(folder / "trace.mcap", HEADER) as writer:
        for chunk in chunks(2):
            writer.write_chunk(chunk)
    shelf = shelf_on(tmp_path, MadeUp())
    (listed,) = shelf.sessions()
    assert (listed.id, listed.started, listed.duration_s) == ("session-0007", None, None)
    assert len(shelf.close_unfinished()) == 1
    assert shelf.sessions()[0].duration_s == pytest.approx(2.0, abs=0.1)
    assert shelf.close_unfinished() == []
    assert kept(shelf) == "session-0008"


@pytest.mark.parametrize(
    ("session", "file"),
    [
        ("session-0002", "trace.mcap"),
        ("../kept/session-0001", "trace.mcap"),
        ("session-0001/", "trace.mcap"),
        ("session-0001\n", "trace.mcap"),
        ("", "clock.json"),
        (".", "storage.log"),
        ("session-0003", "trace.mcap"),
        ("session-0001", "../session-0001/trace.mcap"),
        ("session-0001", "verified.json"),
        ("session-0001", "trace-2.mcap"),
        ("session-0001", "trace-3.mcap"),
        ("session-0001", "trace-4.mcap"),
        ("session-0001", "trace-٢.mcap"),
        ("session-0001", ""),
    ],
)
def test_no_name_leads_out_of_the_shelf(tmp_path: Path, session: str, file: str) -> None:
    shelf = shelf_on(tmp_path / "kept", MadeUp())
    kept(shelf, 1)
    secret = tmp_path / "secret"
    secret.write_text("of somebody else")
    folder = tmp_path / "kept" / "session-0001"
    (folder / "trace-3.mcap").symlink_to(secret)
    os.mkfifo(folder / "trace-4.mcap")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "trace.mcap").write_text("of somebody else")
    (tmp_path / "kept" / "session-0003").symlink_to(tmp_path / "other")
    with pytest.raises(UnknownSessionError):
        shelf.open_file(session, file)
    with pytest.raises((UnknownSessionError, NotVerifiedError)):
        shelf.verified(session, file, "0" * 64)


def test_a_session_goes_only_when_every_trace_in_it_was_verified(tmp_path: Path) -> None:
    shelf = shelf_on(tmp_path, MadeUp())
    name = kept(shelf, 1)
    trace = tmp_path / name / "trace.mcap"
    with pytest.raises(NotVerifiedError, match="download it first"):
        shelf.delete(name)
    with pytest.raises(NotVerifiedError, match="download it again"):
        shelf.verified(name, "trace.mcap", "0" * 64)
    shelf.verified(name, "trace.mcap", sha256_of(trace).upper())
    assert {f.name: f.verified for f in shelf.sessions()[0].files}["trace.mcap"] is not None
    # As long as it is what was verified, to the byte.
    data = bytearray(trace.read_bytes())
    data[100] ^= 1
    trace.write_bytes(data)
    with pytest.raises(NotVerifiedError):
        shelf.delete(name)
    data[100] ^= 1
    trace.write_bytes(data)
    (tmp_path / name / "my notes.txt").write_text("felt good")
    with pytest.raises(NotVerifiedError, match="move it away"):
        shelf.delete(name)
    (tmp_path / name / "my notes.txt").unlink()
    shelf.delete(name)
    assert shelf.sessions() == []
    assert f"{name}: deleted" in (tmp_path / "storage.log").read_text()
    # The laptop knows it by its number, which is not given again.
    assert kept(shelf, 1) == "session-0002"


def test_a_session_that_is_recorded_is_neither_verified_nor_deleted(tmp_path: Path) -> None:
    shelf = shelf_on(tmp_path, MadeUp())
    session = shelf.begin(HEADER, "link")
    assert session.folder is not None
    with pytest.raises(NotVerifiedError, match="being recorded"):
        shelf.verified(session.id, "trace.mcap", sha256_of(session.folder / "trace.mcap"))
    with pytest.raises(NotVerifiedError, match="being recorded"):
        shelf.delete(session.id)
    # Nor closed by another program that starts.
    other = shelf_on(tmp_path, MadeUp())
    assert other.unfinished() is None
    assert other.close_unfinished() == []
    session.abandon()
    assert other.unfinished() is not None


def test_room_is_made_oldest_first_of_verified_traces_and_never_of_summaries(
    tmp_path: Path,
) -> None:
    class Filling(MadeUp):
        """Every file that is left takes a hundred megabytes."""

        def free_bytes(self, folder: Path) -> int:
            return 1_000_000_000 - 100_000_000 * len(list(folder.glob("*/trace*.mcap")))

    machine = Filling()
    shelf = shelf_on(tmp_path, machine, keep_free_mb=650)
    for _ in range(4):
        kept(shelf, 1)
    for number in (2, 3, 4):
        name = f"session-000{number}"
        shelf.verified(name, "trace.mcap", sha256_of(tmp_path / name / "trace.mcap"))
    room = shelf.make_room()
    assert room.raw
    assert len(room.dropped) == 1
    assert [p.parent.name[-1] for p in sorted(tmp_path.glob("*/trace.mcap"))] == ["1", "3", "4"]
    assert "session-0002/trace.mcap: dropped" in (tmp_path / "storage.log").read_text()
    # What is not verified stays, and then there is no room.
    none = shelf_on(tmp_path, machine, keep_free_mb=999)
    room = none.make_room()
    assert not room.raw
    assert room.warning is not None
    assert [p.parent.name[-1] for p in tmp_path.glob("*/trace.mcap")] == ["1"]
    assert len(list(tmp_path.glob("*/summary.json"))) == 4
    session = none.begin(HEADER, "auto")
    record(session.recorder, 1)
    assert session.recorder.error is not None
    assert session.close({"duration_s": 1.0}, "auto").problems == ()
    assert session.folder is not None
    assert sorted(p.name for p in session.folder.iterdir()) == ["session.json", "summary.json"]
    # A run that had no room counts for its programme all the same, once.
    plan = plan_next(STANDARD, start(STANDARD))
    file = StateFile(tmp_path)
    file.save(start(STANDARD))
    session = none.begin(HEADER, "auto", Due(plan, file))
    state = session.close(summed(tmp_path / "session-0001"), "auto").programme
    assert state is not None
    assert len(state.log) == 1
    # And with a setting that says so, nothing goes.
    assert (
        shelf_on(tmp_path, machine, keep_free_mb=999, drop_verified=False).make_room().dropped == ()
    )


def test_a_card_that_takes_nothing_begins_no_session_and_stops_none(tmp_path: Path) -> None:
    (tmp_path / "card").write_text("a file where the folder should be")
    shelf = shelf_on(tmp_path / "card", MadeUp())
    room = shelf.make_room()
    assert not room.raw
    assert room.warning is not None
    assert room.warning.endswith(
        "card: cannot be made (File exists): no session is kept; choose another"
    )
    assert shelf.unfinished() is None
    assert len(shelf.close_unfinished()) == 1
    session = shelf.begin(HEADER, "button")
    assert session.folder is None
    assert session.id == ""
    assert session.told is not None
    record(session.recorder, 2)
    assert session.recorder.error is not None
    assert session.close({}, "button").problems == ()


@pytest.mark.parametrize("size", [0, 100, 400, 700])
def test_a_card_that_is_full_at_the_begin_leaves_nothing_that_stops_a_start(
    tmp_path: Path, size: int
) -> None:
    shelf = shelf_on(tmp_path, MadeUp())
    with files_of_at_most(size):
        session = shelf.begin(HEADER, "button")
        record(session.recorder, 1)
        assert session.recorder.close()
        assert session.recorder.error is not None
        session.close(None, "button")
    after = shelf_on(tmp_path, MadeUp().restarted())
    after.close_unfinished()
    assert after.close_unfinished() == []
    assert kept(after, 1) in ("session-0001", "session-0002")


def test_one_session_that_cannot_be_closed_is_told_and_stops_nothing(tmp_path: Path) -> None:
    shelf = shelf_on(tmp_path, MadeUp())
    for _ in range(2):
        session = shelf.begin(HEADER, "button")
        record(session.recorder, 2)
        session.abandon()
    trace = tmp_path / "session-0001" / "trace.mcap"
    newer = replace(HEADER, notes=("of a later version",))
    trace.unlink()
    with pytest.MonkeyPatch.context() as m:
        m.setattr("firmware_py.trace.metadata.FORMAT_MAJOR", 99)
        TraceWriter(trace, newer).close()
    data = trace.read_bytes()
    after = shelf_on(tmp_path, MadeUp().restarted())
    first, second = after.close_unfinished()
    assert "session-0001: cannot be closed whole" in first
    assert "update gaitcoach" in first
    assert second.startswith("session-0002: 0.0 min ended by a power cut")
    # Left as it is for the version that can.
    assert trace.read_bytes() == data
    assert len(after.close_unfinished()) == 1
    assert kept(after, 1) == "session-0003"


def test_a_part_that_was_cut_before_its_header_is_kept_aside(tmp_path: Path) -> None:
    shelf = shelf_on(tmp_path, MadeUp())
    for beginning in (b"", b"\x89MCAP0\r\n\x01"):
        session = shelf.begin(HEADER, "button")
        record(session.recorder, 2)
        session.abandon()
        assert session.folder is not None
        (session.folder / "trace-2.mcap").write_bytes(beginning)
        told = shelf_on(tmp_path, MadeUp().restarted()).close_unfinished()
        assert any("cut off before its header" in line for line in told)
        assert (session.folder / "trace-2.mcap.unreadable").read_bytes() == beginning
        assert read_summary(session.folder / "summary.json")["quality"]["samples"] == 200
    # Whoever wants the session gone must have fetched that, too.
    names = [f.name for f in shelf.sessions()[0].files]
    assert "trace-2.mcap.unreadable" in names
    shelf.verified("session-0001", "trace.mcap", sha256_of(tmp_path / "session-0001/trace.mcap"))
    with pytest.raises(NotVerifiedError, match="unreadable"):
        shelf.delete("session-0001")


def test_a_session_does_not_go_on_with_another_sensor(tmp_path: Path) -> None:
    machine = MadeUp()
    shelf = shelf_on(tmp_path, machine)
    session = shelf.begin(HEADER, "button")
    record(session.recorder, 2)
    session.abandon()
    machine.t = 105.0
    unfinished = shelf.unfinished()
    assert unfinished is not None
    with pytest.raises(GaitCoachError, match="another sensor"):
        shelf.resume(unfinished, replace(HEADER, rate_hz=833.0))
    machine.t = 170.0
    assert shelf.unfinished() is None
    assert len(shelf.close_unfinished()) == 1
    (listed,) = shelf.sessions()
    assert listed.duration_s == pytest.approx(2.0, abs=0.1)
