"""`gaitcoach cues`: what is shown, and that a WAV file holds what the data says."""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import hilbert

from feedback.cue import Pattern
from feedback.patterns import GRADE_STEP, MEANING, Shape, load_patterns
from feedback.pulse import Voice
from feedback.tone import RUMBLE_HZ, Samples
from firmware_py.commands.cues import drawn
from firmware_py.cue_sound import BETWEEN_S, LEAD_S
from tests.commands.runs import command

Capture = pytest.CaptureFixture[str]
SHIPPED = load_patterns()
NAMES = [p.value for p in MEANING]
RATE = 48000


def heard(path: Path) -> Samples:
    """The samples of a WAV file as a share of full scale."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        frames = file.readframes(file.getnframes())
    return np.frombuffer(frames, "<i2") / 32767


def sounding(samples: Samples) -> list[tuple[float, float]]:
    """(begin, end) of every stretch above half of its own loudness, s."""
    loud = np.abs(hilbert(samples))
    # A rumble's own shape is no rhythm.
    loud = np.maximum.reduce([np.roll(loud, k) for k in range(-24, 25, 8)])
    above = np.concatenate([[False], loud > loud.max() / 2, [False]])
    turns = np.flatnonzero(np.diff(above.astype(int))) / RATE
    return list(zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True))


def planned(shape: Shape) -> list[tuple[float, float]]:
    begin, spans = LEAD_S, []
    for pulse in shape:
        spans.append((begin, begin + pulse.on_s))
        begin += pulse.on_s + pulse.off_s
    return spans


def pitch_hz(samples: Samples) -> float:
    """The strongest frequency, to a fraction of a hertz."""
    n = 1 << 18
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n))
    return float(spectrum.argmax()) * RATE / n


@pytest.mark.parametrize("name", NAMES)
def test_a_beep_in_a_file_is_where_and_as_high_as_the_data_says(name: str, tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    assert command("cues", name, "--wav", path) == 0
    samples = heard(path)
    shape = SHIPPED[Pattern(name)][Voice.BEEP]
    spans = sounding(samples)
    np.testing.assert_allclose(spans, planned(shape), atol=0.002)
    for (begin, end), pulse in zip(spans, shape, strict=True):
        inside = samples[round(begin * RATE) : round(end * RATE)]
        assert pitch_hz(inside) == pytest.approx(pulse.pitch_hz, rel=0.01)
        assert np.abs(inside).max() == pytest.approx(0.5 * pulse.strength, rel=0.02)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"beat"}))
def test_a_buzz_in_a_file_is_a_rumble_where_the_data_says(name: str, tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    assert command("cues", name, "--wav", path, "--voice", "buzz", "--level", "0.9") == 0
    samples = heard(path)
    for begin, end in planned(SHIPPED[Pattern(name)][Voice.BUZZ]):
        inside = samples[round(begin * RATE) : round(end * RATE)]
        assert pitch_hz(inside) == pytest.approx(RUMBLE_HZ, rel=0.01)
        samples[round(begin * RATE) : round((end + 0.0035) * RATE)] = 0.0
    assert not samples.any()


def test_a_folder_gets_a_file_for_each_and_a_file_gets_them_all(
    tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "new" / "cues"
    assert command("cues", "--wav", folder) == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted(f"{n}.wav" for n in NAMES)
    assert capsys.readouterr().out == f"{len(NAMES)} files written to {folder}\n"
    both = tmp_path / "both.WAV"
    assert command("cues", "good", "paused", "--wav", both) == 0
    alone = [heard(folder / f"{n}.wav") for n in ("good", "paused")]
    lead = round(LEAD_S * RATE)
    gap = np.zeros(round(BETWEEN_S * RATE))
    expected = np.concatenate([alone[0][:-lead], gap, alone[1][lead:]])
    np.testing.assert_array_equal(heard(both), expected)


def test_softer_is_higher_the_further_over_the_limit(tmp_path: Path) -> None:
    low, high = tmp_path / "1.wav", tmp_path / "6.wav"
    assert command("cues", "softer", "--wav", low) == 0
    assert command("cues", "softer", "--wav", high, "--grade", "6") == 0
    rise = pitch_hz(heard(high)) / pitch_hz(heard(low))
    assert rise == pytest.approx(GRADE_STEP**5, rel=0.02)


def test_every_pattern_is_shown_with_its_meaning_and_both_timelines(capsys: Capture) -> None:
    assert command("cues") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 * len(NAMES) + 1
    assert max(map(len, lines)) <= 80
    for name, beep, buzz in zip(lines[:-1:3], lines[1::3], lines[2::3], strict=True):
        pattern = Pattern(name.split()[0])
        assert name.endswith(MEANING[pattern])
        for line, voice in ((beep, Voice.BEEP), (buzz, Voice.BUZZ)):
            assert line.startswith(f"  {voice} ")
            runs = line.partition(" s  ")[2].split()
            assert len(runs) == len(SHIPPED[pattern][voice])


def test_a_drawing_is_as_long_as_its_pattern_and_as_high_as_its_pitch() -> None:
    assert drawn(SHIPPED[Pattern.STOPPED][Voice.BEEP], Voice.BEEP) == "▇▇▇▇▇▇ ▅▅▅▅▅▅ ▄▄▄▄▄▄"
    assert drawn(SHIPPED[Pattern.QUICKER][Voice.BUZZ], Voice.BUZZ) == "███   ███   ███"


def test_only_what_was_asked_for_is_shown_once_and_in_that_order(capsys: Capture) -> None:
    assert command("cues", "paused", "good", "paused", "--voice", "buzz") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["paused", "buzz", "good", "buzz"]


def test_as_json_every_pulse_has_its_numbers(capsys: Capture) -> None:
    assert command("cues", "--json") == 0
    said = json.loads(capsys.readouterr().out)["patterns"]
    assert [p["pattern"] for p in said] == NAMES
    softer = next(p for p in said if p["pattern"] == "softer")
    assert softer["kind"] == "coaching"
    assert softer["beep"]["length_s"] == 0.5
    first = SHIPPED[Pattern.SOFTER][Voice.BEEP][0]
    assert softer["beep"]["pulses"][0] == {
        "on_s": first.on_s,
        "off_s": first.off_s,
        "pitch_hz": first.pitch_hz,
        "strength": first.strength,
    }


def test_own_patterns_are_shown_in_place_of_ours(tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[good]\nbeep = [{ on_s = 1.2 }]\n", encoding="utf-8")
    assert command("cues", "good", "--file", own, "--voice", "beep") == 0
    assert capsys.readouterr().out.splitlines()[1] == "  beep 1.20 s  " + "▆" * 20


def test_an_own_file_that_is_wrong_is_a_bad_configuration(tmp_path: Path, capsys: Capture) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[good]\nbeep = [{ on_s = 12 }]\n", encoding="utf-8")
    assert command("cues", "--file", own) == 78
    err = capsys.readouterr().err
    assert err == f"gaitcoach: {own}: good.beep, pulse 1: on_s = 12: must be <= 2\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sofer"], "unknown pattern sofer; did you mean softer?"),
        (["xyz"], "unknown pattern xyz; known: quicker, softer,"),
        (["--voice", "song"], "--voice"),
        (["--play", "--level", "1.5"], "1.5: must be 0 to 1"),
        (["--play", "--level", "nan"], "nan: must be 0 or above"),
        (["--grade", "7"], "7: must be a whole number, 1 to 6"),
        (["good", "--grade", "2"], "--grade 2: is only for softer"),
        (["--level", "0.5"], "--level 0.5: is only for --play and --wav"),
        (["--device", "hw:1"], "--device hw:1: is only for --play"),
        (["--play", "--json"], "not allowed with"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_so(words: list[str], says: str, capsys: Capture) -> None:
    assert command("cues", *words) == 2
    assert says in capsys.readouterr().err


def test_without_sound_playing_says_what_to_do_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "alsaaudio", None)
    assert command("cues", "--play", "good") == 1
    err = capsys.readouterr().err
    assert "gaitcoach cues --wav" in err
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "nowhere" / "x.wav"
    assert command("cues", "--wav", path) == 1
    assert capsys.readouterr().err == f"gaitcoach: {path}: No such file or directory\n"


def test_a_card_plays_what_the_file_would_hold(tmp_path: Path) -> None:
    missing = "pyalsaaudio >= 0.11 is not installed: apt libasound2-dev, pip .[speaker]"
    if not hasattr(pytest.importorskip("alsaaudio", reason=missing).PCM, "avail"):
        pytest.skip(missing)
    raw, path = tmp_path / "out.raw", tmp_path / "out.wav"
    assert command("cues", "good", "--play", "--device", f"file:FILE={raw},FORMAT=raw") == 0
    assert command("cues", "good", "--wav", path) == 0
    frames = np.frombuffer(raw.read_bytes(), "<i2").reshape(-1, 2)
    wav = np.rint(heard(path) * 32767).astype(int)
    np.testing.assert_array_equal(frames[: len(wav), 0], wav)
    np.testing.assert_array_equal(frames[:, 0], frames[:, 1])
    assert not frames[len(wav) :].any()


@pytest.mark.parametrize("name", ["out.mp3", "cues.ogg"])
def test_a_file_that_is_no_wav_is_refused_and_makes_no_folder(
    tmp_path: Path, name: str, capsys: Capture
) -> None:
    assert command("cues", "--wav", tmp_path / name) == 2
    wav = name.split(".", maxsplit=1)[0] + ".wav"
    assert f"only WAV files are written: name {wav}, or a folder" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    dotted = tmp_path / "v1.0"
    dotted.mkdir()
    assert command("cues", "good", "--wav", dotted) == 0
