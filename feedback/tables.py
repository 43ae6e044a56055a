"""A TOML table becomes a frozen dataclass: keys, types and bounds are checked in one place."""

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args

from dsp.errors import ConfigError

T = TypeVar("T")


def setting(
    help: str,
    default: Any = MISSING,
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Any:
    """A dataclass field that knows what it means and which values it takes.

    Args:
        help: one sentence for the reader of the configuration.
        default: its value where the file does not say; without one the key is required.
        above, at_least, at_most: bounds of a number.
    """
    bounds = {"above": above, "at_least": at_least, "at_most": at_most}
    return field(default=default, metadata={"help": help, **bounds})


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML (with the line).
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError as e:
        raise ConfigError(f"{path}: no such file; give the path of a {what}") from e
    except OSError as e:
        raise ConfigError(f"{path}: cannot be read: {e.strerror}") from e
    try:
        # Some editors start a file with a byte order mark, which TOML does not allow.
        return tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as e:
        line = text.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8 text; save it as UTF-8") from e
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"{path}: not valid TOML: {e}") from e


def unknown(name: str, known: Collection[str], prefix: str = "") -> str:
    """What to say about a key that nobody reads."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
    return f"unknown key {prefix}{name}; {hint}"


def from_table(cls: type[T], table: Mapping[str, Any], prefix: str = "") -> T:
    """An instance of `cls`, whose fields were made by `setting`.

    Raises:
        ConfigError: an unknown key, a missing one, a wrong type or a number out of bounds.
    """
    known: dict[str, Field[Any]] = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
    for name in table:
        if name not in known:
            raise ConfigError(unknown(name, known, prefix))
    for name, f in known.items():
        if name not in table and f.default is MISSING:
            raise ConfigError(f"{prefix}{name} is missing: {f.metadata['help']}")
    return cls(**{k: _checked(known[k], v, f"{prefix}{k}") for k, v in table.items()})


def _checked(f: Field[Any], value: Any, key: str) -> Any:
    said = f"{key} = {_toml(value)}"
    kinds = set(get_args(f.type) or (f.type,)) - {NoneType}
    if bool in kinds:
        if not isinstance(value, bool):
            raise ConfigError(f"{said}: must be true or false")
        return value
    if str in kinds:
        if not isinstance(value, str):
            raise ConfigError(f"{said}: must be text in quotes")
        if not value.strip():
            raise ConfigError(f"{said}: must not be empty")
        return value
    whole = int in kinds
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise ConfigError(f"{said}: must be a {'whole ' if whole else ''}number")
    if not math.isfinite(value):
        raise ConfigError(f"{said}: must be a finite number")
    above, least, most = (f.metadata[b] for b in ("above", "at_least", "at_most"))
    if above is not None and not value > above:
        raise ConfigError(f"{said}: must be > {above:g}")
    if least is not None and not value >= least:
        raise ConfigError(f"{said}: must be >= {least:g}")
    if most is not None and not value <= most:
        raise ConfigError(f"{said}: must be <= {most:g}")
    return value if whole else float(value)


def _toml(value: Any) -> str:
    """A value as its file wrote it, near enough to be found again."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
