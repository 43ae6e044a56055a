"""No two patterns can be taken for each other by rhythm alone, even when one is not heard whole."""

import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cue import Pattern
from feedback.distinct import STEP_S, Timeline, distance, timeline
from feedback.patterns import Shape, load_patterns
from feedback.pulse import Pulse, Voice

SHIPPED = load_patterns()
LINES = {v: {p: timeline(SHIPPED[p][v]) for p in Pattern} for v in Voice}
LEAST = 0.4
"""Between two single pulses the distance is the difference of their lengths as a share of the
longer. People tell lengths apart that differ by some 20 %; a runner has other things to do: twice
that."""
JITTER_S = {Voice.BEEP: 0.015, Voice.BUZZ: 0.04}
"""At either end of every pulse. A beep: what a busy player and a smeared memory make of it. A buzz:
how much the rise of motors differs (LRA 20 ms, coin ERM up to 90)."""


def shape(*pulses: tuple[float, float]) -> Shape:
    return tuple(Pulse(on, off) for on, off in pulses)


def nearest(line: Timeline, voice: Voice) -> Pattern:
    """What somebody takes it for who knows all patterns."""
    return min(Pattern, key=lambda p: distance(line, LINES[voice][p]))


def jittered(pulses: Shape, by_s: float, rng: random.Random) -> Timeline:
    edges = np.cumsum([0.0, *(s for p in pulses for s in (p.on_s, p.off_s))])[: 2 * len(pulses)]
    moved = edges + [rng.uniform(-by_s, by_s) for _ in edges]
    at = np.rint((moved - moved.min()) / STEP_S).astype(int)
    line = np.zeros(at.max() + 1, np.bool_)
    for begin, end in zip(at[::2], at[1::2], strict=True):
        line[begin:end] = True
    return line


def test_a_timeline_is_on_where_the_pulses_are() -> None:
    line = timeline((Pulse(0.03, 0.02), Pulse(0.02, 0.01, strength=0.0), Pulse(0.01)))
    assert line.tolist() == [True] * 3 + [False] * 5 + [True]


def test_the_distance_of_two_single_pulses_is_their_difference_as_a_share_of_the_longer() -> None:
    short, long = timeline(shape((0.1, 0.0))), timeline(shape((0.4, 0.0)))
    assert distance(short, long) == pytest.approx(0.75)


def test_when_it_begins_does_not_matter() -> None:
    a = timeline(shape((0.1, 0.1), (0.2, 0.0)))
    late = np.concatenate([np.zeros(37, np.bool_), a])
    assert distance(a, late) == 0.0


LISTS = st.lists(st.booleans(), min_size=1, max_size=40).map(lambda x: np.array(x, np.bool_))


@given(LISTS, LISTS, LISTS)
def test_it_is_a_metric(a: Timeline, b: Timeline, c: Timeline) -> None:
    assert distance(a, a) == 0.0
    assert distance(a, b) == distance(b, a)
    assert 0.0 <= distance(a, b) <= 1.0
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12


@pytest.mark.parametrize("voice", Voice)
def test_every_two_patterns_are_far_apart_in_rhythm(voice: Voice) -> None:
    lines = LINES[voice]
    near = {(a, b): distance(lines[a], lines[b]) for a, b in combinations(Pattern, 2)}
    assert {pair: round(d, 2) for pair, d in near.items() if d < LEAST} == {}


@pytest.mark.parametrize("voice", Voice)
@pytest.mark.parametrize("pattern", Pattern)
def test_a_pattern_is_still_known_after_jitter(pattern: Pattern, voice: Voice) -> None:
    rng = random.Random(f"{pattern} {voice}")
    for _ in range(50):
        line = jittered(SHIPPED[pattern][voice], JITTER_S[voice], rng)
        assert nearest(line, voice) == pattern


@pytest.mark.parametrize("voice", Voice)
@pytest.mark.parametrize("pattern", sorted(set(Pattern) - {Pattern.BEAT}))
def test_a_pattern_is_still_known_when_any_one_pulse_is_lost(
    pattern: Pattern, voice: Voice
) -> None:
    pulses = SHIPPED[pattern][voice]
    for gone in range(len(pulses)):
        left = tuple(replace(p, strength=float(i != gone)) for i, p in enumerate(pulses))
        assert nearest(timeline(left), voice) == pattern, f"pulse {gone + 1}"


def test_without_pitch_a_shape_that_differs_in_nothing_else_is_the_same() -> None:
    same = timeline(tuple(replace(p, pitch_hz=200.0) for p in SHIPPED[Pattern.GOOD][Voice.BEEP]))
    assert distance(same, LINES[Voice.BEEP][Pattern.GOOD]) == 0.0
