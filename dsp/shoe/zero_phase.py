"""A filter without delay, over samples that are all there."""

import numpy as np
from scipy import signal

from dsp.block import FloatArray
from dsp.filters import Biquad


class ZeroPhase:
    """A section run forward and backward."""

    def __init__(self, section: Biquad) -> None:
        self._section = section
        self._steady: FloatArray = signal.lfilter_zi(section.b, section.a)

    def __call__(self, x: FloatArray) -> FloatArray:
        """(n,) the ends are continued as they are."""
        back = self._run(self._run(x)[::-1].copy())
        return back[::-1]

    def _run(self, x: FloatArray) -> FloatArray:
        section = self._section
        y, _ = signal.lfilter(section.b, section.a, x, zi=self._steady * x[0])
        return np.asarray(y)
