"""The speaker: what is told is heard a fixed time later, and a lost card comes back.

The card is a fake (tests/feedback/card.py); where pyalsaaudio is installed, ALSA's own `file` takes
its place.
"""

import itertools
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.errors import GaitCoachError
from feedback.actuators.alsa import CHANNELS, RATE_HZ, AlsaPcm, SpeakerError
from feedback.actuators.speaker import Feed, Speaker, Told
from feedback.pulse import Pulse
from feedback.tone import EDGE_S, Samples
from tests.feedback.card import BUFFER, PERIOD, PERIODS, Card, Cards, Listening

PATIENCE_S = 10.0
MISSING = "pyalsaaudio >= 0.11 is not installed: apt libasound2-dev, pip .[speaker]"


def began(sound: Samples) -> int:
    return int(np.flatnonzero(sound)[0]) - 1


def ended(sound: Samples) -> int:
    """Where the last edge begins."""
    return int(np.flatnonzero(sound)[-1]) - round(EDGE_S * RATE_HZ) + 1


def test_two_periods_of_256_frames_are_heard_after_10_7_ms() -> None:
    assert Listening(Card()).feed.onset_s == pytest.approx(0.0107, abs=5e-5)


@given(st.integers(0, 3 * BUFFER), st.integers(300, 5000), st.integers(0, 60))
def test_a_pulse_is_heard_exactly_so_long_and_exactly_so_much_later(
    at: int, length: int, late: int
) -> None:
    it = Listening(Card())
    it.run(2000)
    it.run(at, late)
    told_on = it.card.now
    it.on()
    it.run(length, late)
    told_off = it.card.now
    it.off()
    it.run(2000, late)
    assert it.feed.underruns == 0
    assert began(it.card.sound) == pytest.approx(told_on + BUFFER, abs=2)
    assert ended(it.card.sound) == pytest.approx(told_off + BUFFER, abs=2)


def test_beats_stay_even_whatever_part_of_a_period_they_fall_into() -> None:
    it = Listening(Card())
    it.run(1000)
    beats = []
    for _ in range(20):
        beats.append(it.card.now + BUFFER)
        it.on()
        it.run(1920)
        it.off()
        it.run(14081)
    it.run(BUFFER)
    sound = it.card.sound
    heard = [began(sound[b - 1000 :]) + b - 1000 for b in beats]
    assert np.diff(heard) == pytest.approx(np.diff(beats), abs=2)


def test_a_card_that_knows_its_place_only_by_the_period_never_runs_dry() -> None:
    it = Listening(Card(step=PERIOD))
    it.run(RATE_HZ)
    assert it.feed.underruns == 0


def test_silence_is_written_all_the_time() -> None:
    it = Listening(Card())
    it.run(RATE_HZ)
    assert not it.card.dry
    assert not it.card.sound.any()


def test_a_card_that_had_run_dry_is_filled_again_and_the_tone_goes_on() -> None:
    it = Listening(Card())
    it.run(1000)
    it.on()
    it.run(4000)
    it.card.turn(3000)
    assert it.card.room() < 0
    it.run(4000, late=20)
    assert it.feed.underruns == 1
    assert it.card.room() >= 0
    assert np.abs(it.card.sound[-1000:]).max() == pytest.approx(0.5, abs=0.01)
    it.off()
    it.run(2000)
    assert not it.card.sound[-500:].any()


def test_at_the_end_a_tone_falls_silent_without_a_click() -> None:
    it = Listening(Card())
    it.run(1000)
    it.on(1000.0)
    it.run(4000)
    it.card.turn(PERIOD)
    it.feed.end()
    it.card.turn(BUFFER)
    sound = it.card.sound
    assert np.abs(np.diff(sound)).max() < 0.5 * 2 * np.pi * 1000 / RATE_HZ + 0.01
    assert not sound[-50:].any()


def test_a_pulse_shorter_than_a_period_is_not_swallowed() -> None:
    it = Listening(Card())
    it.run(1000)
    it.on()
    it.run(100)
    it.off()
    it.run(2000)
    assert np.count_nonzero(it.card.sound) > 100


def test_a_card_that_takes_everything_does_not_hold_the_feed() -> None:
    class Null(Card):
        def room(self) -> int:
            return BUFFER

        def write(self, data: bytes) -> int:
            return len(data) // (2 * CHANNELS)

    it = Listening(Null())
    assert it.feed.step() >= PERIOD / RATE_HZ / 4


def tries(call: Callable[[], None]) -> SpeakerError | None:
    try:
        call()
    except SpeakerError as e:
        return e
    return None


