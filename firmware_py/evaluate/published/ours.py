"""Our own detector, in the rules' terms."""

from typing import Final

import numpy as np

from dsp.block import SampleBlock, Stream
from dsp.events import FootStrike, Step
from dsp.pipeline import Pipeline
from firmware_py.evaluate.published.found import Found

OURS: Final = "**ours**"


def ours(stream: Stream, block: SampleBlock) -> Found:
    """What the pipeline finds; ends of contact are those of its steps."""
    events = Pipeline(stream).push(block)
    strikes = [e for e in events if isinstance(e, FootStrike) and not e.inferred]
    ends = {e.strike_t: e.toe_off_t for e in events if isinstance(e, Step) and e.toe_off_t}
    return Found(
        OURS,
        np.array([s.t for s in strikes]),
        np.array([s.t_decision for s in strikes]),
        np.array([ends.get(s.t, np.nan) for s in strikes]),
        causal=True,
    )
