"""A summary on the disk: whole, or as it was before."""

from pathlib import Path

import pytest

from dsp.errors import TraceError
from firmware_py.session.files import read_summary, write_summary
from tests.feedback.runner import Runner
from tests.session.made import summed


def test_a_summary_survives_its_file(tmp_path: Path) -> None:
    r = Runner()
    s = summed(r.run(60, 165), r.t)
    path = tmp_path / "summary.json"
    path.write_text("an old one")
    write_summary(path, s)
    assert read_summary(path) == s
    assert [p.name for p in tmp_path.iterdir()] == ["summary.json"]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text("an old one")
    with pytest.raises(ValueError, match="JSON compliant"):
        write_summary(path, {"schema": "gaitcoach.summary/1", "x": float("nan")})
    with pytest.raises(OSError, match="summary"):
        write_summary(tmp_path / "none" / "summary.json", {})
    assert path.read_text() == "an old one"
    assert [p.name for p in tmp_path.iterdir()] == ["summary.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "gaitcoach.summary/9"}', "\x00"])
def test_other_files_are_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "summary.json"
    path.write_text(text)
    with pytest.raises(TraceError, match=r"summary\.json: "):
        read_summary(path)
