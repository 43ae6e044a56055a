"""Readers that know nothing of gaitcoach: what a viewer gets to see."""

import json
import struct
from pathlib import Path

import pytest
from mcap.exceptions import McapError
from mcap.reader import make_reader
from mcap.records import Message, Metadata
from mcap.stream_reader import StreamReader

from dsp.events import Step
from firmware_py.trace.metadata import from_metadata
from firmware_py.trace.writer import TraceWriter
from tests.trace.recordings import COUNT_HEADER, step_at, write_counts


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace.mcap"
    write_counts(path, 5)
    return path


def test_a_seeking_reader_finds_every_message_by_time_and_topic(trace: Path) -> None:
    with trace.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        found = list(reader.iter_messages(topics="/foot_strike"))
        assert [m.log_time for _, _, m in found] == [
            100_490_000_000 + k * 500_000_000 for k in range(10)
        ]
        for schema, channel, message in found:
            assert schema is not None
            assert schema.encoding == "jsonschema"
            assert channel.message_encoding == "json"
            event = json.loads(message.data)
            assert event["t"] == pytest.approx(message.log_time / 1e9)
            assert event.keys() == json.loads(schema.data)["properties"].keys()


def test_summary_and_statistics_agree_with_the_data(trace: Path) -> None:
    with trace.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        s = summary.statistics
        assert s is not None
        counted: dict[int, int] = {}
        for _, channel, _ in reader.iter_messages():
            counted[channel.id] = counted.get(channel.id, 0) + 1
        assert dict(s.channel_message_counts) == counted
        assert s.message_count == sum(counted.values())
        assert s.chunk_count == len(summary.chunk_indexes) == 5
        assert s.channel_count == len(summary.channels)
        assert s.schema_count == len(summary.schemas)
        assert {c.topic for c in summary.channels.values()} == {"/raw", "/foot_strike", "/header"}
        assert s.message_start_time == 100_040_000_000


def test_the_metadata_record_holds_the_header(trace: Path) -> None:
    with trace.open("rb") as file:
        records = list(make_reader(file).iter_metadata())
    assert [r.name for r in records] == ["gaitcoach"]
    assert from_metadata(records[0].metadata) == COUNT_HEADER


def test_a_streaming_reader_reads_a_cut_file_up_to_its_last_whole_chunk(trace: Path) -> None:
    data = trace.read_bytes()
    cut = trace.with_name("cut.mcap")
    cut.write_bytes(data[: len(data) * 6 // 10])
    seen: list[object] = []
    # The library ends with EndOfFile between fields, struct.error within one.
    with cut.open("rb") as file, pytest.raises((McapError, struct.error)):
        seen.extend(StreamReader(file, validate_crcs=True).records)
    assert any(isinstance(r, Metadata) and r.name == "gaitcoach" for r in seen)
    assert sum(isinstance(r, Message) for r in seen) >= 5


def test_every_property_has_one_type_because_lichtblick_takes_no_union(tmp_path: Path) -> None:
    path = tmp_path / "trace.mcap"
    with TraceWriter(path, COUNT_HEADER) as w:
        w.write_event(step_at(1.0))
        w.write_event({"type": "cue", "t": 1.0, "strike_t": None, "because": "x", "ok": True})
        w.write_event({"type": "status", "t": 2.0, "a": [1.5], "b": [], "o": {"x": 1, "y": None}})
    with path.open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None
    schemas = {s.name: json.loads(s.data) for s in summary.schemas.values()}
    simple = {"boolean", "string", "number", "integer"}
    for schema in schemas.values():
        assert schema["type"] == "object"
        for p in schema["properties"].values():
            assert p["type"] in simple | {"array", "object"}
            if p["type"] == "array":
                assert p["items"]["type"] in simple
    step = schemas["gaitcoach.step"]["properties"]
    assert set(step) == {"type", *Step.__dataclass_fields__}
    assert step["contact_s"] == {"type": "number"}
    assert step["clipped"] == {"type": "boolean"}
    assert schemas["gaitcoach.cue"]["properties"]["strike_t"] == {"type": "number"}
