"""The reader: drains one sensor in time, whatever happens on the bus, and waits for nobody."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Protocol

from drivers.bus import Bus
from drivers.chips.chip import Chip, Drained
from drivers.chunk import Chunk
from drivers.errors import BusError, ChipError, ChipNotFoundError, ChipResetError
from drivers.notes import Note, SensorBack, SensorLost, SensorRestarted
from drivers.rate import TrueRate

log = logging.getLogger(__name__)

POLL_S: Final = 0.010
"""Cues come in time with batches of about 10 ms."""
CHECK_S: Final = 1.0
"""How often the configuration is looked at: a brown-out resets a chip without a word."""
FAILING_S: Final = 1.0
"""Faults that last so long call for a restart of the chip."""
SILENT_S: Final = 0.25
"""Without any sample for so long the chip is looked at."""
RETRY_S: Final = 2.0
WATCH_S: Final = 0.1
"""While the sensor is lost a step takes no longer than this and a retry: who steps may end it."""


class ReaderState(StrEnum):
    """What the reader is about."""

    STREAMING = "streaming"
    FAILING = "failing"
    LOST = "lost"
    STOPPED = "stopped"


class Watermark(Protocol):
    """The chip's FIFO interrupt."""

    def wait(self, timeout: float) -> bool:
        """Until the FIFO has reached its watermark, at most `timeout` s; whether it has."""
        ...


