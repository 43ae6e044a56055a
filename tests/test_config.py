import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.errors import ConfigError
from feedback.programmes.prescription import Dose, Programme
from feedback.programmes.reading import built_in
from feedback.settings import FeedbackSettings
from feedback.tables import from_table
from firmware_py.config import SECTIONS, Config, load_config

DOCS = Path(__file__).parents[1] / "docs"


def config(folder: Path, text: str) -> Path:
    path = folder / "gaitcoach.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_config(config(tmp_path, "")) == Config()


def test_settings_are_read_and_whole_numbers_do_for_decimals(tmp_path: Path) -> None:
    path = config(tmp_path, "[feedback]\ncadence_target_spm = 180\npersistence_s = 10\n")
    settings = load_config(path).feedback
    assert settings == FeedbackSettings(cadence_target_spm=180.0, persistence_s=10.0)
    assert isinstance(settings.cadence_target_spm, float)


def test_a_programme_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('name = "x"\ncadence_percent = 5\n', encoding="utf-8")
    path = config(tmp_path, '[feedback]\nprogramme = "p.toml"\n')
    assert load_config(path).programme == Programme("x", cadence_percent=5.0)


def test_a_built_in_programme_goes_by_its_name(tmp_path: Path) -> None:
    path = config(tmp_path, '[feedback]\nprogramme = "cadence-standard"\n')
    assert load_config(path).programme == built_in("cadence-standard")


def test_a_name_that_is_neither_built_in_nor_a_file_names_those_that_are(tmp_path: Path) -> None:
    path = config(tmp_path, '[feedback]\nprogramme = "cadence-standart"\n')
    with pytest.raises(ConfigError, match=r"no built-in programme; these are: baseline, cadence-e"):
        load_config(path)


def test_a_missing_programme_is_named(tmp_path: Path) -> None:
    path = config(tmp_path, '[feedback]\nprogramme = "p.toml"\n')
    with pytest.raises(ConfigError, match=r"p\.toml: no such file"):
        load_config(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[feedback]\ncooldown_s = -1", "feedback.cooldown_s = -1: must be > 0"),
        (
            "[feedback]\ncooldwn_s = 3",
            "unknown key feedback.cooldwn_s; did you mean cooldown_s?",
        ),
        ("[feedback]\nzzz = 3", "unknown key feedback.zzz; known: band_percent, "),
        ("[feedbak]\n", "unknown section feedbak; did you mean feedback?"),
        ("cooldown_s = 3", "cooldown_s stands outside a section; move it below [feedback]"),
        ("feedback = 3", "feedback must be a section"),
        ('[feedback]\ncooldown_s = "3"', 'feedback.cooldown_s = "3": must be a number'),
        ("[feedback]\ncooldown_s = true", "feedback.cooldown_s = true: must be a number"),
        ("[feedback]\ncooldown_s = nan", "feedback.cooldown_s = nan: must be a finite number"),
        ("[feedback]\ncooldown_s = inf", "feedback.cooldown_s = inf: must be a finite number"),
        ("[feedback]\ngive_up_after = 2.5", "must be a whole number"),
        ("[feedback]\ngive_up_after = 0", "feedback.give_up_after = 0: must be >= 1"),
        ("[feedback]\nband_percent = 11", "feedback.band_percent = 11: must be <= 10"),
        ("[feedback]\nsoft = 1", "feedback.soft = 1: must be true or false"),
        ('[feedback]\nprogramme = ""', 'feedback.programme = "": must not be empty'),
        ('[sensor]\ncalibration = ""', 'sensor.calibration = "": must not be empty'),
        ("[sensor]\ncalibration = 3", "sensor.calibration = 3: must be text in quotes"),
        ("[feedback]\nsoft = false\nwaist_impact_limit_g = 1", "remove one"),
        ("[feedback]\ncooldown_s = \n", "line 2"),
        ("[feedback]\ncooldown_s = 1\ncooldown_s = 2\n", "line 3"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_the_file_in_front(
    tmp_path: Path, text: str, says: str
) -> None:
    path = config(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_config(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message


def test_a_missing_file_a_folder_and_bytes_are_configuration_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: no such file"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b"[feedback]\n# caf\xe9\n")
    with pytest.raises(ConfigError, match="line 2 is not UTF-8"):
        load_config(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf[feedback]\ncooldown_s = 40\n")
    assert load_config(path).feedback == FeedbackSettings(cooldown_s=40.0)


@given(
    st.dictionaries(
        st.sampled_from([f.name for f in fields(FeedbackSettings)]) | st.text(max_size=8),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        max_size=4,
    )
)
def test_any_table_gives_settings_or_a_configuration_error(table: dict[str, object]) -> None:
    try:
        settings = from_table(FeedbackSettings, table, "feedback.")
    except ConfigError:
        return
    assert {k: getattr(settings, k) for k in table} == table


@pytest.mark.parametrize("section", [*SECTIONS.values(), Programme, Dose])
def test_every_default_keeps_its_own_bounds(section: type) -> None:
    given: dict[str, object] = {
        f.name: f.default for f in fields(section) if isinstance(f.default, int | float)
    }
    if section is Programme:
        given |= {"name": "x"}
    if section is Dose:
        given |= {"run_min": 10}
    from_table(section, given)


@pytest.mark.parametrize(
    ("page", "heading", "section"),
    [
        *(("configuration", f"## `[{name}]`", section) for name, section in SECTIONS.items()),
        ("programmes", "## A prescription", Programme),
        ("programmes", "### `[[sessions]]`", Dose),
    ],
)
def test_every_key_is_documented_with_its_meaning_and_default(
    page: str, heading: str, section: type
) -> None:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    chapter = re.split(r"^##+ ", text.partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.M)[0]
    rows = {
        cells[1].strip(" `"): cells
        for line in chapter.splitlines()
        if len(cells := line.split("|")) == 6
    }
    for f in fields(section):
        row = rows[f.name]
        if isinstance(f.default, bool):
            assert row[2].strip() == str(f.default).lower()
        elif isinstance(f.default, int | float):
            assert row[2].strip() == f"{f.default:g}"
        assert f.metadata["help"] in row[4]
        for name, sign in (("above", ">"), ("at_least", "≥"), ("at_most", "≤")):
            bound = f.metadata[name]
            assert bound is None or f"{sign} {bound:g}" in row[3]
