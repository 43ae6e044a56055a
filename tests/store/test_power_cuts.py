"""The power goes before any operation of the card: nothing that was promised is lost."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dsp.errors import TraceError
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import start
from firmware_py.coaching import Coaching
from firmware_py.programme.due import Due
from firmware_py.programme.state_file import StateFile
from firmware_py.replay import open_recorded
from firmware_py.session.files import read_summary
from firmware_py.session.folder import part_files
from firmware_py.store.folders import session_folders
from firmware_py.store.ledger import sha256_of
from firmware_py.store.shelf import Shelf
from firmware_py.trace.mend import is_whole
from tests.store.machine import HEADER, MadeUp, kept, record, shelf_on, summed
from tests.store.power import DarkDisk

SECONDS = 2
STANDARD = built_in("cadence-standard")
PLAN = plan_next(STANDARD, start(STANDARD))
COACHED = replace(HEADER, coaching=Coaching(plan=PLAN).as_dict())
"""As `HEADER`, a session of a programme."""


def whole_run(base: Path, disk: DarkDisk) -> None:
    """A run of two seconds, from begin to end."""
    shelf = shelf_on(base, MadeUp(), disk)
    session = shelf.begin(COACHED, "button", Due(PLAN, StateFile(base, disk)))
    record(session.recorder, SECONDS)
    session.recorder.close()
    try:
        summary = summed(session.folder) if session.folder and not disk.dark else None
    except TraceError:
        summary = None
    session.close(summary, "button")


def run_gone_on_with(base: Path, disk: DarkDisk) -> None:
    """A run of two seconds that crashes, and goes on."""
    machine = MadeUp()
    session = shelf_on(base, machine, disk).begin(
        COACHED, "button", Due(PLAN, StateFile(base, disk))
    )
    record(session.recorder, SECONDS)
    session.abandon()
    machine.t = 110.0
    shelf = shelf_on(base, machine, disk)
    unfinished = shelf.unfinished()
    if unfinished is None:
        return
    session = shelf.resume(unfinished, COACHED)
    record(session.recorder, SECONDS, 110.0)
    session.abandon()


def samples(folder: Path) -> int:
    return sum(len(b) for b in open_recorded(folder).blocks())


def promised(disk: DarkDisk) -> int:
    """Samples that a sync had put on the card: the first is the header's, the last the end's."""
    seconds = [min(SECONDS, max(0, n - 1)) for name, n in disk.syncs.items() if "trace" in name]
    return 100 * sum(seconds)


def check_closed(base: Path, machine: MadeUp, least: int) -> None:
    """Starts, and looks whether everything is whole and nothing is missing."""
    shelf = shelf_on(base, machine)
    shelf.close_unfinished()
    folders = session_folders(base)
    assert len(folders) <= 1
    found = 0
    for folder in folders:
        assert all(is_whole(p) for p in part_files(folder))
        summary = read_summary(folder / "summary.json")
        found = samples(folder)
        assert summary["quality"]["samples"] == found
        assert not summary["quality"]["damage"]
    assert found >= least
    state = StateFile(base).load().state
    assert state is not None
    assert len(state.log) == len(folders)
    # A second start finds nothing to do, and a third session its place.
    before = {p: p.read_bytes() for p in base.rglob("*") if p.is_file()}
    assert shelf_on(base, machine).close_unfinished() == []
    assert {p: p.read_bytes() for p in base.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(("act", "first"), [(whole_run, 0), (run_gone_on_with, 15)])
def test_a_cut_before_any_operation_of_a_run_costs_at_most_what_was_not_synced(
    act: Callable[[Path, DarkDisk], None], first: int, tmp_path: Path
) -> None:
    cards = 0
    # Both begin alike.
    for cut_at in range(first, 200):
        base = tmp_path / "card"
        base.mkdir()
        StateFile(base).save(start(STANDARD))
        disk = DarkDisk(base, cut_at)
        act(base, disk)
        dark = disk.dark
        for found in disk.after_the_cut(tmp_path / "found"):
            check_closed(found, MadeUp().restarted(), promised(disk))
            cards += 1
        shutil.rmtree(base)
        if not dark:
            break
    assert not dark
    assert cards > 30


@pytest.mark.parametrize("cut_at", [15, 19])
def test_a_cut_while_a_cut_run_is_closed_costs_nothing_more(tmp_path: Path, cut_at: int) -> None:
    base = tmp_path / "card"
    base.mkdir()
    StateFile(base).save(start(STANDARD))
    first = DarkDisk(base, cut_at)
    whole_run(base, first)
    *_, torn = (
        shutil.copytree(card, tmp_path / f"torn-{card.name}")
        for card in first.after_the_cut(tmp_path / "found")
    )
    for again in range(100):
        card = Path(shutil.copytree(torn, tmp_path / "again"))
        disk = DarkDisk(card, again)
        shelf_on(card, MadeUp().restarted(), disk).close_unfinished()
        for found in disk.after_the_cut(tmp_path / "found"):
            check_closed(found, MadeUp().restarted(), promised(first))
        shutil.rmtree(card)
        if not disk.dark:
            break
    assert again > 10


def dropped(shelf: Shelf) -> None:
    shelf.make_room()


def deleted(shelf: Shelf) -> None:
    shelf.delete("session-0001")


@pytest.mark.parametrize("act", [dropped, deleted])
def test_a_cut_while_a_recording_goes_leaves_the_others_and_every_summary(
    act: Callable[[Shelf], None], tmp_path: Path
) -> None:
    made = tmp_path / "made"
    shelf = shelf_on(made, MadeUp())
    for _ in range(2):
        kept(shelf, 1)
    trace = made / "session-0001" / "trace.mcap"
    shelf.verified("session-0001", trace.name, sha256_of(trace))
    for cut_at in range(100):
        base = Path(shutil.copytree(made, tmp_path / "card"))
        disk = DarkDisk(base, cut_at)
        try:
            act(shelf_on(base, MadeUp(free=0), disk))
        except OSError:
            assert disk.dark
        for found in disk.after_the_cut(tmp_path / "found"):
            after = shelf_on(found, MadeUp().restarted())
            assert after.close_unfinished() == []
            names = [s.id for s in after.sessions()]
            assert names in (["session-0001", "session-0002"], ["session-0002"])
            for name in names:
                read_summary(found / name / "summary.json")
            assert samples(found / "session-0002") == 100
            assert not [p for p in found.iterdir() if p.name.startswith(".deleting")]
            assert kept(after, 1) == "session-0003"
        shutil.rmtree(base)
        if not disk.dark:
            break
    assert cut_at > 5
