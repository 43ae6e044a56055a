"""What the main loop works with, and what it says for each action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.reader import POLL_S
from feedback.cue import Pattern
from firmware_py.config import Config
from firmware_py.device.feed import Source
from firmware_py.device.led import Code
from firmware_py.device.machine import Action
from firmware_py.device.sounds import Sounds
from firmware_py.device.watchdog import Watchdog
from firmware_py.ear.settings import CueSettings
from firmware_py.hooks import Happened
from firmware_py.live_session import ASKED, Remark
from firmware_py.session.status import Request
from firmware_py.store.shelf import Shelf

REMARKS: Final = {
    Action.PAUSE: ASKED[Request.PAUSE],
    Action.RESUME: ASKED[Request.RESUME],
    Action.SILENCE: ASKED[Request.SILENCE],
    Action.METRONOME: ASKED[Request.METRONOME],
    # That the runner stands was heard already.
    Action.REST: Remark("paused by itself: standing", request=Request.PAUSE),
}

SAID: Final = {
    Action.SAY_LOST: (Pattern.SENSOR_LOST, "no sensor"),
    Action.SAY_STOPPED: (Pattern.STOPPED, "the device goes off"),
}


@dataclass(slots=True)
class Parts:
    """What the main loop works with.

    Args:
        source: where the sensor comes from.
        shelf: where sessions are kept.
        watchdog: systemd's.
        sounds: makes what is heard, as `[cues]` says.
        show: shows a code on the LED.
        reread: the configuration, read again.
        beside: runs a function beside the main loop.
        told_to_end: asked several times a second.
        shown: called with every event and cue of a session.
        poll_s: from one drain of the sensor to the next.
    """

    source: Source
    shelf: Shelf
    watchdog: Watchdog
    sounds: Callable[[CueSettings], Sounds]
    show: Callable[[Code], object]
    reread: Callable[[], Config]
    beside: Callable[[Callable[[], None]], object]
    told_to_end: Callable[[], bool]
    shown: Callable[[Happened], object] = lambda happened: None
    poll_s: float = POLL_S
