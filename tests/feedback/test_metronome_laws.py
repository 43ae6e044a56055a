"""What holds for every runner and every use of the metronome: hypothesis invents them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.block import Mount, Side, recut
from dsp.events import FootStrike
from dsp.pipeline import Pipeline
from dsp.prediction import Prediction
from dsp.synth import easy_run
from feedback.cue import Cue
from feedback.metronome import CLOSEST_S, NOTICE_S, Metronome
from tests.thorough import examples

CLOSEST_ALLOWED_S = 0.2


@dataclass(frozen=True)
class Stretch:
    """Even running with noise and missed strikes, then nothing for a while."""

    seconds: float
    spm: float
    noise_s: float
    missed: float
    pause_s: float
    delay_s: float


@dataclass(frozen=True)
class Order:
    """Before strike number `at`: start, or stop."""

    at: int
    start: bool
    tempo_spm: float | None


stretches = st.lists(
    st.builds(
        Stretch,
        seconds=st.floats(1, 40),
        spm=st.floats(125, 225),
        noise_s=st.sampled_from([0.0, 0.012, 0.05]),
        missed=st.sampled_from([0.0, 0.05, 0.4]),
        pause_s=st.sampled_from([0.0, 0.5, 1.9, 2.1, 8.0]),
        delay_s=st.sampled_from([0.01, 0.05, 0.4]),
    ),
    min_size=1,
    max_size=4,
)
orders = st.lists(
    st.builds(Order, st.integers(0, 200), st.booleans(), st.none() | st.floats(120, 240)),
    min_size=1,
    max_size=6,
)
makes: st.SearchStrategy[Callable[[], Metronome]] = st.builds(
    lambda most, nudge, lead: lambda: Metronome(most_spm=most, nudge_percent=nudge, lead_s=lead),
    st.none() | st.floats(130, 220),
    st.sampled_from([0.0, 1.0, 3.0]),
    st.sampled_from([-0.02, 0.02, 0.08]),
)


def strikes_of(plan: list[Stretch], shoe: bool, seed: int = 3) -> list[FootStrike]:
    rng, prediction = np.random.default_rng(seed), Prediction(1 if shoe else 2)
    out: list[FootStrike] = []
    t = decided = 0.0
    for part in plan:
        end = t + part.seconds
        while t < end:
            step = 60.0 / part.spm * (2 if shoe else 1) + float(rng.normal(0, part.noise_s))
            t += max(0.15, step)
            if rng.random() < part.missed:
                continue
            decided = max(decided, t + part.delay_s)
            next_t, sd = prediction.strike(t)
            if shoe and out and next_t is not None:
                middle = (out[-1].t + t) / 2
                out.append(FootStrike(middle, decided, Side.LEFT, 0.5, inferred=True))
            out.append(FootStrike(t, decided, Side.RIGHT, 1.0, next_t=next_t, next_sd_s=sd))
        t += part.pause_s
    return out


def play(
    metronome: Metronome, strikes: list[FootStrike], given_orders: list[Order]
) -> list[list[Cue]]:
    """The beats of each strike."""
    out = []
    for i, strike in enumerate(strikes):
        for order in given_orders:
            if order.at == i and order.start:
                metronome.start(strike.t, order.tempo_spm, "slow")
            elif order.at == i:
                metronome.stop()
        out.append(metronome.push(strike))
    return out


@given(stretches, st.booleans(), orders, makes)
@settings(max_examples=examples(40, 150))
def test_beats_are_ahead_apart_and_only_between_start_and_stop(
    plan: list[Stretch], shoe: bool, what: list[Order], make: Callable[[], Metronome]
) -> None:
    metronome, strikes = make(), strikes_of(plan, shoe)
    beats = []
    for i, (strike, cues) in enumerate(zip(strikes, play(metronome, strikes, what), strict=True)):
        last = max((k for k, o in enumerate(what) if o.at <= i), key=lambda k: (what[k].at, k),
                   default=None)  # fmt: skip
        if last is None or not what[last].start:
            assert cues == []
        if strike.inferred or strike.next_t is None:
            assert cues == []
        for cue in cues:
            assert cue.t >= cue.t_decision + NOTICE_S
            assert cue.t_decision == strike.t_decision
            assert strike.next_t is not None
            assert cue.t <= strike.next_t + 0.3
            beats.append(cue.t)
    assert all(b - a >= CLOSEST_S - 1e-9 > CLOSEST_ALLOWED_S for a, b in pairwise(beats))


@given(stretches, st.booleans(), st.floats(130, 220), st.none() | st.floats(120, 240),
       st.sampled_from([0.0, 1.0, 3.0]))  # fmt: skip
@settings(max_examples=examples(25, 80))
def test_no_two_beats_are_closer_than_the_most_allows(
    plan: list[Stretch], shoe: bool, most: float, tempo: float | None, nudge: float
) -> None:
    metronome = Metronome(most_spm=lambda: most, nudge_percent=nudge)
    cues = play(metronome, strikes_of(plan, shoe), [Order(0, True, tempo)])
    beats = [c.t for some in cues for c in some]
    assert all(b - a >= 60.0 / most - 1e-9 for a, b in pairwise(beats))


@given(stretches, st.booleans(), orders, makes, st.data())
@settings(max_examples=examples(20, 60))
def test_equal_strikes_give_equal_beats_and_later_ones_change_none(
    plan: list[Stretch],
    shoe: bool,
    what: list[Order],
    make: Callable[[], Metronome],
    data: st.DataObject,
) -> None:
    strikes = strikes_of(plan, shoe)
    whole = play(make(), strikes, what)
    n = data.draw(st.integers(0, len(strikes)))
    assert play(make(), strikes[:n], what) == whole[:n]


@pytest.mark.parametrize("mount", [Mount.WAIST, Mount.SHOE])
@pytest.mark.parametrize("tempo", [None, 170.0])
def test_however_the_samples_are_cut_the_beats_are_the_same(
    mount: Mount, tempo: float | None
) -> None:
    run = easy_run(25.0, mount=mount)

    def beats(size: int) -> list[Cue]:
        pipeline, metronome = Pipeline(run.stream), Metronome()
        metronome.start(0.0, tempo, "slow")
        cuts = range(size, len(run.block), size)
        return [
            cue
            for piece in recut(run.block, cuts)
            for event in pipeline.push(piece)
            if isinstance(event, FootStrike)
            for cue in metronome.push(event)
        ]

    whole = beats(len(run.block))
    assert len(whole) > 30
    assert beats(8) == whole
    assert beats(997) == whole
