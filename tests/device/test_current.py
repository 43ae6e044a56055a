"""What of a session is heard: nothing that comes too late."""

from pathlib import Path

from feedback.actuators.played import Played
from feedback.cue import Cue, Pattern
from firmware_py.coaching import Coaching, recorded
from firmware_py.config import Config
from firmware_py.device.current import Current
from firmware_py.device.settings import DeviceSettings
from tests.store.machine import MadeUp, shelf_on
from tests.store.test_going_on import HEADER, made

COACHING = recorded(HEADER.coaching)
BEFORE = sum(c.host_time <= 125.0 for c in made())
"""Chunks of the first 25 s, in which there is a cue already."""


class Heard:
    """An ear that remembers what it was given."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.t = 0.0

    def listener(self, played: Played) -> None:
        """Nothing is played."""

    def now(self) -> float:
        return self.t

    def play(self, cue: Cue) -> None:
        self.cues.append(cue)

    def quiet(self) -> bool:
        return True


def session(folder: Path, coaching: Coaching = COACHING) -> tuple[Current, Heard]:
    heard = Heard()
    opened = shelf_on(folder, MadeUp()).begin(HEADER, "auto")
    current = Current(opened, Config(), coaching, DeviceSettings(), heard)  # type: ignore[arg-type]
    return current, heard


def follow(current: Current, heard: Heard, late_s: float) -> None:
    """The rest of the run, each chunk worked off so long after its samples."""
    for chunk in made()[BEFORE:]:
        heard.t = chunk.host_time + late_s
        current.take(chunk)
        while current.behind:
            current.work()


def test_what_was_decided_about_the_time_before_it_began_is_not_heard(tmp_path: Path) -> None:
    current, heard = session(tmp_path)
    current.begin_with(made()[:BEFORE], "the session has begun by itself")
    heard.t = made()[BEFORE - 1].host_time
    while current.behind:
        current.work()
    # Not even the word that running had begun: of all that only that it has begun.
    assert [(c.pattern, c.because) for c in heard.cues] == [
        (Pattern.STARTED, "the session has begun by itself")
    ]
    follow(current, heard, 0.0)
    assert any(c.coaching for c in heard.cues)


def test_a_coaching_cue_that_is_late_is_not_heard_and_a_remark_is(tmp_path: Path) -> None:
    current, heard = session(tmp_path)
    follow(current, heard, 1.2)
    current.say("ended by the button", Pattern.STOPPED)
    while current.behind:
        current.work()
    assert not any(c.coaching for c in heard.cues)
    assert heard.cues[-1].pattern is Pattern.STOPPED