def test_on_and_off_are_heard_through_the_thread_and_close_lets_go_of_the_card() -> None:
    cards = Cards()
    speaker = Speaker("fake", opened=cards)
    card = cards.opened[0]
    assert speaker.onset_s == pytest.approx(BUFFER / RATE_HZ)
    speaker.on(Pulse(0.1, strength=0.6), 0.5)
    assert card.loud.wait(PATIENCE_S)
    speaker.off()
    assert card.quiet_after.wait(PATIENCE_S)
    speaker.close()
    assert card.closed
    assert 0.0 < card.peak <= 0.3 + 1e-4


def test_a_card_that_went_away_is_reported_once_and_then_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feedback.actuators.speaker.RETRY_S", 0.01)
    cards = Cards()
    speaker = Speaker("fake", opened=cards)
    first = cards.opened[0]
    cards.refuse = True
    first.gone = True
    assert first.shut.wait(PATIENCE_S)
    failure = tries(lambda: speaker.on(Pulse(0.1), 0.5))
    assert isinstance(failure, OSError)
    assert isinstance(failure, GaitCoachError)
    assert str(failure) == "sound device fake: No such device"
    assert tries(speaker.off) is None
    cards.refuse = False
    for _ in itertools.count():
        speaker.on(Pulse(0.1), 0.5)
        if len(cards.opened) > 1 and cards.opened[1].loud.wait(0.05):
            break
    speaker.close()
    assert cards.opened[1].closed


def test_a_card_that_is_not_there_at_the_start_is_refused_at_once() -> None:
    cards = Cards()
    cards.refuse = True
    with pytest.raises(SpeakerError, match="No such device"):
        Speaker("fake", opened=cards)


def test_without_the_library_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "alsaaudio", None)
    with pytest.raises(SpeakerError, match=r"gaitcoach\[speaker\]") as error:
        Speaker()
    assert "\n" not in str(error.value)


def test_a_library_that_is_too_old_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class OldPcm:
        """Of pyalsaaudio 0.8, which bookworm packages."""

        def write(self, data: bytes) -> int:
            return len(data)

    monkeypatch.setitem(sys.modules, "alsaaudio", SimpleNamespace(PCM=OldPcm))
    with pytest.raises(SpeakerError, match=r"older than 0\.11; pip install"):
        Speaker()


def real() -> None:
    alsaaudio = pytest.importorskip("alsaaudio", reason=MISSING)
    if not hasattr(alsaaudio.PCM, "avail"):
        pytest.skip(MISSING)


def test_alsa_itself_takes_what_the_thread_writes(tmp_path: Path) -> None:
    real()
    out = tmp_path / "out.raw"
    speaker = Speaker(f"file:FILE={out},FORMAT=raw")
    assert 0.005 < speaker.onset_s < 0.1
    speaker.on(Pulse(0.1), 0.5)
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.01)):
        if any(out.read_bytes()):
            break
        pause.wait(0.01)
    speaker.off()
    speaker.close()
    assert tries(speaker.off) is None
    frames = np.frombuffer(out.read_bytes(), "<i2") / 32767
    assert 0.4 < np.abs(frames).max() <= 0.5 + 1e-4
    assert np.abs(frames[-20:]).max() == 0.0


def test_alsa_writes_the_very_samples_to_its_file(tmp_path: Path) -> None:
    real()
    out = tmp_path / "out.raw"
    pcm = AlsaPcm(f"file:FILE={out},FORMAT=raw", PERIOD, PERIODS)
    now = 0.0
    told: deque[Told] = deque()
    feed = Feed(pcm, told, lambda: now)
    feed.begin()
    for what in (Told(0.0, 3000.0, 0.5), Told(0.1, None)):
        told.append(what)
        for _ in range(20):
            feed.step()
            now += pcm.period / pcm.rate_hz
    pcm.close()
    frames = np.frombuffer(out.read_bytes(), "<i2").reshape(-1, CHANNELS) / 32767
    assert (frames[:, 0] == frames[:, 1]).all()
    assert np.abs(frames).max() == pytest.approx(0.5, abs=0.01)
    assert np.abs(np.diff(frames[:, 0])).max() < 0.5 * 2 * np.pi * 3000 / RATE_HZ + 0.02
    assert not frames[-100:].any()


def test_a_device_that_alsa_does_not_know_is_named() -> None:
    real()
    with pytest.raises(SpeakerError, match="sound device nowhere: No such file or directory"):
        AlsaPcm("nowhere", PERIOD, PERIODS)
