"""The sample clock: the chip's own sample count, steered by host time.

A chip's rate is off by up to some percent and drifts, but its count is even. Host times of drains
are uneven in one direction: a drain is late by what the scheduler did, never early. So the clock
looks, in every quarter second of samples, at the least late drain only; feeds this one point to a
decaying line fit; leaves points out that are late beyond what the fit expects; and steers slowly to
the line instead of jumping, so that intervals between samples stay true and times never go
backwards. (The idea of a decaying fit with a gate and a future meeting point: Klipper's ADXL345
clock, described in docs/trace-format.md; the sampling of the least late drain answers its known
bias by latency.)

Causal: what a chunk's samples get depends on chunks before it and on nothing later, nor on how many
chunks are handed over at once.
"""

from typing import Final

import numpy as np

from dsp.block import FloatArray, IntArray

WINDOW_S: Final = 0.25
"""One point of the line per this many seconds of samples."""
STEER_S: Final = 2.0
"""The output meets the line this far ahead."""
MEMORY_WINDOWS: Final = 28
"""The line forgets with this time constant (7 s): chips drift by ppm per second."""
MAX_RATE_ERROR: Final = 0.12
"""No chip is further off its nominal rate; bounds what the first windows may claim."""
MAX_STEER: Final = 0.5
"""A sample period is never stretched or shortened by more than this part of itself."""
GATE_S: Final = 0.5e-3
GATE_SPREADS: Final = 4.0
"""A window later than the line by GATE_S plus so many mean deviations is left out."""
START_SPREAD_S: Final = 1e-3
LATE_WINDOWS: Final = 4
"""After so many late windows in a row it is the line that is wrong: host clock or count jumped."""
STEP_S: Final = 0.5
"""Times that are behind the line by more than this step to it at once."""
LEARNING_WINDOWS: Final = 6
"""A new or moved line has no slope worth gating by before it saw so many windows."""


class SampleClock:
    """Times of samples from their count and the host times of their drains.

    Times are on the host's time base. Starts from the nominal rate.

    Args:
        rate_hz: nominal rate of the chip.
    """

    def __init__(self, rate_hz: float) -> None:
        self._nominal_s = 1.0 / rate_hz
        self._window_len = max(1, round(WINDOW_S * rate_hz))
        self._index = 0
        self._line: _Line | None = None
        self._window = 0
        # What is being stamped: time = _t + (index - _i) * _period, host times relative to _origin.
        self._origin = 0.0
        self._i = 0
        self._t = 0.0
        self._period = self._nominal_s
        # The least late drain of the open window: lateness by the line's slope, index, host time.
        self._slope = self._nominal_s
        self._best = (np.inf, 0, 0.0)

    @property
    def rate_hz(self) -> float:
        """The chip's rate as the line has it."""
        slope = 1.0 if self._line is None else self._line.slope
        return 1.0 / (slope * self._nominal_s)

    def stamp(self, n: IntArray, lost: IntArray, host_time: FloatArray) -> FloatArray:
        """Times of the samples of consecutive chunks.

        Args:
            n: (m,) samples in each chunk, > 0.
            lost: (m,) samples lost just before each chunk.
            host_time: (m,) s, just after each chunk was drained.

        Returns:
            (sum(n),) s, strictly increasing over all calls.
        """
        if len(n) == 0:
            return np.empty(0)
        end = self._index + np.cumsum(n + lost)
        start = end - n
        self._index = int(end[-1])
        window = start // self._window_len
        line = self._line
        if line is None:
            line = self._begin(int(start[0]), int(end[0]) - 1, float(host_time[0]), int(window[0]))
        host = host_time - self._origin
        edges = [0, *(np.flatnonzero(window[1:] != window[:-1]) + 1).tolist(), len(n)]
        knots = np.empty((len(edges) - 1, 3))
        for k in range(len(edges) - 1):
            a, b = edges[k], edges[k + 1]
            if window[a] != self._window:
                self._close_window(line, int(start[a]))
                self._window = int(window[a])
            knots[k] = self._i, self._t, self._period
            late = host[a:b] - (end[a:b] - 1) * self._slope
            j = int(late.argmin())
            if late[j] < self._best[0]:
                self._best = (float(late[j]), int(end[a + j]) - 1, float(host[a + j]))
        last = np.cumsum(n)
        total = int(last[-1])
        # Index of every sample: its place in the output plus all that was lost before it. (intp:
        # a 32 bit Pi repeats by nothing wider.)
        index = np.arange(total) + np.repeat(end - last, n.astype(np.intp))
        samples = np.add.reduceat(n, edges[:-1]).astype(np.intp)
        i0, t0, period = np.repeat(knots, samples, axis=0).T
        return np.asarray(t0 + (index - i0) * period + self._origin)

    def stamp_one(self, n: int, lost: int, host_time: float) -> FloatArray:
        """As `stamp`, of one chunk, to the last bit: live, each drain is stamped by itself."""
        start = self._index + lost
        self._index = end = start + n
        window = start // self._window_len
        line = self._line
        if line is None:
            line = self._begin(start, end - 1, host_time, window)
        if window != self._window:
            self._close_window(line, start)
            self._window = window
        host = host_time - self._origin
        late = host - (end - 1) * self._slope
        if late < self._best[0]:
            self._best = (late, end - 1, host)
        t = np.arange(start - self._i, end - self._i, dtype=np.float64)
        t *= self._period
        t += self._t
        t += self._origin
        return t

    def _begin(self, start: int, last: int, host_time: float, window: int) -> "_Line":
        self._origin = host_time
        self._i = start
        self._t = -(last - start) * self._nominal_s
        self._line = _Line(last * self._nominal_s, 0.0)
        self._window = window
        return self._line

    def _close_window(self, line: "_Line", start: int) -> None:
        """Feeds the window's point to the line and steers from sample `start` on."""
        _, index, host = self._best
        line.push(index * self._nominal_s, host)
        now = self._t + (start - self._i) * self._period
        x = start * self._nominal_s
        if line.at(x) - now > STEP_S:
            now = line.at(x)
        relative = (line.at(x + STEER_S) - now) / STEER_S
        relative = min(max(relative, 1.0 - MAX_STEER), 1.0 + MAX_STEER)
        self._i, self._t, self._period = start, now, relative * self._nominal_s
        self._slope = line.slope * self._nominal_s
        self._best = (np.inf, 0, 0.0)


