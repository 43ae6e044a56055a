"""Three channels in bins of 10 ms: the same measures at every rate."""

from typing import Final

import numpy as np

from dsp.block import FloatArray
from dsp.history import History

BIN_S: Final = 0.010


def bins(
    history: History, channel: int, first: int, last: int, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Means of three channels in a row from sample `first` on, before `last`.

    Returns:
        (3, k) the means; (k,) the middle of each bin, samples since `first`.
    """
    size = max(1, round(BIN_S * rate_hz))
    k = max(1, (last - first) // size)
    rows = [history.view(channel + i, first, first + k * size) for i in range(3)]
    means: FloatArray = np.stack(rows).reshape(3, k, -1).mean(axis=2)
    return means, np.arange(k, dtype=np.float64) * size + 0.5 * (size - 1)
