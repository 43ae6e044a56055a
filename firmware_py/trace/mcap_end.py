"""How an MCAP file ends: the summary that lets viewers seek, and the footer."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Final

from mcap.data_stream import RecordBuilder
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    ChunkIndex,
    DataEnd,
    Footer,
    McapRecord,
    MetadataIndex,
    Schema,
    Statistics,
    SummaryOffset,
)

MAGIC: Final = b"\x89MCAP0\r\n"


def end_of_file(
    at: int,
    schemas: Sequence[Schema],
    channels: Sequence[Channel],
    chunks: Sequence[ChunkIndex],
    metadata: Sequence[MetadataIndex],
    counts: Mapping[int, int],
) -> bytes:
    """Everything behind the last chunk.

    Args:
        at: where it will stand in the file.
        schemas, channels: of the messages in the file.
        counts: messages of each channel.
    """
    groups: list[tuple[int, list[McapRecord]]] = [
        (Opcode.SCHEMA, list(schemas)),
        (Opcode.CHANNEL, list(channels)),
        (Opcode.STATISTICS, [_statistics(channels, chunks, len(metadata), counts)]),
        (Opcode.CHUNK_INDEX, list(chunks)),
        (Opcode.METADATA_INDEX, list(metadata)),
    ]
    start = at + len(DATA_END)
    summary, offsets = b"", b""
    for opcode, records in groups:
        group = b"".join(encoded(r) for r in records)
        if group:
            offsets += encoded(SummaryOffset(opcode, start + len(summary), len(group)))
            summary += group
    offset_start = start + len(summary)
    summary += offsets
    # The checksum covers the footer up to itself.
    covered = summary + struct.pack("<BQQQ", Opcode.FOOTER, 20, start, offset_start)
    return DATA_END + summary + encoded(Footer(start, offset_start, zlib.crc32(covered))) + MAGIC


def _statistics(
    channels: Sequence[Channel],
    chunks: Sequence[ChunkIndex],
    metadata: int,
    counts: Mapping[int, int],
) -> Statistics:
    return Statistics(
        attachment_count=0,
        channel_count=len(channels),
        channel_message_counts=dict(counts),
        chunk_count=len(chunks),
        message_count=sum(counts.values()),
        message_end_time=max((i.message_end_time for i in chunks), default=0),
        message_start_time=min((i.message_start_time for i in chunks), default=0),
        metadata_count=metadata,
        schema_count=len({c.schema_id for c in channels} - {0}),
    )


def encoded(record: McapRecord) -> bytes:
    """A record's bytes."""
    builder = RecordBuilder()
    record.write(builder)
    return taken(builder)


def taken(builder: RecordBuilder) -> bytes:
    """What a builder has collected."""
    data: bytes = builder.end()  # type: ignore[no-untyped-call]
    return data


DATA_END: Final = encoded(DataEnd(0))
SHORTEST_END: Final = DATA_END + encoded(Footer(0, 0, 0)) + MAGIC
"""Where there is no room for more."""
