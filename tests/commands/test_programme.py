import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from dsp.errors import ConfigError, GaitCoachError, UsageError
from feedback.programmes.history import Result, record
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import BUILT_IN, built_in, parse
from feedback.programmes.state import programme_of
from firmware_py.commands import programme
from firmware_py.programme.state_file import COPY, NAME, StateFile

Capture = pytest.CaptureFixture[str]
PRESCRIPTION = """name = "anna"
cadence_percent = 5
note = "Call me."

[[sessions]]
run_min = 10

[[sessions]]
run_min = 12
feedback_min = [[0, 4]]
"""


def command(*words: str) -> None:
    parser = argparse.ArgumentParser(prog="gaitcoach programme")
    programme.add_arguments(parser)
    assert programme.run(parser.parse_args(words)) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "gaitcoach"


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    path = tmp_path / "anna.toml"
    path.write_text(PRESCRIPTION, encoding="utf-8")
    return path


def run(folder: Path, source: str, **figures: Any) -> None:
    """Does the run that is due."""
    file = StateFile(folder)
    state = file.load().state
    assert state is not None
    known = programme_of(state)
    plan = plan_next(known, state)
    done = Result(plan.run_s or 600.0, source, **figures)
    file.change(lambda s: record(known, s, plan, done))


def test_list_names_every_built_in_programme_with_a_line(capsys: Capture) -> None:
    command("list")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(BUILT_IN)
    assert all(len(line.split()) > 3 for line in lines)


@pytest.mark.parametrize("name", BUILT_IN)
def test_show_has_a_row_for_every_session(name: str, capsys: Capture) -> None:
    command("show", name)
    out = capsys.readouterr().out
    for n, dose in enumerate(built_in(name).sessions, 1):
        assert any(line.split()[:2] == [str(n), f"{dose.run_min:g}"] for line in out.splitlines())
    assert "change mechanics" in out
    assert "prevent" not in out
    command("show", name, "--json")
    assert json.loads(capsys.readouterr().out)["name"] == name


def test_show_and_check_take_a_prescription(anna: Path, capsys: Capture) -> None:
    command("show", str(anna))
    assert "2        12       +5 %    4             0-4" in capsys.readouterr().out
    command("check", str(anna))
    assert capsys.readouterr().out == f"{anna}: anna is right\n"


