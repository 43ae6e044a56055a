"""`gaitcoach run`: the real program on a simulated chip, with everything that befalls a sensor."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firmware_py import cli
from firmware_py.session.files import read_summary
from firmware_py.trace.reader import open_trace
from tests.commands.runs import command
from tests.make_golden import trace_of

Capture = pytest.CaptureFixture[str]
FAST = ("--pace", "max")
SELDOM = ("--poll", "0.05")
"""A simulated sensor drained five times less often than a real one costs a fifth."""


def simulate(scenario: str, *words: str | Path) -> int:
    return command("run", "--simulate", scenario, *FAST, *words)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in path.read_text().splitlines()]


class Session:
    """A simulated session as it was kept."""

    def __init__(self, scenario: str, base: Path) -> None:
        self.live = base / "live.jsonl"
        # One as often as on the device.
        poll = () if scenario == "unplugged" else SELDOM
        words = ("--quiet", "--out", base, "--events", self.live)
        assert simulate(scenario, *words, *poll) == 0
        self.folder = base / "session-0001"
        self.summary = read_summary(self.folder / "summary.json")


@pytest.fixture(scope="module", params=["unplugged", "chip-reset", "stuck-bus", "overrun"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    return Session(request.param, tmp_path_factory.mktemp(request.param))


def test_what_was_heard_live_is_heard_in_replay_and_the_summary_is_the_same(
    session: Session, tmp_path: Path
) -> None:
    summary, events = tmp_path / "again.json", tmp_path / "replayed.jsonl"
    words = ("--quiet", "--events", events, "--summary", summary)
    assert command("replay", session.folder / "trace.mcap", *words) == 0
    assert rows(events) == rows(session.live)
    assert read_summary(summary) == session.summary


LONGEST_S = {
    "unplugged": (5.0, 5.6),
    "chip-reset": (0.1, 1.4),
    "stuck-bus": (1.0, 1.6),
    # 512 words hold 0.58 s of the 2 s.
    "overrun": (1.38, 1.50),
}
SAID = {
    "unplugged": ["sensor lost: ", "sensor back after "],
    "chip-reset": ["the chip was reset"],
    "stuck-bus": ["sensor restarted: "],
    "overrun": [],
}


def test_a_trouble_costs_its_time_and_no_more(session: Session) -> None:
    scenario = session.folder.parent.name.rstrip("0123456789")
    quality = session.summary["quality"]
    assert quality["gaps"]["count"] == 1
    low, high = LONGEST_S[scenario]
    assert low < quality["gaps"]["longest_s"] < high
    # What is missing is counted: at 417 Hz and 1.3 % fast the gap is so many samples.
    assert quality["lost"] == pytest.approx(quality["gaps"]["longest_s"] * 422.1, abs=6)
    nobody, *notes = quality["notes"]
    assert nobody == "a simulated runner and sensor, not a person"
    for said, note in zip(SAID[scenario], notes, strict=True):
        assert said in note
    lost = [s for s in session.summary["status"] if s["pattern"] == "sensor_lost"]
    assert len(lost) == (scenario == "unplugged")
    assert 140 <= session.summary["steps"]["running"] <= 163
    assert 160 < session.summary["cadence"]["mean_spm"] < 164


def test_the_same_simulation_gives_the_same_file_bit_for_bit(tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ("--quiet", "--duration", "12", "--out", tmp_path / name)
        assert simulate("short-run", *words) == 0
    a, b = (tmp_path / n / "session-0001" / "trace.mcap" for n in ("a", "b"))
    assert a.read_bytes() == b.read_bytes()


def test_a_calibration_is_applied_and_kept_in_the_trace(tmp_path: Path, capsys: Capture) -> None:
    assert command("calibrate", "--simulate", "--output", tmp_path / "mine.json") == 0
    (tmp_path / "c.toml").write_text('[sensor]\ncalibration = "mine.json"\n')
    words = ("--config", tmp_path / "c.toml", "--out", tmp_path, "--quiet", *SELDOM)
    assert simulate("short-run", *words, "--events", tmp_path / "live.jsonl") == 0
    trace = tmp_path / "session-0001" / "trace.mcap"
    assert command("replay", trace, "--quiet", "--events", tmp_path / "again.jsonl") == 0
    assert rows(tmp_path / "again.jsonl") == rows(tmp_path / "live.jsonl")
    kept = open_trace(trace).header.calibration
    assert kept is not None
    assert kept["method"] == ["standing"]
    summary = read_summary(tmp_path / "session-0001" / "summary.json")
    assert "calibrated: standing" in summary["quality"]["notes"]
    (tmp_path / "mine.json").unlink()
    assert simulate("short-run", *words) == 78
    assert "mine.json: no such file; correct the path" in capsys.readouterr().err


def test_a_recording_is_felt_again_by_a_simulated_chip(capsys: Capture) -> None:
    recorded = trace_of("waist-run")
    assert command("replay", recorded, "--json") == 0
    before = json.loads(capsys.readouterr().out)
    words = ("--sensor", "ICM-42688-P", "--json", *SELDOM)
    assert command("run", "--simulate", recorded, *FAST, *words) == 0
    felt = json.loads(capsys.readouterr().out)
    assert felt["session"]["chip"] == "ICM-42688-P"
    assert felt["quality"]["notes"] == ["waist-run.mcap, felt again by a simulated sensor"]
    assert felt["cadence"]["mean_spm"] == pytest.approx(before["cadence"]["mean_spm"], rel=0.02)
    assert abs(felt["steps"]["running"] - before["steps"]["running"]) <= 3


def test_sessions_are_numbered_and_nothing_is_overwritten(tmp_path: Path) -> None:
    for _ in range(2):
        assert simulate("walk", "--duration", "3", "--quiet", "--out", tmp_path) == 0
    sessions = sorted(p.name for p in tmp_path.glob("session-*"))
    assert sessions == ["session-0001", "session-0002"]
    log = json.loads((tmp_path / "programme.json").read_text())["log"]
    assert [run["source"].split()[0] for run in log] == sessions


def test_a_sensor_that_clips_foot_strikes_tells_cadence_only(capsys: Capture) -> None:
    words = ("--mount", "shoe", "--sensor", "lsm6dsox", "--poll", "0.05", "--json")
    assert simulate("overstrider", *words) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["session"]["chip"] == "LSM6DSOX"
    patterns = {c["pattern"] for c in summary["cues"]}
    assert patterns == {"beat"}
    assert any("cadence only" in note for note in summary["quality"]["notes"])
    assert "impact" in summary["not_measured"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--simulate", "jog"), 2, "unknown scenario 'jog'; known: easy-run"),
        (("--simulate", "loose-belt", "--mount", "shoe"), 2, "for the waist only"),
        (
            ("--simulate", "walk", "--sensor", "LSM9"),
            2,
            "--sensor LSM9: sensor.part: unknown sensor 'LSM9'",
        ),
        (("--simulate", "walk", "--side", "left"), 2, "only for sensor.mount"),
        (("--pace", "3"), 2, "--pace is for --simulate"),
        (("--simulate", "walk", "--pace", "0"), 2, "must be"),
        (("--simulate", "walk", "--poll", "5"), 2, "holds 0.61 s, and the host may be late"),
        (
            ("--simulate", "walk", "--mount", "shoe", "--sensor", "MPU-6500", "--poll", "0.05"),
            2,
            "the FIFO of an MPU-6500 at 1000 Hz holds 0.042 s",
        ),
    ],
)
def test_wrong_words_are_refused_in_one_line(
    words: tuple[str, ...], code: int, said: str, capsys: Capture
) -> None:
    assert command("run", *words) == code
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_without_a_bus_it_says_what_to_do(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[sensor]\nbus = 97\n")
    assert command("run", "--config", config, "--out", tmp_path / "s") == 1
    err = capsys.readouterr().err
    assert err.startswith("gaitcoach: /dev/i2c-97: no such bus; switch I2C on")
    assert not (tmp_path / "s").exists()


def test_a_folder_that_cannot_be_had_is_told_before_the_run(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("")
    assert simulate("walk", "--out", tmp_path / "file") == 1
    assert "name another folder with --out" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_session_whole(number: int, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    words = ["run", "--simulate", "easy-run", "--pace", "20", "--out", str(tmp_path)]
    words += ["--events", str(events), "--poll", "0.03"]
    code = "import sys; from firmware_py.cli import main; sys.exit(main(sys.argv[1:]))"
    child = subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    # The second line is the first cue: the run is well under way.
    while b"started" not in child.stdout.readline():
        pass
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 128 + number
    assert err == b""
    assert b"stopped" in out
    assert b"kept in" in out
    folder = tmp_path / "session-0001"
    assert read_summary(folder / "summary.json")["steps"]["running"] > 0
    replayed = tmp_path / "replayed.jsonl"
    assert cli.main(["replay", "--quiet", str(folder), "--events", str(replayed)]) == 0
    assert rows(replayed) == rows(events)


def test_a_terminal_that_goes_away_ends_no_session(tmp_path: Path) -> None:
    code = "import sys; from firmware_py.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["run", "--simulate", "short-run", "--pace", "max", "--out", str(tmp_path)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", code, *words], stdout=full, check=False)
    assert done.returncode == 1
    summary = read_summary(tmp_path / "session-0001" / "summary.json")
    assert summary["duration_s"] > 22.0


def test_what_cannot_be_written_is_told_after_the_summary(tmp_path: Path, capsys: Capture) -> None:
    def lose(folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    events = tmp_path / "full"
    events.symlink_to("/dev/full")
    words = ("--events", events, "--duration", "3", "--out", tmp_path / "s")
    assert simulate("walk", *words) == 1
    out, err = capsys.readouterr()
    assert "duration" in out
    assert err.startswith(f"gaitcoach: --events {events}: cut, it could not be written on")
    assert "kept in" in out
    lose(tmp_path / "s" / "session-0001")


def test_a_sensor_that_stays_away_does_not_keep_the_session_from_ending(capsys: Capture) -> None:
    assert simulate("unplugged", "--duration", "42", "--json", *SELDOM) == 0
    summary = json.loads(capsys.readouterr().out)
    assert "sensor_lost" in [s["pattern"] for s in summary["status"]]
    assert not any("back" in note for note in summary["quality"]["notes"])
    assert summary["duration_s"] < 42.0


def test_the_foot_of_a_simulated_runner_is_the_one_asked_for(capsys: Capture) -> None:
    figures = []
    for side in ("left", "right"):
        words = ("--mount", "shoe", "--side", side, "--duration", "40", "--json")
        assert simulate("overstrider", *words, *SELDOM) == 0
        figures.append(json.loads(capsys.readouterr().out))
    assert [f["session"]["side"] for f in figures] == ["left", "right"]
    # Her feet are not alike.
    left, right = (f["impact"]["peak"]["median_g"] for f in figures)
    assert abs(left - right) > 0.2
