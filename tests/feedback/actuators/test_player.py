import threading
import time
from collections.abc import Callable, Iterator

import pytest

from feedback.actuators.played import Played
from feedback.actuators.player import Player
from feedback.cue import Cue, Pattern
from tests.feedback.actuators.stage import PATTERNS, Diarist

PATIENCE_S = 20.0


class Heard:
    """What the player told, for whoever waits for it."""

    def __init__(self) -> None:
        self.played: list[Played] = []
        self.failures: list[str] = []
        self._news = threading.Condition()

    def tell(self, played: Played) -> None:
        with self._news:
            self.played.append(played)
            self._news.notify_all()

    def fail(self, name: str, text: str) -> None:
        with self._news:
            self.failures.append(f"{name}: {text}")
            self._news.notify_all()

    def wait(self, enough: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(enough, PATIENCE_S)


class Rig:
    def __init__(self) -> None:
        self.heard = Heard()
        self.beeper = Diarist(time.monotonic)
        self.player = Player(
            [self.beeper],
            PATTERNS,
            played=self.heard.tell,
            failed=self.heard.fail,
        )

    def give(self, pattern: Pattern, ahead_s: float | None = None) -> float:
        now = time.monotonic()
        t = now if ahead_s is None else now + ahead_s
        self.player.play(Cue(t, now, pattern, "because"))
        return t


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    assert rig.player.close(PATIENCE_S)


def test_a_cue_is_played_on_the_players_own_thread(rig: Rig) -> None:
    rig.give(Pattern.SOFTER)
    rig.heard.wait(lambda: len(rig.heard.played) == 1)
    softer = rig.heard.played[0]
    assert softer.not_played is None
    assert softer.edge_t is not None
    assert softer.edge_t >= softer.queued_t
    assert [s.name for s in softer.actuators] == ["beeper"]


def test_a_planned_beat_is_never_early(rig: Rig) -> None:
    times = [rig.give(Pattern.BEAT, 0.05 + 0.05 * k) for k in range(5)]
    rig.heard.wait(lambda: len(rig.heard.played) == 5)
    for t, played in zip(times, rig.heard.played, strict=True):
        assert played.t == t
        if played.edge_t is not None:
            assert played.edge_t >= t


def test_an_actuator_that_hangs_keeps_no_caller_waiting() -> None:
    entered, release = threading.Event(), threading.Event()

    class Hanging(Diarist):
        def _do(self, what: str, level: float, pulse: object = None) -> None:
            entered.set()
            assert release.wait(PATIENCE_S)

    heard = Heard()
    player = Player([Hanging(time.monotonic)], PATTERNS, played=heard.tell)
    player.play(Cue(0.0, 0.0, Pattern.SOFTER, "why"))
    assert entered.wait(PATIENCE_S)
    for _ in range(1000):
        player.play(Cue(0.0, 0.0, Pattern.QUICKER, "why"))
    assert not player.close(timeout=0.01)
    release.set()
    assert player.close(PATIENCE_S)
    assert heard.played[0].not_played is None


def test_silence_ends_what_is_planned_at_once(rig: Rig) -> None:
    rig.give(Pattern.BEAT, 3600.0)
    rig.player.silent = True
    rig.heard.wait(lambda: len(rig.heard.played) == 1)
    assert rig.heard.played[0].not_played == "silenced"
    rig.give(Pattern.QUICKER)
    rig.heard.wait(lambda: len(rig.heard.played) == 2)
    assert rig.heard.played[1].not_played == "silenced"
    rig.player.silent = False
    rig.give(Pattern.QUICKER)
    rig.heard.wait(lambda: len(rig.heard.played) == 3)
    assert rig.heard.played[2].not_played is None


def test_beats_are_taken_back_through_the_thread(rig: Rig) -> None:
    rig.give(Pattern.BEAT, 3600.0)
    rig.player.cancel_beats()
    rig.heard.wait(lambda: len(rig.heard.played) == 1)
    assert rig.heard.played[0].not_played == "canceled"


def test_level_and_night_can_be_changed_while_it_runs(rig: Rig) -> None:
    rig.player.level = 7.0
    assert rig.player.level == 1.0
    rig.player.level = 0.3
    rig.give(Pattern.SOFTER)
    rig.heard.wait(lambda: len(rig.heard.played) == 1)
    rig.player.night = True
    rig.give(Pattern.SOFTER)
    rig.heard.wait(lambda: len(rig.heard.played) == 2)
    assert [level for _, what, level in rig.beeper.diary if what == "on"] == [0.3, 0.1]
    assert rig.player.night


def test_a_broken_actuator_does_not_end_the_thread(rig: Rig) -> None:
    rig.beeper.broken = OSError("nobody answers")
    rig.give(Pattern.QUICKER)
    rig.give(Pattern.SOFTER)
    rig.heard.wait(lambda: len(rig.heard.played) == 2)
    assert rig.heard.failures == ["beeper: nobody answers"]
    assert [p.not_played for p in rig.heard.played] == ["replaced", "failed"] or [
        p.not_played for p in rig.heard.played
    ] == ["failed", "failed"]


def test_a_mistake_in_a_cue_does_not_end_the_thread(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.player.play(None)  # type: ignore[arg-type]
    rig.give(Pattern.SOFTER)
    rig.heard.wait(lambda: len(rig.heard.played) == 1)
    assert rig.heard.played[0].not_played is None
    assert "the cue player failed" in caplog.text


def test_closing_silences_and_lets_go() -> None:
    rig = Rig()
    rig.give(Pattern.SOFTER)
    rig.heard.wait(lambda: len(rig.heard.played) == 1)
    rig.give(Pattern.BEAT, 3600.0)
    assert rig.player.close(PATIENCE_S)
    assert rig.beeper.diary[-1][1] == "off"
    assert not rig.beeper.open
    assert rig.heard.played[-1].not_played == "silenced"


def test_a_cue_behind_the_end_is_told_and_not_played() -> None:
    entered, release = threading.Event(), threading.Event()

    class Slow(Diarist):
        def off(self) -> None:
            entered.set()
            assert release.wait(PATIENCE_S)

    heard = Heard()
    player = Player([Slow(time.monotonic)], PATTERNS, played=heard.tell)
    assert entered.wait(PATIENCE_S)
    assert not player.close(timeout=0.0)
    player.play(Cue(0.0, 0.0, Pattern.SOFTER, "why"))
    release.set()
    assert player.close(PATIENCE_S)
    assert [p.not_played for p in heard.played] == ["silenced"]


def test_with_real_time_priority_or_without_the_right_to_it_cues_are_played() -> None:
    heard = Heard()
    player = Player([Diarist(time.monotonic)], PATTERNS, played=heard.tell, realtime=1)
    player.play(Cue(0.0, 0.0, Pattern.SOFTER, "why"))
    heard.wait(lambda: len(heard.played) == 1)
    assert player.close(PATIENCE_S)
    assert heard.played[0].not_played is None
