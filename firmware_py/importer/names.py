"""What a column's name says: quantity, axis and unit."""

import re
from dataclasses import dataclass
from typing import Final

from firmware_py.importer.units import Quantity, parse_unit, quantities_of

_AXES: Final = {
    "x": "x", "y": "y", "z": "z",
    # Anatomical names are body axes: x forward, y left, z up.
    "vertical": "z", "vert": "z", "v": "z",
    "forward": "x", "ap": "x", "anteroposterior": "x",
    "lateral": "y", "ml": "y", "mediolateral": "y",
}  # fmt: skip
_ACC: Final = frozenset({"acc", "accel", "acceleration", "accelerometer", "a"})
_GYR: Final = frozenset({"gyr", "gyro", "gyroscope", "w", "omega", "angular", "rotation"})
_TIME: Final = frozenset(
    {"t", "time", "timestamp", "ts", "datetime", "elapsed", "seconds", "millis", "micros"}
)
# Derived columns: not the specific force or the angular rate that a sensor measures.
_DERIVED: Final = frozenset(
    {
        "linear", "lin", "user", "free", "gravity", "grav", "mag", "magnitude", "magnetometer",
        "magnetic", "abs", "absolute", "norm", "total", "resultant", "std", "mean", "avg", "bias",
        "offset", "jerk", "alpha", "quaternion", "quat", "euler", "peak",
    }
)  # fmt: skip
_COMPACT: Final = re.compile(
    r"(acc|accel|acceleration|accelerometer|a|gyr|gyro|gyroscope|w|omega|g)([xyz])"
)
_BRACKET: Final = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one column holds.

    Args:
        quantity: what it measures; None for a bare axis name ("x") whose unit does not tell.
        axis: "x", "y", "z", or "" for time.
        unit: a key of `units.SCALES`, or None where the name does not say.
        derived: gravity-free, averaged or total acceleration, which a trace cannot hold.
        weak: the name alone is a guess ("gx" is a gyro beside "ax", gravity otherwise).
    """

    quantity: Quantity | None
    axis: str
    unit: str | None
    derived: bool = False
    weak: bool = False


def words_of(name: str) -> list[str]:
    """Lower-case words of a name, split at signs, camel case and compact axes.

    >>> words_of("accelX (m/s^2)"), words_of("ax")
    (['accel', 'x'], ['a', 'x'])
    """
    plain = _BRACKET.sub(" ", name)
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    words: list[str] = []
    for word in re.findall(r"[^\W_]+", plain.lower()):
        compact = _COMPACT.fullmatch(word)
        words.extend(compact.groups() if compact else (word,))
    return words


def _unit(name: str, words: list[str], quantity: Quantity) -> str | None:
    for text in reversed(_BRACKET.findall(name)):
        if (unit := parse_unit(text, quantity)) is not None:
            return unit
    # The unit is the name's end: acc_x_g, gyr_x_rad_s, accel_x_m/s2.
    for start in range(max(1, len(words) - 3), len(words)):
        for joint in ("/", ""):
            if (unit := parse_unit(joint.join(words[start:]), quantity)) is not None:
                return unit
    for word in words[1:]:
        if word not in _AXES and (unit := parse_unit(word, quantity)) is not None:
            return unit
    return None


def meaning_of(name: str) -> Meaning | None:
    """What a column called `name` holds, or None where it is none of time, acc or gyr."""
    words = words_of(name)
    if not words:
        return None
    axes = {_AXES[w] for w in words if w in _AXES}
    acc, gyr = bool(_ACC & set(words)), bool(_GYR & set(words))
    derived = bool(_DERIVED & set(words))
    if len(axes) == 1:
        (axis,) = axes
        if acc != gyr:
            quantity = Quantity.ACC if acc else Quantity.GYR
            return Meaning(quantity, axis, _unit(name, words, quantity), derived)
        if acc:
            return None
        if words[0] == "g" and len(words) > 1 and words[1] in ("x", "y", "z"):
            unit = _unit(name, words, Quantity.GYR)
            return Meaning(Quantity.GYR, axis, unit, derived, weak=unit is None)
        if words[0] in ("x", "y", "z") and set(words[1:]) <= {"axis"} and not derived:
            for text in reversed(_BRACKET.findall(name)):
                for quantity, unit in quantities_of(text).items():
                    if quantity is not Quantity.TIME:
                        return Meaning(quantity, axis, unit)
            return Meaning(None, axis, None)
        if words[0] in ("x", "y", "z") and len(words) > 1 and not derived:
            for quantity in (Quantity.ACC, Quantity.GYR):
                if (unit := _unit(name, words, quantity)) is not None:
                    return Meaning(quantity, axis, unit)
        return None
    if axes or acc or gyr or derived:
        return None
    if _TIME & set(words):
        unit = _unit(name, ["", *words], Quantity.TIME)
        return Meaning(Quantity.TIME, "", unit)
    return None
