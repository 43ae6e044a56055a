"""Units a recording may be in, and the names they go by."""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from dsp.units import STANDARD_GRAVITY


class Quantity(StrEnum):
    """What a column measures."""

    TIME = "time"
    ACC = "acc"
    GYR = "gyr"


SCALES: Final[Mapping[Quantity, Mapping[str, float]]] = {
    # Seconds are divided, not multiplied: 1234 ms / 1000 rounds to the float nearest to 1.234.
    Quantity.TIME: {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9},
    Quantity.ACC: {"g": STANDARD_GRAVITY, "mg": STANDARD_GRAVITY / 1000, "m/s2": 1.0},
    Quantity.GYR: {
        "deg/s": math.radians(1.0),
        "mdeg/s": math.radians(1e-3),
        "rad/s": 1.0,
    },
}
"""Per unit: SI per unit for ACC (m/s²) and GYR (rad/s); units per second for TIME."""

_ALIASES: Final[Mapping[Quantity, Mapping[str, str]]] = {
    Quantity.TIME: {
        "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
        "ms": "ms", "msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms",
        "us": "us", "usec": "us", "micros": "us", "microsecond": "us", "microseconds": "us",
        "ns": "ns", "nsec": "ns", "nanos": "ns", "nanosecond": "ns", "nanoseconds": "ns",
    },
    Quantity.ACC: {
        "g": "g", "gs": "g", "gn": "g", "mg": "mg",
        "m/s2": "m/s2", "m/s/s": "m/s2", "ms2": "m/s2", "ms-2": "m/s2", "mps2": "m/s2",
        "mss": "m/s2", "m/sec2": "m/s2",
    },
    Quantity.GYR: {
        "deg/s": "deg/s", "dps": "deg/s", "degs": "deg/s", "degps": "deg/s", "deg/sec": "deg/s",
        "degs-1": "deg/s",
        "mdps": "mdeg/s", "mdeg/s": "mdeg/s",
        "rad/s": "rad/s", "rads": "rad/s", "radps": "rad/s", "rad/sec": "rad/s",
        "rads-1": "rad/s",
    },
}  # fmt: skip


def parse_unit(text: str, quantity: Quantity) -> str | None:
    """The unit of `quantity` that `text` names (a key of `SCALES`), or None.

    >>> parse_unit("m/s^2", Quantity.ACC)
    'm/s2'
    """
    # U+00B5 and U+03BC both print as the micro sign.
    word = text.strip().lower().replace("\u00b5", "u").replace("\u03bc", "u")
    word = word.replace("°", "deg").replace("²", "2").replace("⁻", "-").replace("¹", "1")
    word = re.sub(r"[\s^*·.()\[\]]", "", word)
    return _ALIASES[quantity].get(word)


def quantities_of(text: str) -> dict[Quantity, str]:
    """Every quantity whose unit `text` may name, with that unit."""
    found = {q: parse_unit(text, q) for q in Quantity}
    return {q: unit for q, unit in found.items() if unit is not None}


def choices(quantity: Quantity) -> str:
    """The units to offer in a message, e.g. "g, mg or m/s2"."""
    names = list(SCALES[quantity])
    return f"{', '.join(names[:-1])} or {names[-1]}"
