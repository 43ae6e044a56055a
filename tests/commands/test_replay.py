"""`gaitcoach replay` as a user runs it: from a CSV to events, cues and a summary."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from dsp.synth import Motion, Phase, Sensor, synthesize
from dsp.units import STANDARD_GRAVITY
from firmware_py import cli
from firmware_py.session import summary as summary_module
from tests.make_golden import trace_of

WAIST, SHOE = trace_of("waist-run"), trace_of("shoe-run")
Capture = pytest.CaptureFixture[str]

EAGER = """
[feedback]
cadence_target_spm = 185
cadence_baseline_spm = 175
warm_up_s = 0
settle_s = 0
persistence_s = 2
cooldown_s = 5
"""


def replay(*words: str | Path) -> int:
    return cli.main(["replay", *map(str, words)])


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def assert_valid(summary: dict[str, Any]) -> None:
    schema = json.loads(Path(summary_module.__file__).with_name("summary.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(summary)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A CSV of a synthetic runner, 20 s at 100 Hz, times from 50 s on, a few samples missing."""
    run = synthesize([Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 18.0, 168.0)], sensor=Sensor(100))
    block = run.block
    columns = np.column_stack([block.t + 50.0, block.acc / STANDARD_GRAVITY])
    columns = np.delete(columns, [700, 701, 1200], axis=0)
    path = tmp_path / "run.csv"
    text = [",".join(f"{v:.6f}" for v in row) for row in columns]
    path.write_text("\n".join(["t_s,acc_x_g,acc_y_g,acc_z_g", *text]) + "\n")
    return path


def test_a_csv_becomes_a_trace_and_the_trace_events_on_its_own_time(
    recording: Path, tmp_path: Path, capsys: Capture
) -> None:
    trace, events = tmp_path / "run.mcap", tmp_path / "events.jsonl"
    assert cli.main(["import", str(recording), "--mount", "waist", "-o", str(trace)]) == 0
    assert replay(trace, "--events", events) == 0
    got = rows(events)
    strikes = [r for r in got if r["type"] == "foot_strike"]
    assert len(strikes) > 40
    assert all(52.0 < r["t"] < 70.0 for r in strikes)
    assert [r["t_decision"] for r in got] == sorted(r["t_decision"] for r in got)
    assert [r["lost"] for r in got if r["type"] == "gap"] == [2, 1]
    cues = [r for r in got if r["type"] == "cue"]
    assert [c["pattern"] for c in cues] == ["started", "stopped"]
    out = capsys.readouterr().out
    assert "started" in out
    assert "cadence" in out


def test_json_is_one_valid_summary_and_nothing_else(capsys: Capture) -> None:
    assert replay(WAIST, "--json") == 0
    out, err = capsys.readouterr()
    assert err == ""
    summary = json.loads(out)
    assert_valid(summary)
    assert summary["session"]["mount"] == "waist"
    assert summary["quality"]["acc_clipped"] > 0
    assert summary["steps"]["running"] > 20