@dataclass(slots=True)
class ReaderCounters:
    """What happened since the reader was made.

    Args:
        samples: delivered.
        lost: known to be missing.
        drains: of the FIFO, that succeeded.
        bus_errors: drains and checks that failed.
        bad_data: drains whose data were no FIFO's, and checks that a second look did not confirm.
        restarts: of the chip in mid-run.
        sensor_lost: times the remedies did not help at once.
        false_alarms: interrupts too soon after a drain to be true.
    """

    samples: int = 0
    lost: int = 0
    drains: int = 0
    bus_errors: int = 0
    bad_data: int = 0
    restarts: int = 0
    sensor_lost: int = 0
    false_alarms: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class Reader:
    """Streams one chip.

    Args:
        bus: the bus it sits on.
        chip: not started yet.
        deliver: takes every chunk and note; must not block.
        poll_s: from one drain to the next; with a watermark the longest wait for it.
        watermark: the interrupt; None: polling.
    """

    def __init__(
        self,
        bus: Bus,
        chip: Chip,
        deliver: Callable[[Chunk | Note], object],
        *,
        poll_s: float = POLL_S,
        watermark: Watermark | None = None,
    ) -> None:
        self.counters = ReaderCounters()
        self.state = ReaderState.STOPPED
        self._bus = bus
        self._time = bus.time
        self._chip = chip
        self._deliver = deliver
        self._poll_s = poll_s
        self._watermark = watermark
        self._due = 0.0
        self._woke = 0.0
        self._checked = 0.0
        self._last_sample: float | None = None
        self._alive = 0.0
        self._failing: float | None = None
        self._retry_at = 0.0
        self._restarted = False
        self._rate = TrueRate()

    @property
    def last_sample(self) -> float | None:
        """Host time of the newest sample, s."""
        return self._last_sample

    def open(self) -> None:
        """Resets, configures and starts the chip.

        Raises:
            ChipNotFoundError, ChipError, BusError: it is not to be had.
        """
        self._chip.reset()
        self._chip.start(self._samples_per_poll())
        now = self._time.now()
        self._due = self._woke = now
        self._checked = self._alive = now
        self.state = ReaderState.STREAMING

    def step(self) -> None:
        """Waits for the next drain, drains, delivers; faults are dealt with, never raised."""
        self._wait()
        if self.state is ReaderState.LOST:
            if self._time.now() >= self._retry_at:
                self._try_again()
            return
        try:
            drained = self._chip.drain()
            self.counters.drains += 1
            if drained:
                self._take(drained)
            now = self._time.now()
            if drained:
                self._failing = None
                self.state = ReaderState.STREAMING
            silent = now - self._alive
            if now - self._checked >= CHECK_S or (silent > SILENT_S and self._failing is None):
                self._check()
                self._checked = now
            if silent > SILENT_S:
                self._fails("the sensor sends no samples")
        except ChipResetError as e:
            self._restart(str(e))
        except BusError as e:
            self.counters.bus_errors += 1
            self._fails(str(e))
        except ChipError as e:
            self.counters.bad_data += 1
            self._suspect(str(e))

    def close(self) -> None:
        """Powers the chip down; a chip that does not answer is left alone."""
        self.state = ReaderState.STOPPED
        with contextlib.suppress(BusError, ChipError):
            self._chip.stop()

    def _samples_per_poll(self) -> int:
        return max(1, round(self._poll_s * self._chip.setup.rate_hz))

    def _wait(self) -> None:
        now = self._time.now()
        if self.state is ReaderState.LOST:
            self._time.sleep(min(max(0.0, self._retry_at - now), WATCH_S))
        elif self._watermark is not None:
            # Twice the time a poll would take: an interrupt that never comes only costs latency.
            self._watermark.wait(2 * self._poll_s)
            # The FIFO takes a poll's time to fill to the watermark. A line that is stuck, or stays
            # high because drains fail, says so at once again and again: never faster than this.
            early = self._woke + self._poll_s / 2 - self._time.now()
            if early > 0:
                self.counters.false_alarms += 1
                self._time.sleep(early)
            self._woke = self._time.now()
        else:
            self._due = max(self._due + self._poll_s, now)
            self._time.sleep(self._due - now)

    def _take(self, drained: list[Drained]) -> None:
        if self._restarted:
            self._restarted = False
            self._rate.restart()
            if self._last_sample is not None:
                first = drained[0]
                gap = self._gap(drained, self._last_sample)
                drained = [replace(first, lost=gap), *drained[1:]]
        samples = lost = 0
        for piece in drained:
            samples += len(piece.counts)
            lost += piece.lost
            self._deliver(Chunk(piece.counts, piece.host_time, piece.lost))
        self.counters.samples += samples
        self.counters.lost += lost
        last = drained[-1]
        self._last_sample = last.host_time - last.unread / self._chip.rate_hz
        self._alive = self._time.now()
        self._rate.push(samples + lost, self._last_sample)

    def _gap(self, drained: list[Drained], last_sample: float) -> int:
        """Samples between the last one before a restart and the first one after it."""
        rate = self._rate(self._chip.rate_hz)
        later = sum(len(p.counts) for p in drained) + sum(p.lost for p in drained[1:]) - 1
        first = drained[-1].host_time - (later + drained[-1].unread) / rate
        # What the new stream lost before its first sample is part of the gap.
        return max(round((first - last_sample) * rate) - 1, drained[0].lost)

    def _check(self) -> None:
        """Believes a second look only: a restart costs samples, one disturbed read does not."""
        try:
            self._chip.check()
        except ChipResetError:
            self.counters.bad_data += 1
            self._chip.check()

    def _fails(self, because: str) -> None:
        """Something went wrong that may pass by itself."""
        now = self._time.now()
        if self._failing is None:
            self._failing = now
            self.state = ReaderState.FAILING
        elif now - self._failing >= FAILING_S:
            self._restart(because)

    def _suspect(self, because: str) -> None:
        """Data that no FIFO sends: is it still the same chip?"""
        try:
            self._check()
        except ChipResetError as e:
            self._restart(str(e))
        except (BusError, ChipError) as e:
            self._fails(str(e))
        else:
            self._fails(because)

    def _restart(self, because: str) -> None:
        """The chip is set up anew; if that fails, once more on a freed bus."""
        log.info("restarting the sensor: %s", because)
        for free_first in (False, True):
            if free_first and not self._bus.recover():
                break
            if self._started():
                self.counters.restarts += 1
                self._deliver(SensorRestarted(self._time.now(), because))
                return
        self.counters.sensor_lost += 1
        self.state = ReaderState.LOST
        self._retry_at = self._time.now() + RETRY_S
        self._deliver(SensorLost(self._time.now(), because))

    def _try_again(self) -> None:
        self._retry_at = self._time.now() + RETRY_S
        if self._started() or (self._bus.recover() and self._started()):
            now = self._time.now()
            self.counters.restarts += 1
            away = now - (self._last_sample if self._last_sample is not None else now)
            self._deliver(SensorBack(now, away))

    def _started(self) -> bool:
        try:
            self.open()
        except (BusError, ChipError, ChipNotFoundError) as e:
            log.debug("the sensor does not start: %s", e)
            return False
        self._failing = None
        self._restarted = True
        return True
