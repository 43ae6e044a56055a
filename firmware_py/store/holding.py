"""Who records into a session's folder: one program, until it ends, however it ends."""

import os
from contextlib import suppress
from pathlib import Path


class Hold:
    """A lock on a folder that goes with the process.

    Args:
        folder: of a session.

    Raises:
        BlockingIOError: another program, or another part of this one, holds it.
        OSError: it cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = None
        if os.name != "posix":
            return
        # Not on Windows, where no device runs.
        import fcntl

        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise
        self._handle = handle

    def release(self) -> None:
        """Lets go; a second time does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                os.close(handle)


def is_held(folder: Path) -> bool:
    """Whether somebody records into it now.

    Raises:
        OSError: it cannot be opened.
    """
    try:
        Hold(folder).release()
    except BlockingIOError:
        return True
    return False
