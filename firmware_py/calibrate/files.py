"""Where calibrations are kept: one file per specimen, whole or not there."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Final

from drivers.calibration import SHOWN, Calibration, CalibrationError, ChipIdentity, from_dict
from drivers.chips.chip import Chip
from dsp.errors import ConfigError

SCHEMA: Final = "gaitcoach.calibration/1"
OWN: Final = ""
SETTING: Final = "sensor.calibration"
OPTION: Final = "--output"
"""Who named a file: nobody, the configuration, the command line."""
_AWAY: Final = "move it away and run gaitcoach calibrate"
_REMEDIES: Final = {
    OWN: _AWAY,
    SETTING: f"name another file, or {_AWAY}",
    OPTION: "name another file",
}


def identity_of(chip: Chip, address: int) -> ChipIdentity:
    """Which specimen it is; the chip was reset, so that its trim is known."""
    return ChipIdentity(chip.setup.part.name, address, chip.fingerprint())


def own_folder() -> Path:
    """Where this user's calibrations are kept."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if base else Path.home() / ".config"
    return folder / "gaitcoach"


def default_path(chip: ChipIdentity) -> Path:
    """The specimen's file in the user's configuration folder."""
    trim = re.sub(r"[^\w+-]+", "-", chip.fingerprint)
    name = f"{chip.part}-{chip.address:02x}{f'-{trim}' if trim else ''}"
    return own_folder() / f"calibration-{name}.json"


def path_of(setting: str | None, chip: ChipIdentity) -> Path:
    """The file that `sensor.calibration` names, as `load_config` resolved it, or the specimen's
    own.

    Raises:
        ConfigError: it is no path.
    """
    if setting is None:
        return default_path(chip)
    if "\0" in setting:
        raise ConfigError(f"{SETTING} = {setting!r}: no path has a NUL in it; correct it")
    return Path(setting)


def known_of(setting: str | None, chip: ChipIdentity) -> Calibration | None:
    """The calibration to run with; None: nobody calibrated this specimen.

    Args:
        setting: `sensor.calibration`, as `load_config` resolved it.

    Raises:
        ConfigError: the file that it names is missing or cannot be used.
        CalibrationError: the specimen's own file cannot be used.
    """
    path = path_of(setting, chip)
    if setting is None:
        return load(path, chip)
    found = load(path, chip, SETTING)
    if found is None:
        raise ConfigError(
            f"{SETTING} {path}: no such file; correct the path, or run gaitcoach calibrate first"
        )
    return found


def load(path: Path, chip: ChipIdentity, by: str = OWN) -> Calibration | None:
    """The specimen's calibration; None: there is no such file.

    Args:
        by: who named the file: OWN, SETTING or OPTION.

    Raises:
        ConfigError: by SETTING; CalibrationError: by another: it is no file, cannot be read, is
            damaged, or of another chip; the text says what to do.
    """
    try:
        text = _text(path)
        return None if text is None else _of_chip(_parsed(text), chip)
    except CalibrationError as e:
        kind = ConfigError if by == SETTING else CalibrationError
        raise kind(f"{by} {path}: {e}; {_REMEDIES[by]}".lstrip()) from e


def _text(path: Path) -> bytes | None:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise CalibrationError("is a directory")
        if not stat.S_ISREG(mode):
            # A device or pipe may have no end.
            raise CalibrationError("is no regular file")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as e:
        raise CalibrationError(f"cannot be read ({e.strerror or e})") from e


def _parsed(text: bytes) -> Calibration:
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or "schema" not in record:
            raise CalibrationError("is no calibration file")
        said = record.pop("schema")
        if said != SCHEMA:
            raise CalibrationError(
                f"is a calibration of another version ({json.dumps(said)[:SHOWN]}; this "
                f"gaitcoach reads {SCHEMA})"
            )
        return from_dict(record, "damaged")
    except json.JSONDecodeError as e:
        raise CalibrationError(f"is no calibration file: no JSON from line {e.lineno} on") from e
    except CalibrationError:
        raise
    except (ValueError, RecursionError) as e:
        # No text at all, a number of thousands of digits, or thousands of brackets.
        raise CalibrationError("is no calibration file") from e


def _of_chip(found: Calibration, chip: ChipIdentity) -> Calibration:
    if found.chip != chip:
        raise CalibrationError(f"is of another chip: {found.chip}; this is {chip}")
    return found


def save(path: Path, calibration: Calibration) -> None:
    """Replaces the file in one step; its folder is made.

    Raises:
        CalibrationError: it cannot be written; an old file is left as it was.
    """
    # A link goes on pointing where it does.
    final = path.resolve()
    text = json.dumps({"schema": SCHEMA, **calibration.as_dict()}, indent=1, allow_nan=False)
    temp = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temp.open("w", encoding="utf-8") as f:
                f.write(text + "\n")
                f.flush()
                os.fsync(f.fileno())
            temp.replace(final)
        finally:
            temp.unlink(missing_ok=True)
        # The new name, too, must survive a power cut.
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as e:
        raise CalibrationError(
            f"{path}: cannot be written ({e.strerror or e}); name another place with --output"
        ) from e
