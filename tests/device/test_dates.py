"""A network that sets the clock while the device does nothing dates what was recorded before."""

import json
from pathlib import Path
from typing import Any

from firmware_py.device.sessions import REDATE_S, Sessions
from tests.store.machine import HEADER, TRUE, MadeUp, shelf_on

NOTHING: Any = None
"""What is asked for only where a session begins."""


def test_between_sessions_dates_are_looked_at_once_a_minute(tmp_path: Path) -> None:
    machine = MadeUp()
    shelf = shelf_on(tmp_path, machine)
    session = shelf.begin(HEADER, "button")
    session.close(None, "button")
    assert session.folder is not None
    record = session.folder / "session.json"
    sessions = Sessions(shelf, NOTHING, NOTHING, lambda work: work(), NOTHING)
    sessions.redate(100.0)
    machine.system, machine.knows = TRUE - machine.t, True
    sessions.redate(100.0 + REDATE_S - 1.0)
    assert not json.loads(record.read_text())["wall_trusted"]
    sessions.redate(100.0 + REDATE_S)
    assert json.loads(record.read_text())["wall_trusted"]