def test_check_names_the_line_of_a_mistake(anna: Path) -> None:
    anna.write_text(PRESCRIPTION.replace("run_min = 12", "run_mn = 12"), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        command("check", str(anna))
    assert str(error.value) == (
        f"{anna}: line 9: unknown key session 2: run_mn; did you mean run_min?"
    )


def test_a_name_that_nobody_knows_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown programme silnt; did you mean silent"):
        command("show", "silnt")
    with pytest.raises(ConfigError, match=r"no\.toml: no such file; give the path of a prescrip"):
        command("show", "no.toml")


def test_a_programme_is_begun_done_and_told_of(folder: Path, capsys: Capture) -> None:
    command("start", "cadence-standard", "--folder", str(folder))
    assert (
        "next: session 1 of 8, 15 min; cadence +3 %; cues all the time" in capsys.readouterr().out
    )
    run(folder, "session-1", baseline_cadence_spm=160.0, in_band=0.75, cues=3, probe=0.5)
    command("status", "--folder", str(folder))
    out = capsys.readouterr().out
    assert "cadence-standard: 1 of 8 sessions done, 15 min of running" in out
    assert "next: session 2 of 8, 18 min; cadence +6 % (170 spm); cues all the time" in out
    assert "baseline: 160 steps per minute" in out
    assert "in the band: 75 % of the time" in out
    assert "without cues, last time: 50 %" in out
    assert "cues: 12.0 an hour" in out
    command("status", "--folder", str(folder), "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["next"]["kind"] == "session"
    assert said["next"]["plan"]["cadence_percent"] == 6
    assert said["adherence"]["sessions_done"] == 1


def test_pain_halves_the_target_once_and_says_whom_to_see(folder: Path, capsys: Capture) -> None:
    command("start", "cadence-standard", "--folder", str(folder))
    for n in range(2):
        run(folder, f"session-{n}", baseline_cadence_spm=160.0)
    capsys.readouterr()
    command("pain", "5", "--where", "knee", "--folder", str(folder))
    out = capsys.readouterr().out
    assert "noted: pain 5 of 10 (knee)" in out
    assert "goes back by half: pain 5 of 10 (knee); now cadence +3 %" in out
    assert "next: session 3 of 8, 21 min; cadence +3 % (165 spm)" in out
    assert "see a doctor or physiotherapist" in out
    command("pain", "6", "--later", "--folder", str(folder))
    out = capsys.readouterr().out
    assert "goes back" not in out
    assert "cadence +3 %" in out
    command("status", "--folder", str(folder))
    assert "went back after run 2: pain 5 of 10 (knee); now cadence +3 %" in capsys.readouterr().out


def test_little_pain_is_noted_and_changes_nothing(folder: Path, capsys: Capture) -> None:
    command("start", "cadence-standard", "--folder", str(folder))
    run(folder, "session-1", baseline_cadence_spm=160.0)
    command("pain", "3", "--folder", str(folder))
    assert "goes back" not in capsys.readouterr().out
    state = StateFile(folder).load().state
    assert state is not None
    assert [p.score for p in state.pains] == [3]


def test_a_second_programme_needs_replace_and_the_first_is_kept(
    folder: Path, capsys: Capture
) -> None:
    command("start", "cadence-easy", "--folder", str(folder))
    run(folder, "session-1")
    with pytest.raises(GaitCoachError, match="cadence-easy is under way, 1 sessions done; add --r"):
        command("start", "silent", "--folder", str(folder))
    capsys.readouterr()
    command("start", "silent", "--folder", str(folder), "--replace")
    assert "programme.before-1.json" in capsys.readouterr().out
    kept = json.loads((folder / "programme.before-1.json").read_text(encoding="utf-8"))
    assert kept["programme"] == "cadence-easy"
    assert len(kept["log"]) == 1


def test_what_pain_holds_back_outlives_a_new_beginning_unless_it_is_to_be_forgotten(
    folder: Path, capsys: Capture
) -> None:
    def begun(*words: str) -> float | None:
        command("start", *words, "--folder", str(folder), "--replace")
        state = StateFile(folder).load().state
        assert state is not None
        assert state.log == ()
        return plan_next(programme_of(state), state).cadence_percent

    command("start", "cadence-standard", "--folder", str(folder))
    for n in range(2):
        run(folder, f"session-{n}", baseline_cadence_spm=160.0)
    command("pain", "5", "--folder", str(folder))
    command("pain", "7", "--folder", str(folder))
    capsys.readouterr()
    state = StateFile(folder).load().state
    assert state is not None
    assert state.held is not None
    assert begun("cadence-standard") == 3
    out = capsys.readouterr().out
    assert "still held back: pain 5 of 10, before this beginning; now cadence +3 %" in out
    assert "--forget ends that" in out
    run(folder, "session-2")
    assert begun("cadence-easy") == 2.5
    assert begun("cadence-standard", "--forget") == 3
    assert "held back" not in capsys.readouterr().out


def test_a_changed_prescription_goes_on_with_what_was_done(
    folder: Path, anna: Path, capsys: Capture
) -> None:
    command("start", str(anna), "--folder", str(folder))
    run(folder, "session-1", baseline_cadence_spm=160.0)
    changed = PRESCRIPTION.replace("cadence_percent = 5", "cadence_percent = 9")
    anna.write_text(f"{changed}\n[[sessions]]\nrun_min = 20\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--keep-progress keeps what was done"):
        command("start", str(anna), "--keep-progress", "--replace", "--folder", str(folder))
    capsys.readouterr()
    command("start", str(anna), "--keep-progress", "--folder", str(folder))
    out = capsys.readouterr().out
    assert "anna goes on; next: session 2 of 3, 12 min; cadence +6 % (170 spm)" in out
    state = StateFile(folder).load().state
    assert state is not None
    assert len(state.log) == 1
    with pytest.raises(GaitCoachError, match="cadence-easy: anna is under way, and its progress"):
        command("start", "cadence-easy", "--keep-progress", "--folder", str(folder))


def test_a_changed_prescription_asks_for_no_more_points_than_a_session_may(
    folder: Path, anna: Path
) -> None:
    one = 'name = "anna"\ncadence_percent = 2\n[[sessions]]\nrun_min = 10\n'
    anna.write_text(one, encoding="utf-8")
    command("start", str(anna), "--folder", str(folder))
    run(folder, "session-1", baseline_cadence_spm=160.0)
    four = "".join(f"[[sessions]]\nrun_min = 10\npercent = {p}\n" for p in (3, 6, 9, 10))
    anna.write_text(f'name = "anna"\n{four}', encoding="utf-8")
    command("start", str(anna), "--keep-progress", "--folder", str(folder))
    asked = []
    for n in range(3):
        state = StateFile(folder).load().state
        assert state is not None
        asked.append(plan_next(programme_of(state), state).cadence_percent)
        run(folder, f"later-{n}")
    assert asked == [5, 8, 10]


def test_one_file_carries_a_prescription_and_its_state_to_another_device(
    folder: Path, anna: Path, tmp_path: Path, capsys: Capture
) -> None:
    command("start", str(anna), "--folder", str(folder))
    assert "Call me." in capsys.readouterr().out
    run(folder, "session-1", baseline_cadence_spm=165.0)
    anna.unlink()
    carried, other = tmp_path / "carried.json", tmp_path / "other"
    command("export", str(carried), "--folder", str(folder))
    command("adopt", str(carried), "--folder", str(other))
    assert StateFile(other).load() == StateFile(folder).load()
    state = StateFile(other).load().state
    assert state is not None
    assert programme_of(state) == parse(PRESCRIPTION, "anna")
    with pytest.raises(GaitCoachError, match="is under way"):
        command("adopt", str(carried), "--folder", str(other))
    # The state's own file will do as well.
    command("adopt", str(folder / NAME), "--folder", str(tmp_path / "third"))
    assert StateFile(tmp_path / "third").load().state == state


def test_what_is_no_exported_state_is_refused_in_a_line(folder: Path, anna: Path) -> None:
    with pytest.raises(GaitCoachError, match="is damaged: no JSON; export it again"):
        command("adopt", str(anna), "--folder", str(folder))
    with pytest.raises(FileNotFoundError):
        command("adopt", str(anna.with_name("none")), "--folder", str(folder))
    assert not (folder / NAME).exists()


@pytest.mark.parametrize("words", [["status"], ["pain", "3"], ["export", "x.json"]])
def test_without_a_programme_it_says_how_to_begin_one(folder: Path, words: list[str]) -> None:
    with pytest.raises(GaitCoachError, match="begin one with gaitcoach programme start NAME"):
        command(*words, "--folder", str(folder))
    assert not folder.exists()


def test_a_damaged_state_is_told_on_standard_error_and_the_copy_used(
    folder: Path, capsys: Capture
) -> None:
    command("start", "cadence-easy", "--folder", str(folder))
    (folder / NAME).write_bytes((folder / COPY).read_bytes()[:40])
    capsys.readouterr()
    command("status", "--folder", str(folder))
    out, err = capsys.readouterr()
    assert "cadence-easy: 0 of 8" in out
    assert "set aside as programme.damaged-1.json" in err
    assert "the copy programme.last.json was taken" in err


@pytest.mark.parametrize("score", ["11", "-1", "x"])
def test_pain_is_0_to_10(score: str, folder: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        command("pain", score, "--folder", str(folder))
    assert caught.value.code == 2
