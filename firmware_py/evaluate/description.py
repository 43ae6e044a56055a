"""The speed and the slope in the JSON beside a recording."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dsp.errors import RecordingError

FASTEST_M_S: Final = 13.0
"""Nobody runs faster (12.4 m/s was the fastest ever)."""
STEEPEST_DEG: Final = 45.0


@dataclass(frozen=True, slots=True)
class Description:
    """Of the whole recording; None where it does not say.

    Args:
        speed_m_s: of the belt, m/s. slope_deg: uphill positive.
    """

    speed_m_s: float | None = None
    slope_deg: float | None = None


def read_description(path: Path) -> Description:
    """What the JSON at `path` says; nothing where there is none, or a summary of our own.

    Raises:
        RecordingError: broken JSON, or a speed or slope that cannot be.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Description()
    except json.JSONDecodeError as e:
        raise RecordingError(
            f"{path.name}:{e.lineno}: broken JSON ({e.msg}); correct or remove it"
        ) from e
    except (OSError, UnicodeDecodeError) as e:
        raise RecordingError(f"{path.name}: cannot be read ({e}); correct or remove it") from e
    if not isinstance(said, dict):
        raise RecordingError(
            f'{path.name}: must hold an object like {{"speed_m_s": 3.0}}; correct or remove it'
        )
    if str(said.get("schema", "")).startswith("gaitcoach"):
        return Description()
    speed = _number(path, said, "speed_m_s", 0.0, FASTEST_M_S)
    if speed == 0.0:
        raise RecordingError(f"{path.name}: speed_m_s = 0: nobody runs so; correct or remove it")
    return Description(speed, _number(path, said, "slope_deg", -STEEPEST_DEG, STEEPEST_DEG))


def _number(path: Path, said: dict[str, Any], key: str, least: float, most: float) -> float | None:
    value = said.get(key)
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not least <= value <= most:
        raise RecordingError(
            f"{path.name}: {key} = {json.dumps(value)}: must be a number from {least:g} to "
            f"{most:g}; correct or remove it"
        )
    return float(value)
