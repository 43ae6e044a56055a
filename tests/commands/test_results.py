"""What is made of a recording never destroys one, and is there whole or not at all."""

import errno
import json
import sys
from pathlib import Path

import pytest

from dsp.errors import GaitCoachError
from firmware_py.results import whole_file
from tests.commands.runs import ImpatientReader, LeavingReader, command, trace_at

Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, *words: str | Path) -> str:
    """The one line of a command that failed before it replayed anything."""
    assert command("replay", *words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "[Errno" not in err
    assert ".part" not in err
    assert ".tmp" not in err
    return err


@pytest.mark.parametrize("option", ["--events", "--summary"])
@pytest.mark.parametrize("other", ["itself", "link", "hard link", "other trace", "cut trace"])
def test_a_result_never_replaces_a_trace(
    tmp_path: Path, option: str, other: str, capsys: Capture
) -> None:
    trace, target = trace_at(tmp_path / "run.mcap"), tmp_path / "target"
    if other == "itself":
        target = trace
    elif other == "link":
        target.symlink_to(trace)
    elif other == "hard link":
        target.hardlink_to(trace)
    else:
        data = trace_at(tmp_path / "other.mcap").read_bytes()
        target.write_bytes(data if other == "other trace" else data[: len(data) // 2])
    before = (trace.read_bytes(), target.read_bytes())
    err = refused(capsys, trace, option, target)
    assert f"{option} {target}: is " in err
    assert (trace.read_bytes(), target.read_bytes()) == before


def test_a_result_never_replaces_the_configuration_or_the_other_result(
    tmp_path: Path, capsys: Capture
) -> None:
    trace, config = trace_at(tmp_path / "run.mcap"), tmp_path / "c.toml"
    config.write_text("[feedback]\n")
    assert "what is read here" in refused(capsys, trace, "--config", config, "--events", config)
    assert config.read_text() == "[feedback]\n"
    both = tmp_path / "both.json"
    assert "summary's file" in refused(capsys, trace, "--summary", both, "--events", both)
    assert not both.exists()


@pytest.mark.parametrize("option", ["--events", "--summary"])
def test_a_place_that_cannot_take_a_result_is_named_before_anything_is_replayed(
    tmp_path: Path, option: str, capsys: Capture
) -> None:
    trace = trace_at(tmp_path / "run.mcap")
    missing = tmp_path / "no" / "x.json"
    err = refused(capsys, trace, option, missing)
    assert f"{option} {missing}: there is no folder {tmp_path / 'no'}" in err
    (tmp_path / "dir").mkdir()
    err = refused(capsys, trace, option, tmp_path / "dir")
    assert f"{option} {tmp_path / 'dir'}: is a directory" in err
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["dir", "run.mcap"]


def test_events_of_an_older_replay_are_replaced_also_through_a_link(tmp_path: Path) -> None:
    trace, old = trace_at(tmp_path / "run.mcap"), tmp_path / "old.jsonl"
    old.write_text("old")
    (tmp_path / "link").symlink_to(old)
    assert command("replay", trace, "--quiet", "--events", tmp_path / "link") == 0
    assert (tmp_path / "link").is_symlink()
    assert json.loads(old.read_text().splitlines()[0])["type"]
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["link", "old.jsonl", "run.mcap"]


def test_a_session_gives_its_events_the_name_of_its_folder(tmp_path: Path) -> None:
    traces = [
        trace_at(tmp_path / s / name)
        for s in ("s1", "s2")
        for name in ("trace.mcap", "trace-2.mcap")
    ]
    out = tmp_path / "d"
    assert command("replay", *traces, "--quiet", "--events", out) == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "s1-2.jsonl", "s1.jsonl", "s2-2.jsonl", "s2.jsonl"
    ]  # fmt: skip


def test_traces_whose_events_would_share_a_file_are_refused(
    tmp_path: Path, capsys: Capture
) -> None:
    a, b = trace_at(tmp_path / "a" / "run.mcap"), trace_at(tmp_path / "b" / "run.mcap")
    out = tmp_path / "d"
    err = refused(capsys, a, b, "--events", out)
    assert f"{a} and {b} would both be written to {out / 'run.jsonl'}" in err
    assert not out.exists()
    refused(capsys, a, a, "--events", out)


def test_a_file_for_the_events_of_several_traces_is_refused(
    tmp_path: Path, capsys: Capture
) -> None:
    a, b = trace_at(tmp_path / "a.mcap"), trace_at(tmp_path / "b.mcap")
    (tmp_path / "e.jsonl").write_text("old")
    err = refused(capsys, a, b, "--events", tmp_path / "e.jsonl")
    assert f"--events {tmp_path / 'e.jsonl'}: is a file; with several traces name a folder" in err
    assert (tmp_path / "e.jsonl").read_text() == "old"
    err = refused(capsys, a, b, "--events", tmp_path / "e.jsonl" / "x")
    assert str(tmp_path / "e.jsonl" / "x") in err


def write_half(path: Path, error: BaseException) -> None:
    with whole_file("--events", path) as write:
        write("half a line")
        raise error


def test_a_file_that_was_not_finished_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("old")
    for error in (ValueError("broken"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            write_half(path, error)
        assert path.read_text() == "old"
    with whole_file("--events", path) as write:
        write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["e.jsonl"]


def test_a_full_disk_is_told_with_the_path_that_was_asked_for() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(GaitCoachError) as caught, whole_file("--events", full) as write:
        write("x" * 100_000)
    assert str(caught.value).startswith("--events /dev/full: cannot be written (No space left")
    assert errno.errorcode[errno.ENOSPC] not in str(caught.value)
    assert full.exists()


def test_events_reach_a_device_as_they_are(tmp_path: Path) -> None:
    trace = trace_at(tmp_path / "run.mcap")
    assert command("replay", trace, "--quiet", "--events", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()


def test_a_summary_for_a_device_is_refused_before_anything_is_replayed(
    tmp_path: Path, capsys: Capture
) -> None:
    trace = trace_at(tmp_path / "run.mcap")
    assert "use --json" in refused(capsys, trace, "--summary", "/dev/null")


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_leaves_no_half_written_file(
    tmp_path: Path, presses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = trace_at(tmp_path / "run.mcap")
    events, summary = tmp_path / "e.jsonl", tmp_path / "s.json"
    events.write_text("old")
    screen = ImpatientReader(presses)
    monkeypatch.setattr(sys, "stdout", screen)
    assert command("replay", trace, "--events", events, "--summary", summary) == 130
    assert events.read_text() == "old"
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["e.jsonl", "run.mcap"]
    text = screen.getvalue()
    assert ("--events and --summary: nothing written" in text) is (presses == 1)


def test_a_reader_who_leaves_does_not_cost_the_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = trace_at(tmp_path / "run.mcap")
    assert command("replay", trace, "--quiet", "--events", tmp_path / "a") == 0
    with monkeypatch.context() as patch, (tmp_path / "out").open("w") as real:
        leaving = LeavingReader()
        patch.setattr(leaving, "fileno", real.fileno, raising=False)
        patch.setattr(sys, "stdout", leaving)
        assert command("replay", trace, "--events", tmp_path / "b") == 0
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text()
