"""Which sample a chip's own timestamp belongs to: so every lost sample is counted exactly."""

from typing import Final

LEARN_SAMPLES: Final = 200
"""The ratio of sample period to tick is learned over at least so many samples."""
MAX_RATIO_ERROR: Final = 0.1
"""Rate and timestamp mostly come from one oscillator; a chip whose rate has a clock of its own is
off by up to some percent. A ratio further off is none."""


class TickCounter:
    """Sample indices from timestamps of the same oscillator.

    Args:
        ticks_per_sample: nominal.
        modulus: at which the timestamp wraps.
        tick_s: one tick, s.
    """

    def __init__(self, ticks_per_sample: float, modulus: int, tick_s: float) -> None:
        self._nominal = self._period = ticks_per_sample
        self._modulus = modulus
        self._tick_s = tick_s
        self._last: tuple[int, int, float] | None = None
        self._total = 0
        self._first: tuple[int, int] | None = None

    @property
    def anchored(self) -> bool:
        """Whether any sample was tied to a tick yet."""
        return self._last is not None

    def restart(self) -> None:
        """The timestamp started anew; the learned ratio stays."""
        self._last = self._first = None
        self._total = 0

    def index_of(self, ticks: int, host_time: float) -> int:
        """Index of the sample stamped `ticks`.

        Args:
            host_time: about when it was taken, s, good to a quarter of the wrap.

        Raises:
            ValueError: nothing is anchored yet.
        """
        if self._last is None:
            raise ValueError("no sample was tied to a tick yet")
        return self._last[0] + round(self._since(self._last, ticks, host_time) / self._period)

    def since_start(self, ticks: int) -> int:
        """Whole sample periods from a timestamp of 0 to `ticks`."""
        return int(ticks / self._period)

    def anchor(self, index: int, ticks: int, host_time: float) -> None:
        """Sample `index` was stamped `ticks`."""
        if self._last is not None:
            self._total += self._since(self._last, ticks, host_time)
        self._last = (index, ticks, host_time)
        if self._first is None:
            self._first = (index, self._total)
        span = index - self._first[0]
        if span >= LEARN_SAMPLES:
            period = (self._total - self._first[1]) / span
            if abs(period / self._nominal - 1.0) < MAX_RATIO_ERROR:
                self._period = period

    def _since(self, anchor: tuple[int, int, float], ticks: int, host_time: float) -> int:
        """Ticks since `anchor`, unwrapped by the host's clock."""
        _, last, then = anchor
        delta = (ticks - last) % self._modulus
        expected = (host_time - then) / self._tick_s
        return delta + round((expected - delta) / self._modulus) * self._modulus
