"""`gaitcoach evaluate` on traces whose truth is known because the runner is synthetic."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from dsp.block import Mount
from dsp.synth import SHOE_SENSOR, Motion, Phase, Sensor, SynthRun, synthesize, walk
from firmware_py import cli
from tests.synthetic import write_synthetic

Capture = pytest.CaptureFixture[str]


def evaluate(*words: str | Path) -> int:
    return cli.main(["evaluate", *map(str, words)])


def marked(path: Path, run: SynthRun, column: str, times: Iterable[float]) -> None:
    """Writes a trace and, beside it, its truth."""
    write_synthetic(path, run)
    rows = "".join(f"{t:.4f}\n" for t in times)
    path.with_suffix(".events.csv").write_text(f"{column}\n{rows}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run at the waist, a run on the shoe, a walk, and a trace without truth."""
    out = tmp_path_factory.mktemp("recordings")
    sensor = Sensor(rate_hz=208.0)
    phases = [Phase(Motion.STAND, 2.0), Phase(Motion.RUN, 22.0, 166.0)]
    run = synthesize(phases, sensor=sensor, seed=1)
    marked(out / "waist.mcap", run, "contact_on_s", run.truth.run_strike_t)
    shoe_sensor = replace(SHOE_SENSOR, rate_hz=416.0)
    shoe = synthesize(phases, sensor=shoe_sensor, mount=Mount.SHOE, seed=2)
    middle = shoe.truth.strike_t[~shoe.truth.left] + 0.12
    marked(out / "shoe.mcap", shoe, "midstance_s", middle)
    walked = walk(10.0, sensor=sensor)
    marked(out / "walked.mcap", walked, "initial_contact_s", walked.truth.strike_t)
    write_synthetic(out / "unknown.mcap", walk(4.0, sensor=sensor))
    return out


def printed(capsys: Capture) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_json_holds_every_recording_with_truth_and_the_kinds_together(
    folder: Path, capsys: Capture
) -> None:
    assert evaluate(folder, "--json") == 0
    got = printed(capsys)
    assert {n: r["truth_kind"] for n, r in got["recordings"].items()} == {
        "shoe": "midstances",
        "waist": "contacts",
        "walked": "walking",
    }
    waist = got["recordings"]["waist"]
    assert waist["f1"] >= 0.97
    assert waist["truth"] == pytest.approx(60, abs=2)
    assert abs(waist["timing"]["bias_ms"] - 10.0) < 4.0
    assert waist["latency_ms"]["p95"] < 45.0
    assert waist["cadence_error_percent"] < 0.5
    assert got["recordings"]["shoe"]["recall"] >= 0.9
    assert got["recordings"]["walked"]["found"] == 0
    assert set(got["overall"]) == {"contacts", "midstances", "walking"}
    own = {k: v for k, v in waist.items() if k != "truth_kind"}
    assert got["overall"]["contacts"] == own


def test_a_longer_batch_comes_later_and_changes_nothing_else(folder: Path, capsys: Capture) -> None:
    latency = []
    for batch in ("0", "10", "100"):
        assert evaluate(folder, "--json", "--batch", batch) == 0
        waist = printed(capsys)["recordings"]["waist"]
        latency.append((waist["latency_ms"]["p50"], waist["latency_with_batch_ms"]["p50"]))
    (plain, none), (same, ten), (again, hundred) = latency
    assert plain == same == again == none
    assert plain < ten < plain + 10.0
    assert plain + 20.0 < hundred < plain + 100.0


def test_text_has_a_line_for_each_and_for_all_of_a_kind(folder: Path, capsys: Capture) -> None:
    assert evaluate(folder) == 0
    lines = capsys.readouterr().out.splitlines()
    starts = [line.split("  ")[0] for line in lines[:7]]
    assert starts == [
        "recording",
        "shoe",
        "waist",
        "walked",
        "all: midstances",
        "all: contacts",
        "all: walking",
    ]
    assert lines[8].split()[:6] == ["measure", "unit", "steps", "bias", "SD", "LoA"]
    assert lines[9].startswith("step_time_s")
    assert any("±50 ms" in line for line in lines[10:])


def test_markdown_is_a_table_and_nothing_else(folder: Path, capsys: Capture) -> None:
    assert evaluate(folder, "--markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    tables = [list(g) for filled, g in groupby(lines, key=bool) if filled]
    for table in tables:
        assert all(line.startswith("| ") and line.endswith(" |") for line in table)
        assert len({line.count("|") for line in table}) == 1
    assert len(tables) == 2
    assert len(tables[0]) == 8


def test_the_configuration_is_checked_before_anything_is_read(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "c.toml").write_text("[feedback]\ncooldown_s = 'long'\n")
    assert evaluate(folder, "--config", tmp_path / "c.toml") == 78
    assert "feedback.cooldown_s" in capsys.readouterr().err


def test_a_folder_without_truth_says_what_to_put_there(tmp_path: Path, capsys: Capture) -> None:
    assert evaluate(tmp_path) == 1
    write_synthetic(tmp_path / "a.mcap", walk(2.0, sensor=Sensor(rate_hz=104.0)))
    assert evaluate(tmp_path, "--json") == 1
    assert evaluate(tmp_path, "--published") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 3
    assert all("no recording with truth; put NAME.events.csv" in e for e in err.splitlines())


def test_what_is_no_folder_is_refused(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    assert evaluate(tmp_path / "none") == 1
    assert evaluate(folder / "waist.mcap") == 1
    assert capsys.readouterr().err.count("no such folder") == 2


def test_a_bad_recording_or_truth_is_one_line_that_names_it(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "a.mcap").write_text("no trace")
    (tmp_path / "a.events.csv").write_text("contact_on_s\n2.0\n")
    assert evaluate(tmp_path) == 1
    (tmp_path / "a.events.csv").write_text("when\n2.0\n")
    assert evaluate(tmp_path) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert "a.mcap: no trace" in first
    assert "a.events.csv:1: needs one of the columns" in second


@pytest.mark.parametrize("batch", ["-5", "nan", "inf", "long"])
def test_a_batch_that_cannot_be_is_wrong_usage(folder: Path, batch: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        evaluate(folder, "--json", "--batch", batch)
    assert caught.value.code == 2
    assert "--batch" in capsys.readouterr().err


@pytest.mark.parametrize("time", ["-4.0", "99.5"])
def test_a_contact_outside_the_recording_is_an_error_with_its_line(
    tmp_path: Path, capsys: Capture, time: str
) -> None:
    run = synthesize([Phase(Motion.STAND, 1.0), Phase(Motion.RUN, 6.0, 166.0)])
    times = sorted([*run.truth.run_strike_t[:5], float(time)])
    marked(tmp_path / "run.mcap", run, "contact_on_s", times)
    assert evaluate(tmp_path) == 1
    said = capsys.readouterr().err
    assert f"run.events.csv:{times.index(float(time)) + 2}: {float(time):g} s is outside" in said
    assert said.count("\n") == 1


def test_a_speed_that_cannot_be_ends_an_evaluation(tmp_path: Path, capsys: Capture) -> None:
    run = synthesize([Phase(Motion.STAND, 1.0), Phase(Motion.RUN, 6.0, 166.0)])
    marked(tmp_path / "run.mcap", run, "contact_on_s", run.truth.run_strike_t)
    (tmp_path / "run.json").write_text('{"speed_m_s": 400}')
    assert evaluate(tmp_path, "--known-speed") == 1
    assert "run.json: speed_m_s = 400: must be a number" in capsys.readouterr().err
