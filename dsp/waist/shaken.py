"""Whether two steps could be a hand's: no foot strikes in them and no two legs take turns.

A foot that strikes leaves a shock, which no few harmonics of the step make up; the pelvis turns to
one side in one step and to the other in the next. A hand that shakes does neither.
"""

from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.history import History
from dsp.waist.bins import bins
from dsp.waist.channels import ACC_X, GYR_X
from dsp.waist.crossing import Crossing

SMOOTH: Final = 0.06
"""What a trend and four harmonics of the stride leave of the force's variation (rms, all axes).
People: 0.34 to 0.54 running on a force treadmill, low-passed at 20 to 30 Hz; walking 0.24 at least.
A synthetic hand leaves 0.05 at most; a soft jogger on a soft belt 0.04 and more."""
ALTERNATING: Final = 0.45
"""Share of the angular rate's amplitude at step and stride rate that is at the stride rate: the
pelvis rolls and yaws with the stride and nods with the step. People walking: 0.7 in 98 % of the
strides, synthetic runners 0.6 (a buckle that rocks 0.35), hands below 0.4 in nine of ten."""
HARMONICS: Final = 4


def shaken(history: History, strikes: tuple[Crossing, Crossing, Crossing], rate_hz: float) -> float:
    """The lesser of both lacks over its limit: above 1 neither a foot nor two legs show.

    Without a gyro only the shock can show.
    """
    a, b, c = (s.number for s in strikes)
    acc, middle = bins(history, ACC_X, a, c, rate_hz)
    turning, _ = bins(history, GYR_X, a, c, rate_hz)
    # The trend is a hand or a belt that turns over; left in, it would pass for a stride.
    steps = np.interp(middle, [0.0, b - a, c - a], [0.0, 1.0, 2.0])
    turns = np.pi * np.outer(steps, np.arange(1.0, HARMONICS + 1.0))
    waves = np.column_stack([np.ones_like(steps), steps, np.cos(turns), np.sin(turns)])
    both = np.concatenate([acc, turning]).T
    shares = np.linalg.lstsq(waves, both, rcond=None)[0]
    force = both[:, :3]
    left = _size(force - waves @ shares[:, :3]) / max(_size(force - force.mean(axis=0)), 1e-9)
    stride, step = (_size(shares[[2 + k, 2 + HARMONICS + k], 3:]) for k in (0, 1))
    part = stride / max(np.hypot(stride, step), 1e-9)
    return float(min(SMOOTH / max(left, 1e-9), ALTERNATING / max(part, 1e-9)))


def _size(x: FloatArray) -> float:
    return float(np.sqrt((x * x).sum()))
