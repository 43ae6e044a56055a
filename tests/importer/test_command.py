"""`gaitcoach import` from end to end: trace, messages, exit codes, and nothing left behind."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from dsp.block import Mount, SampleBlock, join
from firmware_py import cli
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter
from tests.importer.csv_files import WAIST, imported, still_then_moving, write_csv


def run(*words: str | Path) -> int:
    return cli.main(["import", *map(str, words)])


def stored(path: Path) -> SampleBlock:
    return join(open_trace(path).blocks())


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    values = np.delete(still_then_moving(30_000), [2000, 2001, 9000], axis=0)
    return write_csv(tmp_path / "a.csv.gz", values, beside={"mount": "waist", "activity": "run"})


def test_a_trace_holds_what_was_imported(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "t.mcap"
    assert run(recording, "-o", out) == 0
    expected, got = imported(recording, WAIST), stored(out)
    assert expected.block.gyr is not None
    assert got.gyr is not None
    np.testing.assert_array_equal(got.t, expected.block.t)
    np.testing.assert_array_equal(got.acc, expected.block.acc)
    np.testing.assert_array_equal(got.gyr, expected.block.gyr)
    np.testing.assert_array_equal(got.lost, expected.block.lost)
    assert got.lost[[2000, 8998]].tolist() == [2, 1]
    assert open_trace(out).header == expected.header


def test_missing_axes_and_clipping_survive_the_trace(tmp_path: Path) -> None:
    values = still_then_moving()[:, :3]
    values[300, 1] = 8.0
    path = write_csv(tmp_path / "a.csv", values, ["t_s", "acc_z_g", "acc_x_g"])
    assert run(path, "--mount", "waist", "--acc-limit-g", "8") == 0
    trace = open_trace(tmp_path / "a.mcap")
    got = stored(tmp_path / "a.mcap")
    assert (trace.header.acc_axes, trace.header.gyr_axes) == ("xz", "")
    assert np.isnan(got.acc[:, 1]).all()
    assert got.gyr is None
    assert np.flatnonzero(got.acc_clipped).tolist() == [300]


def test_the_trace_lands_beside_the_file_and_the_lines_say_what_was_done(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(recording) == 0
    out, err = capsys.readouterr()
    assert recording.with_name("a.mcap").is_file()
    assert err == ""
    assert "acc_x = acc_x_g [g]" in out
    assert "29997 samples in 299.99 s at 100 Hz, 3 lost (0.0%); waist" in out
    assert f"written to {recording.with_name('a.mcap')}" in out


def test_json_holds_the_result(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(recording, "--json", "--side", "unknown") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["samples"] == 29997
    assert result["lost"] == 3
    assert result["rate_hz"] == pytest.approx(100)
    assert result["duration_s"] == pytest.approx(299.99)
    assert (result["acc_axes"], result["gyr_axes"], result["mount"]) == ("xyz", "xyz", "waist")
    assert result["columns"]["gyr_z"] == {"column": "gyr_z_dps", "unit": "deg/s"}
    assert "3 samples missing in 2 holes" in result["notes"]


def test_every_option_reaches_the_import(tmp_path: Path) -> None:
    values = still_then_moving()
    values[:, 1:4] *= 1000
    path = write_csv(tmp_path / "a.txt", values, None, delimiter=";")
    words = "--no-header --delimiter semicolon --mount shoe --side left --activity run --rate 100"
    maps = [f"--map={t}={k}" for k, t in enumerate(("time", "acc_x", "acc_y", "acc_z", "gyr_x"), 1)]
    units = ["--acc-unit", "mg", "--gyr-unit", "°/s", "--time-unit", "sec", "--acc-limit-g", "16"]
    assert run(path, *words.split(), *maps, *units, "-o", tmp_path / "o.mcap") == 0
    h = open_trace(tmp_path / "o.mcap").header
    assert (h.mount, h.side, h.activity) == (Mount.SHOE, "left", "run")
    assert (h.acc_axes, h.gyr_axes) == ("xyz", "x")


def test_a_refusal_is_one_line_and_leaves_everything_as_it_was(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "t.mcap"
    assert run(recording, "-o", out) == 0
    before = out.read_bytes()
    bad = write_csv(tmp_path / "bad.csv", still_then_moving()[::-1])
    names = sorted(p.name for p in tmp_path.iterdir())
    capsys.readouterr()
    assert run(bad, "--mount", "waist", "-o", out) == 1
    assert run(bad, "--mount", "waist") == 1
    stdout, stderr = capsys.readouterr()
    assert stdout == ""
    assert len(stderr.splitlines()) == 2
    assert stderr.startswith(f"gaitcoach: {bad}:3: time goes back")
    assert out.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == names


def test_an_imported_trace_may_be_imported_again(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "t.mcap"
    out.touch()  # made by tempfile
    assert run(recording, "-o", out) == 0
    assert run(recording, "-o", out, "--activity", "walk") == 0
    assert open_trace(out).header.activity == "walk"


@pytest.mark.parametrize("what", ["session", "text"])
def test_anything_else_is_replaced_only_by_force(
    recording: Path, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "session.mcap"
    if what == "session":
        with TraceWriter(out, TraceHeader(Mount.WAIST, 416.0, "device")) as writer:
            writer.write_samples(imported(recording).block[:100])
    else:
        out.write_text("notes of a year")
    before = out.read_bytes()
    assert run(recording, "-o", out) == 1
    assert "add --force to replace it" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert run(recording, "-o", out, "--force") == 0
    assert open_trace(out).header.source == "import"


def test_places_that_cannot_take_a_trace_are_refused(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = recording.read_bytes()
    assert run(recording, "-o", tmp_path / "no" / "t.mcap") == 1
    assert run(recording, "-o", tmp_path) == 1
    assert run(recording, "-o", recording, "--force") == 1
    assert run(recording, "-o", "-") == 1
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert run(recording, "-o", pipe, "--force") == 1
    assert pipe.is_fifo()
    errors = capsys.readouterr().err.splitlines()
    assert [e.rsplit(": ", 1)[1] for e in errors] == [
        f"there is no folder {tmp_path / 'no'}; create it first",
        f"is a directory; name a file, e.g. {tmp_path / 'trace.mcap'}",
        "is the recording itself; name another file with -o",
        "a trace is not text for a terminal; name a file",
        "is not a file but a device or pipe; name a file",
    ]
    assert recording.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ["--map", "acc_x"],
        ["--map", "mag_x=2"],
        ["--acc-unit", "furlong"],
        ["--rate", "-5"],
        ["--rate", "nan"],
        ["--mount", "hat"],
        ["--delimiter", "abc"],
    ],
)
def test_wrong_usage_exits_with_2(recording: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(recording, *words)
    assert caught.value.code == 2
