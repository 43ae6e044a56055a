"""The one command line: help for every command, and exit codes that a script can rely on."""

import re
import subprocess
import sys
from importlib.metadata import entry_points, version

import pytest

from firmware_py import cli

COMMANDS = sorted(p.name for p in entry_points(group="gaitcoach.commands"))
Capture = pytest.CaptureFixture[str]


def leaves(*words: str) -> int:
    """The code with which argparse ends the program."""
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_the_commands_of_this_part_are_there() -> None:
    assert {"import", "replay", "evaluate", "demo"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_every_option(command: str, capsys: Capture) -> None:
    assert leaves(command, "--help") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"usage: gaitcoach {command} ")
    about = out.split("\n\n")[1]
    assert len(about.split()) >= 4
    unexplained = re.findall(r"^  (-\S+(?: \S+)?)\n(?!\s{8,}\S)", out, flags=re.MULTILINE)
    assert unexplained == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_overview_has_a_line_for_every_command(command: str, capsys: Capture) -> None:
    assert leaves("--help") == 0
    assert re.search(rf"^ +{command}\s+\w+", capsys.readouterr().out, flags=re.MULTILINE)


def test_the_version_is_that_of_the_distribution(capsys: Capture) -> None:
    assert leaves("--version") == 0
    assert capsys.readouterr().out == f"gaitcoach {version('gaitcoach')}\n"


@pytest.mark.parametrize("words", [[], ["runn"], ["replay"], ["replay", "x.mcap", "--fast"]])
def test_wrong_usage_exits_with_2_and_says_so(words: list[str], capsys: Capture) -> None:
    assert leaves(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error:" in err


def test_an_unknown_command_names_the_known_ones(capsys: Capture) -> None:
    assert leaves("relpay") == 2
    err = capsys.readouterr().err
    assert all(command in err for command in COMMANDS)


def test_the_overview_imports_no_numbers() -> None:
    # On a Zero that would take half a minute.
    code = (
        "import sys; from firmware_py.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
