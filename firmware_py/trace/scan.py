"""Walks through an MCAP file from whole chunk to whole chunk, wherever it is cut or damaged."""

import mmap
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Metadata

from dsp.errors import TraceError
from firmware_py.trace.mcap_end import MAGIC

_HEAD: Final = struct.Struct("<BQ")
# message start and end time, uncompressed size and CRC, length of the compression's name
_CHUNK: Final = struct.Struct("<QQQII")
_MESSAGE: Final = struct.Struct("<HIQQ")
# messages, schemas, channels, attachments and metadata records, not read here; chunks
_CHUNK_COUNT: Final = struct.Struct("<8x2x4x4x4xI")
_SIGNATURE: Final = b"\x04\0\0\0zstd"
"""Stands at a fixed place in every chunk of ours: what a search for the next chunk looks for."""
_SIGNATURE_AT: Final = _HEAD.size + _CHUNK.size - 4
MAX_CHUNK_BYTES: Final = 1 << 28
"""More than any writer makes; a damaged size must not allocate the machine's memory."""
_OPCODES: Final = frozenset(int(o) for o in Opcode)


@dataclass(frozen=True, slots=True)
class Span:
    """A record's place in the file: its opcode and where its body starts and ends."""

    opcode: int
    start: int
    end: int

    @property
    def is_chunk(self) -> bool:
        return self.opcode == Opcode.CHUNK


@dataclass
class Scan:
    """One pass over a file.

    Args:
        data: the whole file.
        position: bytes walked through so far.
        problems: what was wrong, in words.
    """

    data: mmap.mmap | bytes
    position: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def fraction(self) -> float:
        return self.position / len(self.data)

    def spans(self) -> Iterator[Span]:
        """Metadata records and chunks, as far as the file's framing is whole."""
        return (s for s in self.records() if s.is_chunk or s.opcode == Opcode.METADATA)

    def records(self) -> Iterator[Span]:
        """Every whole record up to the end of the data."""
        at, chunks = len(MAGIC), 0
        while True:
            span = self._record(at)
            if span is None:
                next_at = self._next_chunk(at + 1)
                if next_at is None:
                    self._note_end(at)
                    return
                self.problems.append(f"bytes {at} to {next_at} are damaged")
                at = next_at
                continue
            if span.opcode in (Opcode.DATA_END, Opcode.FOOTER):
                self._check_end(span, chunks)
                return
            chunks += span.is_chunk
            at = self.position = span.end
            yield span

    def _check_end(self, span: Span, chunks: int) -> None:
        """Compares what was seen with the summary, where there is one."""
        self.position = len(self.data)
        if self.problems:
            return
        if span.opcode == Opcode.FOOTER:
            self.problems.append("the end of the recording is missing")
        following: Span | None = span
        while following is not None and following.opcode != Opcode.FOOTER:
            following = self._record(following.end)
            if following is not None and following.opcode == Opcode.STATISTICS:
                written = _CHUNK_COUNT.unpack_from(self.data, following.start)[0]
                if written > chunks:
                    self.problems.append(f"{written - chunks} of {written} chunks are missing")

    def _note_end(self, at: int) -> None:
        left = len(self.data) - at
        rest = f", the last {left} bytes are no whole chunk" if left else ""
        self.problems.append(
            f"the recording was cut off at byte {at}: its end is missing{rest}; "
            "everything before is readable"
        )
        self.position = len(self.data)

    def content(self, span: Span) -> bytes | None:
        """What a chunk holds, or None (and a problem noted) where its checksum does not fit."""
        *_, crc, name = _CHUNK.unpack_from(self.data, span.start)
        at = span.start + _CHUNK.size
        compression = self.data[at : at + name]
        packed = self.data[at + name + 8 : span.end]
        try:
            content = packed if compression == b"" else _unpacked(packed)
            if zlib.crc32(content) == crc:
                return content
            why = "its checksum does not fit"
        except (zstandard.ZstdError, ValueError) as e:
            why = str(e)
        self.problems.append(f"the chunk at byte {span.start - _HEAD.size} is damaged ({why})")
        return None

    def metadata(self, span: Span) -> Metadata | None:
        """A metadata record, or None where it cannot be read."""
        try:
            record: Metadata = Metadata.read(
                ReadDataStream(BytesIO(self.data[span.start : span.end]))
            )
        except (McapError, struct.error, ValueError):
            return None
        return record

    def start_time(self, span: Span) -> int:
        """Earliest log time in a chunk, ns."""
        start: int = _CHUNK.unpack_from(self.data, span.start)[0]
        return start

    def _record(self, at: int) -> Span | None:
        """The record at `at`, or None where there cannot be one."""
        if at + _HEAD.size > len(self.data):
            return None
        opcode, length = _HEAD.unpack_from(self.data, at)
        start = at + _HEAD.size
        end = start + length
        if end > len(self.data):
            return None
        if self._holds_chunk(start, end):
            # Whatever the opcode says: one flipped bit makes it another record's.
            return Span(Opcode.CHUNK, start, end)
        whole = opcode in _OPCODES and opcode != Opcode.CHUNK
        if opcode == Opcode.MESSAGE_INDEX:
            whole = length >= 6 and length == 6 + struct.unpack_from("<I", self.data, start + 2)[0]
        elif opcode in (Opcode.DATA_END, Opcode.FOOTER):
            whole = length == (4 if opcode == Opcode.DATA_END else 20)
        elif opcode == Opcode.STATISTICS:
            whole = length >= _CHUNK_COUNT.size
        return Span(opcode, start, end) if whole else None

    def _holds_chunk(self, start: int, end: int) -> bool:
        at = start + _CHUNK.size
        if at + 8 > end:
            return False
        name = _CHUNK.unpack_from(self.data, start)[-1]
        if (
            name > 8
            or self.data[at : at + name] not in (b"zstd", b"lz4", b"")
            or at + name + 8 > end
        ):
            return False
        packed: int = struct.unpack_from("<Q", self.data, at + name)[0]
        return bool(at + name + 8 + packed == end)

    def _next_chunk(self, at: int) -> int | None:
        """Where the next chunk record at or after `at` begins."""
        found = self.data.find(_SIGNATURE, at + _SIGNATURE_AT)
        while found >= 0:
            start = found - _SIGNATURE_AT
            span = self._record(start)
            if span is not None and span.is_chunk:
                return start
            found = self.data.find(_SIGNATURE, found + 1)
        return None


def messages(content: bytes) -> Iterator[bytes]:
    """The payloads of a chunk's messages."""
    for start, end in _messages(content):
        yield content[start + _MESSAGE.size : end]


def latest_time(content: bytes) -> int:
    """The latest time of any message in a chunk, ns."""
    return max(
        (max(_MESSAGE.unpack_from(content, a)[2:]) for a, _ in _messages(content)), default=0
    )


def _messages(content: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + _HEAD.size <= len(content):
        opcode, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size + length
        if opcode == Opcode.MESSAGE:
            yield at - length, at


@contextmanager
def scan(path: Path) -> Iterator[Scan]:
    """A pass over the file at `path`.

    Raises:
        TraceError: it is no MCAP file.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise TraceError(
                f"{path}: no trace (it does not begin as an MCAP file); "
                "import a CSV with `gaitcoach import`"
            )
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield Scan(data)


def _unpacked(packed: bytes) -> bytes:
    size = zstandard.frame_content_size(packed)
    if not 0 <= size <= MAX_CHUNK_BYTES:
        raise ValueError(f"its size cannot be {size}")
    return zstandard.ZstdDecompressor().decompress(packed)
