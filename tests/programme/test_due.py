from pathlib import Path

import pytest

from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in, parse
from feedback.programmes.state import start
from feedback.settings import FeedbackSettings
from firmware_py.programme.due import due, put_down
from firmware_py.programme.state_file import NAME, StateFile
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
