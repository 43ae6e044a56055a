"""`gaitcoach run` keeps its sessions on a shelf, and closes what a power cut has left there."""

import json
from pathlib import Path

import pytest

from firmware_py.programme.state_file import StateFile
from firmware_py.session.files import read_summary
from firmware_py.trace.mcap_end import DATA_END
from tests.commands.runs import command


def run(out: Path) -> int:
    words = ("run", "--simulate", "walk", "--pace", "max", "--duration", "8", "--out", out)
    return command(*words, "--poll", "0.05", "--quiet")


def test_a_run_that_the_power_cut_ended_counts_once_at_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path) == 0
    folder = tmp_path / "session-0001"
    said = json.loads((folder / "session.json").read_text())
    assert (said["why"], said["ended"], said["state"]) == ("command", "command", "closed")
    assert said["counts"]
    whole = read_summary(folder / "summary.json")
    # As the power leaves it: cut off in a second, before the summary and the programme.
    trace = folder / "trace.mcap"
    data = trace.read_bytes()
    trace.write_bytes(data[: data.rindex(DATA_END) - 2000])
    (folder / "summary.json").unlink()
    (folder / "session.json").write_text(
        json.dumps({**said, "state": "open", "ended": None, "boot_id": "before"})
    )
    for name in ("programme.json", "programme.last.json"):
        (tmp_path / name).unlink()
    capsys.readouterr()
    assert command("programme", "start", "cadence-standard", "--folder", tmp_path) == 0
    assert run(tmp_path) == 0
    assert "session-0001: 0.1 min ended by a power cut" in capsys.readouterr().err
    cut = read_summary(folder / "summary.json")
    assert 0.0 <= whole["duration_s"] - cut["duration_s"] <= 2.0
    state = StateFile(tmp_path).load().state
    assert state is not None
    assert len(state.log) == 2
    assert len({done.source for done in state.log}) == 2
