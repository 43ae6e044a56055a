"""A tone begins, ends and changes where it is told to, and never clicks."""

from itertools import cycle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cue import Pattern
from feedback.patterns import load_patterns
from feedback.pulse import Pulse, Voice
from feedback.tone import EDGE_S, RUMBLE_HZ, Samples, Tone, pcm16, rendered, tone_for

RATE = 48000
EDGE = round(EDGE_S * RATE)


def steepest(pitch_hz: float, gain: float, partials: int = 1) -> float:
    """The largest step between two samples that a sine and its edge can make."""
    return gain * (2 * np.pi * pitch_hz * partials + np.pi / 2 / EDGE_S) / RATE


def test_a_tone_is_silent_until_it_is_told() -> None:
    tone = Tone(RATE)
    assert tone.silent
    assert not tone.take(1000).any()


def test_between_its_edges_it_is_the_sine_that_was_asked_for() -> None:
    tone = Tone(RATE)
    tone.on(1000.0, 0.5)
    samples = tone.take(4800)
    t = np.arange(4800) / RATE
    np.testing.assert_allclose(
        samples[EDGE:], 0.5 * np.sin(2 * np.pi * 1000.0 * t)[EDGE:], atol=1e-9
    )


def test_its_edges_are_raised_cosines() -> None:
    tone = Tone(RATE)
    # A quarter of the sampling rate: every fourth sample is a crest.
    tone.on(RATE / 4, 1.0)
    crests = tone.take(4 * EDGE)[1::4]
    k = np.arange(1, 4 * EDGE, 4)
    expected = 0.5 - 0.5 * np.cos(np.pi * np.minimum(k / EDGE, 1.0))
    np.testing.assert_allclose(crests, expected, atol=1e-9)
    tone.off()
    tail = tone.take(EDGE + 1)
    np.testing.assert_allclose(tail[1::4], 1.0 - expected[: len(tail[1::4])], atol=1e-9)
    assert tail[-1] == 0.0
    assert tone.silent


def test_after_its_edge_it_is_silent_to_the_last_bit() -> None:
    tone = Tone(RATE)
    tone.on(2700.0, 1.0)
    tone.take(500)
    tone.off()
    assert not tone.take(5000)[EDGE:].any()


TOLD = st.tuples(
    st.sampled_from(["on", "off"]),
    st.floats(200.0, 6000.0),
    st.floats(0.0, 1.0),
    st.integers(0, 600),
)


def played(told: list[tuple[str, float, float, int]], cuts: list[int]) -> Samples:
    """What is heard when it is told such things after such times, fetched in such blocks."""
    tone = Tone(RATE)
    pieces = []
    lengths = cycle(cuts)
    for what, pitch_hz, gain, then in told:
        if what == "on":
            tone.on(pitch_hz, gain)
        else:
            tone.off()
        while then:
            n = min(next(lengths), then)
            pieces.append(tone.take(n))
            then -= n
    return np.concatenate([np.zeros(2), *pieces])


@given(
    st.lists(TOLD, min_size=1, max_size=5), st.lists(st.integers(20, 300), min_size=1, max_size=4)
)
def test_the_samples_do_not_depend_on_how_the_blocks_are_cut(
    told: list[tuple[str, float, float, int]], cuts: list[int]
) -> None:
    np.testing.assert_allclose(played(told, cuts), played(told, [10000]), atol=1e-9)


@given(st.lists(TOLD, min_size=1, max_size=5))
def test_whatever_it_is_told_it_never_clicks(told: list[tuple[str, float, float, int]]) -> None:
    samples = played(told, [256])
    assert np.abs(samples).max() <= 1.0
    assert np.abs(np.diff(samples)).max() <= steepest(6000.0, 1.0)


@pytest.mark.parametrize("voice", Voice)
@pytest.mark.parametrize("pattern", Pattern)
def test_a_whole_pattern_begins_and_ends_in_silence_without_a_click(
    pattern: Pattern, voice: Voice
) -> None:
    shape = load_patterns()[pattern][voice]
    samples = rendered(shape, voice, 0.8, RATE)
    assert samples[0] == 0.0
    assert samples[-1] == 0.0
    loudest = 0.8 * max(p.strength for p in shape)
    assert 0.95 * loudest < np.abs(samples).max() <= loudest * 1.0001
    steep = (
        steepest(max(p.pitch_hz for p in shape), 0.8)
        if voice is Voice.BEEP
        else steepest(RUMBLE_HZ, 0.8, partials=4)
    )
    assert np.abs(np.diff(samples)).max() <= steep


def test_a_rumble_has_overtones_that_a_laptop_can_play() -> None:
    tone = tone_for(Voice.BUZZ, RATE)
    tone.on(RUMBLE_HZ, 1.0)
    spectrum = np.abs(np.fft.rfft(tone.take(RATE)[RATE // 2 :]))
    hz = np.fft.rfftfreq(RATE // 2, 1 / RATE)
    assert hz[spectrum.argmax()] == pytest.approx(RUMBLE_HZ, abs=2.0)
    high = (spectrum[hz > 300.0] ** 2).sum() / (spectrum**2).sum()
    assert 0.2 < high < 0.5


def test_a_level_of_zero_is_silence() -> None:
    assert not rendered((Pulse(0.1),), Voice.BEEP, 0.0, RATE).any()


def test_sixteen_bits_hold_full_scale_and_never_wrap() -> None:
    assert pcm16(np.array([0.0, 1.0, -1.0, 1.5, -7.0])).tolist() == [
        0,
        32767,
        -32767,
        32767,
        -32767,
    ]
    assert pcm16(np.zeros(1)).dtype == np.dtype("<i2")
