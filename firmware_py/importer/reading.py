"""The text of a recording, plain or gzip, in whatever encoding it came."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TextIO, cast

from dsp.errors import RecordingError

_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZIP_MAGIC: Final = b"PK\x03\x04"
_HEAD_BYTES: Final = 65536
_CHUNK_LINES: Final = 65536


@dataclass(slots=True)
class TextFile:
    """The lines of an open recording; `position` is how many of its bytes on disk were read."""

    path: Path
    _raw: io.BufferedReader
    _text: TextIO
    lines_read: int = 0

    @property
    def position(self) -> int:
        return self._raw.tell()

    def chunk(self, size: int = _CHUNK_LINES) -> list[str]:
        """Up to `size` further lines, empty at the end; raises RecordingError on damaged gzip."""
        lines: list[str] = []
        try:
            # extend(), not list(): the lines before the damage tell where it is.
            lines.extend(islice(self._text, size))
        except EOFError:
            raise self._damaged("is cut short inside its gzip data", len(lines)) from None
        except (gzip.BadGzipFile, zlib.error) as e:
            raise self._damaged(f"has damaged gzip data ({e})", len(lines)) from None
        self.lines_read += len(lines)
        return lines

    def _damaged(self, what: str, seen: int) -> RecordingError:
        line = self.lines_read + seen
        return RecordingError(f"{self.path}:{line}: {what}; copy or download the file again")


@contextmanager
def open_text(path: Path) -> Iterator[TextFile]:
    """The text of `path`, gzip or not (by content, not by name).

    Raises:
        RecordingError: missing, a directory, unreadable, empty, binary, a zip or spreadsheet.
    """
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise RecordingError(f"{path}: no such file; check the path") from None
    except IsADirectoryError:
        raise RecordingError(f"{path}: is a directory; name one CSV file in it") from None
    except OSError as e:
        raise RecordingError(f"{path}: cannot be read ({e.strerror}); check its rights") from None
    with raw:
        magic = raw.peek(4)[:4]
        if not magic:
            raise RecordingError(f"{path}: is empty; record or export it again")
        if magic == _ZIP_MAGIC:
            raise RecordingError(
                f"{path}: is a zip archive or spreadsheet; unpack it or save it as CSV"
            )
        packed = magic.startswith(_GZIP_MAGIC)
        encoding = _encoding(path, _head(path, raw, packed))
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if packed else raw
        # Bytes that do not decode matter only inside a number, where they are found anyway.
        text = io.TextIOWrapper(cast(io.BufferedReader, stream), encoding, errors="replace")
        yield TextFile(path, raw, text)


def _head(path: Path, raw: io.BufferedReader, packed: bool) -> bytes:
    try:
        head = gzip.GzipFile(fileobj=raw).read1(_HEAD_BYTES) if packed else raw.read(_HEAD_BYTES)
    except (EOFError, gzip.BadGzipFile, zlib.error) as e:
        raise RecordingError(
            f"{path}:1: has damaged gzip data ({e}); copy or download the file again"
        ) from None
    if not head:
        raise RecordingError(f"{path}: is an empty gzip file; record or export it again")
    return head


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    control = sum(head.count(c) for c in range(32) if c not in b"\t\n\r\f")
    if b"\0" in head or control > len(head) // 100:
        raise RecordingError(f"{path}: is a binary file, not text; export it as CSV")
    # The head may end inside a character.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    return "cp1252"  # spreadsheets on Windows: ² and ° are single bytes
