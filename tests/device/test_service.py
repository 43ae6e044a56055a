"""The service from the button to the files, in virtual time."""

import shutil
from pathlib import Path

import pytest

from drivers.sim.time import VirtualTime
from dsp.synth import Motion, Phase
from feedback.cue import Pattern
from firmware_py.config import Config
from firmware_py.device.items import Report
from firmware_py.device.machine import Event, State
from firmware_py.device.settings import DeviceSettings
from firmware_py.simulate.world import START, World
from firmware_py.store.settings import StorageSettings
from firmware_py.trace.reader import open_trace
from tests.device.rig import (
    LEDLESS,
    Rig,
    copied,
    press,
    record_of,
    replayed,
    scenario,
    summary_of,
    word,
)

RUNNING = [State.WAKING, State.IDLE, State.STARTING, State.RUNNING]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Rig:
    """One session with a pause; the card is copied while it runs and while it is paused."""
    base = tmp_path_factory.mktemp("day")
    rig = Rig(
        base / "card",
        [
            (2.0, press(Event.PRESS)),
            (17.3, copied(base / "running")),
            (20.0, press(Event.PRESS)),
            (24.8, copied(base / "paused")),
            (30.0, press(Event.RESUME, "link")),
            (44.0, press(Event.HOLD)),
            (55.0, press(Event.VERY_LONG)),
        ],
        LEDLESS,
    )
    assert rig.run() is State.OFF
    return rig


def test_a_session_from_the_button_to_the_files(day: Rig) -> None:
    assert day.lived == [*RUNNING, State.PAUSED, State.RUNNING, State.IDLE, State.OFF]
    summary = summary_of(day.folder)
    (pause,) = summary["paused"]["spans"]
    assert pause["end"] - pause["start"] == pytest.approx(10.0, abs=0.2)
    patterns = [s["pattern"] for s in summary["status"]]
    assert patterns == ["started", "paused", "resumed", "stopped"]
    # What was run in the pause is recorded and counted as ever.
    assert summary["steps"]["running"] > 95
    assert summary["quality"]["lost"] == 0
    record = record_of(day.folder)
    assert (record["why"], record["ended"], record["state"]) == ("button", "button", "closed")


def test_its_replay_says_the_same(day: Rig) -> None:
    again, cues = replayed(day.folder)
    assert again == summary_of(day.folder)
    assert [c.pattern for c in cues][:1] == [Pattern.STARTED]


def test_systemd_hears_that_it_is_ready_alive_and_what_it_is_about(day: Rig) -> None:
    assert day.told.index("READY=1") < day.told.index("WATCHDOG=1")
    # Every 2.5 s of virtual time, asleep or not.
    assert 55.0 / 2.5 - 3 <= day.told.count("WATCHDOG=1") <= 55.0 / 2.5 + 1
    statuses = [t for t in day.told if t.startswith("STATUS=")]
    assert "STATUS=running, session-0001" in statuses
    assert statuses[-1] == "STATUS=off"


@pytest.mark.parametrize(
    ("card", "at_s", "state"),
    [("running", 17.3, State.RUNNING), ("paused", 24.8, State.PAUSED)],
)
def test_a_session_that_was_killed_goes_on_as_it_was(
    day: Rig, tmp_path: Path, card: str, at_s: float, state: State
) -> None:
    folder = shutil.copytree(day.folder.parent / card, tmp_path / "card")
    rig = Rig(
        folder,
        [(at_s + 14.0, press(Event.STOP, "link")), (at_s + 18.0, press(Event.TERMINATE))],
        LEDLESS,
        late_s=at_s + 5.0,
    )
    assert rig.run() is State.GONE
    assert rig.lived == [State.WAKING, state, State.IDLE, State.GONE]
    session = folder / "session-0001"
    assert sorted(p.name for p in session.glob("*.mcap")) == ["trace-2.mcap", "trace.mcap"]
    summary = summary_of(folder)
    first = next(open_trace(session / "trace.mcap").blocks())
    assert summary["session"]["start_t"] == float(first.t[0])
    assert summary["duration_s"] == pytest.approx(at_s + 14.0 - 2.0, abs=1.0)
    # From the last second that was synced to the new start's first sample.
    assert summary["quality"]["gaps"]["count"] == 1
    assert 4.5 < summary["quality"]["gaps"]["longest_s"] < 8.0
    # All that was decided live, and from which baseline, is what the whole folder's replay says.
    again = replayed(folder)[0]
    assert again["quality"] == summary["quality"]
    assert again == summary
    paused = summary["paused"]["spans"]
    assert [s["end"] > START + at_s + 5.0 for s in paused] == [True] * (state is State.PAUSED)
    assert not (folder / "session-0002").exists()


@pytest.mark.parametrize(("late_s", "parts"), [(80.0, 1), (22.0, 10)])
def test_more_than_a_minute_later_or_after_too_many_crashes_it_is_closed(
    day: Rig, tmp_path: Path, late_s: float, parts: int
) -> None:
    folder = shutil.copytree(day.folder.parent / "running", tmp_path / "card")
    record = folder / "session-0001" / "session.json"
    record.write_text(record.read_text().replace('"parts": 1', f'"parts": {parts}'))
    rig = Rig(folder, [(late_s + 2.0, press(Event.TERMINATE))], LEDLESS, late_s=late_s)
    rig.run()
    assert rig.lived == [State.WAKING, State.IDLE, State.GONE]
    assert record_of(folder)["ended"] == "crash"
    assert 13.0 < summary_of(folder)["duration_s"] < 16.0


