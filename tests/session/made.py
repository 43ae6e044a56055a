"""Sessions made up for the tests."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np

from dsp.block import Mount, SampleBlock, plain_block
from dsp.events import Event
from feedback.policy import Policy
from feedback.settings import FeedbackSettings
from firmware_py.session import summary as summary_module
from firmware_py.session.summary import SummaryBuilder
from firmware_py.trace.header import TraceHeader

WAIST = TraceHeader(Mount.WAIST, 100.0, "synthetic", notes=("made by a test",))
SHOE = TraceHeader(Mount.SHOE, 100.0, "synthetic")
FIXED = FeedbackSettings(cadence_target_spm=170.0, cadence_baseline_spm=160.0)


@cache
def _schema() -> jsonschema.Draft202012Validator:
    schema = json.loads(Path(summary_module.__file__).with_name("summary.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check(summary: dict[str, Any]) -> dict[str, Any]:
    """Valid by the schema, and the same after a way through JSON."""
    _schema().validate(summary)
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    return summary


def still(start: float, end: float) -> SampleBlock:
    t = np.arange(round((end - start) * 100)) / 100.0 + start
    return plain_block(t, np.zeros((len(t), 3)))


def summed(
    events: Iterable[Event],
    end: float,
    header: TraceHeader = WAIST,
    coach: FeedbackSettings = FIXED,
    start: float = 0.0,
) -> dict[str, Any]:
    builder, policy = SummaryBuilder(header), Policy(coach)
    builder.add_block(still(start, end))
    for event in events:
        builder.add_event(event)
        for cue in policy.push(event):
            builder.add_cue(cue)
    for cue in policy.finish(end):
        builder.add_cue(cue)
    return check(builder.finish(policy.target))
