"""The header of a trace: comes back, and says when it cannot be trusted."""

import json
import zlib
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.block import Mount, Side
from dsp.errors import TraceError
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.metadata import from_metadata, to_metadata
from tests.trace.recordings import (
    COUNT_HEADER,
)

finite = st.floats(allow_nan=False, allow_infinity=False)


headers = st.builds(
    TraceHeader,
    st.sampled_from(Mount),
    st.floats(1, 1e4),
    st.text(),
    side=st.sampled_from(Side),
    acc_scale=st.none() | finite,
    gyr_limit=st.none() | finite,
    high_g_scale=st.none() | finite,
    high_g_limit=st.none() | finite,
    activity=st.none() | st.text(),
    notes=st.lists(st.text(), max_size=3).map(tuple),
)


@given(headers)
def test_a_header_comes_back(header: TraceHeader) -> None:
    assert from_metadata(to_metadata(header)) == header


def signed(record: dict[str, str]) -> dict[str, str]:
    """The record with the checksum that it should have, as another version would write it."""
    text = json.dumps({k: v for k, v in record.items() if k != "crc32"}, sort_keys=True)
    return record | {"crc32": str(zlib.crc32(text.encode()))}


def test_a_newer_major_version_is_refused_and_says_what_to_do() -> None:
    record = signed(to_metadata(COUNT_HEADER) | {"format": '"2.0"'})
    with pytest.raises(TraceError, match=r"run\.mcap: written in trace format 2.*update gaitcoach"):
        from_metadata(record, "run.mcap")


def test_a_newer_minor_version_is_read_without_what_it_added() -> None:
    record = signed(to_metadata(COUNT_HEADER) | {"format": '"1.9"', "firmness": "3.5"})
    assert from_metadata(record) == COUNT_HEADER


def test_an_older_minor_version_is_read_as_one_without_a_coarse_accelerometer() -> None:
    record = to_metadata(COUNT_HEADER) | {"format": '"1.0"'}
    del record["high_g_scale"], record["high_g_limit"]
    assert from_metadata(signed(record)) == COUNT_HEADER


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mount": '"head"'}, "cannot be used"),
        ({"rate_hz": "fast"}, "cannot be used"),
        ({"format": "[]"}, "no format version"),
    ],
)
def test_an_impossible_header_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(TraceError, match=message):
        from_metadata(signed(to_metadata(COUNT_HEADER) | change))


def test_a_changed_header_is_noticed() -> None:
    record = to_metadata(COUNT_HEADER)
    with pytest.raises(TraceError, match="checksum"):
        from_metadata(record | {"acc_scale": "0.6"})


@pytest.mark.parametrize(
    "coaching",
    [
        [],
        {"settings": {}, "plan": []},
        {"settings": {}, "plan": {"programme": "x", "cadence": "voice"}},
        {"settings": {}, "plan": {"programme": "x", "probes": [{"from": 1}]}},
        {"settings": {}, "plan": {"programme": "x", "run_s": "long"}},
        {"settings": {"cooldown_s": -1}, "plan": None},
    ],
)
def test_coaching_of_another_version_costs_no_recording(coaching: object) -> None:
    header = from_metadata(
        to_metadata(TraceHeader(Mount.WAIST, 416.0, "device", coaching=cast(Any, coaching)))
    )
    assert header.coaching is None
    assert any("how the run was coached cannot be read" in note for note in header.notes)
