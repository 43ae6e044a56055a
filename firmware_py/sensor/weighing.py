"""Weighs gravity in the first moments after a sensor was started: another part is off by two."""

import numpy as np

from drivers.rest import MIN_S, Rest, weigh
from dsp.block import FloatArray, SampleBlock


class Weighing:
    """Looks at half a second of samples, once per start."""

    def __init__(self) -> None:
        self._acc: list[FloatArray] | None = []
        self._began: float | None = None

    def begin(self) -> None:
        """The sensor was started anew; perhaps it is another one."""
        self._acc, self._began = [], None

    def push(self, block: SampleBlock) -> Rest | None:
        """What the first moments say, once they are over."""
        if self._acc is None or not len(block):
            return None
        if self._began is None:
            self._began = float(block.t[0])
        self._acc.append(block.acc)
        if float(block.t[-1]) - self._began < MIN_S:
            return None
        rest = weigh(np.concatenate(self._acc))
        self._acc = None
        return rest


def implausible(rest: Rest) -> str:
    """What is to be told where the first moments do not show 1 g."""
    return (
        f"the sensor measures {rest.gravity_g:.2f} g at rest, not 1: it is another part than it is "
        "taken for, or broken; run gaitcoach doctor"
    )
