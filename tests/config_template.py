"""Makes firmware_py/install/config.toml, the commented configuration that the installer lays:
`python -m tests.config_template`, or `make template`."""

import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, Final

from firmware_py.config import SECTIONS
from firmware_py.pinmap import NAMES, pin_map

FILE: Final = Path(__file__).parents[1] / "firmware_py/install/config.toml"
WIDTH: Final = 98
HEAD: Final = """\
# The configuration of gaitcoach. Every key is here, with its default, switched off by a "#": take
# the "#" away in front of a key to change it. Nothing behind the "=": the key is unset. Two keys of
# [cues] are on: the button and the buzzer of the simplest device. Most runners need to change
# nothing but these. A key that nobody knows, or a value
# that cannot be, is refused with the reason:
#     gaitcoach doctor --config /etc/gaitcoach/config.toml
# It holds from the next session on.
"""

DEVICE: Final = {"cues.actuators": ("buzzer",), "cues.button": True}
"""What a device that a runner wears has, other than `gaitcoach run` on a desk."""


def template() -> str:
    """The whole file."""
    return "\n".join([HEAD, *(_section(name, cls) for name, cls in SECTIONS.items())])


def _section(name: str, cls: type[Any]) -> str:
    lines = [f"[{name}]"]
    tables: list[str] = []
    for f in fields(cls):
        if f.name == "pins":
            tables = ["", *_comment(f.metadata["help"]), *_pins(name)]
        else:
            lines += ["", *_key(name, f)]
    return "\n".join([*lines, *tables, ""])


def _key(section: str, f: Field[Any]) -> Iterator[str]:
    yield from _comment(f.metadata["help"])
    if (own := DEVICE.get(f"{section}.{f.name}")) is not None:
        yield f"{f.name} = {_toml(own)}"
        return
    assert f.default is not MISSING, f"{f.name}: a key of the configuration has a default"
    yield f"#{f.name} =" if f.default is None else f"#{f.name} = {_toml(f.default)}"


def _pins(section: str) -> Iterator[str]:
    yield f"#[{section}.pins]"
    for name in NAMES:
        yield f"#{name} = {getattr(pin_map(), name)}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH - 2)]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    FILE.write_text(template(), encoding="utf-8")
