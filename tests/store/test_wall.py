"""Wall time: whose word is taken, how long it holds, and which sessions it dates."""

import json
from pathlib import Path

import pytest

from dsp.errors import GaitCoachError
from firmware_py.store.shelf import Shelf
from firmware_py.store.wall import WallClock
from tests.store.machine import HEADER, TRUE, MadeUp, kept, record, shelf_on

YEARS = 10 * 365.25 * 86400.0


def started(shelf: Shelf) -> list[tuple[str | None, bool]]:
    return [(s.started, s.started_trusted) for s in shelf.sessions()]


def test_a_clock_that_nobody_set_is_not_believed(tmp_path: Path) -> None:
    machine = MadeUp()
    wall = WallClock(tmp_path, machine)
    assert wall.now() == (machine.unix(), False)
    machine.knows = True
    assert wall.now() == (machine.unix(), True)


def test_a_laptops_word_holds_in_its_boot_whatever_the_systems_clock_does(tmp_path: Path) -> None:
    machine = MadeUp()
    wall = WallClock(tmp_path, machine)
    wall.set(TRUE, "laptop")
    machine.t += 50.0
    machine.system += YEARS
    assert wall.now() == (TRUE + 50.0, True)
    assert WallClock(tmp_path, machine).now() == (TRUE + 50.0, True)
    again = machine.restarted()
    assert WallClock(tmp_path, again).now() == (again.unix(), False)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"boot_id": "first"}', "\x00", "null"])
def test_a_damaged_word_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock.json").write_text(text)
    assert not WallClock(tmp_path, MadeUp()).now()[1]


@pytest.mark.parametrize("unix_s", [0.0, 1e9, 1e11, float("nan"), float("inf"), -1.0])
def test_what_cannot_be_the_time_is_refused(tmp_path: Path, unix_s: float) -> None:
    with pytest.raises(GaitCoachError, match="cannot be the time"):
        WallClock(tmp_path, MadeUp()).set(unix_s, "laptop")


def test_a_laptop_dates_the_sessions_of_this_boot_also_for_later_boots(tmp_path: Path) -> None:
    machine = MadeUp()
    kept(shelf_on(tmp_path, machine), 1)
    machine = machine.restarted()
    machine.t = 1000.0
    shelf = shelf_on(tmp_path, machine)
    kept(shelf, 1)
    machine.t = 2000.0
    going_on = shelf.begin(HEADER, "button")
    machine.t = 2500.0
    assert started(shelf) == [(None, False)] * 3
    shelf.wall.set(TRUE, "laptop")
    dates = [(None, False), ("2027-01-15T07:35:00Z", True), ("2027-01-15T07:51:40Z", True)]
    assert started(shelf) == dates
    # Cut off now, without being closed.
    going_on.abandon()
    assert started(shelf_on(tmp_path, machine.restarted())) == dates


def test_a_network_dates_them_too_when_it_is_looked(tmp_path: Path) -> None:
    machine = MadeUp()
    shelf = shelf_on(tmp_path, machine)
    kept(shelf, 1)
    machine.system, machine.knows = TRUE - machine.t, True
    shelf.correct_dates()
    assert started(shelf_on(tmp_path, machine.restarted())) == [("2027-01-15T08:00:00Z", True)]


def test_a_system_clock_that_jumps_by_years_moves_no_trusted_date_and_no_sample(
    tmp_path: Path,
) -> None:
    machine = MadeUp(system=TRUE, knows=True)
    shelf = shelf_on(tmp_path, machine)
    session = shelf.begin(HEADER, "button")
    record(session.recorder, 1)
    began = started(shelf)
    machine.system, machine.knows = TRUE - YEARS, False
    machine.t += 3.0
    assert session.close({"duration_s": 1.0}, "button").problems == ()
    shelf.correct_dates()
    assert started(shelf) == began
    assert session.folder is not None
    said = json.loads((session.folder / "session.json").read_text())
    assert said["began_monotonic"] == 100.0
