"""From three arbitrarily mounted axes to the vertical, in units of the runner's own mean."""

from typing import Final

import numpy as np

from dsp.block import Stream
from dsp.deferred import Deferred
from dsp.filters import Filter, bessel_lowpass, lowpass
from dsp.grid import Piece
from dsp.history import History
from dsp.waist.channels import ACTIVE, SWAY, VERTICAL
from dsp.waist.upright import Upright

TRIGGER_HZ: Final = 60.0
"""The band of the impact definition (science 2.2); delays the crossing by about 4 ms."""
ACTIVE_HZ: Final = 10.0
SWAY_HZ: Final = 3.0
WAIT_S: Final = 1.0


class WaistSignals:
    """Fills the history: 60 Hz Bessel for the trigger at once, the slower bands when looked at.

    Args:
        history: that of `dsp.waist.channels`.
    """

    def __init__(self, stream: Stream, history: History) -> None:
        rate, most = stream.rate_hz, int(WAIT_S * stream.rate_hz)
        self._history = history
        self._upright = Upright(rate)
        self._trigger = Filter(bessel_lowpass(TRIGGER_HZ, rate))
        self.active = Deferred(history, VERTICAL, ACTIVE, lowpass(ACTIVE_HZ, rate), most)
        self.sway = Deferred(history, VERTICAL, SWAY, lowpass(SWAY_HZ, rate), most)

    def push(self, piece: Piece) -> None:
        """Remembers the new samples."""
        if piece.restart:
            # Gravity stays: over a hole a belt hardly moves, and a second later it is followed.
            for stage in (self._trigger, self.active, self.sway):
                stage.restart()
        vertical = self._upright.push(piece.acc)
        turning = np.zeros_like(piece.acc) if piece.gyr is None else piece.gyr
        self._history.push(
            piece.t,
            piece.known,
            vertical,
            self._trigger.push(vertical),
            piece.unsure,
            piece.clipped,
            piece.acc.T,
            turning.T,
        )
        self.active.pushed()
        self.sway.pushed()
