"""Which foot struck, at the waist."""

from dsp.block import Side, Stream
from dsp.events import Foot
from dsp.history import History
from dsp.waist.crossing import StepWindow
from dsp.wearer import Wearer


class Feet:
    """Tells the feet apart."""

    def __init__(self, stream: Stream, wearer: Wearer, history: History) -> None:
        self._history = history

    def strike(self, t: float) -> tuple[Side, Foot | None]:
        """The foot of a strike at `t`, s, from what was seen before it."""
        return Side.UNKNOWN, None

    def step(self, window: StepWindow) -> tuple[Side, Foot | None]:
        """Takes the evidence of a whole step; the foot as it was told for its strike."""
        return Side.UNKNOWN, None

    def stop(self) -> None:
        """The run is over: the next one may begin with either foot."""
