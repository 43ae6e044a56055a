from pathlib import Path

import pytest

from dsp.errors import ConfigError
from feedback.programme import Programme, load_programme


def stored(folder: Path, text: str) -> Path:
    path = folder / "p.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_programme_is_read(tmp_path: Path) -> None:
    path = stored(
        tmp_path,
        'name = "standard"\nbaseline_cadence_spm = 162\ncadence_percent = 7.5\n'
        "waist_impact_limit_g = 0.9\n",
    )
    assert load_programme(path) == Programme("standard", 162.0, 7.5, None, 0.9, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cadence_percent = 5", "name is missing"),
        ('name = "x"', "nothing to aim for"),
        ('name = "x"\nbaseline_cadence_spm = 160', "nothing to aim for"),
        ('name = "x"\ncadence_percent = 12', "cadence_percent = 12: must be <= 10"),
        ('name = "x"\ncadence_percent = 5\ncadence_target_spm = 170', "remove one"),
        ('name = "x"\ncadence_percnt = 5', "did you mean cadence_percent?"),
        ("name = 3\ncadence_percent = 5", "name = 3: must be text in quotes"),
        ("name = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_the_file(
    tmp_path: Path, text: str, says: str
) -> None:
    path = stored(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_programme(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message
