import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dsp.errors import GaitCoachError
from feedback.programmes.history import Result, pain, record
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import built_in
from feedback.programmes.state import SCHEMA, NewerStateError, ProgrammeState, start
from firmware_py.disk import Disk
from firmware_py.programme.state_file import COPY, NAME, StateFile
from tests.programme.power import CutDisk, PowerCut

FOLDER = Path("kept")
STANDARD = built_in("cadence-standard")


def advanced(sessions: int) -> ProgrammeState:
    state = start(STANDARD)
    for n in range(sessions):
        plan = plan_next(STANDARD, state)
        run = Result(plan.run_s or 0.0, f"session-{n}", baseline_cadence_spm=160.0)
        state = record(STANDARD, state, plan, run)
    return state


def saved(state: ProgrammeState) -> bytes:
    disk = CutDisk()
    StateFile(FOLDER, disk).save(state)
    return disk.names[FOLDER / NAME].safe


def cut_everywhere(
    there: dict[str, bytes], act: Callable[[StateFile], object]
) -> list[tuple[CutDisk, bool]]:
    """Every disk that is left when the power goes before each operation, and whether it was the
    end."""
    left = []
    for cut_at in range(200):
        disk = CutDisk(cut_at)
        for name, data in there.items():
            disk.put(FOLDER / name, data)
        try:
            act(StateFile(FOLDER, disk))
        except PowerCut:
            left += [(found, False) for found in disk.after_the_cut()]
            continue
        return [*left, *((found, True) for found in disk.after_the_cut())]
    raise AssertionError("it never ends")


OLD, NEW = advanced(2), advanced(3)


@pytest.mark.parametrize(
    "there",
    [
        {NAME: saved(OLD), COPY: saved(OLD)},
        {NAME: saved(OLD), COPY: saved(advanced(1))},
        {NAME: saved(OLD)},
        {COPY: saved(OLD)},
        {NAME: saved(OLD), COPY: b"torn"},
        {NAME: saved(OLD), COPY: saved(OLD), f".{NAME}.tmp": b"half a"},
    ],
)
def test_a_power_cut_while_saving_leaves_the_old_or_the_new_state(there: dict[str, bytes]) -> None:
    left = cut_everywhere(there, lambda file: file.save(NEW))
    assert len(left) > 20
    found = [StateFile(FOLDER, disk).load().state for disk, _ in left]
    assert all(state in (OLD, NEW) for state in found)
    assert {state == NEW for state in found} == {True, False}
    # What was reported as saved is saved.
    assert all(s == NEW for s, (_, ended) in zip(found, left, strict=True) if ended)


