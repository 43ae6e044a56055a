"""A live session on a card that stalls, or takes nothing: it is told, and coaching goes on."""

from pathlib import Path
from typing import Any

from feedback.cue import Cue, Pattern
from firmware_py.coaching import Coaching
from firmware_py.config import Config
from firmware_py.live import Live
from firmware_py.recorder import Recorder
from firmware_py.replay import replay
from firmware_py.trace.header import TraceHeader
from firmware_py.trace.reader import open_trace
from firmware_py.trace.writer import TraceWriter
from tests.live.test_live import hooks, world


class FailingRecorder(Recorder):
    """A recorder whose card fails at once."""

    def __init__(self) -> None:
        super().__init__(None, OSError(28, "No space left on device"))
        self.closed = False

    def close(self, timeout: float = 30.0) -> bool:
        self.closed = True
        return True


class SlowWriter(TraceWriter):
    """A writer whose card takes 4 s for its second sync, on a made-up clock."""

    t = 0.0
    syncs = 0

    def now(self) -> float:
        """The made-up clock."""
        return self.t

    def sync(self) -> None:
        """Takes its time."""
        self.syncs += 1
        self.t += 4.0 if self.syncs == 2 else 0.1
        super().sync()


def test_a_card_that_stalls_is_told_and_replay_says_it_again(tmp_path: Path) -> None:
    w = world()
    path = tmp_path / "trace.mcap"
    made: list[Recorder] = []

    def recorder(header: TraceHeader) -> Recorder:
        writer = SlowWriter(path, header)
        made.append(Recorder(writer, now=writer.now))
        return made[0]

    told = hooks(w, 12.0)
    told.recorder = recorder
    summary = Live(w.attached, Config(), Coaching(), "simulated", told).run().summary
    notes = [n for n in summary["quality"]["notes"] if "stalled" in n]
    assert len(notes) == 1
    assert "the card stalled for 4.0 s: a power cut then would have cost 5.0 s" in notes[0]
    assert replay(open_trace(path), Config()).summary == summary


def test_a_full_card_is_told_once_and_coaching_goes_on() -> None:
    w, seen = world("short-run"), []
    failing = FailingRecorder()
    told = hooks(w, 12.0)
    told.recorder = lambda header: failing

    def see(happened: Any, start_t: float) -> None:
        seen.append(happened)

    told.seen = see
    done = Live(w.attached, Config(), Coaching(), "simulated", told).run()
    cues = [c for c in seen if isinstance(c, Cue)]
    assert [c.pattern for c in cues].count(Pattern.STORAGE_FULL) == 1
    assert Pattern.STARTED in [c.pattern for c in cues]
    assert done.recording_error == "No space left on device"
    assert failing.closed
    assert any("coaching goes on" in note for note in done.summary["quality"]["notes"])
