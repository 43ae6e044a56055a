"""The coarse accelerometer takes over where the fine one clips, its offset learned on the way."""

from itertools import pairwise
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.chunk import Chunk, CountArray
from drivers.decode import ChunkDecoder, gather
from dsp.block import FloatArray, SampleBlock, join
from dsp.units import STANDARD_GRAVITY as G
from tests.thorough import examples

RATE_HZ: Final = 960.0
FINE: Final = 0.488e-3 * G
COARSE: Final = 10.417e-3 * G
OFFSET: Final = np.array([0.7, -0.9, 0.4]) * G


def decoder(fine: float = FINE, limit_g: float = 15.9) -> ChunkDecoder:
    return ChunkDecoder(RATE_HZ, fine, 1e-3, limit_g * G, None, COARSE, 320 * G)


def both(acc: FloatArray, offset: FloatArray = OFFSET, fine: float = FINE) -> CountArray:
    """(n, 9) what the two channels make of (n, 3) m/s²."""
    limits = -32768, 32767
    low = np.clip(np.rint(acc / fine), *limits)
    high = np.clip(np.rint((acc + offset) / COARSE), *limits)
    return np.hstack([low, np.full((len(acc), 3), 77), high]).astype(np.int16)


def decoded(counts: CountArray, d: ChunkDecoder | None = None) -> SampleBlock:
    chunk = Chunk(counts, 50.0 + len(counts) / RATE_HZ)
    return (d or decoder()).push(gather([chunk]))


def strides(seconds: float, peak_g: float = 60.0, seed: int = 0) -> FloatArray:
    """(n, 3) m/s² as on a shoe: swing, a sharp strike, stance."""
    n = int(seconds * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    rng = np.random.default_rng(seed)
    phase = (t % 0.7) / 0.7
    strike = np.exp(-0.5 * ((phase - 0.3) / 0.006) ** 2)
    swing = 3.0 * np.sin(2 * np.pi * phase)
    acc = np.stack([swing + 0.4 * peak_g * strike, swing, 1.0 + peak_g * strike], axis=1)
    return np.asarray((acc + rng.normal(0.0, 0.05, acc.shape)) * G)


def test_a_clipped_sample_comes_whole_from_the_coarse_channel() -> None:
    acc = strides(10.0)
    block = decoded(both(acc))
    clipped = np.abs(acc).max(axis=1) > 16.5 * G
    assert 100 < clipped.sum() < 1000
    # A count of the coarse channel, and what its rounding leaves in the learned offset.
    assert np.abs(block.acc - acc)[clipped].max() < 1.1 * COARSE
    assert not block.acc_clipped.any()


def test_a_sample_within_the_range_stays_as_the_fine_channel_has_it() -> None:
    acc = strides(5.0)
    counts = both(acc)
    block = decoded(counts)
    inside = np.abs(acc).max(axis=1) < 15.5 * G
    np.testing.assert_array_equal(block.acc[inside], counts[inside, :3] * FINE)


def test_a_sample_that_clips_the_coarse_channel_too_is_clipped() -> None:
    acc = np.zeros((400, 3))
    acc[:, 2] = G
    acc[300, 0] = 319.0 * G
    acc[301, 1] = -330.0 * G
    acc[302, 2] = 400.0 * G
    block = decoded(both(acc, np.zeros(3)))
    assert np.flatnonzero(block.acc_clipped).tolist() == [301, 302]


def test_until_the_offset_is_known_a_clipped_sample_stays_clipped() -> None:
    acc = np.zeros((200, 3))
    acc[[0, 40, 150]] = 50.0 * G
    block = decoded(both(acc))
    assert np.flatnonzero(block.acc_clipped).tolist() == [0, 40]
    assert np.abs(block.acc[40]).max() < 17 * G
    assert np.abs(block.acc[150] - acc[150]).max() < 1.1 * COARSE


def test_the_offset_is_followed_as_it_drifts() -> None:
    acc = strides(120.0)
    drift = np.linspace(0.0, 0.3 * G, len(acc))[:, np.newaxis]
    counts = both(acc, OFFSET + drift)
    block = decoded(counts)
    late = (np.abs(acc).max(axis=1) > 16.5 * G) & (np.arange(len(acc)) > 60 * RATE_HZ)
    assert np.abs(block.acc - acc)[late].max() < 0.1 * G


def test_a_sample_is_decoded_without_those_after_it() -> None:
    counts = both(strides(4.0))
    whole = decoded(counts)
    for n in (100, 300, 1234):
        np.testing.assert_array_equal(decoded(counts[:n]).acc, whole.acc[:n])


def test_with_a_range_below_what_is_learned_from_clipped_samples_teach_nothing() -> None:
    acc = np.zeros((4000, 3))
    acc[::2, 1] = 3.5 * G
    fine = 0.061e-3 * G
    counts = both(acc, fine=fine)
    end = int(1.9 * G / fine)
    counts[:, :3] = np.clip(counts[:, :3], -end, end)
    block = decoded(counts, decoder(fine, 1.9 - 1e-4))
    assert not block.acc_clipped[200:].any()
    assert np.abs(block.acc - acc)[200:].max() < 1.1 * COARSE


def test_counts_without_the_coarse_channel_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        decoded(both(np.zeros((10, 3)))[:, :6])


def test_a_coarse_channel_without_a_scale_is_left_alone() -> None:
    counts = both(strides(1.0))
    block = decoded(counts, ChunkDecoder(RATE_HZ, FINE, 1e-3, 15.9 * G))
    np.testing.assert_array_equal(block.acc, counts[:, :3] * FINE)
    assert block.acc_clipped.any()


@given(
    st.lists(st.integers(0, 150), min_size=1, max_size=40),
    st.integers(0, 1000),
    st.sampled_from(["strides", "noise", "rest"]),
    st.data(),
)
@settings(max_examples=examples(40, 150))
def test_how_batches_are_cut_changes_no_bit(
    lengths: list[int], seed: int, kind: str, data: st.DataObject
) -> None:
    n = sum(lengths)
    rng = np.random.default_rng(seed)
    if kind == "noise":
        counts = rng.integers(-32768, 32768, (n, 9)).astype(np.int16)
        counts[rng.random(n) < 0.5] //= 64
    else:
        counts = both(strides(10.0, 60.0 if kind == "strides" else 0.1, seed)[seed : seed + n])
    ends = np.cumsum(lengths)
    chunks = [
        Chunk(counts[b - k : b], 50.0 + b / RATE_HZ) for b, k in zip(ends, lengths, strict=True)
    ]
    whole = decoder().push(gather(chunks))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(chunks)))) | {0, len(chunks)})
    d = decoder()
    parts = join([d.push(gather(chunks[a:b])) for a, b in pairwise(cuts)])
    np.testing.assert_array_equal(parts.acc, whole.acc)
    np.testing.assert_array_equal(parts.acc_clipped, whole.acc_clipped)
    np.testing.assert_array_equal(parts.t, whole.t)
