"""`summary.json` on disk: whole or not there, also after a power cut."""

import json
import os
from pathlib import Path
from typing import Any

from dsp.errors import TraceError
from firmware_py.disk import Disk
from firmware_py.session.summary import SCHEMA


def write_summary(path: Path, summary: dict[str, Any], disk: Disk | None = None) -> None:
    """Replaces the file in one step.

    Raises:
        OSError: the disk is full or the folder cannot be written; an old file is left as it was.
    """
    text = json.dumps(summary, indent=1, allow_nan=False) + "\n"
    (disk or Disk()).put_whole(path, text.encode(), f".{os.getpid()}")


def read_summary(path: Path) -> dict[str, Any]:
    """A summary that this version understands.

    Raises:
        TraceError: not JSON, not a summary, or one of another version.
        OSError: missing or unreadable.
    """
    remedy = "rebuild it from its trace"
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as e:
        raise TraceError(f"{path}: not JSON ({e}); {remedy}") from e
    said = summary.get("schema") if isinstance(summary, dict) else None
    if said != SCHEMA:
        raise TraceError(f"{path}: schema is {said!r}, this version reads {SCHEMA!r}; {remedy}")
    return dict(summary)
