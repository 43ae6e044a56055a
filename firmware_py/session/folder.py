"""Where sessions live on the device: numbered folders, since a Pi may not know the date."""

import hashlib
import re
from pathlib import Path
from typing import Final

from firmware_py.trace.scan import scan

TRACE: Final = "trace.mcap"
SUMMARY: Final = "summary.json"
PART: Final = re.compile(r"trace(?:-(\d{1,6}))?\.mcap", re.ASCII)
"""A session's traces: `trace.mcap`, and `trace-2.mcap`, ... where it was interrupted."""


def default_folder() -> Path:
    """Where sessions are kept unless told otherwise."""
    return Path.home() / "gaitcoach"


def part_name(number: int) -> str:
    """The file of a session's part, counted from 1."""
    return TRACE if number == 1 else f"trace-{number}.mcap"


def part_number(name: str) -> int | None:
    """Which part a file is; None: it is none."""
    found = PART.fullmatch(name)
    return None if found is None else int(found[1] or 1)


def part_files(folder: Path) -> list[Path]:
    """A session's traces in order."""
    found = [(n, p) for p in folder.iterdir() if (n := part_number(p.name)) is not None]
    return [p for _, p in sorted(found)]


def source_of(folder: Path) -> str:
    """A session's name that never recurs, unlike its folder's number: with its trace's beginning.

    Closing the trace, or mending it, leaves that as it is.

    Raises:
        TraceError: that is no trace.
        OSError: the trace cannot be read.
    """
    with scan(folder / TRACE) as s:
        first = next((span.end for span in s.spans() if span.is_chunk), 0)
        begin = hashlib.sha256(s.data[:first]).hexdigest()
    return f"{folder.name} {begin[:12]}"
