"""The quality record's remark on a gyro that says nothing."""

from dataclasses import replace

import numpy as np

from dsp.block import Mount, recut
from dsp.synth import walk
from firmware_py.session.quality import Quality
from firmware_py.trace.header import TraceHeader


def notes(*, dead: bool) -> list[str]:
    run = walk(10.0, mount=Mount.SHOE)
    block = run.block
    assert block.gyr is not None
    if dead:
        block = replace(block, gyr=np.full_like(block.gyr, 0.2))
    quality = Quality(
        TraceHeader(Mount.SHOE, run.stream.rate_hz, "synthetic", side=run.stream.side)
    )
    for piece in recut(block, range(0, len(block), 8)):
        quality.add(piece)
    return [n for n in quality.record()["notes"] if "gyro" in n]


def test_a_dead_gyro_is_said_once_and_a_sound_one_is_not_spoken_of() -> None:
    assert notes(dead=False) == []
    (note,) = notes(dead=True)
    assert note.startswith("gyro: no signal")
