"""What is known about a recording, from the file beside it or from its own force column."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from dsp.errors import RecordingError
from firmware_py.evaluate.truth import Kind, Truth, events_file, read_truth, recordings
from tests.real_data import found, name_of, needs_real_data


def beside(recording: Path, text: str) -> Path:
    """Writes the truth beside a recording; the recording."""
    events_file(recording).write_text(text)
    return recording


def known(recording: Path) -> Truth:
    truth = read_truth(recording)
    assert truth is not None
    return truth


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.mcap"])
def test_the_truth_of_any_recording_stands_beside_it(tmp_path: Path, name: str) -> None:
    assert events_file(tmp_path / name) == tmp_path / "a.events.csv"


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("contact_on_s", Kind.CONTACTS),
        ("midstance_s", Kind.MIDSTANCES),
        ("initial_contact_s", Kind.WALKING),
    ],
)
def test_the_column_says_what_it_is(tmp_path: Path, column: str, kind: Kind) -> None:
    truth = known(beside(tmp_path / "a.mcap", f"side,{column}\nleft,1.5\nright,1.9\n"))
    assert truth.kind is kind
    assert truth.t.tolist() == [1.5, 1.9]


def test_contacts_too_short_for_a_foot_are_left_out(tmp_path: Path) -> None:
    text = "contact_on_s,contact_off_s\n1.0,1.25\n1.4,1.45\n1.8,\n"
    assert known(beside(tmp_path / "a.mcap", text)).t.tolist() == [1.0, 1.8]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("contact_on_s\n", "holds no events"),
        ("", "holds no events"),
        ("strike\n1.0\n", "needs one of the columns contact_on_s, midstance_s, initial_contact_s"),
        ("contact_on_s\nsoon\n", "every row needs a time in s"),
        ("contact_on_s\n\n1.0,2.0\n,\n", "every row needs a time in s"),
        ("contact_on_s\n1.0\nnan\n", r":3: contact_on_s = 'nan': every row needs a time in s"),
        ("contact_on_s\n1.0\ninf\n", ":3: contact_on_s = 'inf'"),
        ("side,contact_on_s\nleft,1\nright\n", ":3: has 1 fields where the header has 2"),
        ("contact_on_s\n1.5\n1.2\n", ":3: contact_on_s = 1.2 is earlier than .* sort the rows"),
        ("midstance_s\n1.5\n\n1.5\n", ":4: midstance_s = 1.5 is the same time as the row before"),
        (
            "contact_on_s,contact_off_s\n1.0,1.2\n1.6,1.4\n",
            ":3: contact_off_s = 1.4 is not after contact_on_s = 1.6; exchange or correct",
        ),
        ("contact_on_s,contact_off_s\n1.0,soon\n", ":2: contact_off_s = 'soon'.* leave it empty"),
        ("contact_on_s,contact_off_s\n1.0,nan\n", ":2: contact_off_s = 'nan'"),
    ],
)
def test_an_events_file_that_says_nothing_is_an_error_with_its_name(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(RecordingError, match=says) as caught:
        read_truth(beside(tmp_path / "a.mcap", text))
    assert str(caught.value).startswith("a.events.csv:")


def test_a_time_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        read_truth(beside(tmp_path / "a.mcap", "contact_on_s\nnan\n2.0\n"))


def force_csv(path: Path, force: str = "{}") -> Path:
    """100 Hz; loaded from 0.5 to 0.7 s, for 40 ms at 1 s, from 1.5 to 1.8 s and at the end."""
    t = np.arange(250) / 100.0
    loaded = ((t >= 0.5) & (t < 0.7)) | ((t >= 1.0) & (t < 1.04)) | ((t >= 1.5) & (t < 1.8))
    loaded |= t >= 2.3
    rows = [f"{a:.2f},{force.format(1.2 * b)},1.0" for a, b in zip(t, loaded, strict=True)]
    text = "\n".join(["t_s,vgrf_bw,acc_z_g", *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_whole_contacts_are_read_from_the_force_column(tmp_path: Path, name: str) -> None:
    truth = known(force_csv(tmp_path / name))
    assert truth.kind is Kind.CONTACTS
    assert truth.t.tolist() == [0.5, 1.5]


def test_the_file_beside_it_goes_before_the_force_column(tmp_path: Path) -> None:
    path = beside(force_csv(tmp_path / "a.csv"), "midstance_s\n0.6\n")
    assert known(path).kind is Kind.MIDSTANCES


def test_a_hole_in_the_force_column_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = force_csv(tmp_path / "a.csv")
    path.write_text(path.read_text() + "2.5,,1.0\n")
    with pytest.raises(RecordingError, match=r"^a\.csv:252: "):
        read_truth(path)


def test_no_truth_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("t_s,acc_z_g\n0.0,1.0\n")
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.mcap").touch()
    for name in ("a.csv", "b.csv", "c.mcap"):
        assert read_truth(tmp_path / name) is None


def test_recordings_are_files_with_a_description_or_truth_beside_them(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.csv.gz", "a.mcap", "table.csv", "deep/c.csv", "notes.txt"):
        (tmp_path / name).touch()
    for name in ("a.events.csv", "b.json", "deep/c.json", "notes.json"):
        (tmp_path / name).touch()
    found = [p.relative_to(tmp_path).as_posix() for p in recordings(tmp_path)]
    assert found == ["a.mcap", "b.csv.gz", "deep/c.csv"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"speed_m_s": -3}', r"a\.json: speed_m_s = -3: must be a number from 0 to 13; correct"),
        ('{"speed_m_s": 0}', "nobody runs so"),
        ('{"speed_m_s": "fast"}', 'speed_m_s = "fast": must be a number'),
        ('{"speed_m_s": 400}', "speed_m_s = 400: must be a number"),
        ('{"speed_m_s": NaN}', "speed_m_s = NaN: must be a number"),
        ('{"speed_m_s": true}', "speed_m_s = true: must be a number"),
        ('{"slope_deg": 90}', "slope_deg = 90: must be a number from -45 to 45"),
        ('{"speed_m_s": 3.0,\n', r"a\.json:2: broken JSON"),
        ("[3.0]", "must hold an object"),
    ],
)
def test_a_description_that_cannot_be_is_an_error(tmp_path: Path, text: str, says: str) -> None:
    recording = beside(tmp_path / "a.mcap", "contact_on_s\n1.0\n")
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(RecordingError, match=says):
        read_truth(recording)


def test_a_summary_of_our_own_is_no_description(tmp_path: Path) -> None:
    recording = beside(tmp_path / "a.mcap", "contact_on_s\n1.0\n")
    (tmp_path / "a.json").write_text('{"schema": "gaitcoach.summary/2", "speed_m_s": -1}')
    assert known(recording).speed_m_s is None


def test_a_force_that_is_no_number_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t_s,vgrf_bw,acc_z_g\n0.00,0.0,1.0\n0.01,nan,1.0\n")
    with pytest.raises(RecordingError, match=r"a\.csv:3: vgrf_bw or t_s is not a finite number"):
        read_truth(path)


def test_walking_contacts_that_rounding_has_joined_are_one(tmp_path: Path) -> None:
    truth = read_truth(beside(tmp_path / "a.mcap", "initial_contact_s\n1.5\n2.1\n2.1\n2.7\n"))
    assert truth is not None
    assert truth.t.tolist() == [1.5, 2.1, 2.7]
    with pytest.raises(RecordingError, match=":5: initial_contact_s = 2 is earlier than"):
        read_truth(beside(tmp_path / "a.mcap", "initial_contact_s\n1.5\n2.1\n2.1\n2.0\n"))


@needs_real_data
@pytest.mark.parametrize("path", found("*/*.csv.gz"), ids=name_of)
def test_the_truth_of_every_real_recording_can_be_read(path: Path) -> None:
    events = path.with_name(path.name.removesuffix(".csv.gz") + ".events.csv")
    truth = read_truth(path)
    assert (truth is not None) >= events.is_file()
