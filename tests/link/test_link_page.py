"""docs/link.md shows what the device says."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path

from firmware_py.link.methods import METHODS, Nothing
from firmware_py.link.protocol import Code
from tests.link.device import NOON, Device

PAGE = (Path(__file__).parents[2] / "docs" / "link.md").read_text(encoding="utf-8")
TYPED = (
    "hello",
    '{"id":1,"method":"list"}',
    '{"method":"read","params":{"session":"session-0001","file":"trace.mcap","length":16}}',
    '{"method":"sha256","params":{"session":"session-0001","file":"trace.mcap"}}',
    '{"method":"delete","params":{"session":"session-0001","token":"00000001"}}',
    f'{{"method":"set_clock","params":{{"unix_s":{NOON:.0f}}}}}',
    '{"method":"config_put","params":{"text":"[feedback]\\ncooldown_s = -1\\n"}}',
    '{"method":"raed"}',
)


def spoken(folder: Path) -> str:
    """The session by hand."""
    device = Device(folder, sessions=0)
    device.keep("session-0001", b"\x89MCAP0\r\n and so on")
    lines = []
    for typed in TYPED:
        lines += [f"> {typed}", device.raw(typed.encode() + b"\n").decode().rstrip("\n")]
    return "\n".join(lines)


def methods() -> str:
    """The table of methods."""
    rows = ["| method | parameters | what it does |", "|---|---|---|"]
    for name, method in METHODS.items():
        takes = []
        for f in fields(method.params):
            default = "" if f.default in (MISSING, None) else f" ({json.dumps(f.default)})"
            takes.append(f"`{f.name}`{default}: {f.metadata['help']}")
        rows.append(f"| `{name}` | {' '.join(takes)} | {method.about} |")
    return "\n".join(rows)


def test_the_session_by_hand_is_what_the_device_says(tmp_path: Path) -> None:
    assert f"```text\n{spoken(tmp_path)}\n```" in PAGE


def test_the_table_of_methods_is_that_of_the_program() -> None:
    assert methods() in PAGE
    assert METHODS["help"].params is Nothing


def test_every_error_that_the_device_gives_is_in_the_table() -> None:
    listed = {int(code) for code in re.findall(r"^\| (-32\d+) \|", PAGE, re.M)}
    assert listed == {int(c) for c in Code if c is not Code.BROKEN}
