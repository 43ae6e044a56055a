"""A calibration: what it does to samples, and that it comes back from a file as it was."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.calibration import Calibration, CalibrationError, from_dict
from drivers.chunk import Chunk
from drivers.decode import ChunkDecoder, gather
from dsp.block import SampleBlock, join
from dsp.errors import TraceError
from firmware_py.trace.metadata import from_metadata, to_metadata
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter
from tests.calibrate.made import CHIP, KNOWN
from tests.trace.recordings import COUNT_HEADER, numbered_chunks, numbered_counts


def test_samples_are_corrected_and_turned() -> None:
    rng = np.random.default_rng(1)
    acc, gyr = rng.normal(size=(50, 3)), rng.normal(size=(50, 3))
    right, turned = KNOWN.apply(acc, gyr)
    mounting, matrix = np.array(KNOWN.mounting), np.array(KNOWN.acc_matrix)
    expected = (mounting @ matrix @ (acc - KNOWN.acc_bias).T).T
    np.testing.assert_allclose(right, expected, atol=1e-12)
    assert turned is not None
    np.testing.assert_allclose(turned, (mounting @ (gyr - KNOWN.gyr_bias).T).T, atol=1e-12)
    assert right.flags.c_contiguous
    assert turned.flags.c_contiguous
    assert KNOWN.apply(acc, None)[1] is None


def test_an_empty_calibration_changes_no_value() -> None:
    acc = np.random.default_rng(2).normal(size=(20, 3))
    right, turned = Calibration(CHIP).apply(acc, acc)
    np.testing.assert_array_equal(right, acc)
    np.testing.assert_array_equal(turned, acc)


@given(st.sets(st.integers(1, 99)))
def test_recutting_changes_no_bit(cuts: set[int]) -> None:
    chunks = list(numbered_chunks(1, n=1))
    decoder = ChunkDecoder(100.0, 0.5, 0.25, calibration=KNOWN)
    whole = decoder.push(gather(chunks))
    decoder = ChunkDecoder(100.0, 0.5, 0.25, calibration=KNOWN)
    edges = sorted({0, *cuts, len(chunks)})
    parts = join([decoder.push(gather(chunks[a:b])) for a, b in pairwise(edges)])
    np.testing.assert_array_equal(parts.acc, whole.acc)
    assert parts.gyr is not None
    assert whole.gyr is not None
    np.testing.assert_array_equal(parts.gyr, whole.gyr)


def test_clipping_is_a_matter_of_the_raw_counts() -> None:
    counts = np.zeros((3, 6), dtype=np.int16)
    counts[1, 0] = 200
    halved = replace(KNOWN, acc_matrix=((0.9, 0, 0), (0, 0.9, 0), (0, 0, 0.9)))
    chunk = gather([Chunk(counts, 1.0)])
    block = ChunkDecoder(100.0, 0.5, 0.25, 100.0, calibration=halved).push(chunk)
    assert block.acc_clipped.tolist() == [False, True, False]
    assert np.abs(block.acc).max() < 100.0


def read(path: Path, calibration: dict[str, Any] | None) -> SampleBlock:
    with TraceWriter(path, replace(COUNT_HEADER, calibration=calibration)) as w:
        for chunk in numbered_chunks(3):
            w.write_chunk(chunk)
    trace = open_trace(path)
    assert trace.header.calibration == calibration
    return join(trace.blocks())


def test_a_trace_keeps_its_calibration_and_replay_applies_it(tmp_path: Path) -> None:
    plain = read(tmp_path / "plain.mcap", None)
    same = ChunkDecoder(100.0, 0.5, 0.25).push(gather(list(numbered_chunks(3))))
    np.testing.assert_array_equal(plain.acc, same.acc)
    np.testing.assert_array_equal(plain.acc, numbered_counts(0, 300)[:, :3] * 0.5)
    calibrated = read(tmp_path / "calibrated.mcap", KNOWN.as_dict())
    live = ChunkDecoder(100.0, 0.5, 0.25, calibration=KNOWN).push(gather(list(numbered_chunks(3))))
    np.testing.assert_array_equal(calibrated.acc, live.acc)
    np.testing.assert_array_equal(calibrated.gyr, live.gyr)
    np.testing.assert_array_equal(calibrated.t, plain.t)
    assert not np.allclose(calibrated.acc, plain.acc)


def test_a_header_with_an_impossible_calibration_is_refused() -> None:
    bad = KNOWN.as_dict() | {"acc_bias": [1.0, 2.0]}
    header = replace(COUNT_HEADER, calibration=bad)
    with pytest.raises(
        TraceError, match=r"cannot be used: calibration: acc_bias = .*: must be three numbers"
    ):
        from_metadata(to_metadata(header), "run.mcap")


@pytest.mark.parametrize("calibration", [KNOWN, Calibration(CHIP), replace(KNOWN, hops=None)])
def test_it_comes_back_through_json(calibration: Calibration) -> None:
    assert from_dict(json.loads(json.dumps(calibration.as_dict()))) == calibration


_CHANGES: list[tuple[str, Any, str]] = [
    ("chip", None, "chip = null: must be an object with keys"),
    ("chip", {"part": "LSM6DSO32", "address": 106}, "chip.fingerprint is missing"),
    ("chip", {"part": 3, "address": 106, "fingerprint": ""}, "chip.part = 3: must be text"),
    (
        "chip",
        {"part": "x", "address": 1.5, "fingerprint": ""},
        "chip.address = 1.5: must be a whole number",
    ),
    ("acc_bias", [1.0, 2.0], "acc_bias = [1.0, 2.0]: must be three numbers"),
    ("acc_bias", [1.0, 2.0, float("nan")], "acc_bias = NaN: must be a finite number"),
    ("acc_bias", [1.0, 2.0, 10**400], "must be a finite number"),
    ("acc_bias", [1.0, 2.0, True], "acc_bias = true: must be a number"),
    ("acc_bias", [1.0, 2.0, 99.0], "acc_bias = [1.0, 2.0, 99.0]: must be within ±10"),
    ("acc_bias", "abc", 'acc_bias = "abc": must be three numbers'),
    ("acc_matrix", [[2.0, 0, 0], [0, 1, 0], [0, 0, 1]], "must be within 0.2 of the unit's"),
    ("acc_matrix", [[1, 0, 0], [0, 1, 0]], "must be three rows"),
    ("gyr_bias", None, "gyr_bias = null: must be three numbers"),
    ("mounting", [[1, 0, 0], [0, 1, 0], [0, 0, -1]], "must be a rotation"),
    ("mounting", [[1, 0, 0], [0, 1, 0.1], [0, 0, 1]], "must be a rotation"),
    ("mounting", [[1e300, 0, 0], [0, 1e300, 0], [0, 0, 1]], "must be a rotation"),
    ("heading_known", 1, "heading_known = 1: must be true or false"),
    ("hops", {"reading": "gyr"}, "hops.direction is missing"),
    ("hops", 3, "hops = 3: must be an object with keys"),
    ("hops", KNOWN.as_dict()["hops"] | {"reading": "mag"}, 'hops.reading = "mag": must be gyr or'),
    ("hops", KNOWN.as_dict()["hops"] | {"left": "x"}, 'hops.left = "x": must be a number'),
    ("method", 3, "method = 3: must be a list of text"),
    ("method", "standing", 'method = "standing": must be a list of text'),
    ("unknown", 3, 'unknown key "unknown"'),
]


@pytest.mark.parametrize(("key", "value", "says"), _CHANGES)
def test_a_record_that_cannot_be_is_refused_in_our_words(key: str, value: Any, says: str) -> None:
    record = KNOWN.as_dict() | {key: value}
    with pytest.raises(CalibrationError) as error:
        from_dict(record, "c.json")
    assert str(error.value).startswith("c.json: ")
    assert says in str(error.value)
    assert len(str(error.value)) < 150


@pytest.mark.parametrize("record", [None, 3, [], "x"])
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(CalibrationError, match=r"^calibration: the record = .*: must be an object"):
        from_dict(record)


@pytest.mark.parametrize("key", ["chip", "acc_bias", "acc_matrix", "gyr_bias", "mounting"])
def test_a_missing_key_is_refused(key: str) -> None:
    record = KNOWN.as_dict()
    del record[key]
    with pytest.raises(CalibrationError, match=key):
        from_dict(record)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=6,
    ),
    st.sampled_from(sorted(KNOWN.as_dict())),
)
def test_anything_gives_a_calibration_or_a_calibration_error(value: Any, key: str) -> None:
    try:
        from_dict(KNOWN.as_dict() | {key: value})
    except CalibrationError:
        return
