"""A TOML table becomes a frozen dataclass: keys, types and bounds are checked in one place."""

import json
import math
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeVar, get_args

from dsp.errors import ConfigError

T = TypeVar("T")

_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)$")
_QUOTE: Final = re.compile("[\u00ab\u00bb\u2018-\u201f\u2039\u203a`\u00b4]")
_COMMA: Final = re.compile(r"=\s*([+-]?\d+,\d+)\s*(?:#.*)?\r?$")
SHOWN: Final = 60
"""So much of a value is repeated in an error."""


class SettingError(ConfigError):
    """A key is wrong, and it is known which.

    Args:
        text: what is wrong, and what to do.
        at: the way to it: keys of tables, numbers (from 0) in arrays.
    """

    def __init__(self, text: str, *at: str | int) -> None:
        super().__init__(text)
        self.at = at


def setting(
    help: str,
    default: Any = MISSING,
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    one_of: tuple[str, ...] = (),
    read: Callable[[Any], Any] | None = None,
) -> Any:
    """A dataclass field that knows what it means and which values it takes.

    Args:
        help: one sentence for the reader of the configuration.
        default: its value where the file does not say; without one the key is required.
        above, at_least, at_most: bounds of a number.
        one_of: the words that a text may be; none: any.
        read: for what is no single value: gives the field's value, or raises ValueError with
            what it must be.
    """
    bounds = {"above": above, "at_least": at_least, "at_most": at_most}
    rules = {"help": help, **bounds, "one_of": one_of, "read": read}
    return field(default=default, metadata=rules)


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML (with the line).
    """
    return parse_toml(read_text(path, what), str(path))


def read_text(path: Path, what: str) -> str:
    """A file's text.

    Raises:
        ConfigError: it is missing, unreadable or not UTF-8.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError as e:
        raise ConfigError(f"{path}: no such file; give the path of a {what}") from e
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read: {e.strerror}") from e
    except ValueError as e:
        raise ConfigError(f"{str(path)!r}: no path has a NUL in it; correct it") from e
    try:
        # Some editors start a file with a byte order mark, which TOML does not allow.
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = text.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8 text; save it as UTF-8") from e


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The tables of TOML text.

    Raises:
        ConfigError: it is not TOML; with the line, and `name` in front.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"{name}: {_typed(text, str(e)) or f'not valid TOML: {e}'}") from e
    except (ValueError, RecursionError) as e:
        # A number of thousands of digits, or thousands of brackets.
        raise ConfigError(f"{name}: not valid TOML: a value is too long or too deep") from e


def _typed(text: str, said: str) -> str:
    """What word processors and habit write in place of TOML, on the line where reading ended."""
    place = _PLACE.search(said)
    lines = text.split("\n")
    n = int(place[1]) if place is not None else len(lines)
    line = lines[n - 1] if n <= len(lines) else ""
    if quote := _QUOTE.search(line):
        return f'line {n}: {quote[0]} is no quotation mark here: write straight ones, like "this"'
    if comma := _COMMA.search(line):
        point = comma[1].replace(",", ".")
        return f"line {n}: {comma[1]}: decimals are written with a point: {point}"
    return ""


def unknown(name: str, known: Collection[str], prefix: str = "") -> str:
    """What to say about a key that nobody reads."""
    near = get_close_matches(name[:SHOWN], known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
    shown = name if name.isprintable() else json.dumps(name)
    return f"unknown key {prefix}{shown[:SHOWN]}; {hint}"


def from_table(cls: type[T], table: Mapping[str, Any], prefix: str = "") -> T:
    """An instance of `cls`, whose fields were made by `setting`.

    Raises:
        ConfigError: an unknown key, a missing one, a wrong type or a number out of bounds.
    """
    known: dict[str, Field[Any]] = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
    for name in table:
        if name not in known:
            raise SettingError(unknown(name, known, prefix), name)
    for name, f in known.items():
        if name not in table and f.default is MISSING:
            raise SettingError(f"{prefix}{name} is missing: {f.metadata['help']}")
    return cls(**{k: _field(known[k], v, f"{prefix}{k}") for k, v in table.items()})


def _field(f: Field[Any], value: Any, key: str) -> Any:
    try:
        return _checked(f, value)
    except SettingError as e:
        raise SettingError(str(e), f.name, *e.at) from e
    except ValueError as e:
        raise SettingError(f"{key} = {as_toml(value)}: {e}", f.name) from e


def _checked(f: Field[Any], value: Any) -> Any:
    if f.metadata["read"] is not None:
        return f.metadata["read"](value)
    kinds = set(get_args(f.type) or (f.type,)) - {NoneType}
    if bool in kinds:
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value
    if str in kinds:
        return _text(value, f.metadata["one_of"])
    whole = int in kinds
    number = finite(value, whole=whole)
    above, least, most = (f.metadata[b] for b in ("above", "at_least", "at_most"))
    if above is not None and not value > above:
        raise ValueError(f"must be > {above:g}")
    if least is not None and not value >= least:
        raise ValueError(f"must be >= {least:g}")
    if most is not None and not value <= most:
        raise ValueError(f"must be <= {most:g}")
    return value if whole else number


def _text(value: Any, one_of: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")
    if not value.strip():
        raise ValueError("must not be empty")
    if one_of and value not in one_of:
        near = get_close_matches(value[:SHOWN], one_of, n=1, cutoff=0.5)
        raise ValueError(
            f"must be {' or '.join(one_of)}" + (f"; did you mean {near[0]}?" if near else "")
        )
    return value


def finite(value: Any, *, whole: bool = False) -> float:
    """A number of a file.

    Raises:
        ValueError: it is none, or not finite; says what it must be.
    """
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise ValueError(f"must be a {'whole ' if whole else ''}number")
    try:
        number = float(value)
    except OverflowError as e:
        raise ValueError("must be a finite number") from e
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def as_toml(value: Any) -> str:
    """A value as its file wrote it, near enough to be found again, on one line."""
    if isinstance(value, bool):
        said = str(value).lower()
    elif isinstance(value, str):
        said = f'"{value}"' if value.isprintable() else json.dumps(value)
    else:
        try:
            said = repr(value) if isinstance(value, list | dict) else str(value)
        except ValueError:
            return "a number of thousands of digits"
    return said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
