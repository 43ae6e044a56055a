"""Ways to call `replay` and `demo`, and ways to end them."""

import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dsp.block import join
from firmware_py.config import Config
from firmware_py.replay import replay
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter
from tests.commands.runs import ImpatientReader, command, trace_at

Capture = pytest.CaptureFixture[str]


def test_a_session_that_was_interrupted_is_one_recording_with_a_hole(
    tmp_path: Path, capsys: Capture
) -> None:
    session = tmp_path / "monday"
    whole = open_trace(trace_at(tmp_path / "run.mcap"))
    block = join(whole.blocks())
    header = replace(whole.header, acc_scale=None, gyr_scale=None)
    session.mkdir()
    for k, name in enumerate(("trace.mcap", "trace-2.mcap", "trace-10.mcap")):
        with TraceWriter(session / name, header) as writer:
            writer.write_samples(replace(block, t=block.t + 40.0 * k))
    (session / "summary.json").write_text("{}")
    (session / "other.mcap").write_text("not of this session")
    assert command("replay", session, "--json", "--events", tmp_path / "e.jsonl") == 0
    summary = json.loads(capsys.readouterr().out)
    length = float(block.t[-1] - block.t[0])
    assert summary["duration_s"] == pytest.approx(80.0 + length)
    assert summary["quality"]["samples"] == 3 * len(block)
    assert summary["quality"]["gaps"]["count"] == 2
    assert summary["quality"]["gaps"]["longest_s"] == pytest.approx(40.0 - length)
    rate_hz = whole.header.rate_hz
    assert summary["quality"]["lost"] == pytest.approx(2 * rate_hz * (40.0 - length), abs=2)
    assert summary["quality"]["damage"] == ""
    kinds = [json.loads(line)["type"] for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    assert kinds.count("gap") == 2


def test_a_session_of_one_trace_is_one_trace(tmp_path: Path, capsys: Capture) -> None:
    trace_at(tmp_path / "monday" / "trace.mcap")
    summary = tmp_path / "s.json"
    assert command("replay", tmp_path / "monday", "--json", "--summary", summary) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(summary.read_text())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        ("folder", "is a folder without a trace.mcap; name a trace or a session's folder"),
        ("empty", "is empty"),
        ("missing", "no such file; check the path"),
    ],
)
def test_what_is_no_trace_is_told_before_any_other_is_replayed(
    tmp_path: Path, make: str, says: str, capsys: Capture
) -> None:
    good, bad = trace_at(tmp_path / "good.mcap"), tmp_path / "bad.mcap"
    if make == "folder":
        bad.mkdir()
    elif make == "empty":
        bad.touch()
    for command_line in (("replay", good, bad), ("demo", "--trace", bad)):
        assert command(*command_line) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"gaitcoach: {bad}: {says}")
        assert "[Errno" not in err


@pytest.mark.parametrize(
    ("name", "beside", "line"),
    [
        ("run.csv", None, "import {d}/run.csv -o {d}/run.mcap --mount waist (or --mount shoe)"),
        ("run.csv.gz", '{"mount": "shoe"}', "import {d}/run.csv.gz -o {d}/run.mcap"),
        ("my run.csv", '{"mount": "shoe"}', "import '{d}/my run.csv' -o '{d}/my run.mcap'"),
        ("run.csv", "broken", "import {d}/run.csv -o {d}/run.mcap --mount waist (or"),
    ],
)
def test_a_table_is_answered_with_the_command_that_imports_it(
    tmp_path: Path, name: str, beside: str | None, line: str, capsys: Capture
) -> None:
    (tmp_path / name).write_text("t_s,acc_x_g\n0,1\n")
    if beside:
        (tmp_path / f"{name.split('.')[0]}.json").write_text(beside)
    assert command("replay", tmp_path / name) == 1
    err = capsys.readouterr().err.rstrip("\n")
    assert f"first run: gaitcoach {line.format(d=tmp_path)}" in err
    assert err.endswith((".mcap", ".mcap'", "shoe)"))


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "fast"])
@pytest.mark.parametrize("name", ["replay", "demo"])
def test_a_pace_at_which_nothing_would_end_is_wrong_usage(
    tmp_path: Path, name: str, value: str, capsys: Capture
) -> None:
    trace = trace_at(tmp_path / "run.mcap")
    words = ("replay",) if name == "replay" else ("demo", "--trace")
    assert command(*words, trace, f"--pace={value}") == 2
    assert "argument --pace" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["-5", "nan", "inf", "long"])
