"""The shapes of all patterns: the shipped file, and a runner's own on top of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from dsp.errors import ConfigError
from feedback.cue import Pattern
from feedback.pulse import Pulse, Voice
from feedback.tables import from_table, read_toml, setting, unknown

Shape = tuple[Pulse, ...]
Patterns = Mapping[Pattern, Mapping[Voice, Shape]]

LONGEST_S: Final = 4.0
"""A pattern's length with its silences, s: whoever runs has forgotten a longer one's beginning."""

LOWEST_HZ: Final = 200.0
HIGHEST_HZ: Final = 6000.0

GRADES: Final = 6
"""How many pitches tell how far over the limit: as many as Van den Berghe 2021 used levels."""

GRADE_STEP: Final = 2 ** (2 / 12)
"""Pitch from one grade to the next: a whole tone, which needs no musical ear."""

MEANING: Final[Mapping[Pattern, str]] = MappingProxyType(
    {
        Pattern.QUICKER: "step quicker: cadence has been below your band",
        Pattern.SOFTER: "step softer: impact has been over your limit",
        Pattern.BEAT: "step with it: one beat of the metronome",
        Pattern.GOOD: "all is well again",
        Pattern.STARTED: "a session or running has begun, it counts",
        Pattern.STOPPED: "the session has ended and is kept",
        Pattern.PAUSED: "paused: you stopped running, or asked for it",
        Pattern.RESUMED: "it goes on: you run again, or asked for it",
        Pattern.ROUTINE: "next exercise of the routine",
        Pattern.DOWNLOAD_DONE: "the laptop has everything, unplug",
        Pattern.SENSOR_LOST: "sensor lost: no coaching, look at its plug",
        Pattern.STORAGE_FULL: "storage full: this run is not kept any more",
        Pattern.BATTERY_LOW: "battery low: a few minutes are left",
    }
)
"""What each tells the runner, in the order in which they are shown."""


_PATTERNS: Final = [p.value for p in Pattern]
_VOICES: Final = [v.value for v in Voice]


@dataclass(frozen=True, slots=True)
class _Written:
    """One pulse in a file."""

    on_s: float = setting("How long it sounds or shakes, s.", at_least=0.01, at_most=2.0)
    off_s: float = setting(
        "The silence after it, s; only a last pulse does without.", 0.0, at_least=0.0, at_most=2.0
    )
    pitch_hz: float = setting(
        "Pitch of a sound, Hz.", Pulse(0.0).pitch_hz, at_least=LOWEST_HZ, at_most=HIGHEST_HZ
    )
    strength: float = setting("Share of the chosen level.", 1.0, at_least=0.0, at_most=1.0)


def load_patterns(path: Path | None = None) -> Patterns:
    """Every pattern in every voice; what `path` says replaces the shipped shape.

    Raises:
        ConfigError: the file is unreadable, names what does not exist or is out of bounds; one line
            that begins with the file.
    """
    shipped = _shipped()
    if path is None:
        return shipped
    own = read_toml(path, "file of patterns")
    try:
        return _overlaid(shipped, own)
    except ConfigError as e:
        raise ConfigError(f"{path}: {e}") from e


def length_s(shape: Shape) -> float:
    """From the first pulse's beginning to the last one's end, s."""
    return sum(p.on_s + p.off_s for p in shape) - shape[-1].off_s


def graded(shape: Shape, grade: int) -> Shape:
    """The shape as it sounds so far over the limit; the rhythm stays.

    Args:
        shape: the pattern as loaded, which is grade 1.
        grade: 1 to `GRADES`; what is beyond counts as the nearest.
    """
    rise = GRADE_STEP ** (min(max(grade, 1), GRADES) - 1)
    return tuple(replace(p, pitch_hz=min(p.pitch_hz * rise, HIGHEST_HZ)) for p in shape)


@cache
def _shipped() -> Patterns:
    text = files("feedback").joinpath("patterns.toml").read_text(encoding="utf-8")
    return _overlaid({}, tomllib.loads(text))


def _overlaid(below: Patterns, tables: Mapping[str, Any]) -> Patterns:
    shapes = {pattern: dict(voices) for pattern, voices in below.items()}
    for name, table in tables.items():
        if name not in _PATTERNS:
            raise ConfigError(unknown(name, _PATTERNS).replace("key", "pattern", 1))
        if not isinstance(table, dict):
            raise ConfigError(f"{name} must be a section: write [{name}] on a line of its own")
        for voice, pulses in table.items():
            if voice not in _VOICES:
                raise ConfigError(unknown(voice, _VOICES, f"{name}."))
            shapes.setdefault(Pattern(name), {})[Voice(voice)] = _shape(f"{name}.{voice}", pulses)
    return MappingProxyType({p: MappingProxyType(shapes[p]) for p in MEANING})


def _shape(key: str, pulses: Any) -> Shape:
    if not isinstance(pulses, list) or not all(isinstance(p, dict) for p in pulses):
        raise ConfigError(f"{key} must be a list of pulses: [{{ on_s = 0.1, off_s = 0.1 }}, ...]")
    if not pulses:
        raise ConfigError(f"{key} is empty: it needs one pulse at least")
    shape = []
    for number, table in enumerate(pulses, 1):
        at = f"{key}, pulse {number}: "
        w = from_table(_Written, table, at)
        if number < len(pulses) and w.off_s < 0.01:
            raise ConfigError(f"{at}off_s = {w.off_s:g}: must be >= 0.01 before another pulse")
        shape.append(Pulse(w.on_s, w.off_s, w.pitch_hz, w.strength))
    total = sum(p.on_s + p.off_s for p in shape)
    # The sum of lengths that fit exactly may be off by its rounding.
    if total > LONGEST_S + 1e-9:
        raise ConfigError(f"{key} lasts {total:.2f} s: must be <= {LONGEST_S:g} s, silences too")
    return tuple(shape)