def test_without_a_sensor_no_session_begins_and_a_lost_one_leaves_a_gap(tmp_path: Path) -> None:
    def plug(world: World) -> None:
        for start, end in ((START, START + 8.0), (START + 20.0, START + 24.0)):
            world.wire.unplug(world.attached.address, start, end)

    rig = Rig(
        tmp_path,
        [
            (3.0, press(Event.PRESS)),
            (14.0, press(Event.START, "link")),
            (40.0, press(Event.TERMINATE)),
        ],
        LEDLESS,
        before=plug,
    )
    assert rig.run() is State.GONE
    states = [State.ABSENT, State.IDLE, State.STARTING, State.RUNNING, State.GONE]
    assert rig.lived == states
    summary = summary_of(tmp_path)
    assert 4.0 < summary["quality"]["gaps"]["longest_s"] < 7.5
    patterns = [s["pattern"] for s in summary["status"]]
    assert patterns[0] == "started"
    assert "sensor_lost" in patterns
    assert record_of(tmp_path)["why"] == "link"
    assert rig.told.count("WATCHDOG=1") >= 40.0 / 2.5 - 4
    assert replayed(tmp_path)[0] == summary


def test_by_itself_it_begins_before_the_running_pauses_goes_on_and_ends(tmp_path: Path) -> None:
    motion = scenario(
        Phase(Motion.STAND, 12.0),
        Phase(Motion.RUN, 32.0, 165.0, speed=2.8),
        Phase(Motion.STAND, 14.0),
        Phase(Motion.RUN, 12.0, 165.0, speed=2.8),
    )
    device = DeviceSettings(led=False, auto_start=True, auto_stop_min=1.0, auto_pause_s=8.0)
    rig = Rig(tmp_path, [(140.0, press(Event.TERMINATE))], Config(device=device), motion)
    rig.run()
    assert rig.lived == [
        State.WAKING,
        State.IDLE,
        State.RUNNING,
        State.RESTING,
        State.RUNNING,
        State.RESTING,
        State.IDLE,
        State.GONE,
    ]
    began = next(t for t, s in rig.states if s is State.RUNNING)
    assert 12.0 + 20.0 <= began < 12.0 + 24.0
    summary, record = summary_of(tmp_path), record_of(tmp_path)
    assert (record["why"], record["ended"]) == ("auto", "auto")
    # With all that was streamed before, and to the last minute without running.
    assert summary["session"]["start_t"] - START < 2.0
    assert summary["segments"][0]["kind"] == "stand"
    assert 128.0 < summary["duration_s"] < 134.0
    spans = summary["paused"]["spans"]
    assert spans[0]["start"] - START == pytest.approx(44.0 + 8.0, abs=1.5)
    assert spans[0]["end"] - START == pytest.approx(58.0, abs=4.0)
    assert replayed(tmp_path)[0] == summary


def test_on_a_card_without_room_it_coaches_and_keeps_the_summary(tmp_path: Path) -> None:
    config = Config(device=LEDLESS.device, storage=StorageSettings(keep_free_mb=1_000_000))
    rig = Rig(
        tmp_path,
        [
            (2.0, press(Event.PRESS)),
            (10.0, word("12 %", pattern=Pattern.BATTERY_LOW)),
            (20.0, press(Event.EMPTY, "battery")),
        ],
        config,
    )
    assert rig.run() is State.OFF
    summary = summary_of(tmp_path)
    patterns = [s["pattern"] for s in summary["status"]]
    # Running began between the two warnings.
    assert patterns == ["started", "storage_full", "started", "battery_low", "stopped"]
    assert summary["steps"]["running"] > 20
    assert not list(tmp_path.rglob("*.mcap"))
    assert record_of(tmp_path)["ended"] == "battery"


def test_a_reader_that_hangs_or_a_loop_that_lags_feeds_no_watchdog(tmp_path: Path) -> None:
    fed: list[int] = []

    def hang(rig: Rig) -> None:
        """The reader's thread stands still, in a transfer say, while time goes on."""
        time = rig.world.attached.bus.time
        assert isinstance(time, VirtualTime)
        fed.append(rig.told.count("WATCHDOG=1"))
        looked = rig.looks
        while rig.looks < looked + 2:
            time.pass_by(4.0)
            rig.wait_for_a_look()
        fed.append(rig.told.count("WATCHDOG=1"))

    def lag(rig: Rig) -> None:
        """What is worked off is old."""
        rig.supervisor.inbox.put(Report(rig.world.attached.bus.time.now() - 3.5))

    def count(rig: Rig) -> None:
        fed.append(rig.told.count("WATCHDOG=1"))

    hands = [(5.0, hang), (5.0, lag), (5.0, count), (30.0, press(Event.TERMINATE))]
    rig = Rig(tmp_path, hands, LEDLESS)
    rig.run()
    assert fed[0] == fed[1] == fed[2]
    assert rig.told.count("WATCHDOG=1") > fed[2], "it must live on"
