"""Sound cards for the tests: the few methods of a real one, and a clock that the test turns."""

import errno
import threading
from collections import deque

import numpy as np

from feedback.actuators.alsa import CHANNELS, RATE_HZ, SpeakerError
from feedback.actuators.speaker import Feed, Told
from feedback.tone import Samples

PERIOD, PERIODS = 256, 2
BUFFER = PERIOD * PERIODS


class Card:
    """Plays what it holds at its rate, by a clock in frames; a hole where it had run dry.

    Args:
        step: its position is known to so many frames only, as of cards that tell by the period.
    """

    rate_hz = RATE_HZ
    period = PERIOD
    periods = PERIODS

    def __init__(self, step: int = 1) -> None:
        self.now = 0
        """Frames since it was opened, played or not."""
        self.heard: list[Samples] = []
        """Left channel, with silence where it had run dry."""
        self.dry = False
        self.gone = False
        self.closed = False
        self._step = step
        self._held: Samples = np.zeros(0)
        self._started = False

    def clock(self) -> float:
        return self.now / RATE_HZ

    def turn(self, frames: int) -> None:
        """Time passes."""
        self.now += frames
        if not self._started or self.dry:
            self.heard.append(np.zeros(frames))
            return
        n = min(frames, len(self._held))
        self.heard += [self._held[:n], np.zeros(frames - n)]
        self._held = self._held[n:]
        self.dry = n < frames

    def room(self) -> int:
        self._check()
        if self.dry:
            return -errno.EPIPE
        known = -(-len(self._held) // self._step) * self._step
        return max(BUFFER - known, 0)

    def write(self, data: bytes) -> int:
        self._check()
        if self.dry:
            self.dry = self._started = False
            self._held = np.zeros(0)
            return -errno.EPIPE
        frames = np.frombuffer(data, "<i2").reshape(-1, CHANNELS) / 32767
        assert len(self._held) + len(frames) <= BUFFER, "a real card would have blocked"
        assert (frames[:, 0] == frames[:, 1]).all()
        self._held = np.concatenate([self._held, frames[:, 0]])
        self._started = True
        return len(frames)

    def close(self) -> None:
        self.closed = True

    def _check(self) -> None:
        if self.gone:
            raise SpeakerError("sound device fake: No such device")

    @property
    def sound(self) -> Samples:
        return np.concatenate(self.heard)


class Listening:
    """A feed and its card in step; `told` what was said when, in frames."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.told: deque[Told] = deque()
        self.feed = Feed(card, self.told, card.clock)
        self.feed.begin()

    def on(self, pitch_hz: float = 3000.0, gain: float = 0.5) -> None:
        self.told.append(Told(self.card.clock(), pitch_hz, gain))

    def off(self) -> None:
        self.told.append(Told(self.card.clock(), None))

    def run(self, frames: int, late: int = 0) -> None:
        """Time goes on for so long; the feed comes when it asked to, `late` frames later."""
        end = self.card.now + frames
        while self.card.now < end:
            wait = round(self.feed.step() * RATE_HZ) + late
            self.card.turn(max(min(wait, end - self.card.now), 1))


class Cards:
    """Opens cards that live in real time; `told` when something happened in another thread."""

    def __init__(self) -> None:
        self.opened: list[RealTimeCard] = []
        self.refuse = False

    def __call__(self, device: str, period: int, periods: int) -> "RealTimeCard":
        if self.refuse:
            raise SpeakerError(f"sound device {device}: No such device")
        self.opened.append(RealTimeCard())
        return self.opened[-1]


class RealTimeCard(Card):
    """Always has room for a period, and tells of what it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = 0.0
        self.loud = threading.Event()
        self.quiet_after = threading.Event()
        self.asked = threading.Event()
        self.shut = threading.Event()

    def room(self) -> int:
        if self.gone:
            self.asked.set()
        self._check()
        return PERIOD

    def write(self, data: bytes) -> int:
        self._check()
        samples = np.frombuffer(data, "<i2") / 32767
        self.peak = max(self.peak, np.abs(samples).max())
        if samples.any():
            self.loud.set()
        elif self.loud.is_set():
            self.quiet_after.set()
        return len(data) // (2 * CHANNELS)

    def close(self) -> None:
        super().close()
        self.shut.set()
