"""Writes traces: what was synced is readable whatever happens afterwards."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from drivers.chunk import Chunk
from drivers.decode import gather
from dsp.block import SampleBlock
from firmware_py.disk import Disk
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.mcap_file import McapFile
from firmware_py.trace.metadata import METADATA_NAME, to_metadata
from firmware_py.trace.packing import pack_counts, pack_samples
from firmware_py.trace.schemas import event_schema

RAW_TOPIC: Final = "/raw"
RAW_ENCODING: Final = "gaitcoach.raw"
HEADER_TYPE: Final = "header"
"""A copy of the metadata record in the first chunk, under its checksum."""
PENDING_SAMPLES: Final = 4096
"""A caller that never syncs still gets messages of at most about this many samples."""
BLOCK_SAMPLES: Final = 1024
CHUNK_BYTES: Final = 1 << 17
"""Chunks are closed at this size before compression, sync or not: what a bad byte may cost."""


class TraceWriter:
    """Writes one new trace; a context manager that closes it whole, also after an error.

    The caller calls `sync` after every second of the stream: a power cut then costs at most the
    second that is being collected and the one being written. Nothing here reads a clock.

    Args:
        path: the file, which must not exist.
        header: with `acc_scale` the trace takes chunks of counts, without it SI samples.
        disk: file operations.

    Raises:
        OSError: from every method that writes (disk full, ...); the file is readable up to the last
            success, and `close` leaves it without an end, which says that something is missing.
    """

    def __init__(self, path: Path | str, header: TraceHeader, disk: Disk | None = None) -> None:
        self._header = to_metadata(header)
        self._counts = header.acc_scale is not None
        library = f"gaitcoach {header.software}".strip()
        self._file = McapFile(Path(path), library, METADATA_NAME, self._header, disk)
        self._channels = {RAW_TOPIC: self._file.add_channel(RAW_TOPIC, RAW_ENCODING, "", None)}
        self._chunks: list[Chunk] = []
        self._pending = 0
        self._index = 0
        self._has_copy = False
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def write_chunk(self, chunk: Chunk) -> None:
        """Keeps a chunk as it is, for the next message of the raw channel.

        Raises:
            ValueError: the header has no `acc_scale`, or the chunk is none: counts not int16,
                `lost` < 0, host time not finite.
        """
        if not self._counts:
            raise ValueError("this trace takes SI samples: its header has no acc_scale")
        if chunk.counts.dtype != np.int16:
            raise ValueError(f"no chunk: counts of {chunk.counts.dtype}, must be int16")
        if chunk.lost < 0 or not math.isfinite(chunk.host_time):
            raise ValueError(f"no chunk: lost {chunk.lost}, host_time {chunk.host_time}")
        self._chunks.append(chunk)
        self._pending += len(chunk.counts)
        if self._pending >= PENDING_SAMPLES:
            self._pack()

    def write_samples(self, block: SampleBlock) -> None:
        """Keeps samples: t exactly, acc and gyr as float32.

        Raises:
            ValueError: the header has an `acc_scale`, so this trace takes chunks.
        """
        if self._counts:
            raise ValueError("this trace takes chunks of counts: its header has an acc_scale")
        for a in range(0, len(block), BLOCK_SAMPLES):
            piece = block[a : a + BLOCK_SAMPLES]
            data = pack_samples(self._index, piece)
            self._index += len(piece) + int(piece.lost.sum())
            self._add(self._channels[RAW_TOPIC], float(piece.t[0]), float(piece.t[-1]), data)

    def write_event(self, event: Mapping[str, Any]) -> None:
        """Adds an event to the channel of its type.

        Args:
            event: as `Event.as_dict` gives it: "type", "t" (s) and anything that JSON can say; a
                number that is not finite is stored as null.
        """
        topic = f"/{event['type']}"
        if topic not in self._channels:
            name = f"gaitcoach.{event['type']}"
            schema = event_schema(event)
            self._channels[topic] = self._file.add_channel(topic, "json", name, schema)
        t = float(event["t"])
        self._add(self._channels[topic], t, float(event.get("t_decision", t)), _json(event))

    def sync(self) -> None:
        """Puts everything written so far on the disk, readable from here on."""
        self._pack()
        self._end_chunk(to_disk=True)

    def close(self) -> None:
        """Syncs and writes the summary that lets viewers seek; further calls do nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            self.sync()
        finally:
            self._file.close()

    def abandon(self) -> None:
        """Closes the file and removes it."""
        self._closed = True
        self._file.abandon()

    def _pack(self) -> None:
        """Moves the pending chunks into one message."""
        if not self._chunks:
            return
        chunks, self._chunks = self._chunks, []
        self._pending = 0
        batch = gather(chunks)
        data = pack_counts(self._index, batch)
        self._index += int(batch.n.sum() + batch.lost.sum())
        first, last = float(batch.host_time[0]), float(batch.host_time[-1])
        self._add(self._channels[RAW_TOPIC], first, last, data)

    def _add(self, channel: int, t: float, published: float, data: bytes) -> None:
        self._file.add_message(channel, _ns(t), _ns(published), data)
        if self._file.chunk_bytes >= CHUNK_BYTES:
            self._end_chunk(to_disk=False)

    def _end_chunk(self, to_disk: bool) -> None:
        if not self._has_copy and self._file.chunk_bytes:
            self._has_copy = True
            start = self._file.chunk_start
            copy = {"type": HEADER_TYPE, "t": start / 1e9, "metadata": self._header}
            name = f"gaitcoach.{HEADER_TYPE}"
            channel = self._file.add_channel(f"/{HEADER_TYPE}", "json", name, event_schema(copy))
            self._file.add_message(channel, start, start, _json(copy))
        self._file.end_chunk(to_disk)


@contextmanager
def replace_trace(path: Path | str, header: TraceHeader) -> Iterator[TraceWriter]:
    """A writer whose file appears at `path` only when it is complete.

    It is written next to `path` and moved there in one step; on any error nothing is left behind
    and what was at `path` stays.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    # Left by a process of the same number that was killed.
    part.unlink(missing_ok=True)
    writer = TraceWriter(part, header)
    try:
        yield writer
        writer.close()
        part.replace(path)
    except BaseException:
        writer.abandon()
        raise


def _ns(t: float) -> int:
    """MCAP's times are whole ns from 0 on; the exact time is in the message."""
    return max(0, round(t * 1e9)) if math.isfinite(t) else 0


def _json(event: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(event, separators=(",", ":"), allow_nan=False, default=_plain)
    except ValueError:
        text = json.dumps(_finite(event), separators=(",", ":"))
    return text.encode()


def _plain(value: Any) -> Any:
    """numpy's scalars and arrays; anything else as its text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)