class _Line:
    """Decaying least squares of host time y (s) over nominal time x = index / nominal rate (s)."""

    def __init__(self, x: float, y: float) -> None:
        self.slope = 1.0
        self._x, self._y = x, y
        self._last_x = x
        self._n = 0
        self._xx = self._xy = 0.0
        self._spread = START_SPREAD_S
        self._late: list[float] = []

    def at(self, x: float) -> float:
        return self._y + self.slope * (x - self._x)

    def push(self, x: float, y: float) -> None:
        """Takes in one window's least late point, unless it is late."""
        residual = y - self.at(x)
        gate = GATE_S + GATE_SPREADS * self._spread
        if self._n < LEARNING_WINDOWS:
            gate += MAX_RATE_ERROR * (x - self._last_x)
        if residual > gate:
            self._late.append(residual)
            if len(self._late) < LATE_WINDOWS:
                return
            self._move(min(self._late))
        elif residual < -gate:
            # Nothing is early: the line is late, by a stall at its start or a hole counted too
            # long.
            self._move(residual)
        self._late.clear()
        residual = y - self.at(x)
        if self._n >= LEARNING_WINDOWS:
            self._spread += (min(abs(residual), gate) - self._spread) / MEMORY_WINDOWS
        self._n += 1
        self._last_x = x
        gain = max(1.0 / self._n, 1.0 / MEMORY_WINDOWS)
        dx, dy = x - self._x, y - self._y
        self._x += gain * dx
        self._y += gain * dy
        self._xx = (1.0 - gain) * (self._xx + gain * dx * dx)
        self._xy = (1.0 - gain) * (self._xy + gain * dx * dy)
        if self._n == 1:
            # One point has no slope: a light prior of one window's length holds the slope as it
            # was.
            self._xx = WINDOW_S**2 / 4
            self._xy = self.slope * self._xx
        slope = self._xy / self._xx
        self.slope = min(max(slope, 1.0 - MAX_RATE_ERROR), 1.0 + MAX_RATE_ERROR)

    def _move(self, by: float) -> None:
        """Shifts the line; what it knows of the slope may be as wrong as the offset was."""
        self._y += by
        self._n = 0
