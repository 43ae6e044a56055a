"""The examination for people and for programs."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

from firmware_py.doctor.check import Check, Result, worst

SCHEMA: Final = "gaitcoach.doctor/1"
"""Described by doctor.schema.json beside this file."""
WIDTH: Final = 100
_RESULT: Final = max(len(r) for r in Result)
_NAME: Final = len("interrupt")
_INDENT: Final = " " * (_RESULT + _NAME + 4)


def record(checks: Sequence[Check], simulated: str | None) -> dict[str, Any]:
    """For JSON.

    Args:
        simulated: name of the scenario; None: a real sensor.
    """
    return {
        "schema": SCHEMA,
        "verdict": worst(checks).value,
        "first_remedy": _first(checks),
        "simulated": simulated,
        "checks": [
            {
                "name": c.name,
                "result": c.result.value,
                "seen": c.seen,
                "remedy": c.remedy,
                "figures": dict(c.figures),
            }
            for c in checks
        ],
    }


def text(checks: Sequence[Check]) -> str:
    """Aligned lines in the order of the checks; what to do is indented below; a verdict last."""
    lines: list[str] = []
    for c in checks:
        head = f"{c.result.value:<{_RESULT}}  {c.name:<{_NAME}}  "
        lines += _wrapped(head, c.seen)
        if c.remedy:
            lines += _wrapped(f"{_INDENT}-> ", c.remedy)
    return "\n".join([*lines, "", _verdict(checks)])


def _verdict(checks: Sequence[Check]) -> str:
    counts = {r: sum(c.result is r for c in checks) for r in Result}
    said = ", ".join(
        f"{n} {r.value}{'s' if n > 1 else ''}"
        for r in (Result.FAULT, Result.WARNING)
        if (n := counts[r])
    )
    first = _first(checks)
    verdict = f"{said}." if said else "All fine."
    if counts[Result.SKIPPED]:
        verdict += f" {counts[Result.SKIPPED]} not checked."
    return f"{verdict} First: {first}" if first else verdict


def _first(checks: Sequence[Check]) -> str:
    """What to do first: about the first fault, else the first warning, else what was skipped."""
    for result in (Result.FAULT, Result.WARNING, Result.SKIPPED):
        for c in checks:
            if c.result is result and c.remedy:
                return f"{c.name}: {c.remedy}"
    return ""


def _wrapped(head: str, body: str) -> list[str]:
    blank = " " * len(head)
    return wrap(
        body,
        WIDTH,
        initial_indent=head,
        subsequent_indent=blank,
        break_long_words=False,
        break_on_hyphens=False,
    )