def test_several_traces_give_a_list_and_a_folder_of_events(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "new" / "events"
    assert replay(WAIST, SHOE, "--json", "--events", folder) == 0
    summaries = json.loads(capsys.readouterr().out)
    assert [s["session"]["mount"] for s in summaries] == ["waist", "shoe"]
    for summary in summaries:
        assert_valid(summary)
    assert sorted(p.name for p in folder.iterdir()) == ["shoe-run.jsonl", "waist-run.jsonl"]
    told = [r for r in rows(folder / "shoe-run.jsonl") if "side" in r]
    assert {r["side"] for r in told if not r.get("inferred")} == {"left"}
    assert {r["side"] for r in told if r.get("inferred")} == {"right"}


def test_several_traces_are_headed_by_their_names(capsys: Capture) -> None:
    assert replay(WAIST, SHOE, "--quiet") == 0
    out = capsys.readouterr().out
    assert out.index("== waist-run.mcap") < out.index("== shoe-run.mcap")


def test_the_summary_file_is_what_json_prints(tmp_path: Path, capsys: Capture) -> None:
    assert replay(WAIST, "--summary", tmp_path / "s.json", "--json") == 0
    assert json.loads((tmp_path / "s.json").read_text()) == json.loads(capsys.readouterr().out)


def test_a_summary_file_is_for_one_trace(tmp_path: Path, capsys: Capture) -> None:
    assert replay(WAIST, SHOE, "--summary", tmp_path / "s.json") == 1
    assert "give one trace" in capsys.readouterr().err
    assert not (tmp_path / "s.json").exists()


def test_quiet_prints_no_cues_and_changes_no_event(tmp_path: Path, capsys: Capture) -> None:
    assert replay(WAIST, "--events", tmp_path / "loud") == 0
    loud = capsys.readouterr().out
    assert replay(WAIST, "--quiet", "--events", tmp_path / "quiet") == 0
    quiet = capsys.readouterr().out
    assert loud.endswith(quiet)
    assert "running began" in loud[: -len(quiet)]
    assert (tmp_path / "loud").read_text() == (tmp_path / "quiet").read_text()


def test_the_configuration_decides_the_cues_and_not_the_strikes(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "c.toml").write_text(EAGER)
    assert replay(WAIST, "--quiet", "--events", tmp_path / "plain") == 0
    assert replay(WAIST, "--config", tmp_path / "c.toml", "--events", tmp_path / "eager") == 0
    plain, eager = rows(tmp_path / "plain"), rows(tmp_path / "eager")
    quicker = [r for r in eager if r.get("pattern") == "quicker"]
    assert quicker
    assert quicker[0]["strike_t"] in {r["t"] for r in eager if r["type"] == "foot_strike"}
    assert "below your band" in quicker[0]["because"]
    assert not any(r.get("pattern") == "quicker" for r in plain)
    assert [r for r in plain if r["type"] != "cue"] == [r for r in eager if r["type"] != "cue"]
    assert "quicker" in capsys.readouterr().out


@pytest.mark.parametrize("pace", ["0", "-1", "nan", "inf", "fast"])
def test_a_pace_at_which_nothing_would_end_is_wrong_usage(pace: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        replay(WAIST, "--pace", pace)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "argument --pace: " in err
    assert pace in err


def test_a_pace_changes_no_event(tmp_path: Path) -> None:
    assert replay(WAIST, "--quiet", "--events", tmp_path / "a") == 0
    assert replay(WAIST, "--quiet", "--pace", "1e6", "--events", tmp_path / "b") == 0
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text()


def test_what_is_not_a_trace_is_one_line_that_names_it(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "table.mcap").write_text("t_s,acc_x_g\n0,1\n")
    (tmp_path / "empty.mcap").touch()
    for name in ("absent.mcap", "table.mcap", "empty.mcap", "."):
        assert replay(tmp_path / name) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("gaitcoach: ")
        assert str(tmp_path / name) in err
        assert len(err.splitlines()) == 1


def test_a_trace_cut_by_a_power_loss_is_replayed_up_to_the_cut_and_says_so(
    tmp_path: Path, capsys: Capture
) -> None:
    cut = tmp_path / "cut.mcap"
    data = WAIST.read_bytes()
    cut.write_bytes(data[: 2 * len(data) // 3])
    assert replay(cut, "--json", "--events", tmp_path / "cut.jsonl") == 0
    summary = json.loads(capsys.readouterr().out)
    assert_valid(summary)
    assert summary["quality"]["damage"]
    assert replay(WAIST, "--quiet", "--events", tmp_path / "whole.jsonl") == 0
    got, whole = rows(tmp_path / "cut.jsonl"), rows(tmp_path / "whole.jsonl")
    before = [r for r in got if r.get("pattern") != "stopped"]
    assert len(before) > 20
    assert before == whole[: len(before)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[feedback]\ncooldwn_s = 3\n", "unknown key feedback.cooldwn_s; did you mean cooldown_s?"),
        ("[feedback]\ncooldown_s = -1\n", "feedback.cooldown_s = -1"),
        ("[feedback\n", "c.toml"),
    ],
)
def test_a_bad_configuration_exits_with_78(
    tmp_path: Path, text: str, says: str, capsys: Capture
) -> None:
    (tmp_path / "c.toml").write_text(text)
    assert replay(WAIST, "--config", tmp_path / "c.toml", "--events", tmp_path / "e") == 78
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "e").exists()


def test_an_absent_configuration_exits_with_78(tmp_path: Path, capsys: Capture) -> None:
    assert replay(WAIST, "--config", tmp_path / "none.toml") == 78
    assert "no such file" in capsys.readouterr().err


def test_a_place_that_cannot_take_the_events_is_an_error(tmp_path: Path, capsys: Capture) -> None:
    assert replay(WAIST, "--events", tmp_path / "no" / "e.jsonl") == 1
    assert str(tmp_path / "no" / "e.jsonl") in capsys.readouterr().err


def test_traces_of_the_same_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for name, trace in (("monday", WAIST), ("friday", SHOE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "trace.mcap").write_bytes(trace.read_bytes())
    traces = [tmp_path / name / "trace.mcap" for name in ("monday", "friday")]
    assert replay(*traces, "--quiet", "--events", tmp_path / "out") == 0
    sides = {
        p.name: {r["side"] for r in rows(p) if "side" in r and not r.get("inferred")}
        for p in (tmp_path / "out").iterdir()
    }
    assert sides == {"monday.jsonl": {"unknown"}, "friday.jsonl": {"left"}}


@pytest.mark.parametrize("option", ["--events", "--summary"])
def test_a_recording_is_never_overwritten_by_what_is_made_of_it(
    tmp_path: Path, option: str, capsys: Capture
) -> None:
    trace = tmp_path / "t.mcap"
    trace.write_bytes(WAIST.read_bytes())
    assert replay(trace, "--quiet", option, trace) == 1
    assert str(trace) in capsys.readouterr().err
    assert trace.read_bytes() == WAIST.read_bytes()
