from pathlib import Path

import pytest

from dsp.errors import ConfigError
from feedback.programmes.fade import STANDARD
from feedback.programmes.lines import line_of
from feedback.programmes.prescription import Dose, Programme
from feedback.programmes.reading import load_programme, parse

SESSIONS = """
# A prescription.
name = "x"          # line 3
cadence_percent = 6

[[sessions]]        # line 6
run_min = 10

[[sessions]]        # line 9
run_min = 12
"""


def stored(folder: Path, text: str) -> Path:
    path = folder / "p.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_programme_of_today_is_read(tmp_path: Path) -> None:
    path = stored(
        tmp_path,
        'name = "standard"\nbaseline_cadence_spm = 162\ncadence_percent = 7.5\n'
        "waist_impact_limit_g = 0.9\n",
    )
    assert load_programme(path) == Programme("standard", 162.0, 7.5, None, 0.9, None)


def test_sessions_are_read_and_given_their_percentages() -> None:
    text = SESSIONS + "feedback_min = [[0, 5], [10, 12]]\nprobe_min = [[2, 3.5]]\nimpact_percent=4"
    text = text.replace("cadence_percent = 6", "cadence_percent = 6\nimpact_percent = 10")
    assert parse(text, "p").sessions == (
        Dose(10.0, 3.0, 10.0),
        Dose(12.0, 6.0, 4.0, ((0.0, 5.0), (10.0, 12.0)), ((2.0, 3.5),)),
    )


