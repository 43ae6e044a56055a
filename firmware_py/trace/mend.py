"""Closes a trace that was cut off: its whole chunks stay as they are, the end is written anew.

Nothing that a reader could read is ever written over or removed, so that the mending may itself be
cut off anywhere and begun again. What goes are the bytes behind the last whole chunk: the chunk
that was being written, of which nothing can be unpacked, and an unfinished end.
"""

import json
import os
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    Chunk,
    ChunkIndex,
    McapRecord,
    Message,
    MessageIndex,
    MetadataIndex,
    Schema,
)

from firmware_py.disk import Disk
from firmware_py.session.status import Status
from firmware_py.trace.mcap_end import DATA_END, MAGIC, SHORTEST_END, encoded, end_of_file
from firmware_py.trace.reader import open_trace
from firmware_py.trace.scan import Scan, Span, latest_time, messages, scan
from firmware_py.trace.schemas import event_schema

_HEAD: Final = struct.Struct("<BQ")
# channel, sequence, log time
_MESSAGE: Final = struct.Struct("<HIQ")
_FOOTER: Final = _HEAD.size + 20 + len(MAGIC)
CUT: Final = "the recording was cut off here; what came in the last 2 s before may be missing"


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done to a trace.

    Args:
        changed: it was cut off; False: it was whole already.
        dropped: bytes of a chunk or end that was being written, which nobody could read.
    """

    changed: bool
    dropped: int = 0


@dataclass
class _Found:
    """What stands in a file up to its last whole chunk, as the end of the file tells it."""

    end: int = len(MAGIC)
    schemas: dict[int, Schema] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    chunks: list[ChunkIndex] = field(default_factory=list)
    metadata: list[MetadataIndex] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    last: bytes = b""
    """The newest whole chunk's content."""
    index: bytes = b""
    """Its message index, where that is to be written anew."""


def is_whole(path: Path) -> bool:
    """Whether a trace ends as one that was closed.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < len(MAGIC) + len(SHORTEST_END):
            return False
        file.seek(size - len(SHORTEST_END))
        end = file.read()
        if end == SHORTEST_END:
            return True
        opcode, length = _HEAD.unpack_from(end, len(end) - _FOOTER)
        if opcode != Opcode.FOOTER or length != 20 or not end.endswith(MAGIC):
            return False
        start, _, crc = struct.unpack_from("<QQI", end, len(end) - _FOOTER + _HEAD.size)
        stop = size - len(MAGIC) - 4
        if not 0 < start < stop:
            return False
        file.seek(start)
        return bool(zlib.crc32(file.read(stop - start)) == crc)


def mend(path: Path, disk: Disk | None = None) -> Mended:
    """Closes a trace whole; a second time changes nothing.

    The trace then holds one `/status` more, which says that it was cut off: a replay tells it.

    Raises:
        TraceError: no trace, cut before its header, or of a later version; it is left as it is.
        OSError: it cannot be read or written; what was readable still is.
    """
    disk = disk or Disk()
    # First: what cannot be understood is not to be touched.
    open_trace(path)
    if is_whole(path):
        return Mended(changed=False)
    size = path.stat().st_size
    with scan(path) as s:
        found = _found(s)
        ended = s.data[found.end : found.end + len(DATA_END)] == DATA_END
    # Where the end was begun, every chunk had been written before it.
    told = b"" if ended or _told(found.last) else _cut_chunk(found)
    file = disk.reopen(path)
    try:
        if size > found.end:
            file.cut(found.end)
        anew = found.index + told
        try:
            file.append(anew + _end(found, found.end + len(anew)))
        except OSError:
            # No room for a summary: the shortest end may still find some.
            file.cut(found.end)
            file.append(SHORTEST_END)
        file.sync()
    finally:
        file.close()
    return Mended(changed=True, dropped=size - found.end)


def _found(s: Scan) -> _Found:
    """Everything up to the last chunk that can be unpacked, or the header's metadata."""
    found = _Found()
    ahead: list[McapRecord] = []
    indices: list[tuple[Span, MessageIndex]] = []
    for span in s.records():
        if span.is_chunk:
            content = s.content(span)
            if content is None:
                continue
            _keep(found, ahead, indices)
            found.chunks.append(_index_of(s, span))
            found.last, found.end = content, span.end
            for channel, places in _messages_of(content).items():
                found.counts[channel] = found.counts.get(channel, 0) + len(places)
        elif span.opcode == Opcode.METADATA:
            metadata = s.metadata(span)
            if metadata is not None:
                at = span.start - _HEAD.size
                found.metadata.append(MetadataIndex(at, span.end - at, metadata.name))
                found.end = max(found.end, span.end)
        elif span.opcode == Opcode.MESSAGE_INDEX:
            with suppress(McapError, struct.error, ValueError):
                indices.append((span, _read(MessageIndex, s, span)))
        elif span.opcode in (Opcode.SCHEMA, Opcode.CHANNEL):
            kind = Schema if span.opcode == Opcode.SCHEMA else Channel
            with suppress(McapError, struct.error, ValueError):
                ahead.append(_read(kind, s, span))
    # Schemas and channels behind the last chunk were for one that is not there.
    _keep(found, [], indices)
    if found.chunks and not found.chunks[-1].message_index_offsets:
        # Older readers leave a chunk out that has none.
        last = found.chunks[-1]
        for channel, places in _messages_of(found.last).items():
            last.message_index_offsets[channel] = found.end + len(found.index)
            found.index += encoded(MessageIndex(channel, places))
        last.message_index_length = len(found.index)
    return found


