"""A loudspeaker: one open device that is never left without samples, so that nothing pops."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from feedback.actuators.alsa import CHANNELS, FRAME_BYTES, AlsaPcm, Pcm, SpeakerError
from feedback.pulse import Pulse, Voice
from feedback.tone import Tone, pcm16

PERIOD: Final = 256
PERIODS: Final = 2
"""256 frames twice at 48 kHz: heard 10.7 ms after `on`. A busy machine needs more."""

RETRY_S: Final = 2.0
"""How often a card that went away is looked for."""

CLOSE_S: Final = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What the tone is to do, and when it was said: s of the feed's clock; no pitch: silence."""

    at_s: float
    pitch_hz: float | None
    gain: float = 0.0


class Feed:
    """Keeps a card supplied, with silence too; what is told is heard `onset_s` later, always.

    Not only within: a period has 5 ms, and beats that came early or late by that would limp.

    Args:
        pcm: the card. clock: s, the one that stamps what is told.
        told: what to play, in the order of time; taken from its left.
    """

    def __init__(self, pcm: Pcm, told: deque[Told], clock: Callable[[], float]) -> None:
        self._pcm = pcm
        self._told = told
        self._clock = clock
        self._tone = Tone(pcm.rate_hz)
        self._period_s = pcm.period / pcm.rate_hz
        self.onset_s = self._period_s * pcm.periods
        self.underruns = 0
        """How often the card had run dry: each is a hole in the sound."""

    def begin(self) -> None:
        """Fills the card with silence, which starts it."""
        self._pcm.write(bytes(self._pcm.periods * self._pcm.period * FRAME_BYTES))

    def step(self) -> float:
        """Writes what there is room for; returns after how many seconds to come again.

        Raises:
            SpeakerError: the card went away.
        """
        period = self._pcm.period
        room = self._pcm.room()
        if 0 <= room < period:
            # Some cards know their place only at the end of a period: asked more often near it.
            return self._period_s / 4
        while room < 0 or room >= period:
            room = self._supply(room) - period
        # At least a little: a card that always has room (ALSA's null) would take all our time.
        return max((period - room) / self._pcm.rate_hz, self._period_s / 4)

    def end(self) -> None:
        """What sounds falls silent; waits for room.

        Raises:
            SpeakerError: the card went away.
        """
        self._told.clear()
        self._tone.off()
        self._pcm.write(self._block(0))

    def _supply(self, room: int) -> int:
        """Writes a period; returns the room there was before it."""
        pcm = self._pcm
        whole = pcm.period * pcm.periods
        block = self._block(whole if room < 0 else room)
        if room < 0 or pcm.write(block) < 0:
            self.underruns += 1
            ahead = bytes((pcm.periods - 1) * pcm.period * FRAME_BYTES)
            # Asked twice at most: what is dry is told so by the first write, and takes the next.
            if pcm.write(ahead + block) < 0:
                pcm.write(ahead + block)
            return pcm.period
        return room

    def _block(self, room: int) -> bytes:
        """The next period's frames."""
        now = self._clock()
        rate, period = self._pcm.rate_hz, self._pcm.period
        pieces = []
        done = 0
        while self._told:
            told = self._told[0]
            # This block is heard once what the card still holds was: after onset_s - room / rate.
            at = round((told.at_s - now) * rate) + room
            if at >= period:
                break
            self._told.popleft()
            at = max(at, done)
            pieces.append(self._tone.take(at - done))
            done = at
            if told.pitch_hz is None:
                self._tone.off()
            else:
                self._tone.on(told.pitch_hz, told.gain)
        if not pieces and self._tone.silent:
            return bytes(period * FRAME_BYTES)
        pieces.append(self._tone.take(period - done))
        return pcm16(np.repeat(np.concatenate(pieces), CHANNELS)).tobytes()


class Speaker:
    """An actuator that beeps through a sound card; it has a thread of its own, nothing blocks.

    A card that went away is reported once, by the next `on` or `off`, and looked for every 2 s.

    Args:
        device: ALSA's name of it. period, periods: frames at a time and how often.
        opened: opens the card. clock: s.

    Raises:
        SpeakerError: there is no such card, or no library for it.
    """

    voice: Voice = Voice.BEEP

    def __init__(
        self,
        device: str = "default",
        period: int = PERIOD,
        periods: int = PERIODS,
        *,
        opened: Callable[[str, int, int], Pcm] = AlsaPcm,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"speaker {device}"
        self.underruns = 0
        self._open = partial(opened, device, period, periods)
        self._clock = clock
        self._told: deque[Told] = deque()
        self._failure: SpeakerError | None = None
        self._stop = threading.Event()
        first = self._open()
        self.onset_s = first.period * first.periods / first.rate_hz
        self._thread = threading.Thread(target=self._run, args=(first,), name="speaker")
        self._thread.daemon = True
        self._thread.start()

    def on(self, pulse: Pulse, level: float) -> None:
        self._report()
        self._told.append(Told(self._clock(), pulse.pitch_hz, level * pulse.strength))

    def off(self) -> None:
        self._report()
        self._told.append(Told(self._clock(), None))

    def close(self) -> None:
        self._stop.set()
        self._thread.join(CLOSE_S)

    def _report(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _run(self, pcm: Pcm | None) -> None:
        while True:
            if pcm is not None:
                self._feed(pcm)
            if self._stop.wait(RETRY_S):
                return
            pcm = self._reopened()

    def _reopened(self) -> Pcm | None:
        # What was told while there was nothing to hear is over.
        self._told.clear()
        try:
            pcm = self._open()
        except SpeakerError:
            return None
        log.info("%s is back", self.name)
        return pcm

    def _feed(self, pcm: Pcm) -> None:
        feed = Feed(pcm, self._told, self._clock)
        self.onset_s = feed.onset_s
        before = self.underruns
        try:
            feed.begin()
            while not self._stop.is_set():
                wait_s = feed.step()
                self.underruns = before + feed.underruns
                self._stop.wait(wait_s)
            feed.end()
        except SpeakerError as e:
            self._failure = e
        finally:
            pcm.close()