def test_the_standard_fade_is_eight_sessions() -> None:
    programme = parse('name = "x"\ncadence_percent = 5\nfade = "standard"', "p")
    assert [(d.run_min, d.feedback_min) for d in programme.sessions] == list(STANDARD)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cadence_percent = 5", "line 1: name is missing"),
        ('name = "x"', "nothing to aim for"),
        ('name = "x"\nbaseline_cadence_spm = 160', "nothing to aim for"),
        ('name = "x"\ncadence = "quicker"', 'line 2: cadence = "quicker": set cadence_percent'),
        ('name = "x"\ncadence_percent = 12', "line 2: cadence_percent = 12: must be <= 10"),
        (
            'name = "x"\ncadence_percent = 5\ncadence_target_spm = 170',
            "line 3: cadence_percent and cadence_target_spm are both set: remove one",
        ),
        (
            'name = "x"\nbaseline_cadence_spm = 160\ncadence_target_spm = 150',
            "line 3: cadence_target_spm = 150: is below baseline_cadence_spm = 160",
        ),
        (
            'name = "x"\ncadence_percent = 3\nbaseline_run_min = 30\n[[sessions]]\nrun_min = 20',
            "line 3: baseline_run_min = 30: is more than the longest session, 20: lower it to 20",
        ),
        (
            'name = "x"\ncadence_percent = 3\n[[sessions]]\nrun_min = 20\ncadence_percent = 3',
            "line 5: session 1: cadence_percent is for the whole programme: write it above the "
            "first [[sessions]]; a session's own target is percent",
        ),
        ("name = \u201canna\u201d", "line 1: \u201c is no quotation mark here: write straight"),
        ('name = "x\u201d\ncadence_percent = 5', "line 1: \u201d is no quotation mark here"),
        (
            'name = "x"\ncadence_percent = 2,5  # so',
            "line 2: 2,5: decimals are written with a point: 2.5",
        ),
        (
            'name = "silent"\ncadence_percent = 5',
            'line 1: name = "silent": is a built-in programme\'s: give yours another one',
        ),
        (
            'name = "x"\n\ncadence_percnt = 5',
            "line 3: unknown key cadence_percnt; did you mean cadence_percent?",
        ),
        (
            "name = 3\ncadence_percent = 5",
            "line 1: name = 3: must be text in quotes",
        ),
        ("name = ", "not valid TOML: Invalid value (at end of document)"),
        ('name = "x"\ncadence_percent = = 5', "not valid TOML: Invalid value (at line 2"),
        (f"name = {'9' * 5000}", "not valid TOML: a value is too long or too deep"),
        (f"name = {'[' * 5000}", "not valid TOML: "),
        (
            'name = "x"\ncadence = "metronom"',
            'line 2: cadence = "metronom": must be quicker or metronome or none; did you mean '
            "metronome?",
        ),
        (
            'name = "x"\ncadence = "none"\ncadence_percent = 5',
            'line 3: cadence_percent is set but cadence = "none": remove one of them',
        ),
        (
            'name = "x"\ncadence_percent = 5\nimpact = false\nimpact_percent = 5',
            "line 4: impact_percent is set but impact = false",
        ),
        ('name = "x"\ncadence_percent = 5\nimpact = true', "line 3: impact = true: set impact"),
        (
            'name = "x"\ncadence_percent = 5\nmetronome_always = true',
            "line 3: metronome_always = true: write cadence = ",
        ),
        ('name = "x"\ncadence_target_spm=170\nramp_percent = 2', "line 3: ramp_percent: is for"),
        ('name = "x"\ncadence_percent=5\nramp_percent = 4', "line 3: ramp_percent = 4: must be <="),
        (
            'name = "x"\ncadence_percent=5\nbaseline = "run"\nbaseline_cadence_spm = 160',
            "line 3: baseline_cadence_spm and baseline are both set",
        ),
        (
            'name = "x"\ncadence = "none"\nfade = "standard"',
            'line 3: fade = "standard": this programme has no cues',
        ),
        (
            'name = "x"\ncadence_percent=5\nretest_after_sessions = [8, 8]',
            "line 3: retest_after_sessions = [8, 8]: must be whole numbers that rise",
        ),
        (
            'name = "x"\ncadence_percent=5\nretest_weeks = [4]',
            "line 3: retest_weeks: give as many as retest_after_sessions",
        ),
        ('name = "a\\nb"\ncadence_percent=5', "line 1: name: must be on one line"),
        ('name = "x"\nsessions = 3', "line 2: sessions = 3: must be tables: write [[sessions]]"),
        ('name = "x"\ncadence_percent=5\npain_limit = 5', "line 3: pain_limit = 5: must be <= 4"),
        ('"a\\nb" = 3', 'line 1: unknown key "a\\nb"; did you'),
        (
            SESSIONS.replace("run_min = 12", "run_mn = 12"),
            "line 10: unknown key session 2: run_mn; did you mean run_min?",
        ),
        (
            SESSIONS.replace("run_min = 12", ""),
            "line 9: session 2: run_min is missing: Minutes of running.",
        ),
        (
            SESSIONS.replace("run_min = 12", "run_min = 0"),
            "line 10: session 2: run_min = 0: must be >= 1",
        ),
        (
            SESSIONS + "feedback_min = [[0, 5], [4, 12]]",
            "line 11: session 2: feedback_min = [[0, 5], [4, 12]]: must be pairs of minutes",
        ),
        (SESSIONS + "probe_min = [[5, 2]]", "line 11: session 2: probe_min = [[5, 2]]: must be"),
        (SESSIONS + "probe_min = [5, 2]", "line 11: session 2: probe_min = [5, 2]: must be pairs"),
        (
            SESSIONS + "feedback_min = [[0, 15]]",
            "line 11: session 2: feedback_min goes to minute 15, the run to 12: end it earlier",
        ),
        (
            SESSIONS + "percent = 9",
            "line 11: session 2: percent = 9: is more than 3 points above session 1 has 3",
        ),
        (
            SESSIONS.replace("run_min = 10", "run_min = 10\npercent = 3.5"),
            "line 8: session 1: percent = 3.5: is more than 3 points above the baseline",
        ),
        (
            SESSIONS + "impact_percent = 9",
            "line 6: session 1: impact_percent is missing: give it, or one for all",
        ),
        (
            SESSIONS.replace("cadence_percent = 6", "cadence_target_spm = 170") + "percent = 2",
            "line 11: session 2: percent: cadence_target_spm is set too: remove one",
        ),
        (
            SESSIONS.replace("cadence_percent = 6", "") + "percent = 2",
            "line 6: session 1: percent is missing: give it, or cadence_percent for all",
        ),
        (
            SESSIONS.replace("cadence_percent = 6", 'cadence = "none"') + "feedback_min = [[0, 1]]",
            "line 11: session 2: feedback_min: this programme has no cues: remove it",
        ),
        (
            SESSIONS.replace("cadence_percent = 6", 'cadence_percent = 6\nfade = "standard"'),
            "fade and sessions are both set",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_file_line_key_and_remedy(
    tmp_path: Path, text: str, says: str
) -> None:
    path = stored(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_programme(path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message


def test_a_key_is_found_past_texts_brackets_and_comments() -> None:
    text = '''about = """
name = "not me"
[[sessions]] \\"""
"""
retest_after_sessions = [  # [ not me
  8,
  16 ]
"name" = 'x = ["'
[[ sessions ]]
run_min = 10
[[sessions]] # second
run_min = 5
probe_min = [
 [0, 1]]
feedback_min = []
[other]
run_min = 3
'''
    assert line_of(text, ("name",)) == 8
    assert line_of(text, ("retest_after_sessions",)) == 5
    assert line_of(text, ("sessions", 0)) == 9
    assert line_of(text, ("sessions", 1, "run_min")) == 12
    assert line_of(text, ("sessions", 1, "feedback_min")) == 15
    assert line_of(text, ("sessions", 1, "percent")) == 11
    assert line_of(text, ("nothing",)) == 1
