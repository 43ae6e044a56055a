"""What is in the sessions that came out of the guest, read here by the program's own reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback.actuators.played import Played
from firmware_py.replay import open_recorded


@dataclass(frozen=True, slots=True)
class Recording:
    """One session's samples.

    Args:
        first, last: times of the first and last sample, s of the guest's clock.
        samples, lost: how many. parts: traces. damage: what could not be read, in words.
    """

    first: float
    last: float
    samples: int
    lost: int
    parts: int
    damage: str | None


def recording(folder: Path) -> Recording:
    """Reads all of it.

    Raises:
        TraceError: nothing can be read.
    """
    trace = open_recorded(folder)
    first, last, samples, lost = float("nan"), float("nan"), 0, 0
    for block in trace.blocks():
        if not samples:
            first = float(block.t[0])
        last = float(block.t[-1])
        samples += len(block)
        lost += int(block.lost.sum())
    parts = len(list(folder.glob("trace*.mcap")))
    return Recording(first, last, samples, lost, parts, trace.damage)


def played(folder: Path) -> Sequence[dict[str, Any]]:
    """What became of its cues."""
    return [e for e in open_recorded(folder).events() if e.get("type") == Played.type]
