"""How far apart two patterns are for somebody who neither sees nor hears the pitch."""

from typing import Final

import numpy as np
import numpy.typing as npt

from feedback.patterns import Shape

STEP_S: Final = 0.01
"""Resolution of a timeline, s: finer than the ear's for rhythm, coarser than a player's jitter."""

Timeline = npt.NDArray[np.bool_]


def timeline(shape: Shape) -> Timeline:
    """On or off, one value for every `STEP_S`; strength 0 is silence."""
    edges = np.cumsum([0.0, *(s for p in shape for s in (p.on_s, p.off_s))])
    at = np.rint(edges / STEP_S).astype(int)
    line = np.zeros(at[-1], np.bool_)
    for pulse, begin, end in zip(shape, at[::2], at[1::2], strict=False):
        line[begin:end] = pulse.strength > 0
    return line


def distance(a: Timeline, b: Timeline) -> float:
    """0: the same rhythm; 1: nothing in common.

    The share of the time in which just one of them is on, of that in which any is (Jaccard's
    distance), shifted against each other so that it is least. A metric between rhythms; between two
    single pulses it is the difference of their lengths as a share of the longer.
    """
    together = int(np.correlate(a.astype(float), b.astype(float), "full").max() + 0.5)
    either = int(a.sum()) + int(b.sum()) - together
    return 1.0 - together / either if either else 0.0
