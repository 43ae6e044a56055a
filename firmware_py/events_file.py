"""The events of a live session as they come: a line each, there whatever happens afterwards."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dsp.errors import GaitCoachError
from firmware_py.results import check_result


class EventsFile:
    """A file of JSON lines that never ends the session it is about.

    Args:
        path: replaced if it is there.

    Raises:
        GaitCoachError: it cannot be written; with the remedy.
    """

    def __init__(self, path: Path) -> None:
        check_result("--events", path, ())
        if path.is_fifo():
            raise GaitCoachError(f"--events {path}: is a pipe; name a file")
        self._path = path
        self.error: str | None = None
        """Why the file is not whole; None: it is."""
        try:
            # A line at a time: what was decided is there if the power goes.
            self._file = path.open("w", encoding="utf-8", buffering=1)
        except OSError as e:
            raise GaitCoachError(
                f"--events {path}: cannot be written ({e.strerror or e}); name another place"
            ) from e

    def write(self, event: Mapping[str, Any]) -> None:
        """Adds an event."""
        if self.error is None:
            self._try(lambda: self._file.write(json.dumps(event) + "\n"))

    def close(self) -> None:
        """Closes the file."""
        self._try(self._file.close)

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as e:
            cut = f"--events {self._path}: cut, it could not be written on ({e.strerror or e})"
            self.error = self.error or cut
