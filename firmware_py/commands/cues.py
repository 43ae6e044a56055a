"""`gaitcoach cues`: what the device says, to read and to hear before it is worn."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from dsp.errors import GaitCoachError, UsageError
from feedback.cue import COACHING, Pattern
from feedback.patterns import (
    GRADES,
    MEANING,
    Patterns,
    Shape,
    graded,
    length_s,
    load_patterns,
)
from feedback.pulse import Pulse, Voice
from firmware_py.commands.numbers import not_negative

HELP = """Show every pattern that the device plays and what it means; play them, or write WAV files.

A buzz is played as a rumble of 180 Hz, so that it can be heard."""

LEVEL: Final = 0.5
SIGN_S: Final = 0.06
"""What one sign of a drawn timeline stands for, s."""

HEIGHTS: Final = "▂▃▄▅▆▇█"
LOW_HZ, HIGH_HZ = 1400.0, 3500.0
"""Pitches of the lowest and the highest sign."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", type=_pattern, metavar="NAME", help="which patterns (all)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--play", action="store_true", help="play them on this machine")
    what.add_argument(
        "--wav",
        type=Path,
        metavar="FILE|FOLDER",
        help="write them one after another into FILE.wav, or one file each into a folder",
    )
    what.add_argument("--json", action="store_true", help="print patterns and pulses as JSON")
    parser.add_argument(
        "--voice",
        type=Voice,
        choices=list(Voice),
        metavar="VOICE",
        help="beep or buzz (heard: beep; shown: both)",
    )
    parser.add_argument(
        "--level", type=_level, metavar="X", help=f"how loud, 0 to 1 of full scale ({LEVEL:g})"
    )
    parser.add_argument(
        "--grade",
        type=_grade,
        metavar="N",
        help=f"softer as it is N grades over the limit, 1 to {GRADES} (1)",
    )
    parser.add_argument("--device", metavar="NAME", help="ALSA's name of a sound card (default)")
    parser.add_argument("--file", type=Path, metavar="FILE", help="your own patterns (TOML)")


def run(args: argparse.Namespace) -> int:
    """Shows, plays or writes; returns the exit code."""
    heard = args.play or args.wav is not None
    if args.wav is not None and args.wav.suffix.lower() != ".wav":
        _check_folder(args.wav)
    if args.level is not None and not heard:
        raise UsageError(f"--level {args.level:g}: is only for --play and --wav")
    if args.device is not None and not args.play:
        raise UsageError(f"--device {args.device}: is only for --play")
    patterns = load_patterns(args.file)
    names = list(dict.fromkeys(args.names)) or list(MEANING)
    if args.grade is not None:
        if Pattern.SOFTER not in names:
            raise UsageError(f"--grade {args.grade}: is only for softer")
        patterns = _graded(patterns, args.grade)
    if heard:
        return _heard(args, {n: patterns[n][args.voice or Voice.BEEP] for n in names})
    voices = list(Voice) if args.voice is None else [args.voice]
    if args.json:
        print(json.dumps({"patterns": [_record(n, patterns, voices) for n in names]}, indent=1))
        return 0
    for name in names:
        print(f"{name:<14} {MEANING[name]}")
        for voice in voices:
            shape = patterns[name][voice]
            print(f"  {voice} {length_s(shape):.2f} s  {drawn(shape, voice)}")
    print(f"One sign: about {SIGN_S:g} s; a beep's height: its pitch.")
    return 0


def drawn(shape: Shape, voice: Voice) -> str:
    """A timeline in signs: at least one for every pulse and every silence."""
    signs = ""
    for pulse in shape:
        signs += _sign(pulse, voice) * max(round(pulse.on_s / SIGN_S), 1)
        signs += " " * max(round(pulse.off_s / SIGN_S), 1)
    return signs.rstrip()


def _sign(pulse: Pulse, voice: Voice) -> str:
    if pulse.strength == 0:
        return " "
    if voice is Voice.BUZZ:
        return HEIGHTS[-1]
    share = (pulse.pitch_hz - LOW_HZ) / (HIGH_HZ - LOW_HZ)
    return HEIGHTS[round(min(max(share, 0.0), 1.0) * (len(HEIGHTS) - 1))]


def _heard(args: argparse.Namespace, shapes: Mapping[Pattern, Shape]) -> int:
    # Here and not above: showing them needs no sound.
    from feedback.actuators.alsa import SpeakerError
    from firmware_py.cue_sound import play, sound, write_wav

    voice = args.voice or Voice.BEEP
    level = LEVEL if args.level is None else args.level
    if args.play:
        try:
            with _alsa_keeps_quiet():
                play(list(shapes.values()), voice, level, args.device or "default")
        except SpeakerError as e:
            raise GaitCoachError(f"{e}; or write files instead: gaitcoach cues --wav cues") from e
        return 0
    path: Path = args.wav
    if path.suffix.lower() == ".wav":
        write_wav(path, sound(list(shapes.values()), voice, level))
        print(f"written to {path}")
        return 0
    path.mkdir(parents=True, exist_ok=True)
    for name, shape in shapes.items():
        write_wav(path / f"{name}.wav", sound([shape], voice, level))
    print(f"{len(shapes)} files written to {path}")
    return 0


def _check_folder(path: Path) -> None:
    """A name with an ending is meant to be a file, unless there is such a folder.

    Raises:
        UsageError: so it is.
    """
    if path.suffix and not path.is_dir():
        raise UsageError(
            f"--wav {path}: only WAV files are written: name {path.with_suffix('.wav').name}, or a "
            "folder without an ending"
        )


@contextmanager
def _alsa_keeps_quiet() -> Iterator[None]:
    """libasound prints its own story of a missing card, a dozen lines, before it returns."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _graded(patterns: Patterns, grade: int) -> Patterns:
    softer = dict(patterns[Pattern.SOFTER])
    softer[Voice.BEEP] = graded(softer[Voice.BEEP], grade)
    return {**patterns, Pattern.SOFTER: softer}


def _record(name: Pattern, patterns: Patterns, voices: Sequence[Voice]) -> dict[str, Any]:
    shapes = {v.value: _shape_record(patterns[name][v]) for v in voices}
    kind = "coaching" if name in COACHING else "status"
    return {"pattern": name.value, "kind": kind, "meaning": MEANING[name], **shapes}


def _shape_record(shape: Shape) -> dict[str, Any]:
    keys = ("on_s", "off_s", "pitch_hz", "strength")
    pulses = [{k: getattr(p, k) for k in keys} for p in shape]
    return {"length_s": round(length_s(shape), 6), "pulses": pulses}


def _pattern(text: str) -> Pattern:
    names = [p.value for p in MEANING]
    if text in names:
        return Pattern(text)
    near = get_close_matches(text, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
    raise argparse.ArgumentTypeError(f"unknown pattern {text}; {hint}")


def _level(text: str) -> float:
    value = not_negative(text)
    if value > 1:
        raise argparse.ArgumentTypeError(f"{text}: must be 0 to 1")
    return value


def _grade(text: str) -> int:
    if text not in map(str, range(1, GRADES + 1)):
        raise argparse.ArgumentTypeError(f"{text}: must be a whole number, 1 to {GRADES}")
    return int(text)
