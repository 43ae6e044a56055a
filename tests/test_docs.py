"""The documents say what the code does: commands, options, events, modules, links."""

import argparse
import contextlib
import inspect
import io
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

import pytest

import dsp.events
from dsp.events import Activity, Event
from feedback.cue import Cue, Pattern
from firmware_py.cli import Command
from firmware_py.simulate.scenarios import SCENARIOS
from tests.sensor_table import sensor_table

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("dsp", "drivers", "feedback", "firmware_py", "companion")
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *(p for d in ("docs", "systemd", "hardware") for p in sorted((ROOT / d).rglob("*.md"))),
]
COMMANDS = sorted(point.name for point in entry_points(group="gaitcoach.commands"))
EVENTS: dict[str, list[str]] = {
    cls.type: [f.name for f in fields(cls)]
    for cls in vars(dsp.events).values()
    if inspect.isclass(cls) and issubclass(cls, Event) and cls is not Event
} | {"cue": [f.name for f in fields(Cue)]}

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _links(page: Path, text: str) -> Iterator[Path]:
    for target in _LINK.findall(_FENCE.sub("", text)):
        if not re.match(r"[a-z]+:|#", target):
            yield page.parent / target.partition("#")[0]


def _parser(command: str) -> argparse.ArgumentParser:
    point = next(p for p in entry_points(group="gaitcoach.commands") if p.name == command)
    module = cast(Command, point.load())
    parser = argparse.ArgumentParser(prog=f"gaitcoach {command}", description=module.HELP)
    module.add_arguments(parser)
    return parser


def _row(command: str) -> str:
    """The command's row in the README's table."""
    rows = re.findall(rf"^\| `gaitcoach {command}` \|.*$", _text(ROOT / "README.md"), re.MULTILINE)
    assert len(rows) == 1, f"README.md: the table of commands needs one row for {command}"
    return cast(str, rows[0])


def _shown(pages: list[Path]) -> Iterator[tuple[str, list[str]]]:
    """(page, words) of every line of a code block that runs `gaitcoach` or `make`."""
    for page in pages:
        for block in _FENCE.findall(_text(page)):
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(r"(\.venv/bin/)?gaitcoach |make ", line):
                    yield _id(page), shlex.split(line, comments=True)


SHOWN = list(_shown(PAGES))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_or_a_page_its_row_links_to_names_every_option(command: str) -> None:
    row = _row(command)
    text = row + "".join(_text(page) for page in _links(ROOT / "README.md", row))
    for action in _parser(command)._actions:
        names = set(action.option_strings) - {"-h", "--help"}
        found = [n for n in names if re.search(rf"(?<![\w-]){re.escape(n)}(?![\w-])", text)]
        assert found or not names, f"gaitcoach {command}: say what {sorted(names)} does"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_argument_says_in_its_help_what_it_does(command: str) -> None:
    for action in _parser(command)._actions:
        assert action.help, f"gaitcoach {command}: {action.dest} has no help"


def test_the_readme_shows_no_command_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `gaitcoach (\w+)`", _text(ROOT / "README.md"), re.MULTILINE)
    assert sorted(rows) == COMMANDS


def test_there_are_commands_to_check() -> None:
    assert {"make", "gaitcoach"} <= {Path(words[0]).name for _, words in SHOWN}


@pytest.mark.parametrize(("page", "words"), SHOWN, ids=[" ".join(w) for _, w in SHOWN])
def test_a_command_in_a_code_block_is_accepted_as_written(page: str, words: list[str]) -> None:
    if words[0] == "make":
        targets = [w for w in words[1:] if "=" not in w]
        makefile = _text(ROOT / "Makefile")
        assert targets
        for target in targets:
            assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), f"{page}: {target}"
        return
    assert words[1] in COMMANDS, f"{page}: there is no command {words[1]}"
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            _parser(words[1]).parse_args(words[2:])
        except SystemExit:
            pytest.fail(f"{page}: {shlex.join(words)}: {said.getvalue().splitlines()[-1]}")


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_what_a_page_tells_to_run_exists(page: Path) -> None:
    makefile = _text(ROOT / "Makefile")
    for target in re.findall(r"`make (\w+)", _text(page)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"no target {target}"
    for module in re.findall(r"python -m (tests[\w.]*)", _text(page)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), f"no module {module}"


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in _links(page, _text(page)):
        assert target.exists(), f"{_id(page)}: {target} does not exist"


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", _text(page))


def _section(event: str) -> str:
    parts = re.split(r"^## `(\w+)`$", _text(ROOT / "docs/events.md"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert set(sections) == set(EVENTS), "docs/events.md: one section for each type of line"
    return sections[event]


@pytest.mark.parametrize("event", EVENTS)
def test_every_field_of_an_event_is_in_its_table(event: str) -> None:
    common = _text(ROOT / "docs/events.md").partition("## ")[0]
    section = _section(event)
    for name in EVENTS[event]:
        assert f"| `{name}` |" in common + section, f"docs/events.md: {event} lacks {name}"
    for name in re.findall(r"^\| `(\w+)` \| [^|]*\|", section.partition("| pattern")[0], re.M):
        assert name in EVENTS[event], f"docs/events.md: {event} has no field {name}"


@pytest.mark.parametrize("event", EVENTS)
def test_example_lines_have_the_fields_of_their_event_in_order(event: str) -> None:
    examples = [json.loads(x) for b in _FENCE.findall(_section(event)) for x in b.splitlines()]
    assert examples
    for example in examples:
        assert example["type"] == event
        assert list(example) == ["type", *EVENTS[event]]


def test_every_pattern_and_kind_of_segment_is_named() -> None:
    cue, segment = _section("cue"), _section("segment")
    assert [p for p in Pattern if f"`{p}`" not in cue] == []
    assert [a for a in Activity if f"`{a}`" not in segment] == []


def test_the_list_of_modules_is_the_list_of_modules() -> None:
    """A new module gets its line in docs/architecture.md in the same commit."""
    there = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    tables = _text(ROOT / "docs/architecture.md").partition("## Modules")[2]
    listed = set(re.findall(r"`([\w/]+\.py)`", tables))
    assert sorted(there - listed) == []
    assert sorted(listed - there) == []


def test_the_table_of_sensors_is_that_of_the_drivers() -> None:
    page = _text(ROOT / "docs/sensors.md").splitlines()
    at = page.index(sensor_table()[0])
    assert page[at : at + len(sensor_table())] == sensor_table()


def test_the_scenarios_are_in_the_help_of_run() -> None:
    shown = _parser("run").format_help()
    assert all(re.search(rf"^  {name} +\w", shown, re.MULTILINE) for name in SCENARIOS)
