"""Where sessions live on the device: numbered folders, since a Pi may not know the date."""

import hashlib
import re
from pathlib import Path
from typing import Final

from dsp.errors import GaitCoachError

TRACE: Final = "trace.mcap"
SUMMARY: Final = "summary.json"
_BEGINNING: Final = 65536
"""Bytes: the header and the first seconds of samples."""
_NAME: Final = re.compile(r"session-(\d+)")


def default_folder() -> Path:
    """Where sessions are kept unless told otherwise."""
    return Path.home() / "gaitcoach"


def source_of(folder: Path) -> str:
    """A session's name that never recurs, unlike its folder's number: with its trace's beginning.

    Raises:
        OSError: the trace cannot be read.
    """
    with (folder / TRACE).open("rb") as f:
        begin = hashlib.sha256(f.read(_BEGINNING)).hexdigest()
    return f"{folder.name} {begin[:12]}"


def new_session(base: Path) -> Path:
    """Makes the next session's folder below `base`, and `base` where it is missing.

    Raises:
        GaitCoachError: it cannot be made; with the remedy.
    """
    try:
        base.mkdir(parents=True, exist_ok=True)
        taken = [int(m[1]) for p in base.iterdir() if (m := _NAME.fullmatch(p.name))]
        folder = base / f"session-{max(taken, default=0) + 1:04d}"
        folder.mkdir()
    except OSError as e:
        raise GaitCoachError(
            f"{base}: no session can be kept there ({e.strerror}); name another folder with --out"
        ) from e
    return folder
