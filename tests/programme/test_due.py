import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from dsp.errors import ConfigError
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in, parse
from feedback.programmes.state import programme_of, start
from feedback.settings import FeedbackSettings
from firmware_py.programme.due import claimed, due, put_down
from firmware_py.programme.state_file import NAME, StateFile
from firmware_py.programme.text import after_run
from tests.feedback.runner import Runner
from tests.session.made import WAIST, summed

STANDARD, EASY = built_in("cadence-standard"), built_in("cadence-easy")


def test_without_any_programme_there_is_no_plan(tmp_path: Path) -> None:
    nothing = due(None, tmp_path / "none")
    assert (nothing.plan, nothing.file, nothing.told) == (None, None, ())
    put_down(nothing, {}, "session-0001")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("configured", [None, STANDARD])
def test_runs_go_from_session_to_session(tmp_path: Path, configured: object) -> None:
    StateFile(tmp_path).save(start(STANDARD))
    sessions = []
    for n in range(3):
        now = due(STANDARD if configured else None, tmp_path, 1000 + n)
        assert now.plan is not None
        sessions.append((now.plan.session, now.plan.cadence_percent))
        r = Runner()
        summary = summed(r.run(1300, 160), r.t, WAIST, FeedbackSettings(coaching=False))
        put_down(now, summary, f"session-{n}", 1000 + n)
        put_down(now, summary, f"session-{n}", 1000 + n)
    assert sessions == [(1, 3.0), (2, 6.0), (3, 7.5)]
    state = StateFile(tmp_path).load().state
    assert state is not None
    assert [d.source for d in state.log] == ["session-0", "session-1", "session-2"]
    assert state.log[0].day == 1000


def test_of_two_runs_at_once_in_a_folder_only_the_first_counts(tmp_path: Path) -> None:
    StateFile(tmp_path).save(start(STANDARD))
    with ExitStack() as running:
        first = claimed(due(None, tmp_path), running)
        assert first.file is not None
        with ExitStack() as beside:
            second = claimed(due(None, tmp_path), beside)
        assert second.file is None
        assert second.plan == first.plan
        assert second.told == (
            f"{tmp_path}: another run is going on there: this one does not count",
        )
    with ExitStack() as later:
        assert claimed(due(None, tmp_path), later).file is not None


def test_another_programme_in_the_configuration_goes_first_and_leaves_the_state(
    tmp_path: Path,
) -> None:
    StateFile(tmp_path).save(start(STANDARD))
    now = due(EASY, tmp_path)
    assert (now.plan, now.file) == (plan_next(EASY, start(EASY)), None)


def test_a_state_that_cannot_be_read_is_told_and_stops_no_run(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    now = due(STANDARD, tmp_path)
    assert now.plan == plan_next(STANDARD, start(STANDARD))
    assert "is no regular file" in now.told[0]


def test_a_prescription_under_way_needs_its_file_no_more(tmp_path: Path) -> None:
    text = 'name = "anna"\ncadence_percent = 4\nramp_percent = 2\n'
    anna = parse(text, "anna.toml")
    StateFile(tmp_path).save(start(anna, text))
    assert due(None, tmp_path).plan == plan_next(anna, start(anna))


def test_who_has_chosen_nothing_begins_the_usual_programme_and_it_is_kept(tmp_path: Path) -> None:
    now = due(None, tmp_path, otherwise=STANDARD)
    assert now.plan is not None
    assert (now.plan.programme, now.plan.session) == ("cadence-standard", 1)
    assert StateFile(tmp_path).load().state == start(STANDARD)
    assert due(None, None, otherwise=STANDARD).plan == now.plan


def test_nothing_is_begun_beside_a_damaged_or_later_state(tmp_path: Path) -> None:
    StateFile(tmp_path).save(start(EASY))
    for path in tmp_path.glob("programme*.json"):
        path.write_text("half a sta", encoding="utf-8")
    for _ in range(2):
        now = due(None, tmp_path, otherwise=STANDARD)
        assert now.file is None
        assert "does not count" in now.told[-1]
        assert not (tmp_path / NAME).exists()
    later = start(EASY).as_dict() | {"schema": "gaitcoach.programme-state/9"}
    (tmp_path / NAME).write_text(json.dumps(later), encoding="utf-8")
    now = due(None, tmp_path, otherwise=STANDARD)
    assert now.file is None
    assert "update gaitcoach; this run does not count" in now.told[-1]
    assert json.loads((tmp_path / NAME).read_text()) == later


def test_a_changed_or_another_prescription_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    old = 'name = "anna"\ncadence_percent = 4\n'
    new = parse('name = "anna"\ncadence_percent = 5\n', "anna.toml")
    StateFile(tmp_path).save(start(parse(old, "anna.toml"), old))
    now = due(new, tmp_path)
    assert "has changed since it was begun" in now.told[-1]
    assert now.plan is not None
    assert now.plan.cadence_percent == 4.0
    assert "counts for neither" in due(EASY, tmp_path).told[-1]


def test_a_programme_for_the_shoe_is_refused_at_the_waist(tmp_path: Path) -> None:
    shoe = built_in("soft-shoe")
    with pytest.raises(ConfigError, match="is for a sensor at the shoe, this one is at the waist"):
        due(shoe, None, mount="waist")
    assert due(shoe, None, mount="shoe").plan is not None
    StateFile(tmp_path).save(start(shoe))
    now = due(None, tmp_path, otherwise=STANDARD, mount="waist")
    assert now.file is None
    assert now.told == ("soft-shoe is for another mount: this run is no session of it",)


def test_what_a_run_came_to_is_told(tmp_path: Path) -> None:
    StateFile(tmp_path).save(start(STANDARD))
    for seconds, said in ((100.0, "did not count for"), (900.0, "counted for cadence-standard;")):
        r = Runner()
        summary = summed(r.run(seconds, 160), r.t, WAIST, FeedbackSettings(coaching=False))
        state = put_down(due(None, tmp_path), summary, f"after {seconds}")
        assert state is not None
        assert after_run(programme_of(state), state).startswith(said)
