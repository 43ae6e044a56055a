"""What the main loop is handed, besides chunks and the reader's notes."""

from dataclasses import dataclass

from drivers.calibration import Calibration
from drivers.notes import Note
from feedback.cue import Pattern
from firmware_py.device.led import Code
from firmware_py.device.machine import Event
from firmware_py.sensor.attached import Attached


@dataclass(frozen=True, slots=True)
class Report:
    """The feed's own word that it sends no samples on purpose: asleep, restarting, no sensor.

    Args:
        t: host time, s.
    """

    t: float


@dataclass(frozen=True, slots=True)
class Started:
    """The sensor streams from now on.

    Args:
        t: host time, s.
        attached: which.
        calibration: of this specimen; None: none.
    """

    t: float
    attached: Attached
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class Absent:
    """The sensor cannot be had.

    Args:
        t: host time, s.
        because: in words.
    """

    t: float
    because: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The feed's thread has ended by a mistake of ours."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Happens:
    """Something for the machine.

    Args:
        event: what.
        who: button, link, auto, battery or command.
    """

    event: Event
    who: str


@dataclass(frozen=True, slots=True)
class Word:
    """Something to be told to the runner, in a session or not.

    Args:
        text: in words.
        pattern: what sounds; None: nothing.
        trouble: what the LED shows from now on.
        over: the trouble that is over.
    """

    text: str
    pattern: Pattern | None = None
    trouble: Code | None = None
    over: Code | None = None


@dataclass(frozen=True, slots=True)
class Reload:
    """The configuration was replaced."""


Given = Note | Report | Started | Absent | Crashed
"""By the feed, beside chunks."""
Item = Given | Happens | Word | Reload
