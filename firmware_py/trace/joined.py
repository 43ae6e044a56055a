"""A session of several traces as one recording: it was interrupted, and went on.

All parts were recorded in one boot, on one time base. What was not recorded between two of them is
`lost` before the first sample of the later one, so that the line restarts there as at any hole.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from dsp.block import SampleBlock
from dsp.errors import TraceError
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.reader import BLOCK_S, Trace, open_trace


class Seam:
    """Joins the samples of a later part to those before; live and in replay alike.

    Args:
        last_t: time of the newest sample before, s.
        rate_hz: nominal rate.
    """

    def __init__(self, last_t: float, rate_hz: float) -> None:
        self._last_t: float | None = last_t
        self._rate_hz = rate_hz
        self._dropped = 0

    def join(self, block: SampleBlock) -> SampleBlock:
        """The next samples of the part; recutting the blocks changes nothing.

        Samples that the new part's clock, just begun, puts before the end of the old one are left
        out and counted as lost.
        """
        last_t = self._last_t
        if last_t is None or not len(block):
            return block
        kept = int(np.searchsorted(block.t, last_t, side="right"))
        self._dropped += kept + int(block.lost[:kept].sum())
        if kept == len(block):
            return block[kept:]
        block = block[kept:]
        self._last_t = None
        away = round((float(block.t[0]) - last_t) * self._rate_hz) - 1
        lost = block.lost.copy()
        lost[0] = max(int(lost[0]) + self._dropped, away, 1)
        return SampleBlock(
            block.t, block.acc, block.gyr, lost, block.acc_clipped, block.gyr_clipped
        )


class JoinedTrace:
    """Several traces with the interface of one.

    Args:
        path: the session's folder.
        parts: its traces in order, the first of which gives the header.
        left_out: what is in the folder and cannot be joined, in words.
    """

    def __init__(self, path: Path, parts: Sequence[Trace], left_out: Sequence[str] = ()) -> None:
        self.path = path
        self.parts = tuple(parts)
        self.header: TraceHeader = parts[0].header
        self._left_out = list(left_out)
        self._sizes = [max(1, p.path.stat().st_size) for p in parts]
        self._at = 0

    def blocks(self, block_s: float = BLOCK_S) -> Iterator[SampleBlock]:
        """As `Trace.blocks`; no block reaches over a seam."""
        last_t: float | None = None
        for k, part in enumerate(self.parts):
            self._at = k
            seam = None if last_t is None else Seam(last_t, self.header.rate_hz)
            for block in part.blocks(block_s):
                joined = block if seam is None else seam.join(block)
                if len(joined):
                    last_t = float(joined.t[-1])
                    yield joined

    def events(self) -> Iterator[dict[str, Any]]:
        """As `Trace.events`, part by part."""
        return chain.from_iterable(part.events() for part in self.parts)

    @property
    def damage(self) -> str | None:
        """As `Trace.damage`, with the part's name."""
        texts = [f"{p.path.name}: {p.damage}" for p in self.parts if p.damage]
        return "; ".join([*texts, *self._left_out]) or None

    @property
    def fraction_read(self) -> float:
        """As `Trace.fraction_read`, of all parts."""
        before = sum(self._sizes[: self._at])
        here = self._sizes[self._at] * self.parts[self._at].fraction_read
        return (before + here) / sum(self._sizes)

    @property
    def duration_s(self) -> float:
        """As `Trace.duration_s`, with the time between the parts."""
        times = self.times
        return 0.0 if times is None else max(0.0, times[1] - times[0])

    @property
    def times(self) -> tuple[float, float] | None:
        """As `Trace.times`."""
        known = [t for t in (p.times for p in self.parts) if t is not None]
        return (known[0][0], known[-1][1]) if known else None


Recorded = Trace | JoinedTrace


def joins(first: TraceHeader, later: TraceHeader) -> bool:
    """Whether a trace can go on where another one ended."""
    counts = (first.acc_scale is None) == (later.acc_scale is None)
    return counts and first.stream == later.stream


def join_parts(folder: Path, files: Sequence[Path]) -> Recorded:
    """The traces of a session's folder as one recording.

    A part that cannot be read, or does not go on where the one before ended, is left out and told
    in `damage`.

    Args:
        files: in order.

    Raises:
        TraceError: none can be read.
        OSError: one cannot be opened.
    """
    parts: list[Trace] = []
    left_out: list[str] = []
    why: TraceError | None = None
    end = 0.0
    for file in files:
        try:
            part = open_trace(file)
            times = part.times
        except TraceError as e:
            why = e
            left_out.append(f"{file.name} is left out: it cannot be read")
            continue
        if parts and not joins(parts[0].header, part.header):
            left_out.append(f"{file.name} is left out: it is of another sensor; replay it alone")
        elif parts and times is not None and times[0] < end - 1.0:
            left_out.append(f"{file.name} is left out: it does not follow; replay it alone")
        else:
            parts.append(part)
            end = end if times is None else times[1]
    if not parts:
        raise why or TraceError(
            f"{folder}: is a folder without a trace.mcap; name a trace or a session's folder"
        )
    if len(parts) == 1 and not left_out:
        return parts[0]
    return JoinedTrace(folder, parts, left_out)
