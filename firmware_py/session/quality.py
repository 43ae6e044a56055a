"""How good a session's samples were: counted, never smoothed over."""

from typing import Any

import numpy as np

from dsp.block import SampleBlock
from dsp.gyro_watch import GyroWatch
from firmware_py.trace.header import TraceHeader


class Quality:
    """Counts samples, losses and clipping, block by block."""

    def __init__(self, header: TraceHeader) -> None:
        self._header = header
        self._notes = list(header.notes)
        self.first_t: float | None = None
        self.last_t: float | None = None
        self._samples = self._lost = self._acc = self._gyr = 0
        self._gaps = 0
        self._longest_s = 0.0
        self._watch: GyroWatch | None = GyroWatch(header.rate_hz)

    def add(self, block: SampleBlock) -> None:
        """Takes the next samples."""
        if not len(block):
            return
        holes = block.lost.nonzero()[0].tolist()
        for k in holes:
            self._gaps += 1
            before = block.t[k - 1] if k else self.last_t
            if before is not None:
                self._longest_s = max(self._longest_s, float(block.t[k] - before))
        if self.first_t is None:
            self.first_t = float(block.t[0])
        self.last_t = float(block.t[-1])
        self._samples += len(block)
        if holes:
            self._lost += int(block.lost.sum())
        self._acc += int(np.count_nonzero(block.acc_clipped))
        self._gyr += int(np.count_nonzero(block.gyr_clipped))

        self._listen(block)

    def _listen(self, block: SampleBlock) -> None:
        """Says once that the gyro is dead."""
        if self._watch is None or block.gyr is None:
            return
        dead = self._watch.push(block.acc, block.gyr)
        if dead is not None:
            self._watch = None
            since = float(block.t[dead - 1]) - (self.first_t or 0.0)
            self.note(f"gyro: no signal (known {since:.0f} s into the session)")

    def note(self, text: str) -> None:
        """A remark in words."""
        self._notes.append(text)

    def record(self, damage: str = "") -> dict[str, Any]:
        """The quality record of the summary; `damage` is what the trace's reader said."""
        return {
            "samples": self._samples,
            "lost": self._lost,
            "acc_clipped": self._acc,
            "gyr_clipped": self._gyr,
            "gaps": {"count": self._gaps, "longest_s": self._longest_s},
            "nominal_rate_hz": float(self._header.rate_hz),
            "true_rate_hz": self._true_rate(),
            "damage": damage,
            "notes": list(self._notes),
        }

    def _true_rate(self) -> float | None:
        """Samples the chip took per second of the trace's time, lost ones included."""
        if self.first_t is None or self.last_t is None or self.last_t <= self.first_t:
            return None
        return (self._samples + self._lost - 1) / (self.last_t - self.first_t)
