"""An MCAP file that is whole after every chunk: what `mcap.writer.Writer` does not promise.

The records are the `mcap` library's; the order in which they reach the disk is ours. The library's
writer closes chunks by size only (all but its newest versions), keeps schemas inside the chunk that
first needed them, and after a failed write is in no state to close the file. Here schemas and
channels stand outside chunks, a chunk is on the disk when `end_chunk` returns, and a failed write
is cut off again. A file that lost one gets no end, so that whoever reads it is told.
Layout: https://mcap.dev/spec
"""

import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import zstandard
from mcap.data_stream import RecordBuilder
from mcap.records import (
    Channel,
    Chunk,
    ChunkIndex,
    Header,
    McapRecord,
    Message,
    MessageIndex,
    Metadata,
    MetadataIndex,
    Schema,
)

from firmware_py.disk import Disk
from firmware_py.trace.mcap_end import MAGIC, SHORTEST_END, encoded, end_of_file, taken

ZSTD_LEVEL: Final = 3
"""Higher levels: 1 % smaller for four times the time (docs/trace-format.md)."""


@dataclass
class _OpenChunk:
    records: RecordBuilder = field(default_factory=RecordBuilder)
    index: dict[int, MessageIndex] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    messages: int = 0


class McapFile:
    """Writes chunks of messages to a new file.

    Args:
        path: must not exist; a recording is never overwritten.
        library: who writes, for the file's header.
        metadata_name, metadata: the one metadata record, on the disk before anything else.
        disk: file operations.

    Raises:
        OSError: the file exists or cannot be written.
    """

    def __init__(
        self,
        path: Path,
        library: str,
        metadata_name: str,
        metadata: dict[str, str],
        disk: Disk | None = None,
    ) -> None:
        self._path = path
        self._disk = disk or Disk()
        self._file = self._disk.create(path)
        self._size = 0
        self._failed = False
        self._schemas: list[Schema] = []
        self._channels: list[Channel] = []
        self._sequence: dict[int, int] = {}
        self._written: dict[int, int] = {}
        self._unwritten: list[McapRecord] = []
        self._chunk = _OpenChunk()
        self._indices: list[ChunkIndex] = []
        self._compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
        try:
            start = MAGIC + encoded(Header(profile="", library=library))
            record = encoded(Metadata(name=metadata_name, metadata=metadata))
            self._metadata_index = MetadataIndex(len(start), len(record), metadata_name)
            self._append(start + record)
            self._to_disk()
            with suppress(OSError):
                # A new file's name is safe only when its folder is; not every system lets us.
                self._disk.sync_folder(path.parent)
        except OSError:
            self._file.close()
            self._disk.remove(path)
            raise

    @property
    def chunk_bytes(self) -> int:
        """Size of the open chunk, not compressed."""
        return self._chunk.records.count

    @property
    def chunk_start(self) -> int:
        """Earliest log time of the open chunk, ns; 0 while it is empty."""
        return self._chunk.start

    def add_channel(self, topic: str, encoding: str, schema_name: str, schema: bytes | None) -> int:
        """The id of a new channel; a schema is JSON Schema."""
        schema_id = 0
        if schema is not None:
            schema_id = len(self._schemas) + 1
            self._schemas.append(Schema(schema_id, schema, "jsonschema", schema_name))
            self._unwritten.append(self._schemas[-1])
        self._channels.append(Channel(len(self._channels) + 1, topic, encoding, {}, schema_id))
        self._unwritten.append(self._channels[-1])
        return len(self._channels)

    def add_message(self, channel: int, log_time: int, publish_time: int, data: bytes) -> None:
        """Adds a message to the open chunk; times in ns."""
        chunk = self._chunk
        chunk.start = log_time if chunk.messages == 0 else min(chunk.start, log_time)
        chunk.end = max(chunk.end, log_time)
        chunk.messages += 1
        index = chunk.index.setdefault(channel, MessageIndex(channel, []))
        index.records.append((log_time, chunk.records.count))
        sequence = self._sequence.get(channel, 0)
        self._sequence[channel] = sequence + 1
        Message(channel, log_time, data, publish_time, sequence).write(chunk.records)

    def end_chunk(self, to_disk: bool) -> None:
        """Closes the chunk and hands it to the system, with `to_disk` to the disk.

        Raises:
            OSError: not written; the file ends after its last whole chunk.
        """
        chunk, self._chunk = self._chunk, _OpenChunk()
        if chunk.messages:
            self._write_chunk(chunk)
        if to_disk:
            self._to_disk()

    def _write_chunk(self, chunk: _OpenChunk) -> None:
        content = taken(chunk.records)
        packed = self._compressor.compress(content)
        before = b"".join(encoded(r) for r in self._unwritten)
        record = encoded(
            Chunk("zstd", packed, chunk.end, chunk.start, zlib.crc32(content), len(content))
        )
        at = self._size + len(before) + len(record)
        offsets: dict[int, int] = {}
        after = b""
        for channel, index in chunk.index.items():
            offsets[channel] = at + len(after)
            after += encoded(index)
        self._append(before + record + after)
        self._unwritten.clear()
        for channel, index in chunk.index.items():
            self._written[channel] = self._written.get(channel, 0) + len(index.records)
        self._indices.append(
            ChunkIndex(
                chunk_length=len(record),
                chunk_start_offset=at - len(record),
                compression="zstd",
                compressed_size=len(packed),
                message_end_time=chunk.end,
                message_index_length=len(after),
                message_index_offsets=offsets,
                message_start_time=chunk.start,
                uncompressed_size=len(content),
            )
        )

    def close(self) -> None:
        """Writes the summary, or where the disk has no room for it the shortest valid end.

        After a failed write there is neither: the recording's end is missing, and it reads so.
        """
        if self._file.closed:
            return
        if self._failed:
            self._file.close()
            return
        try:
            try:
                self._append(self._summary())
            except OSError:
                # All samples are there: what is missing is only for viewers.
                self._append(SHORTEST_END)
            self._to_disk()
        finally:
            self._file.close()

    def abandon(self) -> None:
        """Closes and removes the file."""
        self._file.close()
        self._disk.remove(self._path)

    def _summary(self) -> bytes:
        written = [c for c in self._channels if c not in self._unwritten]
        schemas = [s for s in self._schemas if s not in self._unwritten]
        return end_of_file(
            self._size, schemas, written, self._indices, [self._metadata_index], self._written
        )

    def _append(self, data: bytes) -> None:
        """All of `data` or nothing."""
        try:
            self._file.append(data)
        except OSError:
            self._failed = True
            with suppress(OSError):
                self._file.cut(self._size)
            raise
        self._size += len(data)

    def _to_disk(self) -> None:
        self._file.sync()
