"""A sound card through ALSA (pyalsaaudio), its errors translated."""

from typing import Any, Final, Protocol

from dsp.errors import GaitCoachError

RATE_HZ: Final = 48000
CHANNELS: Final = 2
FRAME_BYTES: Final = 2 * CHANNELS
"""16 bit stereo: what every I2S amplifier and USB card takes without a converter."""

LOWEST_RATE_HZ: Final = 16000
"""Below this the highest pitch would not be a tone any more."""


class SpeakerError(GaitCoachError, OSError):
    """No sound: no library, no device, or the device went away."""


class Pcm(Protocol):
    """An opened card that plays what is written to it.

    Args:
        rate_hz: samples per second. period: frames it takes at a time. periods: how many of them it
            holds. All as granted, not as asked.
    """

    rate_hz: int
    period: int
    periods: int

    def room(self) -> int:
        """Frames that can be written without waiting; negative once it has run dry.

        Raises:
            SpeakerError: it went away.
        """
        ...

    def write(self, data: bytes) -> int:
        """Frames written; negative: it had run dry, took nothing, and can be written to again.

        Raises:
            SpeakerError: it went away.
        """
        ...

    def close(self) -> None:
        """Plays what it holds and lets go of the card."""
        ...


class AlsaPcm:
    """An ALSA device for playback.

    Args:
        device: ALSA's name of it; "default", or `plughw:CARD=...` for one card without a mixer.
        period, periods: frames at a time and how often, as wished.

    Raises:
        SpeakerError: pyalsaaudio is missing, or the device is, or it plays nothing of ours.
    """

    def __init__(self, device: str, period: int, periods: int) -> None:
        try:
            # Here and not above: only who has a loudspeaker needs it.
            import alsaaudio
        except ImportError as e:
            raise SpeakerError(
                "no sound without pyalsaaudio: apt install libasound2-dev, then "
                "pip install 'gaitcoach[speaker]'"
            ) from e
        if not hasattr(alsaaudio.PCM, "avail"):
            raise SpeakerError(
                "no sound: pyalsaaudio is older than 0.11; pip install 'gaitcoach[speaker]'"
            )
        self._device = device
        self._refusal: type[Exception] = alsaaudio.ALSAAudioError
        try:
            self._pcm: Any = alsaaudio.PCM(
                type=alsaaudio.PCM_PLAYBACK,
                mode=alsaaudio.PCM_NORMAL,
                device=device,
                rate=RATE_HZ,
                channels=CHANNELS,
                format=alsaaudio.PCM_FORMAT_S16_LE,
                periodsize=period,
                periods=periods,
            )
        except self._refusal as e:
            raise self._error(e) from e
        got = self._pcm.info()
        self.rate_hz: int = got["rate"]
        self.period: int = got["period_size"]
        self.periods: int = got["periods"]
        form = (got["format"], got["channels"])
        if form != (alsaaudio.PCM_FORMAT_S16_LE, CHANNELS) or self.rate_hz < LOWEST_RATE_HZ:
            self._pcm.close()
            raise SpeakerError(
                f"sound device {device}: plays {got['format_name']}, {got['channels']} channels, "
                f"{self.rate_hz} Hz and not 16 bit stereo; put plug: before its name"
            )

    def room(self) -> int:
        try:
            return int(self._pcm.avail())
        except self._refusal as e:
            raise self._error(e) from e

    def write(self, data: bytes) -> int:
        try:
            return int(self._pcm.write(data))
        except self._refusal as e:
            raise self._error(e) from e

    def close(self) -> None:
        self._pcm.close()

    def _error(self, e: Exception) -> SpeakerError:
        cause = str(e).removesuffix(f" [{self._device}]")
        return SpeakerError(f"sound device {self._device}: {cause}; `aplay -L` names what there is")