def test_a_batch_that_has_no_length_is_wrong_usage(
    tmp_path: Path, value: str, capsys: Capture
) -> None:
    assert command("evaluate", tmp_path, f"--batch={value}") == 2
    assert "argument --batch" in capsys.readouterr().err


def test_evaluate_says_what_it_does_not_ask_for(tmp_path: Path, capsys: Capture) -> None:
    trace_at(tmp_path / "run.mcap")
    rows = ["contact_on_s,contact_off_s", "0.5,0.7", "1.4,1.6", "1.6,1.8", "4.0,4.2"]
    (tmp_path / "run.events.csv").write_text("\n".join(rows) + "\n")
    assert command("evaluate", tmp_path, "--batch", "0") == 0
    out = capsys.readouterr().out
    assert "contacts in a recording's first 1.5 s are not asked for (2 here)" in out


def test_ctrl_c_gives_a_summary_of_what_was_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces = [trace_at(tmp_path / "a.mcap"), trace_at(tmp_path / "b.mcap")]
    before = signal.getsignal(signal.SIGINT)
    screen = ImpatientReader()
    monkeypatch.setattr(sys, "stdout", screen)
    assert command("replay", *traces) == 130
    assert signal.getsignal(signal.SIGINT) is before
    lines = screen.getvalue().splitlines()
    at = next(k for k, text in enumerate(lines) if text.startswith("stopped by you"))
    # Traces are read in blocks of 4 s; the one that began the run is finished.
    assert lines[at] in [f"stopped by you at 0:00:{s:02d} of the recording" for s in (4, 8, 12)]
    assert lines[at + 1] == "== a.mcap"
    assert any(text.startswith("You ran ") for text in lines[at:])
    assert "== b.mcap" not in lines


def test_ctrl_c_is_heard_at_a_pace_at_which_a_block_takes_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([False, False, True, True, True, True])
    trace = open_trace(trace_at(tmp_path / "run.mcap"))
    done = replay(trace, Config(), pace=0.001, stopped=lambda: next(asked))
    assert done.stopped_s == pytest.approx(0.0, abs=0.1)


def test_a_replay_that_is_stopped_has_the_events_up_to_there(tmp_path: Path) -> None:
    trace = open_trace(trace_at(tmp_path / "run.mcap"))
    whole: list[object] = []
    complete = replay(trace, Config(), seen=lambda e, _: whole.append(e))
    assert complete.stopped_s is None
    cut: list[object] = []
    asked = iter([False, False, False, True])
    stopped = replay(trace, Config(), seen=lambda e, _: cut.append(e), stopped=lambda: next(asked))
    assert stopped.stopped_s == pytest.approx(12.0, abs=0.1)
    assert stopped.summary["duration_s"] == pytest.approx(12.0, abs=0.1)
    # The last one is `stopped`, at another time.
    assert 0 < len(cut) - 1 < len(whole)
    assert cut[:-1] == whole[: len(cut) - 1]


def test_demo_shows_a_session_too(tmp_path: Path, capsys: Capture) -> None:
    trace_at(tmp_path / "monday" / "trace.mcap")
    assert command("demo", "--trace", tmp_path / "monday", "--pace", "1e6") == 0
    assert "You ran " in capsys.readouterr().out
