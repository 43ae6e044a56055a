"""What one check found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Figure = float | int | str | bool | None | Sequence[str] | Mapping[str, int]
Figures = dict[str, Figure]


class Result(StrEnum):
    """How a check came out; FAULT is the only one that makes the doctor fail."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome.

    Args:
        name: what was looked at.
        result: how it came out.
        seen: what was seen, with figures, in words.
        remedy: what to do; "" where there is nothing to do.
        figures: the same as numbers, units in the names, for JSON.
    """

    name: str
    result: Result
    seen: str
    remedy: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)


def worst(checks: Sequence[Check]) -> Result:
    """FAULT if there is one, else WARNING if there is one, else OK."""
    found = {c.result for c in checks}
    return next((r for r in (Result.FAULT, Result.WARNING) if r in found), Result.OK)


def ok(name: str, seen: str, **figures: Figure) -> Check:
    """Nothing wrong."""
    return Check(name, Result.OK, seen, "", figures)


def warning(name: str, seen: str, remedy: str, **figures: Figure) -> Check:
    """It works, and could be better."""
    return Check(name, Result.WARNING, seen, remedy, figures)


def fault(name: str, seen: str, remedy: str, **figures: Figure) -> Check:
    """It does not work."""
    return Check(name, Result.FAULT, seen, remedy, figures)


def skipped(name: str, why: str, remedy: str = "") -> Check:
    """Not looked at."""
    return Check(name, Result.SKIPPED, why, remedy)


def from_error(name: str, error: Exception, remedy: str = "") -> Check:
    """A fault in the words of an error: our errors say what is, a semicolon, what to do.

    Args:
        remedy: goes before the error's own.
    """
    seen, _, own = str(error).partition("; ")
    return fault(name, str(error) if remedy else seen, remedy or own)