def test_a_power_cut_while_the_first_state_is_saved_leaves_it_or_none() -> None:
    for disk, ended in cut_everywhere({}, lambda file: file.save(NEW)):
        found = StateFile(FOLDER, disk).load()
        assert found.state in (None, NEW)
        assert found.state == NEW or not ended


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\0" * 300, b"{", b"[" * 100_000, b"null", b'{"schema": "other/1"}', b"\xff\xfe"]
    + [saved(NEW)[:n] for n in (1, 50, 200, len(saved(NEW)) - 3)],
)
def test_a_damaged_file_is_told_set_aside_and_the_copy_taken_wherever_the_power_goes(
    damaged: bytes,
) -> None:
    there = {NAME: damaged, COPY: saved(OLD)}
    whole = CutDisk()
    for name, data in there.items():
        whole.put(FOLDER / name, data)
    loaded = StateFile(FOLDER, whole).load()
    assert loaded.state == OLD
    assert "set aside as programme.damaged-1.json" in loaded.told[0]
    assert "programme.last.json was taken: cadence-standard, 2 runs" in loaded.told[1]
    assert whole.names[FOLDER / "programme.damaged-1.json"].safe == damaged
    assert StateFile(FOLDER, whole).load().told == ()
    for disk, _ in cut_everywhere(there, lambda file: file.load()):
        assert StateFile(FOLDER, disk).load().state == OLD
        assert damaged in [c.safe for c in disk.names.values()]


def test_every_cut_of_a_saved_file_is_found_out() -> None:
    data = saved(NEW)
    for n in range(0, len(data) - 2, 7):
        disk = CutDisk()
        disk.put(FOLDER / NAME, data[:n])
        disk.put(FOLDER / COPY, saved(OLD))
        assert StateFile(FOLDER, disk).load().state == OLD


def test_two_damaged_files_are_both_kept_and_no_state_is_made_up(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"one")
    (tmp_path / COPY).write_bytes(b"two")
    loaded = StateFile(tmp_path).load()
    assert loaded.state is None
    assert len(loaded.told) == 3
    assert "begin again" in loaded.told[-1]
    kept = {p.name: p.read_bytes() for p in tmp_path.glob("programme*")}
    assert kept == {"programme.damaged-1.json": b"one", "programme.damaged-2.json": b"two"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "gaitcoach.programme-state/0"}, "is of another version"),
        ({"programme": "nobody-knows"}, "unknown programme nobody-knows"),
        ({"log": [{"kind": "session"}]}, "is damaged: session is missing"),
        ({"log": 3}, "is damaged: log = 3: must be a list"),
        ({"pains": [3]}, "is damaged: "),
        ({"baseline_cadence_spm": 20}, "is damaged: baseline_cadence_spm = 20: must be >= 120"),
        ({"held": {"cadence_percent": 50}}, "is damaged: cadence_percent = 50"),
        ({"text": "name = 3"}, "cannot be used: cadence-standard: line 1: name = 3"),
        ({"text": 'name = "x"\ncadence_percent = 5'}, "the prescription in it is not the one"),
        ({"sha256": "abc"}, "the prescription in it is not the one"),
        ({"more": 1}, "is damaged: unknown key more"),
    ],
)
def test_what_is_wrong_with_a_state_is_told(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    record = {**advanced(1).as_dict(), **change}
    assert record["schema"] != SCHEMA or "schema" not in change
    (tmp_path / NAME).write_text(json.dumps(record), encoding="utf-8")
    loaded = StateFile(tmp_path).load()
    assert loaded.state is None
    assert says in loaded.told[0]
    assert "\n" not in loaded.told[0]


def test_on_a_real_disk_states_come_back_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    file = StateFile(folder)
    assert file.load() == StateFile(folder, Disk()).load()
    assert file.load().state is None
    file.save(OLD)
    file.save(NEW)
    assert file.load().state == NEW
    assert {p.name for p in folder.iterdir()} == {NAME, COPY, ".programme.lock"}


class FullDisk(Disk):
    """No room: a file is begun and cannot be filled."""

    def write(self, path: Path, data: bytes) -> None:
        """Writes some of it."""
        path.write_bytes(data[:20])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))


def test_a_full_disk_leaves_nothing_behind_and_names_the_option_of_the_command(
    tmp_path: Path,
) -> None:
    with pytest.raises(GaitCoachError, match=r"No space left on device\); .* with --out$"):
        StateFile(tmp_path, FullDisk(), "--out").save(start(built_in("silent")))
    assert not list(tmp_path.glob("*programme.json*"))


def test_a_change_is_made_to_what_is_on_the_disk_now(tmp_path: Path) -> None:
    file, other = StateFile(tmp_path), StateFile(tmp_path)
    file.save(OLD)
    other.change(lambda s: pain(STANDARD, s, 5))
    after = file.change(lambda s: pain(STANDARD, s, 2))
    assert [p.score for p in after.pains] == [5, 2]
    assert file.load().state == after


def test_without_a_programme_there_is_nothing_to_change(tmp_path: Path) -> None:
    with pytest.raises(GaitCoachError, match="no programme is under way; begin one with"):
        StateFile(tmp_path).change(lambda s: s)


def test_another_programme_keeps_the_state_of_the_one_before(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    assert file.replace(OLD) is None
    kept = file.replace(NEW)
    assert kept == tmp_path / "programme.before-1.json"
    again = StateFile(tmp_path / "elsewhere")
    again.save(OLD)
    assert kept.read_bytes() == again.path.read_bytes()
    assert file.load().state == NEW


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x", encoding="utf-8")
    with pytest.raises(GaitCoachError, match="cannot be written"):
        StateFile(tmp_path / "x").save(NEW)
    (tmp_path / NAME).mkdir()
    with pytest.raises(GaitCoachError, match="is no regular file"):
        StateFile(tmp_path).load()


def test_a_later_version_is_left_alone_and_said_to_be_one(tmp_path: Path) -> None:
    record = start(built_in("cadence-standard")).as_dict() | {
        "schema": "gaitcoach.programme-state/9"
    }
    (tmp_path / NAME).write_text(json.dumps(record), encoding="utf-8")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(NewerStateError, match=r"is of a later version .*: update gaitcoach"):
        StateFile(tmp_path).load()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if "lock" not in p.name} == before
