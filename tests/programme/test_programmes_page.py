"""docs/programmes.md shows what the program says."""

import re
from pathlib import Path

import pytest

from dsp.errors import ConfigError
from feedback.programmes.history import Result, record
from feedback.programmes.planning import plan_next
from feedback.programmes.reading import BUILT_IN, built_in, parse
from feedback.programmes.state import Kind, start
from firmware_py.programme.text import outline

PAGE = (Path(__file__).parents[2] / "docs" / "programmes.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0]
BLOCKS = re.findall(r"^```[^\n]*\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_tables_are_those_of_the_command() -> None:
    shown = [block.rstrip("\n") for block in BLOCKS]
    assert outline(built_in("cadence-standard")) in shown
    assert outline(parse(EXAMPLE, "anna.toml")) in shown


def test_the_example_can_be_run_from_its_baseline_to_the_reminders() -> None:
    programme = parse(EXAMPLE, "anna.toml")
    state, kinds = start(programme, EXAMPLE), []
    for n in range(8):
        plan = plan_next(programme, state)
        run = Result(plan.run_s or 0.0, f"{n}", baseline_cadence_spm=160.0)
        state = record(programme, state, plan, run)
        kinds.append(state.log[-1].kind)
    assert kinds == [
        Kind.BASELINE,
        *4 * [Kind.SESSION],
        Kind.RETEST,
        *2 * [Kind.RECALL],
    ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("run_min = 15", "run_mn = 15"),
        ("probe_min = [[8, 10]]", "probe_min = [[10, 8]]"),
        ("feedback_min = [[0, 5], [9, 12], [15, 18]]", "percent = 9"),
    ],
)
def test_the_mistakes_are_told_as_shown(right: str, wrong: str) -> None:
    assert right in EXAMPLE
    with pytest.raises(ConfigError) as error:
        parse(EXAMPLE.replace(right, wrong), "anna.toml")
    assert f"gaitcoach: {error.value}" in [line for b in BLOCKS for line in b.splitlines()]


def test_every_built_in_programme_is_in_the_table() -> None:
    rows = re.findall(r"^\| `([\w-]+)`", PAGE.partition("## Built in")[2].partition("```")[0], re.M)
    assert rows == list(BUILT_IN)
