"""Whether a stretch of samples can be measured."""

from typing import Final

import numpy as np

from dsp.history import History
from dsp.waist.channels import CLIPPED, UNSURE, T

BRIDGED_S: Final = 0.010
"""A hole up to this, bridged with a straight line, is a tenth of a period or less of what is
measured below 10 Hz; a longer one can hide a peak."""


def is_sound(history: History, first: int, last: int) -> bool:
    """No sample from `first` up to `last` is at a limit, and no hole is longer than 10 ms.

    Not for impacts, which need every sample.
    """
    unsure = history.view(UNSURE, first, last)
    if not unsure.any():
        return True
    if history.view(CLIPPED, first, last).any():
        return False
    here = np.flatnonzero(unsure == 0.0)
    if not len(here):
        return False
    t = history.view(T, first, last)
    # From recorded sample to recorded sample; a hole at either end is no shorter for being cut.
    edges = np.concatenate([[0], here, [len(unsure) - 1]])
    return float(np.diff(t[edges]).max()) <= BRIDGED_S + float(t[-1] - t[0]) / (len(t) - 1)
