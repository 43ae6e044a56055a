"""The configuration over the link: checked before it counts, replaced in one step."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from dsp.errors import ConfigError
from feedback.programmes.lines import line_of
from feedback.programmes.reading import BUILT_IN
from feedback.tables import SettingError, as_toml, parse_toml
from firmware_py.config import SECTIONS, load_config
from firmware_py.disk import Disk
from firmware_py.link.answer import Result
from firmware_py.link.bounds import check_toml_text
from firmware_py.link.protocol import Code, LinkError

_LONGEST: Final = 1 << 18
"""Bytes of what is there already, by whomever."""
_LONGEST_BESIDE: Final = 1 << 20
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SOUND: Final = re.compile(r"(default|sysdefault|hw|plughw|dmix)(:[A-Za-z0-9_,=]*)?")
_LINE: Final = re.compile(r"\bline (\d+)")
_BESIDE: Final = (("sensor", "calibration"), ("feedback", "programme"), ("cues", "patterns"))
"""Keys that name a file: over the link only one that lies beside the configuration."""
_FIXED: Final = (("device", "folder"), ("device", "power_off"), ("link", "port"))
"""Where the device reads and writes, and the command that it runs: not to be changed from afar."""


class ConfigFile:
    """The configuration's file, as the host may see and replace it.

    Args:
        path: of the file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._disk = Disk()

    def get(self) -> Result:
        """The file's text.

        Raises:
            OSError: it cannot be read.
        """
        data = self._read()
        return {
            "text": (data or b"").decode("utf-8", "replace"),
            "there": data is not None,
            "sections": sorted(SECTIONS),
        }

    def put(self, text: str) -> Result:
        """Replaces the file, if `text` is a right configuration; what was there stays otherwise.

        Raises:
            LinkError: it is wrong: the key and, where it is known, the line; or it cannot be
                written.
        """
        check_toml_text(text, Code.CONFIG)
        data = text.encode("utf-8")
        name = self._path.name
        temp = self._path.with_name(f".{name}.link")
        try:
            self._check_names(parse_toml(text, name))
            self._disk.write(temp, data)
            self._disk.sync(temp)
            load_config(temp)
            self._disk.replace(temp, self._path)
            self._disk.sync_folder(self._path.parent)
        except ConfigError as e:
            said = str(e).replace(str(temp), name).replace(f"{self._path.parent}{os.sep}", "")
            raise LinkError(Code.CONFIG, said, _place(text, e)) from e
        except OSError as e:
            raise LinkError(
                Code.STORAGE,
                f"{name}: cannot be replaced ({e.strerror}); the service's user must be able to "
                "write in its folder",
                {"errno": e.errno},
            ) from e
        finally:
            with suppress(OSError):
                self._disk.remove(temp)
        return {"bytes": len(data), "used": "from the next session on"}

    def _read(self) -> bytes | None:
        try:
            with self._path.open("rb") as f:
                return f.read(_LONGEST)
        except FileNotFoundError:
            return None

    def _check_names(self, tables: Mapping[str, Any]) -> None:
        """That no file is reached which the one who stands at the device did not name.

        Raises:
            ConfigError: one would be.
        """
        try:
            now = parse_toml((self._read() or b"").decode("utf-8-sig"), "")
        except (ConfigError, UnicodeDecodeError):
            now = {}
        for section, key in _FIXED:
            value, kept = _value(tables, section, key), _value(now, section, key)
            if value != kept:
                at = f"{section}.{key}" + ("" if value is None else f" = {as_toml(value)}")
                stays = "unset" if kept is None else as_toml(kept)
                raise SettingError(
                    f"{at}: can be changed only on the device itself, where it is {stays}", key
                )
        for section, key in (*_BESIDE, ("cues", "speaker")):
            value = _value(tables, section, key)
            if not isinstance(value, str) or value == _value(now, section, key):
                continue
            at = f"{section}.{key} = {as_toml(value)}"
            if key == "speaker":
                if _SOUND.fullmatch(value) is None:
                    raise SettingError(f"{at}: over the link only a card: default, hw:…", key)
            elif key != "programme" or value not in BUILT_IN:
                self._check_beside(value, at, key)

    def _check_beside(self, value: str, at: str, key: str) -> None:
        if _PLAIN.fullmatch(value) is None:
            raise SettingError(
                f"{at}: over the link only a file beside the configuration; give its name", key
            )
        beside = self._path.with_name(value)
        if beside.is_symlink() or (beside.exists() and not beside.is_file()):
            raise SettingError(f"{at}: is no plain file", key)
        if beside.exists() and beside.stat().st_size > _LONGEST_BESIDE:
            raise SettingError(f"{at}: is too large", key)


def _value(tables: Mapping[str, Any], section: str, key: str) -> Any:
    table = tables.get(section)
    return table.get(key) if isinstance(table, dict) else None


def _place(text: str, error: ConfigError) -> dict[str, Any]:
    """The line, from 1, of what is wrong, and what stands there."""
    said = str(error)
    line = None
    cause = error if isinstance(error, SettingError) else error.__cause__
    if isinstance(cause, SettingError) and cause.at:
        section = next((s for s in SECTIONS if f"{s}.{cause.at[0]}" in str(cause)), "")
        line = line_of(text, (section, *cause.at))
    elif found := _LINE.search(said):
        line = int(found[1])
    elif word := re.search(r"unknown section (\S+?);|: (\S+) stands outside", said):
        line = line_of(text, (word[1] or word[2],))
    lines = text.split("\n")
    if line is None or not 1 <= line <= len(lines):
        return {}
    return {"line": line, "text": lines[line - 1].strip()[:200]}
