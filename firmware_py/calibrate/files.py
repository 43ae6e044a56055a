"""Where calibrations are kept: one file per specimen, whole or not there."""

import json
import os
import re
from pathlib import Path
from typing import Final

from drivers.calibration import Calibration, CalibrationError, ChipIdentity, from_dict
from drivers.chips.chip import Chip

SCHEMA: Final = "gaitcoach.calibration/1"


def identity_of(chip: Chip, address: int) -> ChipIdentity:
    """Which specimen it is; the chip was reset, so that its trim is known."""
    return ChipIdentity(chip.setup.part.name, address, chip.fingerprint())


def default_path(chip: ChipIdentity) -> Path:
    """The specimen's file in the user's configuration folder."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if base else Path.home() / ".config"
    trim = re.sub(r"[^\w+-]+", "-", chip.fingerprint)
    name = f"{chip.part}-{chip.address:02x}{f'-{trim}' if trim else ''}"
    return folder / "gaitcoach" / f"calibration-{name}.json"


def calibration_path(setting: str | None, base: Path, chip: ChipIdentity) -> Path:
    """The file that `sensor.calibration` names, or the specimen's own.

    Args:
        base: folder of the configuration file.
    """
    return base / Path(setting).expanduser() if setting else default_path(chip)


def load(path: Path, chip: ChipIdentity) -> Calibration | None:
    """The specimen's calibration; None: there is no such file.

    Raises:
        CalibrationError: it is damaged, or of another chip.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as e:
        raise CalibrationError(f"{path}: cannot be read: {e.strerror or e}") from e
    except ValueError as e:
        raise CalibrationError(
            f"{path}: not JSON ({e}); calibrate anew: remove it, then gaitcoach calibrate"
        ) from e
    said = record.pop("schema", None) if isinstance(record, dict) else None
    if said != SCHEMA:
        raise CalibrationError(f"{path}: schema is {said!r}, this version reads {SCHEMA!r}")
    found = from_dict(record, str(path))
    if found.chip != chip:
        raise CalibrationError(
            f"{path}: is of another chip: {found.chip}; this is {chip}; name another file in "
            "sensor.calibration, or remove this one and calibrate anew"
        )
    return found


def save(path: Path, calibration: Calibration) -> None:
    """Replaces the file in one step; its folder is made.

    Raises:
        CalibrationError: it cannot be written; an old file is left as it was.
    """
    text = json.dumps({"schema": SCHEMA, **calibration.as_dict()}, indent=1, allow_nan=False)
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temp.open("w", encoding="utf-8") as f:
                f.write(text + "\n")
                f.flush()
                os.fsync(f.fileno())
            temp.replace(path)
        finally:
            temp.unlink(missing_ok=True)
        # The new name, too, must survive a power cut.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as e:
        raise CalibrationError(
            f"{path}: cannot be written ({e.strerror or e}); name another place with --output"
        ) from e
