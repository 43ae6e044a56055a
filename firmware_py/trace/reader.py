"""Reads traces, also those that a power loss cut or a bad card damaged."""

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from drivers.decode import ChunkBatch, at_limit
from dsp.block import SampleBlock, join
from dsp.errors import TraceError
from firmware_py.trace.decoding import make_decoder
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.metadata import METADATA_NAME, NewerFormatError, from_metadata
from firmware_py.trace.packing import (
    COUNTS,
    SAMPLES,
    RawSamples,
    kind_of,
    unpack_counts,
    unpack_samples,
)
from firmware_py.trace.scan import Scan, latest_time, messages, scan
from firmware_py.trace.writer import HEADER_TYPE

BLOCK_S: Final = 4.0
_BRACE: Final = ord("{")

T = TypeVar("T")


def open_trace(path: Path | str) -> "Trace":
    """The trace at `path`.

    Raises:
        TraceError: it is no trace, written by a newer gaitcoach, or cut before its header.
        OSError: it cannot be opened.
    """
    path = Path(path)
    with scan(path) as s:
        return Trace(path, _header(s, path))


class Trace:
    """A trace file; every call of `blocks` or `events` reads it anew.

    Args:
        path: the file.
        header: what it says about itself.
    """

    def __init__(self, path: Path, header: TraceHeader) -> None:
        self.path = path
        self.header = header
        self._problems: list[str] = []
        self._fraction = 0.0
        self._missing = 0

    def blocks(self, block_s: float = BLOCK_S) -> Iterator[SampleBlock]:
        """The samples, decoded, in blocks of `block_s` seconds; the cut changes nothing else.

        What a damaged chunk held is `lost` before the next sample; times go on where they belong.
        """
        size = max(1.0, block_s * self.header.rate_hz)
        decoded = self._counts(size) if self.header.acc_scale is not None else self._samples()
        held: list[SampleBlock] = []
        n = 0
        for block in decoded:
            held.append(block)
            n += len(block)
            if n < size:
                continue
            joined, step, a = join(held), int(size), 0
            while n - a >= size:
                yield joined[a : a + step]
                a += step
            held, n = [joined[a:]] if a < n else [], n - a
        if n:
            yield join(held)

    def events(self) -> Iterator[dict[str, Any]]:
        """The events as they were written; damaged ones are left out."""
        for content in self._contents():
            for data in messages(content):
                if kind_of(data) == _BRACE:
                    event: dict[str, Any] = json.loads(data)
                    if event.get("type") != HEADER_TYPE:
                        yield event

    @property
    def damage(self) -> str | None:
        """What the last pass found damaged or missing, in words; None if it found nothing."""
        if not self._problems:
            return None
        first, more = self._problems[:3], len(self._problems) - 3
        text = "; ".join([*first, f"and {more} more"] if more > 0 else first)
        return f"{text}; {self._missing} samples lost by it" if self._missing else text

    @property
    def fraction_read(self) -> float:
        """How much of the file the pass under way has read, 0 to 1."""
        return self._fraction

    @property
    def duration_s(self) -> float:
        """First to last time in the file, s, good to a second; unpacks the last chunk only."""
        times = self.times
        return 0.0 if times is None else max(0.0, times[1] - times[0])

    @property
    def times(self) -> tuple[float, float] | None:
        """First and last time in the file, s, as `duration_s`; None: it holds nothing."""
        with scan(self.path) as s:
            spans = [span for span in s.spans() if span.is_chunk]
            for last in reversed(spans):
                if (content := s.content(last)) is not None:
                    return s.start_time(spans[0]) / 1e9, latest_time(content) / 1e9
        return None

    def _contents(self) -> Iterator[bytes]:
        """Every whole chunk's content."""
        with scan(self.path) as s:
            self._problems, self._missing = s.problems, 0
            for span in s.spans():
                self._fraction = s.fraction
                if span.is_chunk and (content := s.content(span)) is not None:
                    yield content
            self._fraction = 1.0

    def _counts(self, size: float) -> Iterator[SampleBlock]:
        if self.header.acc_scale is None:
            return
        decoder = make_decoder(self.header, str(self.path))
        held: list[ChunkBatch] = []
        n = expected = 0
        for index, batch in self._raw(COUNTS, unpack_counts):
            batch.lost[0] += self._gap(index, expected)
            expected = index + int(batch.n.sum() + batch.lost.sum())
            held.append(batch)
            n += len(batch.counts)
            if n >= size:
                yield decoder.push(_joined(held))
                held, n = [], 0
        if held:
            yield decoder.push(_joined(held))

    def _samples(self) -> Iterator[SampleBlock]:
        expected = 0
        for index, raw in self._raw(SAMPLES, unpack_samples):
            raw.lost[0] += self._gap(index, expected)
            expected = index + len(raw.t) + int(raw.lost.sum())
            yield self._block(raw)

    def _raw(self, kind: int, unpack: Callable[[bytes], tuple[int, T]]) -> Iterator[tuple[int, T]]:
        for content in self._contents():
            for data in messages(content):
                if kind_of(data) != kind:
                    continue
                try:
                    yield unpack(data)
                except (ValueError, struct.error) as e:
                    self._problems.append(f"a message cannot be read: {e}")

    def _gap(self, index: int, expected: int) -> int:
        """Samples that a damaged chunk held before the message at `index`."""
        gap = max(0, index - expected)
        self._missing += gap
        return gap

    def _block(self, raw: RawSamples) -> SampleBlock:
        acc, gyr = raw.values[:, :3], raw.values[:, 3:]
        has_gyro = bool(self.header.gyr_axes)
        return SampleBlock(
            raw.t,
            acc.astype(np.float64),
            gyr.astype(np.float64) if has_gyro else None,
            raw.lost,
            at_limit(acc, self.header.acc_limit),
            at_limit(gyr, self.header.gyr_limit if has_gyro else None),
        )


def _joined(batches: list[ChunkBatch]) -> ChunkBatch:
    return ChunkBatch(
        np.concatenate([b.n for b in batches]),
        np.concatenate([b.lost for b in batches]),
        np.concatenate([b.host_time for b in batches]),
        np.concatenate([b.counts for b in batches]),
    )


def _header(s: Scan, path: Path) -> TraceHeader:
    """From the metadata record, or where that is damaged from its copy in the first chunk."""
    why: TraceError | None = None
    for span in s.spans():
        records: list[dict[str, str]] = []
        if not span.is_chunk:
            metadata = s.metadata(span)
            if metadata is not None and metadata.name == METADATA_NAME:
                records.append(metadata.metadata)
        elif (content := s.content(span)) is not None:
            records += _copies(content)
        for record in records:
            try:
                return from_metadata(record, str(path))
            except NewerFormatError:
                raise
            except TraceError as e:
                why = e
    raise why or TraceError(
        f"{path}: no trace of gaitcoach, or cut before its header: nothing in it can be read"
    )


def _copies(content: bytes) -> list[dict[str, str]]:
    events = (json.loads(m) for m in messages(content) if kind_of(m) == _BRACE)
    return [e["metadata"] for e in events if e.get("type") == HEADER_TYPE]
