"""`gaitcoach demo`: the whole job with no hardware and no file of your own."""

import contextlib
import io
from pathlib import Path

import pytest

from firmware_py import cli
from firmware_py.session.files import read_summary
from tests.make_golden import trace_of

Capture = pytest.CaptureFixture[str]


def demo(*words: str | Path) -> int:
    return cli.main(["demo", *map(str, words)])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demo prints, and the folder of the session it kept."""
    base = tmp_path_factory.mktemp("demo")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert demo("--pace", "1e6", "--keep", base) == 0
    return out.getvalue(), base / "session-0001"


def test_the_demo_shows_cues_and_a_summary_and_says_that_nobody_ran(
    shown: tuple[str, Path],
) -> None:
    out, _ = shown
    first = out.splitlines()[0]
    assert first.startswith("LSM6DSO32")
    assert "a simulated runner and sensor, not a person" in first
    order = [out.index(word) for word in ("started", "beat", "good", "paused", "resumed")]
    assert order == sorted(order)
    assert "cadence" in out[order[-1] :]
    assert "impact" in out[order[-1] :]


def test_the_runner_who_is_told_to_quicken_does(shown: tuple[str, Path]) -> None:
    summary = read_summary(shown[1] / "summary.json")
    # The usual programme asks with beats, she steps to them, and hears that it is good.
    assert [c["pattern"] for c in summary["cues"]] == ["beat"]
    assert summary["cues"][0]["change"]["cadence_percent"] > 2.0
    patterns = [s["pattern"] for s in summary["status"]]
    assert patterns == ["started", "good", "paused", "resumed", "paused", "stopped"]
    assert summary["coaching"]["programme"] == "cadence-standard"
    assert summary["coaching"]["coached_in_band"] > 0.8
    assert summary["quality"]["lost"] == 0


def test_your_own_trace_is_shown_as_it_is(capsys: Capture) -> None:
    before = trace_of("shoe-run").read_bytes()
    assert demo("--trace", trace_of("shoe-run"), "--pace", "1e6") == 0
    out = capsys.readouterr().out
    assert "started" in out
    assert "a simulated runner" not in out
    assert trace_of("shoe-run").read_bytes() == before


def test_your_own_csv_is_imported_first_and_left_alone(tmp_path: Path, capsys: Capture) -> None:
    csv = tmp_path / "still.csv"
    rows = [f"{k / 100:.2f},0.0,0.0,1.0" for k in range(1000)]
    csv.write_text("\n".join(["t_s,acc_x_g,acc_y_g,acc_z_g", *rows]) + "\n")
    (tmp_path / "still.json").write_text('{"mount": "waist"}')
    assert demo("--trace", csv, "--pace", "1e6") == 0
    assert capsys.readouterr().out.startswith("still.csv:")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["still.csv", "still.json"]


def test_what_cannot_be_shown_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "text.csv").write_text("dear diary\n")
    for name in ("none.csv", "none.mcap", "text.csv"):
        assert demo("--trace", tmp_path / name, "--pace", "1e6") == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert name in err
        assert len(err.splitlines()) == 1


def test_a_pace_at_which_nothing_would_end_is_wrong_usage(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        demo("--pace", "0")
    assert caught.value.code == 2
    assert "--pace: 0: must be above 0" in capsys.readouterr().err


def test_the_readme_shows_what_the_demo_prints(shown: tuple[str, Path]) -> None:
    out, kept = shown
    readme = Path(__file__).parents[2] / "README.md"
    printed, kept_in, came_to = out.partition(f"kept in {kept}\n")
    assert kept_in
    # Nine minutes are no session of fifteen.
    assert came_to.startswith("did not count for cadence-standard: ")
    assert printed.strip() in readme.read_text(encoding="utf-8")


def test_a_kept_session_can_be_replayed(shown: tuple[str, Path], capsys: Capture) -> None:
    out, kept = shown
    assert cli.main(["replay", str(kept)]) == 0
    replayed = capsys.readouterr().out
    # Not the sensor and the plan, nor where it is kept and what it counts for.
    assert replayed.strip().splitlines() == out.splitlines()[2:-2]


def test_a_recording_of_yours_is_not_kept_twice() -> None:
    with pytest.raises(SystemExit, match="2"):
        demo("--keep", "a.mcap", "--trace", "b.mcap")
