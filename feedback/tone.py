"""Samples of a sound that begins, ends and changes without a click."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from feedback.patterns import Shape
from feedback.pulse import Pulse, Voice

Samples = npt.NDArray[np.float64]

EDGE_S: Final = 0.003
"""A raised cosine from silence to full loudness, s: too short to blur a pulse, long enough that
its spectrum does not click."""

RUMBLE_HZ: Final = 180.0
"""What a motor's buzz is played as where there is only a loudspeaker."""

PURE: Final = (1.0,)
BUZZING: Final = (1.0, 0.5, 0.33, 0.25, 0.2, 0.17)
"""Partials of a rumble: a laptop's loudspeaker has little at the fundamental."""


class Tone:
    """A tone that is told to sound and to stop, and gives its samples a block at a time.

    The same samples come however the blocks are cut, but for rounding.

    Args:
        rate_hz: samples per second.
        partials: amplitude of the fundamental and its multiples, to each other; the wave that they
            make has full scale.
    """

    def __init__(self, rate_hz: float, partials: Sequence[float] = PURE) -> None:
        self._rate_hz = rate_hz
        self._partials = np.array(partials)
        self._partials /= np.abs(self._wave(np.arange(4096) / 4096)).max()
        self._edge = max(round(EDGE_S * rate_hz), 1)
        self._from = self._to = 0.0
        self._since = self._edge
        self._pitch_hz = 0.0
        self._phase = 0.0
        self._run = 0

    @property
    def silent(self) -> bool:
        """Whether all samples are 0 from here on, until `on`."""
        return self._to == 0.0 and self._since >= self._edge

    def on(self, pitch_hz: float, gain: float) -> None:
        """Rises, or slides over, to this pitch and amplitude (0 to 1) from the next sample on."""
        if self.silent:
            self._phase, self._run = 0.0, 0
        elif pitch_hz != self._pitch_hz:
            self._phase = (self._phase + self._run * self._pitch_hz / self._rate_hz) % 1.0
            self._run = 0
        self._pitch_hz = pitch_hz
        self._toward(gain)

    def off(self) -> None:
        """Falls silent from the next sample on."""
        if not self.silent:
            self._toward(0.0)

    def take(self, n: int) -> Samples:
        """The next n samples, within -1 to 1."""
        if self.silent:
            return np.zeros(n)
        cycles = self._phase + np.arange(self._run, self._run + n) * (
            self._pitch_hz / self._rate_hz
        )
        samples = self._wave(cycles) * self._gains(n)
        self._run += n
        self._since += n
        return samples

    def _wave(self, cycles: npt.NDArray[np.floating[Any]]) -> Samples:
        order = np.arange(1, len(self._partials) + 1)
        wave: Samples = self._partials @ np.sin(2 * np.pi * order[:, None] * cycles)
        return wave

    def _toward(self, gain: float) -> None:
        self._from = float(self._gains(1)[0])
        self._to = gain
        self._since = 0

    def _gains(self, n: int) -> Samples:
        done = np.minimum((self._since + np.arange(n)) / self._edge, 1.0)
        gains: Samples = self._from + (self._to - self._from) * (0.5 - 0.5 * np.cos(np.pi * done))
        return gains


def tone_for(voice: Voice, rate_hz: float) -> Tone:
    """What gives a voice its sound."""
    return Tone(rate_hz, BUZZING if voice is Voice.BUZZ else PURE)


def pitch_of(pulse: Pulse, voice: Voice) -> float:
    """Hz."""
    return RUMBLE_HZ if voice is Voice.BUZZ else pulse.pitch_hz


def rendered(shape: Shape, voice: Voice, level: float, rate_hz: float) -> Samples:
    """A whole pattern as it sounds, from its first pulse to the end of the last edge.

    Args:
        level: amplitude of a pulse of strength 1, 0 to 1.
    """
    tone = tone_for(voice, rate_hz)
    pieces = []
    done, end_s = 0, 0.0

    def until(t: float) -> None:
        nonlocal done
        n = round(t * rate_hz) - done
        pieces.append(tone.take(n))
        done += n

    for pulse in shape:
        tone.on(pitch_of(pulse, voice), level * pulse.strength)
        until(end_s + pulse.on_s)
        tone.off()
        end_s += pulse.on_s + pulse.off_s
        until(end_s)
    until(max(end_s, end_s - shape[-1].off_s + EDGE_S + 1 / rate_hz))
    return np.concatenate(pieces)


def pcm16(samples: Samples) -> npt.NDArray[np.int16]:
    """To 16 bits, as WAV files and sound cards want it."""
    return np.rint(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")
