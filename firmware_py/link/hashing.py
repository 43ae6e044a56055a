"""SHA-256 of files, a piece at a time, remembered as long as the file is the same."""

import hashlib
import os
from collections.abc import Callable, Generator
from typing import BinaryIO, Final

_PIECE: Final = 1 << 18
"""Bytes at a time: 10 ms of a slow card."""
_REMEMBERED: Final = 512


class Hashes:
    """Hashes of files that were asked for."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[tuple[int, ...], str]] = {}

    def of(
        self, key: tuple[str, str], open_file: Callable[[], BinaryIO]
    ) -> Generator[None, None, str]:
        """A file's SHA-256 in hexadecimal; every step reads one piece.

        Raises:
            OSError: it cannot be read.
        """
        with open_file() as f:
            state = _state(f)
            known = self._known.get(key)
            if known is not None and known[0] == state:
                return known[1]
            sha = hashlib.sha256()
            while piece := f.read(_PIECE):
                sha.update(piece)
                yield
            if _state(f) == state:
                while len(self._known) >= _REMEMBERED:
                    del self._known[next(iter(self._known))]
                self._known[key] = state, sha.hexdigest()
            return sha.hexdigest()

    def forget(self, session: str) -> None:
        """Its files are gone."""
        for key in [k for k in self._known if k[0] == session]:
            del self._known[key]


def _state(f: BinaryIO) -> tuple[int, ...]:
    s = os.fstat(f.fileno())
    return s.st_ino, s.st_size, s.st_mtime_ns
