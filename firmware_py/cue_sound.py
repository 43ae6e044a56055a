"""Patterns as sound on this machine: a WAV file, or its sound card."""

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from feedback.actuators.alsa import CHANNELS, AlsaPcm
from feedback.patterns import Shape
from feedback.pulse import Voice
from feedback.tone import pcm16, rendered

RATE_HZ: Final = 48000

LEAD_S: Final = 0.1
"""Silence before and after: many players swallow the beginning, and a beat lasts 40 ms."""

BETWEEN_S: Final = 1.0
"""Silence between two patterns."""

PLAY_PERIOD: Final = 1024
PLAY_PERIODS: Final = 4
"""Nobody waits for a cue here, so that holes are avoided rather than milliseconds."""

Sound = npt.NDArray[np.int16]


def sound(shapes: Sequence[Shape], voice: Voice, level: float, rate_hz: int = RATE_HZ) -> Sound:
    """One pattern after another, 16 bits, one channel.

    Args:
        level: amplitude of a pulse of strength 1, 0 to 1.
    """
    lead, between = (np.zeros(round(s * rate_hz)) for s in (LEAD_S, BETWEEN_S))
    pieces = [lead]
    for number, shape in enumerate(shapes):
        pieces += [between] * (number > 0) + [rendered(shape, voice, level, rate_hz)]
    return pcm16(np.concatenate([*pieces, lead]))


def write_wav(path: Path, samples: Sound) -> None:
    """A WAV file of one channel.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())


def play(shapes: Sequence[Shape], voice: Voice, level: float, device: str) -> None:
    """Plays through ALSA; returns when it was heard.

    Raises:
        SpeakerError: no library, no device, or it went away.
    """
    pcm = AlsaPcm(device, PLAY_PERIOD, PLAY_PERIODS)
    try:
        samples = np.repeat(sound(shapes, voice, level, pcm.rate_hz), CHANNELS)
        step = pcm.period * CHANNELS
        samples = np.pad(samples, (0, -len(samples) % step))
        for begin in range(0, len(samples), step):
            block = samples[begin : begin + step].tobytes()
            if pcm.write(block) < 0:
                pcm.write(block)
    finally:
        pcm.close()
