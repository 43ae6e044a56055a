"""The binary messages of the raw channel, `/raw`: many chunks, or many SI samples, in one message.

Layout in docs/trace-format.md. All numbers are little-endian. Columns are coded as differences
along time with the sign folded into the lowest bit, then their bytes are regrouped (all low bytes,
... all high bytes): of the codings measured there it is the one that zstd makes smallest at next to
no cost.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.decode import ChunkBatch
from dsp.block import FloatArray, IntArray, SampleBlock

COUNTS: Final = 1
SAMPLES: Final = 2

# kind, axes, time coding, 0; samples before this message, seen or lost; chunks; samples
_COUNTS_HEAD: Final = struct.Struct("<BBBxQII")
# kind, columns (bit k: column k of acc x y z gyr x y z), 0, 0; samples before; samples; holes
_SAMPLES_HEAD: Final = struct.Struct("<BBxxQII")
_NS_TIME: Final = 1
_FLOAT_TIME: Final = 0

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RawSamples:
    """Samples as an imported recording gave them.

    Args:
        t: (n,) s, exactly as written.
        values: (n, 6) float32 acc x y z (m/s²), gyr x y z (rad/s); NaN where not recorded.
        lost: (n,) samples lost just before each sample.
    """

    t: FloatArray
    values: npt.NDArray[np.float32]
    lost: IntArray


def pack_counts(index: int, batch: ChunkBatch) -> bytes:
    """One message of chunks.

    Args:
        index: samples of the stream before this batch, seen or lost.
        batch: at least one chunk.
    """
    total, axes = batch.counts.shape
    ticks = _whole_ns(batch.host_time)
    coding = _FLOAT_TIME if ticks is None else _NS_TIME
    if ticks is None:
        ticks = batch.host_time.astype("<f8").view("<i8")
    return b"".join(
        (
            _COUNTS_HEAD.pack(COUNTS, axes, coding, index, len(batch.n), total),
            _shuffled(batch.n.astype("<u4")),
            _shuffled(batch.lost.astype("<u8")),
            _differences(ticks[np.newaxis]),
            _differences(batch.counts.T.astype("<i2")),
        )
    )


def unpack_counts(data: bytes) -> tuple[int, ChunkBatch]:
    """Index and batch of a message of chunks; ValueError where it contradicts itself."""
    _, axes, coding, index, chunks, total = _COUNTS_HEAD.unpack_from(data)
    at = _COUNTS_HEAD.size
    _require(len(data) == at + chunks * 20 + total * axes * 2)
    _require(axes in (3, 6, 9) and chunks > 0)
    _require(coding in (_NS_TIME, _FLOAT_TIME))
    n = _unshuffled(data, at, "<u4", chunks).astype(np.int64)
    lost = _unshuffled(data, at + 4 * chunks, "<u8", chunks).astype(np.int64)
    ticks = _integrated(data, at + 12 * chunks, "<i8", 1, chunks)[0]
    counts = _integrated(data, at + 20 * chunks, "<i2", axes, total)
    _require(int(n.sum()) == total)
    host_time = ticks / 1e9 if coding == _NS_TIME else ticks.view(np.float64)
    return index, ChunkBatch(n, lost, host_time, np.ascontiguousarray(counts.T))


def pack_samples(index: int, block: SampleBlock) -> bytes:
    """One message of SI samples; a column that is NaN throughout is left out.

    Args:
        index: samples of the stream before this block, seen or lost.
        block: at least one sample; acc and gyr are kept as float32, t as it is.
    """
    sensors = [block.acc] if block.gyr is None else [block.acc, block.gyr]
    values = np.concatenate(sensors, axis=1).astype("<f4")
    kept = np.flatnonzero(~np.isnan(values).all(axis=0))
    holes = np.flatnonzero(block.lost)
    return b"".join(
        (
            _SAMPLES_HEAD.pack(
                SAMPLES, sum(1 << int(k) for k in kept), index, len(block), len(holes)
            ),
            holes.astype("<u4").tobytes(),
            block.lost[holes].astype("<u8").tobytes(),
            _differences(block.t.astype("<f8").view("<i8")[np.newaxis]),
            _differences(np.ascontiguousarray(values.T[kept]).view("<i4")),
        )
    )


def unpack_samples(data: bytes) -> tuple[int, RawSamples]:
    """Index and samples of a message; ValueError where it contradicts itself."""
    _, columns, index, n, holes = _SAMPLES_HEAD.unpack_from(data)
    kept = [k for k in range(6) if columns >> k & 1]
    at = _SAMPLES_HEAD.size
    _require(len(data) == at + holes * 12 + n * (8 + 4 * len(kept)))
    _require(columns < 64 and n > 0)
    places = np.frombuffer(data, "<u4", holes, at)
    _require(bool((places < n).all()))
    lost = np.zeros(n, dtype=np.int64)
    lost[places] = np.frombuffer(data, "<u8", holes, at + 4 * holes)
    at += 12 * holes
    t = _integrated(data, at, "<i8", 1, n)[0].view(np.float64)
    values = np.full((n, 6), np.nan, dtype=np.float32)
    values[:, kept] = _integrated(data, at + 8 * n, "<i4", len(kept), n).view(np.float32).T
    return index, RawSamples(t, values, lost)


def kind_of(data: bytes) -> int:
    """COUNTS, SAMPLES or another kind of message; JSON events begin with a brace."""
    return data[0] if data else 0


def _whole_ns(t: FloatArray) -> npt.NDArray[np.int64] | None:
    """Times in ns where that is exact: a clock that counts ns; a quarter smaller than 64 bits."""
    if not np.all(np.abs(t) < 2**53 / 1e9):
        return None
    ns = np.rint(t * 1e9)
    # -0.0 would come back as 0.0; it is no clock's time, but exact is exact.
    exact = np.all(ns / 1e9 == t) and not np.any(np.signbit(t) & (t == 0))
    return ns.astype("<i8") if exact else None


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("a message of /raw contradicts itself")


def _differences(rows: npt.NDArray[np.signedinteger[Any]]) -> bytes:
    """Codes (k, n) integers along n; overflow wraps and unwraps exactly."""
    d = np.diff(rows, axis=1, prepend=np.zeros((len(rows), 1), dtype=rows.dtype))
    return _shuffled(((d << 1) ^ (d >> (8 * d.itemsize - 1))).ravel())


def _integrated(
    data: bytes, at: int, dtype: str, k: int, n: int
) -> npt.NDArray[np.signedinteger[Any]]:
    """Undoes `_differences`: (k, n)."""
    folded = _unshuffled(data, at, dtype.replace("i", "u"), k * n)
    signed = (folded >> 1).view(dtype) ^ -(folded & 1).view(dtype)
    return np.asarray(signed.reshape(k, n).cumsum(axis=1, dtype=dtype))


def _shuffled(values: npt.NDArray[Any]) -> bytes:
    return values.view(np.uint8).reshape(-1, values.itemsize).T.tobytes()


def _unshuffled(data: bytes, at: int, dtype: str, n: int) -> npt.NDArray[Any]:
    size = np.dtype(dtype).itemsize
    planes: Bytes = np.frombuffer(data, np.uint8, n * size, at).reshape(size, n)
    return np.ascontiguousarray(planes.T).view(dtype).ravel()
