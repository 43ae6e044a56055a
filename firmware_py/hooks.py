"""What a live session tells those who run it, and asks them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.calibration import Calibration
from dsp.events import Event
from feedback.cue import Cue
from firmware_py.recorder import Recorder
from firmware_py.sensor.attached import Attached
from firmware_py.trace.header import TraceHeader

Happened = Event | Cue


@dataclass(slots=True)
class Hooks:
    """What a live session tells, and asks.

    Args:
        seen: called with each event and cue as it is decided, and the session's first time, s.
        told: called with what the reader said about the sensor, in words, and when, s since the
            session's first sample.
        stopped: asked several times a second; True ends the session.
        ends: asked with the time of the newest sample, or without samples the host's, s; True ends
            the session there.
        calibration: asked once, when the chip was reset and its trim is known; None: none.
        recorder: made by the caller from the session's header; None: nothing is kept.
    """

    seen: Callable[[Happened, float], object] = lambda happened, start_t: None
    told: Callable[[str, float], object] = lambda text, since_s: None
    stopped: Callable[[], bool] = lambda: False
    ends: Callable[[float], bool] = lambda t: False
    calibration: Callable[[Attached], Calibration | None] = lambda attached: None
    recorder: Callable[[TraceHeader], Recorder | None] = lambda header: None
    worked_off: Callable[[Callable[[], object]], object] = lambda wait: None
    """Given a function that waits until all that was delivered is worked off (for simulations)."""
    quiet: Callable[[], object] = lambda: None
    """Returns when the last cue was played."""
    leaving: Callable[[], object] = lambda: None
    """Called when the session ends, before the reader is waited for."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a live session.

    Args:
        summary: docs/summary.md.
        sensor: counters of reader and bus.
        recording_error: why the recording is not whole; None: it is.
    """

    summary: dict[str, Any]
    sensor: dict[str, Any]
    recording_error: str | None = None
