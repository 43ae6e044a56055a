"""The JSON beside a recording: what its author says of it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsp.block import Mount, Side
from dsp.errors import RecordingError


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is known about a recording.

    Args:
        mount, side: where the sensor was worn; None where not said.
        rate_hz: stated rate, Hz.
        acc_near_g: acceleration about which an axis saturates, g.
        gyr_near_dps: rate of turn about which an axis saturates, deg/s.
        activity: what was done ("run", "walk", ...).
        notes: every other entry, as "key = value"; a "note" as it is.
    """

    mount: Mount | None = None
    side: Side | None = None
    rate_hz: float | None = None
    acc_near_g: float | None = None
    gyr_near_dps: float | None = None
    activity: str | None = None
    notes: tuple[str, ...] = ()


_KNOWN = frozenset(
    {
        "mount", "side", "rate_hz", "accel_saturates_near_g", "gyro_saturates_near_dps", "activity",
    }
)  # fmt: skip


_OURS = "gaitcoach"


def sidecar_path(recording: Path) -> Path:
    """X.json beside X.csv or X.csv.gz."""
    return stem_path(recording).with_name(stem_path(recording).name + ".json")


def stem_path(recording: Path) -> Path:
    """The recording's path without .gz and without the suffix before it."""
    plain = recording.with_suffix("") if recording.suffix.lower() == ".gz" else recording
    return plain.with_suffix("") if plain.suffix else plain


def read_sidecar(path: Path) -> Sidecar:
    """What the JSON at `path` says; nothing where there is none, or one of our own summaries.

    Raises:
        RecordingError: broken JSON, not an object, or a known key with an impossible value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Sidecar()
    except (OSError, UnicodeDecodeError) as e:
        raise RecordingError(f"{path}: cannot be read ({e}); correct or remove it") from None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as e:
        raise RecordingError(
            f"{path}:{e.lineno}: broken JSON ({e.msg}); correct or remove it"
        ) from None
    if isinstance(found, dict) and str(found.get("schema", "")).startswith(_OURS):
        # `replay --summary run.json` beside run.csv: what came of it, not what it is.
        return Sidecar(notes=("is a summary of gaitcoach, not a description: ignored",))
    if not isinstance(found, dict):
        raise RecordingError(f'{path}:1: must hold an object like {{"mount": "waist"}}; correct it')
    activity = found.get("activity")
    if activity is not None and not isinstance(activity, str):
        raise RecordingError(f'{path}: activity = {activity!r}: must be a word like "run"')
    mount = _word(path, found, "mount", [m.value for m in Mount])
    side = _word(path, found, "side", [s.value for s in Side])
    return Sidecar(
        mount=Mount(mount) if mount else None,
        side=Side(side) if side else None,
        rate_hz=_positive(path, found, "rate_hz"),
        acc_near_g=_positive(path, found, "accel_saturates_near_g"),
        gyr_near_dps=_positive(path, found, "gyro_saturates_near_dps"),
        activity=activity,
        notes=tuple(
            str(value) if key == "note" else f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in found.items()
            if key not in _KNOWN
        ),
    )


def _word(path: Path, found: Mapping[str, Any], key: str, allowed: list[str]) -> str | None:
    value = found.get(key)
    if value is None:
        return None
    if value not in allowed:
        raise RecordingError(f"{path}: {key} = {value!r}: must be one of {', '.join(allowed)}")
    return str(value)


def _positive(path: Path, found: Mapping[str, Any], key: str) -> float | None:
    value = found.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise RecordingError(f"{path}: {key} = {value!r}: must be a number above 0")
    return float(value)
