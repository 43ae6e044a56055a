"""Recorded traces give what they gave: any change of the detection shows here, event by event.

A change that is meant: `python -m tests.make_golden --events`, and read the diff.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsp.block import join
from firmware_py import cli
from firmware_py.trace.reader import open_trace
from tests.make_golden import CHIPS, NAMES, golden_of, happened, simulate, trace_of

TOLERANCE = 1e-6
"""s, g, steps/min: what other versions of numpy and scipy may round differently."""


def golden(name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in golden_of(name).read_text().splitlines()]


def assert_same(got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    for k, (a, b) in enumerate(zip(got, expected, strict=False)):
        assert list(a) == list(b), f"event {k}"
        for key, value in b.items():
            if isinstance(value, float):
                assert a[key] == pytest.approx(value, rel=0, abs=TOLERANCE), f"event {k}: {key}"
            else:
                assert a[key] == value, f"event {k}: {key}"
    assert len(got) == len(expected)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_trace_gives_the_events_it_gave(name: str) -> None:
    assert_same(happened(trace_of(name)), golden(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_command_writes_the_very_same_events(name: str, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    assert cli.main(["replay", str(trace_of(name)), "--quiet", "--events", str(out)]) == 0
    rows = [json.loads(row) for row in out.read_text().splitlines()]
    assert rows == json.loads(json.dumps(happened(trace_of(name))))


@pytest.mark.parametrize("name", NAMES)
def test_blocks_as_short_as_a_drain_give_the_same_bits(name: str) -> None:
    assert happened(trace_of(name), block_s=0.01) == happened(trace_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_traces_are_small_and_hold_what_they_are_for(name: str) -> None:
    assert trace_of(name).stat().st_size < 300_000
    types = {row["type"] for row in golden(name)}
    assert types == {"foot_strike", "step", "walk_step", "gap", "segment", "cue"}
    assert sum(row["type"] == "foot_strike" for row in golden(name)) > 5
    trace = open_trace(trace_of(name))
    block = join(trace.blocks())
    assert trace.damage is None
    assert block.lost.sum() > 30
    if name == "waist-run":
        assert block.acc_clipped.sum() > 50
        assert any(row.get("clipped") for row in golden(name))


@pytest.mark.parametrize("name", sorted(CHIPS))
def test_a_simulated_chip_still_makes_the_recorded_trace(name: str, tmp_path: Path) -> None:
    again = tmp_path / "again.mcap"
    simulate(again, CHIPS[name])
    recorded, made = open_trace(trace_of(name)), open_trace(again)
    assert made.header == replace(recorded.header, software=made.header.software)
    a, b = join(recorded.blocks()), join(made.blocks())
    np.testing.assert_array_equal(a.lost, b.lost)
    np.testing.assert_allclose(a.t, b.t, rtol=0, atol=TOLERANCE)
    # A count may round the other way with another numpy.
    np.testing.assert_allclose(a.acc, b.acc, rtol=0, atol=1.01 * (made.header.acc_scale or 0.0))