def _keep(
    found: _Found,
    ahead: list[McapRecord],
    indices: list[tuple[Span, MessageIndex]],
) -> None:
    """Takes the schemas and channels before a chunk, and the message indexes behind the last."""
    for record in ahead:
        if isinstance(record, Schema):
            found.schemas[record.id] = record
        elif isinstance(record, Channel):
            found.channels[record.id] = record
    ahead.clear()
    expected = found.end
    for span, index in indices:
        if not found.chunks or span.start - _HEAD.size != expected:
            break
        expected = span.end
        found.chunks[-1].message_index_offsets[index.channel_id] = span.start - _HEAD.size
    if found.chunks:
        last = found.chunks[-1]
        whole = set(last.message_index_offsets) == set(_messages_of(found.last))
        if whole:
            last.message_index_length = expected - found.end
            found.end = expected
        else:
            # An index that is not complete would hide messages; without one all are read.
            last.message_index_offsets.clear()
    indices.clear()


def _index_of(s: Scan, span: Span) -> ChunkIndex:
    chunk: Chunk = _read(Chunk, s, span)
    at = span.start - _HEAD.size
    return ChunkIndex(
        chunk_length=span.end - at,
        chunk_start_offset=at,
        compression=chunk.compression,
        compressed_size=len(chunk.data),
        message_end_time=chunk.message_end_time,
        message_index_length=0,
        message_index_offsets={},
        message_start_time=chunk.message_start_time,
        uncompressed_size=chunk.uncompressed_size,
    )


def _read(kind: Any, s: Scan, span: Span) -> Any:
    return kind.read(ReadDataStream(BytesIO(s.data[span.start : span.end])))


def _messages_of(content: bytes) -> dict[int, list[tuple[int, int]]]:
    """Log time, ns, and place of the messages of each channel in a chunk."""
    found: dict[int, list[tuple[int, int]]] = {}
    at = 0
    while at + _HEAD.size <= len(content):
        opcode, length = _HEAD.unpack_from(content, at)
        if opcode == Opcode.MESSAGE:
            channel, _, log_time = _MESSAGE.unpack_from(content, at + _HEAD.size)
            found.setdefault(channel, []).append((log_time, at))
        at += _HEAD.size + length
    return found


def _told(content: bytes) -> bool:
    """Whether a chunk already says that the recording was cut off."""
    return any(m.startswith(b"{") and json.loads(m).get("text") == CUT for m in messages(content))


def _cut_chunk(found: _Found) -> bytes:
    """A chunk with the remark, at the time of the newest message; and its place in `found`."""
    if not found.chunks:
        return b""
    ns = latest_time(found.last)
    status = Status(ns / 1e9, CUT).as_dict()
    before = b""
    channel = next((c for c in found.channels.values() if c.topic == "/status"), None)
    if channel is None:
        schema = Schema(
            max(found.schemas, default=0) + 1,
            event_schema(status),
            "jsonschema",
            "gaitcoach.status",
        )
        channel = Channel(max(found.channels, default=0) + 1, "/status", "json", {}, schema.id)
        found.schemas[schema.id], found.channels[channel.id] = schema, channel
        before = encoded(schema) + encoded(channel)
    sequence = found.counts.get(channel.id, 0)
    content = encoded(Message(channel.id, ns, json.dumps(status).encode(), ns, sequence))
    packed = zstandard.ZstdCompressor().compress(content)
    chunk = encoded(Chunk("zstd", packed, ns, ns, zlib.crc32(content), len(content)))
    index = encoded(MessageIndex(channel.id, [(ns, 0)]))
    at = found.end + len(found.index) + len(before)
    found.chunks.append(
        ChunkIndex(
            chunk_length=len(chunk),
            chunk_start_offset=at,
            compression="zstd",
            compressed_size=len(packed),
            message_end_time=ns,
            message_index_length=len(index),
            message_index_offsets={channel.id: at + len(chunk)},
            message_start_time=ns,
            uncompressed_size=len(content),
        )
    )
    found.counts[channel.id] = sequence + 1
    return before + chunk + index


def _end(found: _Found, at: int) -> bytes:
    schemas, channels = list(found.schemas.values()), list(found.channels.values())
    return end_of_file(at, schemas, channels, found.chunks, found.metadata, found.counts)
